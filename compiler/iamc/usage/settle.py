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
from collections.abc import Iterable

from iamc.usage.model import Observation, Use
from iamc.usage.observe import coarse, is_denied
from iamc.usage.reading import SEPARATOR, rules

_MADE = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?<![A-Za-z0-9-])(?P<kind>[a-z]{1,10}-)(?:[0-9a-f]{17}|(?=[0-9a-f]*\d)[0-9a-f]{8})(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9])(?=[0-9a-f]*\d)[0-9a-f]{16,}(?![A-Za-z0-9])"
    r"|(?<!\d)(?!\d{12}(?!\d))\d{8,}(?!\d)"
)
_NAME = re.compile(r"[\w+=,.@:/*?${}~# -]{1,2048}")
_ASSUMING = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot")
_OF_SESSION = ("roleSessionName", "sourceIdentity")
_KEPT = ("s3", "kms")


def settle(seen: Observation) -> Use:
    """The use that an observation stands for."""
    if seen.event_type not in ("", "AwsApiCall") or seen.identity == "AWSService":
        return Use(seen.account, seen.region, "", seen.identity, "", "", seen.source, seen.name, "", "aws", "", "",
                   (), (), "", "")  # fmt: skip
    parameters = dict(_parameters(seen.parameters))
    denied = is_denied(seen.error)
    channel = _channel(seen)
    return Use(
        account=seen.account,
        region=seen.region,
        principal=seen.issuer or seen.arn,
        identity=seen.identity,
        person=_person(seen, parameters),
        session=made_up(seen.session),
        source=seen.source,
        name=seen.name,
        outcome="denied" if denied else "error" if seen.error else "ok",
        channel=channel,
        via=seen.invoked_by if channel == "service" else "",
        read_only=seen.read_only,
        resources=_resources(seen, parameters),
        roles=() if seen.source == "sts.amazonaws.com" else tuple(sorted(set(seen.roles.split()))),
        error=seen.error if denied else "",
        message=seen.message if denied else "",
    )


def made_up(name: str) -> str:
    """A name with what AWS or a program made up replaced by `*`; accounts' twelve digits stay."""
    return _MADE.sub(lambda found: f"{found['kind'] or ''}*", name)


def generalise(arn: str) -> str:
    """An ARN by the rule of this module; a text that is no ARN comes back without what AWS made up."""
    head = arn.split(":", 5)
    if len(head) < 6 or head[0] != "arn":
        return made_up(arn)
    if head[2] not in _KEPT:
        return ":".join([*head[:5], made_up(head[5])])
    bucket, divider, rest = coarse(arn).partition("/")
    return f"{bucket}{divider}{made_up(rest)}" if head[2] == "s3" else arn


def _channel(seen: Observation) -> str:
    if seen.invoked_by and seen.invoked_by not in rules().console_callers:
        return "service"
    return "console" if seen.invoked_by or seen.agent else "api"


def _person(seen: Observation, parameters: dict[str, tuple[str, ...]]) -> str:
    """Who is behind a call, the surest witness first."""
    asked = parameters.get("sourceIdentity", ()) if seen.name in _ASSUMING else ()
    federated = seen.user_name if seen.identity in ("SAMLUser", "WebIdentityUser") else ""
    session = made_up(seen.session) if seen.identity in ("AssumedRole", "FederatedUser") else ""
    return (
        next(iter(asked), "") or federated or seen.source_identity or session or seen.user_name or seen.directory_user
    )


def _resources(seen: Observation, parameters: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """ARNs that the event names; without any, the parameters that name a resource."""
    arns = {generalise(arn) for arn in (seen.arn_1, seen.arn_2) if arn}
    values = [(name, value) for name, listed in parameters.items() for value in listed]
    of_session = {
        f"{name}={made_up(value)}" for name, value in values if name in _OF_SESSION and seen.name in _ASSUMING
    }
    if not arns:
        rest = [(name, value) for name, value in values if name not in _OF_SESSION]
        arns = {generalise(value) if value.startswith("arn:") else f"{name}={made_up(value)}" for name, value in rest}
    return tuple(sorted(arns | of_session))


def _parameters(text: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The last name of each parameter's path with its values; what is no name of anything is left out."""
    for line in text.split(SEPARATOR) if text else ():
        path, _, written = line.partition("=")
        values = tuple(value for value in _values(written) if _NAME.fullmatch(value))
        if values:
            yield path.rpartition(".")[2].partition("[")[0], values


def _values(written: str) -> Iterable[str]:
    """The texts of a parameter: engines write it as JSON, or as it is when it is a scalar."""
    try:
        value = json.loads(written)
    except ValueError:
        return (written,)
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    if value is None or isinstance(value, dict):
        return ()
    return (value if isinstance(value, str) else written,)
