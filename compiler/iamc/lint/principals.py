"""The checks of who is trusted: by a role's trust policy, by a resource's policy, by a resource control policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamc.lint.document import Item, texts
from iamc.lint.kinds import RCP, RESOURCE, TRUST, Facts, Found
from iamdsl.diagnostics import report
from iamdsl.suggest import did_you_mean

_KEYS = ("AWS", "Service", "Federated", "CanonicalUser")
SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
"""A service principal: `ec2.amazonaws.com`."""
_WHO = re.compile(
    r"\*|\d{12}|[A-Z0-9]{16,}|arn:aws[a-z-]*:iam::(\d{12}|cloudfront):(root|user/.+|role/.+)"
    r"|arn:aws[a-z-]*:sts::\d{12}:(assumed-role/[^/]+/.+|federated-user/.+|self)"
)
_ID = re.compile(r"A(ROA|IDA)[A-Z0-9]{12,}")
_SAML = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:saml-provider/.+")
_OIDC = re.compile(r"(?:arn:aws[a-z-]*:iam::\d{12}:oidc-provider/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[:/].*)?)")
_GITHUB = "token.actions.githubusercontent.com"
_BY_FEDERATION = ("sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
_ROLES_ANYWHERE = ("sts:assumerole", "sts:setsourceidentity", "sts:tagsession")
_SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})


def principals(item: Item) -> Iterator[tuple[str, str]]:
    """Each principal of the statement with its key; `*` by itself has the key AWS."""
    for element in ("Principal", "NotPrincipal"):
        value = item.content.get(element)
        if isinstance(value, str):
            yield "AWS", value
        for key, names in value.items() if isinstance(value, dict) else ():
            yield from ((key, name) for name in texts(names))


def _keys(item: Item) -> set[str]:
    return {key.lower() for _, key, _ in item.conditions()}


def principal_shape(item: Item, facts: Facts) -> Found:
    """A Principal that is neither `*` nor an object of known keys with values."""
    for element in ("Principal", "NotPrincipal") if facts.kind.principal else ():
        value = item.content.get(element)
        if value in ({}, []) or (isinstance(value, dict) and [] in value.values()):
            yield report("IAM668", f"`{element}` names nobody", item.at(element))
        elif element in item.content and value != "*" and not isinstance(value, dict):
            yield report("IAM674", f"`{element}` is `*` or an object", item.at(element))
        for key in value if isinstance(value, dict) else ():
            if key not in _KEYS:
                help_ = did_you_mean(key, _KEYS) or f"one of {', '.join(_KEYS)}"
                yield report("IAM674", f"there is no kind of principal `{key}`", item.at(key), help=help_)


def principal_names(item: Item, facts: Facts) -> Found:
    """Principals that are malformed, or that hold a wildcard where none is read."""
    for key, name in principals(item):
        if key == "AWS" and not _WHO.fullmatch(name):
            wild = "*" in name or "?" in name
            said = f"a principal has no wildcard: `{name}`" if wild else f"`{name}` is not a principal of AWS"
            yield report("IAM674", said, item.at(name), help="write an account, or the ARN of a user, role or session")
        elif key == "AWS" and ("*" in name or "?" in name) and name != "*":
            yield report("IAM674", f"a principal has no wildcard: `{name}`", item.at(name))
        elif key == "AWS" and _ID.fullmatch(name):
            said = f"`{name}` is the id of a role or user that may be gone"
            yield report("IAM676", said, item.at(name), help="write its ARN")
        elif key == "Service" and not SERVICE.fullmatch(name):
            yield report("IAM674", f"`{name}` is not a service", item.at(name), help="such as `ec2.amazonaws.com`")
        elif key == "Federated" and facts.kind != TRUST:
            said = f"a {facts.kind.name} takes no identity provider: `{name}`"
            yield report("IAM674", said, item.at(name))
        elif key == "Federated" and not (_SAML.fullmatch(name) or _OIDC.fullmatch(name)):
            said = f"`{name}` is no identity provider"
            yield report("IAM674", said, item.at(name), help="write a domain, or the ARN of a SAML or OIDC provider")


# trust policies -----------------------------------------------------------------------------------------------


def trusted(item: Item, facts: Facts) -> Found:
    """What a role's trust policy does not take: NotPrincipal, everybody, a resource."""
    if facts.kind != TRUST:
        return
    for name in ("Resource", "NotResource"):
        if name in item.content:
            said = f"a role trust policy is about its role: it has no `{name}`"
            yield report("IAM652", said, item.at(name), help=f"remove `{name}`")
    if "NotPrincipal" in item.content:
        yield report("IAM674", "a role trust policy has no `NotPrincipal`", item.at("NotPrincipal"))
    if item.content.get("Principal") == "*":
        yield report("IAM674", "a role trust policy names its principals: `*` is none", item.at("Principal"))


def way_in(item: Item, facts: Facts) -> Found:
    """Actions that do not fit who is trusted."""
    if facts.kind != TRUST:
        return
    actions = {action.lower() for action in item.texts("Action")}
    for key, name in principals(item):
        fits = {"sts:assumerole"} if key != "Federated" else {_BY_FEDERATION[not _SAML.fullmatch(name)]}
        for action in sorted(actions & {"sts:assumerole", *_BY_FEDERATION} - fits):
            said = f"`{name}` does not assume a role by `{action}`"
            yield report("IAM674", said, item.at(name), help=f"write `{min(fits)}` in a statement of its own")
        if name == "rolesanywhere.amazonaws.com" and not actions.issuperset(_ROLES_ANYWHERE):
            missing = ", ".join(f"`{each}`" for each in _ROLES_ANYWHERE if each not in actions)
            yield report("IAM674", f"IAM Roles Anywhere also needs {missing}", item.at(name))


def web_identity(item: Item, facts: Facts) -> Found:
    """An OpenID Connect provider of which everybody is trusted."""
    if facts.kind != TRUST or item.content.get("Effect") != "Allow":
        return
    keys = _keys(item)
    for key, name in principals(item):
        provider = _OIDC.fullmatch(name) if key == "Federated" else None
        if provider is None:
            continue
        if provider[1] == _GITHUB:
            yield from _github(item, name)
        elif not any(each.startswith(f"{provider[1].lower()}:") for each in keys):
            help_ = f"add conditions such as `{provider[1]}:aud`"
            yield report("IAM676", f"everybody with a token of `{provider[1]}` is trusted", item.at(name), help=help_)


def _github(item: Item, name: str) -> Found:
    subjects = [(o, v) for o, key, values in item.conditions() if key.lower() == f"{_GITHUB}:sub" for v in values]
    if not subjects:
        help_ = f"add a condition on `{_GITHUB}:sub`"
        yield report("IAM676", "every repository on GitHub is trusted", item.at(name), help=help_)
    for operator, subject in subjects:
        repository = subject.removeprefix("repo:").partition(":")[0]
        if "Like" in operator and ("*" in repository or "?" in repository or not subject.startswith("repo:")):
            said = f"`{subject}` trusts repositories that are not named"
            yield report("IAM676", said, item.at(subject), help="write repo:OWNER/NAME:ref:refs/heads/BRANCH")


def sessions(item: Item, facts: Facts) -> Found:
    """A session of a role that is trusted anyway."""
    names = [name for key, name in principals(item) if key == "AWS"]
    for name in names if facts.kind == TRUST else ():
        parent = re.sub(r":sts::(\d+):assumed-role/([^/]+)/.+", r":iam::\1:role/\2", name)
        if parent != name and parent in names:
            yield report("IAM669", f"`{name}` adds nothing to `{parent}`", item.at(name))


# resource policies --------------------------------------------------------------------------------------------


def strangers(item: Item, facts: Facts) -> Found:
    """Allow of all principals but some, and services that act for anybody."""
    if facts.kind != RESOURCE or item.content.get("Effect") != "Allow":
        return
    if "NotPrincipal" in item.content:
        said = "`Allow` with `NotPrincipal` also allows anonymous callers"
        yield report("IAM676", said, item.at("NotPrincipal"), help="name who is allowed")
    for key, name in principals(item):
        if key == "Service" and _SOURCES.isdisjoint(_keys(item)):
            said = f"`{name}` may act for any account"
            help_ = "add a condition on aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths"
            yield report("IAM676", said, item.at(name), help=help_)


# resource control policies ------------------------------------------------------------------------------------


def control(item: Item, facts: Facts) -> Found:
    """What a resource control policy does not take."""
    if facts.kind != RCP:
        return
    if item.content.get("Principal") != "*" or "NotPrincipal" in item.content:
        yield report("IAM675", 'a resource control policy is about every principal: "Principal": "*"', item.span)
    if "NotAction" in item.content:
        yield report("IAM675", "a resource control policy has no `NotAction`", item.at("NotAction"))
    if item.content.get("Effect") == "Allow" and (item.texts("Resource") != ["*"] or "Condition" in item.content):
        yield report("IAM675", "a resource control policy allows on `*` and without a condition only", item.span)
    for action in item.texts("Action"):
        if "*" in action[:-1] or "?" in action:
            yield report("IAM675", f"a wildcard stands at the end only: `{action}`", item.at(action))


def services_spared(item: Item, facts: Facts) -> Found:
    """Denials by properties of people that also hit services, and the other way round."""
    if facts.kind != RCP or item.content.get("Effect") != "Deny":
        return
    keys = _keys(item)
    flags = {v for _, key, values in item.conditions() if key.lower() == "aws:principalisawsservice" for v in values}
    people = sorted(k for k in keys if k.startswith("aws:principal") and k != "aws:principalisawsservice")
    sources = sorted(keys & _SOURCES)
    for key, wanted in [*((key, "false") for key in people), *((key, "true") for key in sources)]:
        if wanted not in flags:
            hit = "services that act for you" if wanted == "false" else "people"
            help_ = f'add "BoolIfExists": {{"aws:PrincipalIsAWSService": "{wanted}"}}'
            yield report("IAM676", f"the condition on `{key}` also denies {hit}", item.span, help=help_)
    nulls = {key.lower() for operator, key, _ in item.conditions() if operator == "Null"}
    for key in sorted(keys & {"aws:sourceorgid", "aws:sourceorgpaths"}):
        if nulls.isdisjoint({"aws:sourceaccount", "aws:sourcearn"}):
            help_ = 'add "Null": {"aws:SourceAccount": "false"}'
            yield report(
                "IAM676", f"the condition on `{key}` also denies calls without a source", item.span, help=help_
            )


SHAPES: tuple[Callable[[Item, Facts], Found], ...] = (principal_shape, trusted, control)
PRINCIPALS: tuple[Callable[[Item, Facts], Found], ...] = (
    principal_names,
    way_in,
    web_identity,
    sessions,
    strangers,
    services_spared,
)
