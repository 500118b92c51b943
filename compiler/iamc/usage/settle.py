"""From an observation to a use: who it was, what came of it, and on what, with what AWS made up replaced by `*`.

Every engine's observations pass through `settle`. It is stateless, so rows may be settled in any order, and what
an engine has already shortened (an S3 object to its folder) stays as it is.

The rule by which resources are generalised, which the user sees in drafts: an S3 object stands for its first
folder; a log stream for all of its group; an identifier that AWS made (a UUID, `i-0abc...` and its like, 16 or more
hexadecimal digits, 8 or more digits that are no account) for `*`. Buckets and KMS keys keep their names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from iamc.usage.model import Observation, Use
from iamc.usage.observe import coarse, is_denied
from iamc.usage.reading import SEPARATOR, rules

_MADE = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?<![A-Za-z0-9-])(?P<kind>[a-z]{1,10}-)(?:[0-9a-f]{17}|(?=[0-9a-f]*\d)[0-9a-f]{8})(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9])(?=[0-9a-f]*\d)[0-9a-f]{16,}(?![A-Za-z0-9])"
    r"|(?<!\d)(?!\d{12}(?!\d))\d{8,}(?!\d)"
)
_MAYBE = re.compile("[0-9a-fA-F]{8}")
"""What every name has of which `_MADE` finds something: most names are done with after this."""
_NAME = re.compile(r"[\w+=,.@:/*?${}~# -]{1,2048}")
ASSUMING = frozenset(("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"))
"""The events that make a session."""
_ACCOUNT = re.compile("[0-9]{12}")
_REGION = re.compile("[a-z0-9-]{1,32}")
_OF_SESSION = ("roleSessionName", "sourceIdentity")
_KEPT = ("s3", "kms")
_new = tuple.__new__
"""`Use._make` without its check, which is a tenth of the time of reading an event."""
Parameters = Mapping[str, tuple[str, ...]]
"""The last name of each parameter's path, with its values."""


class Caller(NamedTuple):
    """Who an event says made the call: the fields of a use.

    `via` is the service that called on the person's behalf; `console` says that the caller was a console itself.
    """

    identity: str
    principal: str
    person: str
    session: str
    via: str
    console: bool


class Target(NamedTuple):
    """What a call was about: the fields of a use, and the source identity that was asked for."""

    resources: tuple[str, ...]
    roles: tuple[str, ...]
    asked: str


def settle(seen: Observation) -> Use:
    """The use that an observation stands for."""
    where = (seen.account, seen.region, seen.source, seen.name)
    if seen.event_type not in ("", "AwsApiCall") or seen.identity == "AWSService":
        return nobodys(*where, seen.identity)
    about = target(
        [generalise(arn) for arn in (seen.arn_1, seen.arn_2) if arn],
        dict(_parameters(seen.parameters)),
        seen.roles,
        seen.name,
    )
    who = caller(seen.identity, *seen[6:13])
    return somebodys(*where, who, about, seen.agent != "", seen.error, seen.message, seen.read_only)


def nobodys(account: str, region: str, source: str, name: str, identity: str) -> Use:
    """The use of an event that is nobody's call: AWS's own."""
    where = number(account), place(region)
    return _new(Use, (*where, "", identity, "", "", source, name, "", "aws", "", "", (), (), "", ""))


def somebodys(
    account: str,
    region: str,
    source: str,
    name: str,
    who: Caller,
    about: Target,
    from_console: bool,
    error: str,
    message: str,
    read_only: str,
) -> Use:
    """The use of a call by a person, of what was found out about its parts."""
    identity, principal, person, session, via, console = who
    resources, roles, asked = about
    outcome = "ok"
    if error:
        outcome = "denied" if is_denied(error) else "error"
        if outcome == "error":
            error = message = ""
    channel = "service" if via else "console" if console or from_console else "api"
    return _new(Use, (
        number(account), place(region), principal, identity, asked or person, session, source, name, outcome, channel,
        via, read_only, resources, () if source == "sts.amazonaws.com" else roles, error, message,
    ))  # fmt: skip


def caller(
    identity: str,
    arn: str,
    session: str,
    user_name: str,
    issuer: str,
    source_identity: str,
    directory_user: str,
    invoked_by: str,
) -> Caller:
    """Who is behind a call, the surest witness first."""
    federated = user_name if identity in ("SAMLUser", "WebIdentityUser") else ""
    name = made_up(session)
    own = name if identity in ("AssumedRole", "FederatedUser") else ""
    person = federated or source_identity or own or user_name or directory_user
    console = invoked_by in rules().console_callers
    return Caller(identity, issuer or arn, person, name, "" if console else invoked_by, console)


def target(arns: Iterable[str], parameters: Parameters, roles: str, name: str) -> Target:
    """What a call is about: the ARNs that it names, generalised; without any, the parameters that name a resource."""
    found = set(arns)
    if not found:
        for parameter, values in parameters.items():
            if parameter not in _OF_SESSION:
                found.update(generalise(v) if v.startswith("arn:") else f"{parameter}={made_up(v)}" for v in values)
    asked = ""
    if name in ASSUMING:
        found.update(f"{each}={made_up(value)}" for each in _OF_SESSION for value in parameters.get(each, ()))
        asked = next(iter(parameters.get("sourceIdentity", ())), "")
    return Target(tuple(sorted(found)), tuple(sorted(set(roles.split()))), asked)


@lru_cache(4_096)
def number(account: str) -> str:
    """The text when it is the number of an account, else "": it will stand in declarations."""
    return account if _ACCOUNT.fullmatch(account) else ""


@lru_cache(4_096)
def place(region: str) -> str:
    """The text when it may be the name of a Region, else ""."""
    return region if _REGION.fullmatch(region) else ""


def made_up(name: str) -> str:
    """A name with what AWS or a program made up replaced by `*`; accounts' twelve digits stay."""
    return _MADE.sub(lambda found: f"{found['kind'] or ''}*", name) if _MAYBE.search(name) else name


def generalise(arn: str) -> str:
    """An ARN by the rule of this module; a text that is no ARN comes back without what AWS made up."""
    head = arn.split(":", 5)
    if len(head) < 6 or head[0] != "arn":
        return made_up(arn)
    if head[2] not in _KEPT:
        return ":".join([*head[:5], made_up(head[5])])
    bucket, divider, rest = coarse(arn).partition("/")
    return f"{bucket}{divider}{made_up(rest)}" if head[2] == "s3" else arn


def parameters(pairs: Iterable[tuple[str, object]]) -> Parameters:
    """The parameters of a request as found: what is no name of anything is left out."""
    return dict(_named((path, _texts(value)) for path, value in pairs))


def _named(pairs: Iterable[tuple[str, Iterable[str]]]) -> Iterable[tuple[str, tuple[str, ...]]]:
    for path, found in pairs:
        values = tuple(value for value in found if _NAME.fullmatch(value))
        if values:
            yield path.rpartition(".")[2].partition("[")[0], values


def _parameters(text: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The parameters of an observation."""
    lines = (line.partition("=") for line in text.split(SEPARATOR)) if text else ()
    return _named((path, _values(written)) for path, _, written in lines)


def _values(written: str) -> tuple[str, ...]:
    """The texts of a parameter: engines write it as JSON, or as it is when it is a scalar."""
    try:
        value = json.loads(written)
    except ValueError:
        return (written,)
    return _texts(value, written)


def _texts(value: object, written: str = "") -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return () if value is None or isinstance(value, dict) else (written or json.dumps(value),)
