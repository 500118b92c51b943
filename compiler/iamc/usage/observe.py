"""From an event to its observation, in plain words: the definition that the fast reader and the SQL are held to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from iamc.usage.model import Observation
from iamc.usage.reading import ENCODED, ROLE_ARN, SEPARATOR, like, rules

_ROLE = re.compile(ROLE_ARN)
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_INDEX = re.compile(r"(.*)\[(\d+)\]")


def observe(event: Mapping[str, Any]) -> Observation:
    """The observation of one CloudTrail record (CloudTrail User Guide, "record contents")."""
    identity = _mapping(event.get("userIdentity"))
    kind = _text(identity.get("type"))
    event_type = _text(event.get("eventType")) or "AwsApiCall"
    where = (_text(event.get("recipientAccountId")), _text(event.get("awsRegion")))
    what = (_text(event.get("eventSource")), _text(event.get("eventName")))
    if event_type != "AwsApiCall" or kind == "AWSService":
        return Observation(*where, *what, event_type, kind, *[""] * (len(Observation._fields) - 6))
    error = _text(event.get("errorCode"))
    arn_1, arn_2 = acted_on(event.get("resources"))
    parameters, roles = asked(event.get("requestParameters"))
    return Observation(
        *where,
        *what,
        event_type,
        kind,
        *who(identity),
        agent=agent(_text(event.get("sessionCredentialFromConsole")), _text(event.get("userAgent"))),
        error=error,
        message=message(_text(event.get("errorMessage"))) if is_denied(error) else "",
        read_only=_text(event.get("readOnly")),
        arn_1=arn_1,
        arn_2=arn_2,
        parameters=parameters,
        roles=roles,
    )


def who(identity: Mapping[str, Any]) -> tuple[str, str, str, str, str, str, str]:
    """What `userIdentity` says of the caller: the observation's fields from `arn` to `invoked_by`."""
    context = _mapping(identity.get("sessionContext"))
    return (
        _text(identity.get("arn")),
        _text(identity.get("principalId")).partition(":")[2].partition(":")[0],
        _text(identity.get("userName")),
        _text(_mapping(context.get("sessionIssuer")).get("arn")),
        _text(context.get("sourceIdentity")),
        _text(_mapping(identity.get("onBehalfOf")).get("userId")),
        _text(identity.get("invokedBy")),
    )


def acted_on(resources: object) -> tuple[str, str]:
    """The first two ARNs of `resources`, as far as engines can shorten them."""
    arns = [coarse(_text(item.get("ARN"))) for item in _list(resources) if isinstance(item, Mapping)]
    return arns[0] if arns else "", arns[1] if len(arns) > 1 else ""


def asked(request: object) -> tuple[str, str]:
    """The observation's `parameters` and `roles`, of `requestParameters`."""
    text = SEPARATOR.join(f"{path}={_WRITTEN(value)}" for path, value in parameters(request))
    return text, handed_over(request)


def handed_over(request: object) -> str:
    """The ARNs of roles anywhere in `requestParameters`, separated by spaces."""
    said = _mapping(request)
    return " ".join(_ROLE.findall(_WRITTEN(said))) if said else ""


def agent(from_console: str, user_agent: str) -> str:
    """`console` for a console's session or user agent."""
    return "console" if from_console == "true" or is_console(user_agent) else ""


def instant(text: str) -> str:
    """The text when it is an instant as CloudTrail writes it, else "": a moment that nobody knows."""
    return text if _INSTANT.fullmatch(text) else ""


def message(text: str) -> str:
    """An error message without the part that only AWS can read."""
    before, divider, _ = text.partition(ENCODED)
    return f"{before}{divider}"


@lru_cache(4_096)
def is_denied(code: str) -> bool:
    """Whether an error code says that permission was missing."""
    return like(rules().denied_codes).fullmatch(code) is not None


@lru_cache(4_096)
def is_console(agent: str) -> bool:
    """Whether a user agent is a console's."""
    return like(rules().console_agents).fullmatch(agent) is not None


def coarse(arn: str) -> str:
    """An ARN as far as any engine can shorten it: an S3 object to its first folder, a log stream to its group."""
    group, divider, _ = arn.partition(":log-stream:")
    if divider:
        return f"{group}{divider}*"
    parts = arn.split("/", 2)
    if ":s3:::" not in arn or len(parts) == 1:
        return arn
    return f"{parts[0]}/*" if len(parts) == 2 else f"{parts[0]}/{parts[1]}/*"


@cache
def _paths() -> Mapping[str, tuple[tuple[int, str, tuple[str | int, ...]], ...]]:
    """By the first name of each path: its place among the rules, the path, and its steps."""
    first: dict[str, list[tuple[int, str, tuple[str | int, ...]]]] = {}
    for place, path in enumerate(rules().parameters):
        steps: list[str | int] = []
        for step in path.split("."):
            indexed = _INDEX.fullmatch(step)
            steps += [indexed[1], int(indexed[2])] if indexed else [step]
        first.setdefault(str(steps[0]), []).append((place, path, tuple(steps)))
    return {name: tuple(paths) for name, paths in first.items()}


def parameters(request: object) -> list[tuple[str, object]]:
    """The paths in `requestParameters` that lead to something, in the order of the rules."""
    said, paths = _mapping(request), _paths()
    found = [
        (place, path, value)
        for name in said
        for place, path, steps in paths.get(name, ())
        if (value := _at(said, steps)) is not None
    ]
    return [(path, value) for _, path, value in sorted(found, key=itemgetter(0))]


def _at(value: Any, steps: tuple[str | int, ...]) -> object:
    for step in steps:
        if isinstance(step, str):
            value = _mapping(value).get(step)
        else:
            items = _list(value)
            value = items[step] if step < len(items) else None
    return value


def _text(value: object) -> str:
    """A scalar as SQL casts it to a text: true, not True."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | int | float) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict | Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
