"""From an event to its observation, in plain words: the definition that the fast reader and the SQL are held to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from iamc.usage.model import Observation
from iamc.usage.reading import ENCODED, ROLE_ARN, SEPARATOR, like, rules

_ROLE = re.compile(ROLE_ARN)
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
    context = _mapping(identity.get("sessionContext"))
    error = _text(event.get("errorCode"))
    request = _mapping(event.get("requestParameters"))
    arns = [_text(item.get("ARN")) for item in _list(event.get("resources")) if isinstance(item, Mapping)]
    return Observation(
        *where,
        *what,
        event_type,
        kind,
        arn=_text(identity.get("arn")),
        session=_text(identity.get("principalId")).partition(":")[2].partition(":")[0],
        user_name=_text(identity.get("userName")),
        issuer=_text(_mapping(context.get("sessionIssuer")).get("arn")),
        source_identity=_text(context.get("sourceIdentity")),
        directory_user=_text(_mapping(identity.get("onBehalfOf")).get("userId")),
        invoked_by=_text(identity.get("invokedBy")),
        agent=_agent(_text(event.get("sessionCredentialFromConsole")), _text(event.get("userAgent"))),
        error=error,
        message=_message(_text(event.get("errorMessage"))) if is_denied(error) else "",
        read_only=_text(event.get("readOnly")),
        arn_1=coarse(arns[0]) if arns else "",
        arn_2=coarse(arns[1]) if len(arns) > 1 else "",
        parameters=SEPARATOR.join(_parameters(request)),
        roles=" ".join(_ROLE.findall(json.dumps(request, ensure_ascii=False))),
    )


@cache
def is_denied(code: str) -> bool:
    """Whether an error code says that permission was missing."""
    return like(rules().denied_codes).fullmatch(code) is not None


@cache
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


def _agent(from_console: str, agent: str) -> str:
    return "console" if from_console == "true" or is_console(agent) else ""


def _message(text: str) -> str:
    before, divider, _ = text.partition(ENCODED)
    return f"{before}{divider}"


def _parameters(request: Mapping[str, Any]) -> Iterable[str]:
    for path in rules().parameters:
        value = _at(request, path)
        if value is not None:
            yield f"{path}={json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"


def _at(request: Mapping[str, Any], path: str) -> object:
    value: Any = request
    for step in path.split("."):
        indexed = _INDEX.fullmatch(step)
        value = _mapping(value).get(indexed[1] if indexed else step)
        if indexed:
            items = _list(value)
            value = items[int(indexed[2])] if int(indexed[2]) < len(items) else None
    return value


def _text(value: object) -> str:
    """A scalar as SQL casts it to a text: true, not True."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | int | float) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
