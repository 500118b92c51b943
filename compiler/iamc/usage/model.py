"""The values of usage: observations, as read from events, and uses, as written to the rollup.

A rollup is additive: uses with equal keys add up their calls, and the first and last time they were seen become the
earliest and the latest. So rollups of parts (days, accounts, files) merge to the rollup of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from iamdsl.values import dataclass


class Observation(NamedTuple):
    """What is read of one event, every field a text and "" where the event says nothing.

    The names of the fields are the columns of the SQL query, in this order. `session` is what stands behind the
    colon of `userIdentity.principalId`; `agent` is `console` or ""; `message` is kept of denied calls only;
    `arn_1` and `arn_2` are the first two of `resources`; `parameters` are lines `name=value` of the request
    parameters that name a resource; `roles` are the ARNs of roles in the request, separated by spaces. Of an event
    that is nobody's call, only `account`, `region`, `source`, `name` and `identity` are kept, and `event_type`.
    """

    account: str
    region: str
    source: str
    name: str
    event_type: str
    identity: str
    arn: str
    session: str
    user_name: str
    issuer: str
    source_identity: str
    directory_user: str
    invoked_by: str
    agent: str
    error: str
    message: str
    read_only: str
    arn_1: str
    arn_2: str
    parameters: str
    roles: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How often, and when first and last: ISO instants in UTC as CloudTrail writes them."""

    calls: int
    first: str
    last: str

    def __add__(self, other: Seen) -> Seen:
        return Seen(self.calls + other.calls, min(self.first, other.first), max(self.last, other.last))


class Use(NamedTuple):
    """One kind of call by one person: the key of a row of the rollup. Every text is "" where nothing is known.

    `principal` is the ARN of the role or user whose permissions counted, `identity` CloudTrail's type of it,
    `person` who was behind it and `session` the name of the session. `outcome` is `ok`, `denied` or `error`.
    `channel` is `api`, `console`, `service` (a service called on the person's behalf, named by `via`) or `aws`
    (AWS's own events, which need nobody's permission). `read_only` is CloudTrail's word, `true`, `false` or "".
    `resources` are ARNs, or `name=value` of a request parameter, with what AWS made up replaced by `*`; `roles` are
    the ARNs of roles handed over in the request; `error` and `message` are kept of denied calls. A tuple, for millions
    are made, compared, sorted and sent between processes.
    """

    account: str
    region: str
    principal: str
    identity: str
    person: str
    session: str
    source: str
    name: str
    outcome: str
    channel: str
    via: str
    read_only: str
    resources: tuple[str, ...]
    roles: tuple[str, ...]
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the number of files with events, and the names of those without, by reason.

    The reasons are `corrupt`, `truncated`, `digest`, `duplicate` and `foreign` (not CloudTrail's).
    """

    files: int
    left_out: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rollup:
    """Uses with what was seen of each, and what they were read from."""

    uses: Mapping[Use, Seen]
    reading: Reading = field(compare=False)

    @property
    def window(self) -> tuple[str, str]:
        """The first and the last instant seen; two empty texts when there is no use."""
        seen = self.uses.values()
        return min((s.first for s in seen), default=""), max((s.last for s in seen), default="")
