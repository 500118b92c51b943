"""Counting observations in bounded memory: a table of them, settled into uses when it is full.

`Tally.add_all` takes events decoded just as far as needed (`Event`) and gives what `observe` says of each; texts of
JSON that occur again and again (who called, what was asked) are looked at once. A test holds the two to each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from iamc.usage.model import Observation, Seen, Use
from iamc.usage.observe import acted_on, agent, asked, is_denied, message, observe, who
from iamc.usage.rollup_file import collect
from iamdsl.values import dataclass

BOUND = 20_000
"""Observations, and texts of each kind, that are held at a time."""

INSIGHT = "AwsCloudTrailInsight"
_ROW = tuple[str, ...]
_EMPTY = msgspec.Raw(b"")
_NOBODY = ("",) * (len(Observation._fields) - 6)
T = TypeVar("T")


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
    """Observations with how often, and when first and last; mutable, for one file or one batch of files."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.events = 0
        """Records that are CloudTrail's, whatever their day."""
        self._table: dict[_ROW, tuple[int, str, str]] = {}
        self._uses: dict[Use, Seen] = {}
        self._callers = _Memo(lambda said: _caller(_parsed(said)))
        self._asked = _Memo(lambda said: asked(_parsed(said)))
        self._resources = _Memo(lambda said: acted_on(_parsed(said)))

    def add_all(self, events: Iterable[Event]) -> None:
        """Count decoded events; ValueError for JSON that is broken inside them."""
        count, days = self.count, self.days
        limited = bool(days.since or days.until)
        for event in events:
            if event.event_type == INSIGHT or not (event.event_source and event.event_name):
                continue
            self.events += 1
            moment = event.event_time or ""
            if not limited or days.has(moment):
                count(self._row(event), 1, moment, moment)

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Count one record of any shape."""
        if record.get("eventType") == INSIGHT or not (record.get("eventSource") and record.get("eventName")):
            return
        self.events += 1
        time = record.get("eventTime")
        moment = time if isinstance(time, str) else ""
        if self.days.has(moment):
            self.count(observe(record), 1, moment, moment)

    def count(self, row: _ROW, calls: int, first: str, last: str) -> None:
        """Count an observation."""
        known = self._table.get(row)
        if known is None:
            if len(self._table) >= BOUND:
                self._settle()
            self._table[row] = (calls, first, last)
        else:
            self._table[row] = _joined(known, (calls, first, last))

    def absorb(self, other: Tally) -> None:
        """Count what `other` counted."""
        self.events += other.events
        if len(self._table) + len(other._table) > BOUND:
            self._settle()
        table = self._table
        for row, counted in other._table.items():
            known = table.get(row)
            table[row] = counted if known is None else _joined(known, counted)
        _add(self._uses, other._uses)

    def like(self) -> Tally:
        """An empty tally that shares what this one has learnt."""
        fresh = Tally(self.days)
        fresh._callers, fresh._asked, fresh._resources = self._callers, self._asked, self._resources
        return fresh

    def uses(self) -> dict[Use, Seen]:
        """The uses of all that was counted."""
        self._settle()
        return self._uses

    def _settle(self) -> None:
        pairs = ((Observation._make(row), Seen(*counted)) for row, counted in self._table.items())
        _add(self._uses, collect(pairs))
        self._table.clear()

    def _row(self, event: Event) -> _ROW:
        """The observation of an event, as a plain tuple."""
        kind, caller = self._callers[bytes(event.user_identity)]
        event_type = event.event_type or "AwsApiCall"
        head = (event.recipient_account_id or "", event.aws_region or "", event.event_source, event.event_name,
                event_type, kind)  # fmt: skip
        if event_type != "AwsApiCall" or kind == "AWSService":
            return head + _NOBODY
        error = event.error_code or ""
        return (
            *head,
            *caller,
            agent(_text(event.session_credential_from_console), event.user_agent or ""),
            error,
            message(event.error_message or "") if error and is_denied(error) else "",
            _text(event.read_only),
            *self._resources[bytes(event.resources)],
            *self._asked[bytes(event.request_parameters)],
        )


def _joined(one: tuple[int, str, str], other: tuple[int, str, str]) -> tuple[int, str, str]:
    return one[0] + other[0], min(one[1], other[1]), max(one[2], other[2])


class _Memo(dict[bytes, T]):
    """What a function says of a text, remembered; begun anew when it is full."""

    def __init__(self, function: Callable[[bytes], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, said: bytes) -> T:
        if len(self) >= BOUND:
            self.clear()
        self[said] = value = self._function(said)
        return value


def _add(uses: dict[Use, Seen], more: Mapping[Use, Seen]) -> None:
    for use, seen in more.items():
        known = uses.get(use)
        uses[use] = known + seen if known else seen


def _parsed(said: bytes) -> Any:
    return json.loads(said) if said else None


def _caller(identity: Any) -> tuple[str, tuple[str, ...]]:
    said = identity if isinstance(identity, dict) else {}
    kind = said.get("type")
    if kind is not None and not isinstance(kind, str):
        raise ValueError("userIdentity.type is no text")  # the plain way reads it
    return kind or "", who(said)


def _text(value: str | bool | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return "true" if value else "false"
