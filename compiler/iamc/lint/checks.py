"""The checks of a policy in JSON, one a function. `SHAPE` comes first; where it finds errors, `MEANING` is not asked.

Those of conditions and of principals have modules of their own. They follow the names of AWS's reference of Access
Analyzer's policy checks; `docs/lint.md` has the table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from iamc.arn import ArnProblem, parse_arn
from iamc.glob import includes, match
from iamc.lint.conditions import CONDITIONS
from iamc.lint.document import Document, Item
from iamc.lint.kinds import RESOURCE, SCP, Facts, Found
from iamc.lint.principals import PRINCIPALS, SHAPES
from iamdsl.diagnostics import report
from iamdsl.suggest import did_you_mean

_PRINCIPALS = ("Principal", "NotPrincipal")
_ELEMENTS = ("Sid", "Effect", *_PRINCIPALS, "Action", "NotAction", "Resource", "NotResource", "Condition")
_VERSIONS = ("2012-10-17", "2008-10-17")
_VARIABLE = re.compile(r"\$\{(?:[*?$]|[A-Za-z][^${}\s]*(?:, '[^']*')?)\}")

# the shape ----------------------------------------------------------------------------------------------------


def missing(item: Item, facts: Facts) -> Found:
    """Missing Effect, Action, Resource or Principal."""
    elements = [("Effect",), ("Action", "NotAction")]
    elements += [("Resource", "NotResource")] * facts.kind.resource + [_PRINCIPALS] * facts.kind.principal
    for names in elements:
        if not any(name in item.content for name in names):
            yield report("IAM651", f"the statement has no `{names[0]}`", item.span)


def unknown_element(item: Item, facts: Facts) -> Found:
    """Elements that a statement of this kind of policy does not have."""
    for name in item.content:
        if name in _PRINCIPALS and not facts.kind.principal:
            article = "an" if facts.kind.name[0] in "aeiou" else "a"
            said = f"{article} {facts.kind.name} has no `{name}`"
            help_ = "name people by aws:PrincipalArn in a condition" if facts.kind == SCP else f"remove `{name}`"
            yield report("IAM658", said, item.at(name), help=help_)
        elif name not in _ELEMENTS:
            yield report("IAM652", f"unknown element `{name}`", item.at(name), help=did_you_mean(name, _ELEMENTS))


def types(item: Item, facts: Facts) -> Found:
    """Elements whose value is of another type."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        value = item.content.get(name, [])
        if not all(isinstance(each, str) for each in (value if isinstance(value, list) else [value])):
            yield report("IAM654", f"`{name}` is a text or a list of texts", item.at(name))
    block = item.content.get("Condition", {})
    if not isinstance(block, dict) or not all(isinstance(tests, dict) for tests in block.values()):
        yield report("IAM654", "`Condition` is an object of operators, each an object of keys", item.at("Condition"))
        return
    for key, value in ((key, value) for tests in block.values() for key, value in tests.items()):
        kinds = {type(each) for each in (value if isinstance(value, list) else [value])}
        if len(kinds) > 1 or not kinds <= {str, bool, int, float}:
            yield report("IAM654", f"the values of `{key}` are texts, or numbers, or booleans", item.at(key))


def effect(item: Item, facts: Facts) -> Found:
    """An Effect that is neither Allow nor Deny."""
    value = item.content.get("Effect", "Allow")
    if value not in ("Allow", "Deny"):
        yield report("IAM655", f"`Effect` is `Allow` or `Deny`, not `{value}`", item.at(value))


def combination(item: Item, facts: Facts) -> Found:
    """Action with NotAction, Resource with NotResource, Principal with NotPrincipal."""
    for name in ("Action", "Resource", "Principal"):
        if name in item.content and f"Not{name}" in item.content:
            yield report("IAM656", f"`{name}` and `Not{name}` in one statement", item.at(f"Not{name}"))


def sid(item: Item, facts: Facts) -> Found:
    """A Sid with other characters than letters and digits."""
    value = item.content.get("Sid", "")
    if not isinstance(value, str) or not (facts.kind == RESOURCE or re.fullmatch("[A-Za-z0-9]*", value)):
        yield report("IAM657", f"the Sid `{value}` has more than letters and digits", item.at(value))


def empty(item: Item, facts: Facts) -> Found:
    """Empty lists, which match nothing, and an empty Sid."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if item.content.get(name) == []:
            yield report("IAM668", f"`{name}` is an empty list", item.at(name))
    if item.content.get("Sid") == "":
        yield report("IAM668", "the Sid is empty", item.at("Sid"), help="write one, or remove it")


# the meaning --------------------------------------------------------------------------------------------------


def actions(item: Item, facts: Facts) -> Found:
    """Actions and services that do not exist, patterns that match nothing."""
    for pattern in [*item.texts("Action"), *item.texts("NotAction")]:
        prefix, colon, name = pattern.partition(":")
        where = item.at(pattern)
        if "${" in pattern:
            yield report("IAM659", f"an action has no policy variable: `{pattern}`", where)
            continue
        if ("*" in prefix or "?" in prefix) and pattern.strip("*"):
            said = f"`{pattern}` has a wildcard in the service's name, which also matches services yet to come"
            yield report("IAM679", said, where, help="write one action for each service")
        if pattern == "*" or facts.vocabulary.names(pattern):
            continue
        if not colon or ("*" not in prefix and facts.vocabulary.catalog.service(prefix.lower()) is None):
            yield report("IAM201", f"there is no service `{prefix}`", where)
        elif "*" in name or "?" in name:
            yield report("IAM214", f"`{pattern}` matches no action", where)
        else:
            near = ", ".join(f"`{each}`" for each in facts.vocabulary.nearest_actions(pattern)[:2])
            yield report("IAM202", f"there is no action `{pattern}`", where, help=f"near: {near}" if near else "")


def arns(item: Item, facts: Facts) -> Found:
    """Resources that are no ARN, of an unknown partition or region, or of no type that their service has."""
    for text in [*item.texts("Resource"), *item.texts("NotResource")]:
        if re.fullmatch(r"\*+|arn:\*", text):
            continue
        problem = parse_arn(text)
        # IAM takes a variable in any field behind the service; the language does not, and says so by IAM209.
        variable = "${" in text and text.count(":") >= 5
        if not isinstance(problem, ArnProblem):
            shape = facts.vocabulary.shape(text)
            problem = shape if isinstance(shape, ArnProblem) else problem
        if isinstance(problem, ArnProblem) and problem.code != "IAM209" and not variable:
            yield report(problem.code, problem.message, item.at(text), help=problem.help)


def variables(item: Item, facts: Facts) -> Found:
    """Policy variables that are empty, not closed or hold white space."""
    every = [*item.texts("Resource"), *item.texts("NotResource")]
    every += [value for _, _, values in item.conditions() for value in values]
    for text in every:
        if "${" in _VARIABLE.sub("", text):
            yield report("IAM659", f"`{text}` holds a policy variable that is malformed", item.at(text))


def everything(item: Item, facts: Facts) -> Found:
    """Allow of every action on every resource."""
    if _allows(item) and "*" in item.texts("Action") and "*" in item.texts("Resource"):
        yield report("IAM667", "every action on every resource is allowed", item.span)


def negated_allow(item: Item, facts: Facts) -> Found:
    """Allow of all but something: what AWS adds later is in it."""
    for name in ("NotAction", "NotResource"):
        if _allows(item) and name in item.content:
            yield report("IAM666", f"`Allow` with `{name}` also allows what AWS adds later", item.at(name))


def pass_role(item: Item, facts: Facts) -> Found:
    """iam:PassRole of any role."""
    yield from _on_everything(item, "iam:PassRole", "iam:passedtoservice", "IAM664", "any role may be passed")


def linked_role(item: Item, facts: Facts) -> Found:
    """iam:CreateServiceLinkedRole for any service."""
    said = "a service-linked role may be made for any service"
    yield from _on_everything(item, "iam:CreateServiceLinkedRole", "iam:awsservicename", "IAM665", said)


def _on_everything(item: Item, action: str, key: str, code: str, said: str) -> Found:
    """The action on a wildcard resource without the key that narrows it; `*` on `*` is told by IAM667."""
    named = next((p for p in item.texts("Action") if p != "*" and match(p.lower(), action.lower())), None)
    wide = next((r for r in item.texts("Resource") if includes(r, "arn:aws:iam::111122223333:role/*")), None)
    guarded = any(k.lower() == key for _, k, _ in item.conditions())
    if _allows(item) and named and wide and not guarded:
        yield report(code, f"{said}: `{action}` on `{wide}`", item.at(named))


def _allows(item: Item) -> bool:
    return item.content.get("Effect") == "Allow"


def redundant(item: Item, facts: Facts) -> Found:
    """A name or ARN that another of the same list includes."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        written = item.texts(name)
        shapes = [text.lower() if "Action" in name else text for text in written]
        for n, text in enumerate(shapes):
            other = next((m for m, o in enumerate(shapes) if m != n and includes(o, text) and (o != text or m < n)), -1)
            if other >= 0:
                said = f"`{written[n]}` adds nothing to `{written[other]}`"
                yield report("IAM669", said, item.at(written[n]))


# the whole document -------------------------------------------------------------------------------------------


def top(document: Document, facts: Facts) -> Found:
    """The elements beside the statements."""
    for name in document.content:
        if name not in ("Version", "Id", "Statement"):
            yield report("IAM652", f"unknown element `{name}`", document.whole)
    version = document.content.get("Version")
    if version is not None and version not in _VERSIONS:
        yield report("IAM655", f"there is no version `{version}`", document.whole, help='write "2012-10-17"')
    elif version != _VERSIONS[0]:
        said = "without version 2012-10-17 policy variables are plain text"
        yield report("IAM662", said, document.whole, help='add "Version": "2012-10-17"')
    if not document.items:
        yield report("IAM668", "the policy has no statement", document.whole)


def sids(document: Document, facts: Facts) -> Found:
    """A Sid used twice."""
    seen: set[str] = set()
    for item in document.items:
        name = item.content.get("Sid")
        if isinstance(name, str) and name and name in seen:
            yield report("IAM657", f"the Sid `{name}` is used twice", item.at(name))
        seen.add(str(name))


def size(document: Document, facts: Facts) -> Found:
    """More characters than this kind of policy may have."""
    text = json.dumps(json.loads(document.source.text), separators=(",", ":"), ensure_ascii=False)
    # Blanks inside strings are white space too: IAM counts none, so this is the most that it can count.
    if len(text) > facts.quota.characters:
        said = f"the policy has {len(text):,} characters; a {facts.quota.name} may have {facts.quota.characters:,}"
        yield report("IAM401", said, document.whole)


SHAPE: tuple[Callable[[Item, Facts], Found], ...] = (
    missing,
    unknown_element,
    types,
    effect,
    combination,
    sid,
    empty,
    *SHAPES,
)
MEANING: tuple[Callable[[Item, Facts], Found], ...] = (
    actions,
    arns,
    variables,
    *CONDITIONS,
    everything,
    negated_allow,
    pass_role,
    linked_role,
    redundant,
    *PRINCIPALS,
)
WHOLE: tuple[Callable[[Document, Facts], Found], ...] = (top, sids, size)
