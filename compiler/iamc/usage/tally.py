"""Counting uses: what each event comes to, how often, and when first and last.

`Tally.read` takes events decoded just as far as needed (`Event`) and gives what settling the observation of each
gives; texts of JSON that occur again and again (who called, what was asked) are looked at once. A test holds the two
to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from iamc.usage.model import Observation, Seen, Use
from iamc.usage.observe import acted_on, agent, handed_over, instant, is_denied, message, observe, parameters, who
from iamc.usage.settle import ASSUMING, Caller, Target, caller, generalise, nobodys, settle, somebodys, target
from iamc.usage.settle import parameters as named
from iamdsl.values import dataclass

BOUND = 20_000
"""Texts of each kind that are remembered at a time."""

INSIGHT = "AwsCloudTrailInsight"
_EMPTY = msgspec.Raw(b"")
_PARSED = msgspec.json.Decoder()
K = TypeVar("K")
V = TypeVar("V")
Read = list[tuple[Use, str]]
"""The uses of events with the moment of each."""
_NOBODY = (nobodys("", "", "", "", ""), "")


class Event(msgspec.Struct, rename="camel", gc=False):
    """The fields of a CloudTrail record that are read; what has parts of its own stays text."""

    event_source: str
    event_name: str
    event_time: str | None = None
    aws_region: str | None = None
    recipient_account_id: str | None = None
    event_type: str | None = None
    user_identity: msgspec.Raw = _EMPTY
    request_parameters: msgspec.Raw = _EMPTY
    resources: msgspec.Raw = _EMPTY
    user_agent: str | None = None
    session_credential_from_console: str | bool | None = None
    error_code: str | None = None
    error_message: str | None = None
    read_only: str | bool | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day whose events count, as `2026-10-01`; "" where there is no limit."""

    since: str = ""
    until: str = ""

    def has(self, moment: str) -> bool:
        """Whether an instant lies within."""
        day = moment[:10]
        return self.since <= day and (not self.until or day <= self.until)


class Tally:
    """Uses with how often, and when first and last; mutable, for one batch of files."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.events = 0
        """Records that are CloudTrail's, whatever their day."""
        self._table: dict[Use, list[Any]] = {}
        self._callers = _Memo(_caller)
        self._resources = _Memo(_arns)
        self._targets = _Memo(_target)

    def read(self, events: Iterable[Event]) -> Read:
        """What decoded events come to, nothing of it counted; ValueError for JSON that is broken inside them."""
        use = self._use
        return [
            (use(event), instant(event.event_time or ""))
            for event in events
            if event.event_type != INSIGHT and event.event_source and event.event_name
        ]

    def count_all(self, read: Read) -> None:
        """Count what was read."""
        self.events += len(read)
        table, days = self._table, self.days
        limited = bool(days.since or days.until)
        for use, moment in read:
            if limited and not days.has(moment):
                continue
            known = table.get(use)
            if known is None:
                table[use] = [1, moment, moment]
                continue
            known[0] += 1
            if moment > known[2]:
                known[2] = moment
            elif moment < known[1]:
                known[1] = moment

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Count one record of any shape."""
        if record.get("eventType") == INSIGHT or not (record.get("eventSource") and record.get("eventName")):
            return
        self.events += 1
        time = record.get("eventTime")
        moment = instant(time) if isinstance(time, str) else ""
        if self.days.has(moment):
            self.count(observe(record), 1, moment, moment)

    def count(self, seen: Observation, calls: int, first: str, last: str) -> None:
        """Count an observation."""
        self._add(settle(seen), calls, first, last)

    def absorb(self, other: Tally) -> None:
        """Count what `other` counted."""
        self.events += other.events
        for use, counted in other._table.items():
            self._add(use, *counted)

    def like(self) -> Tally:
        """An empty tally for the same days."""
        return Tally(self.days)

    def uses(self) -> dict[Use, Seen]:
        """The uses of all that was counted."""
        return {use: Seen(*counted) for use, counted in self._table.items()}

    def _add(self, use: Use, calls: int, first: str, last: str) -> None:
        known = self._table.get(use)
        if known is None:
            self._table[use] = [calls, first, last]
        else:
            known[:] = known[0] + calls, min(known[1], first), max(known[2], last)

    def _use(self, event: Event) -> Use:
        """The use of an event."""
        who = self._callers[bytes(event.user_identity)]
        account, region = event.recipient_account_id or "", event.aws_region or ""
        source, name = event.event_source, event.event_name
        if (event.event_type or "AwsApiCall") != "AwsApiCall" or who.identity == "AWSService":
            return nobodys(account, region, source, name, who.identity)
        error = event.error_code or ""
        return somebodys(
            account,
            region,
            source,
            name,
            who,
            self._about(event),
            agent(_text(event.session_credential_from_console), event.user_agent or "") != "",
            error,
            message(event.error_message or "") if error and is_denied(error) else "",
            _text(event.read_only),
        )

    def _about(self, event: Event) -> Target:
        """What a call was about; of the request no more is read than counts."""
        arns, said, name = self._resources[bytes(event.resources)], bytes(event.request_parameters), event.event_name
        if arns[0] and name not in ASSUMING and not _has_roles(said):
            said = b""
        return self._targets[(*arns, said, name if name in ASSUMING else "")]


class Census(Tally):
    """A tally that only says how many events there are."""

    def read(self, events: Iterable[Event]) -> Read:
        """As many as count."""
        return [_NOBODY for event in events if event.event_type != INSIGHT and event.event_source and event.event_name]

    def count(self, seen: Observation, calls: int, first: str, last: str) -> None:
        """Nothing but the number of events, which is counted already."""

    def like(self) -> Tally:
        """An empty census."""
        return Census(self.days)


class _Memo(dict[K, V]):
    """What a function says of a text, remembered; begun anew when it is full."""

    def __init__(self, function: Callable[[K], V]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, said: K) -> V:
        if len(self) >= BOUND:
            self.clear()
        self[said] = value = self._function(said)
        return value


def _parsed(said: bytes) -> Any:
    return _PARSED.decode(said) if said else None


def _caller(said: bytes) -> Caller:
    identity = _parsed(said)
    found = identity if isinstance(identity, dict) else {}
    kind = found.get("type")
    if kind is not None and not isinstance(kind, str):
        raise ValueError("userIdentity.type is no text")  # the plain way reads it
    return caller(kind or "", *who(found))


def _arns(said: bytes) -> tuple[str, str]:
    return acted_on(_parsed(said))


def _target(said: tuple[str, str, bytes, str]) -> Target:
    """What a call was about, by two ARNs, the request and the name of a call that makes a session."""
    *arns, request, name = said
    parsed = _parsed(request)
    roles = handed_over(parsed) if _has_roles(request) else ""
    return target([generalise(arn) for arn in arns if arn], named(parameters(parsed)), roles, name)


def _has_roles(said: bytes) -> bool:
    """Whether a text of JSON may name roles; only an escape could hide the word."""
    return b":role/" in said or b"\\" in said


def _text(value: str | bool | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return "true" if value else "false"
