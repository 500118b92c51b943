"""What is granted and was not used: of each line of a role, which actions somebody used, nobody used, or no log shows.

A use is a role's own when its principal bears the role's name. As long as no principal does, as before a rollout,
it is the role's when the person who made it holds the role. A use of a resource speaks for a line when the two
overlap, for resources of a rollup are generalised: the verdict errs towards "used".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamc.glob import intersects
from iamc.model import Compiled, Permission
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.usage.coverage import Holds, Reads
from iamc.usage.mapping import Logging
from iamc.usage.model import Rollup, Seen, Use
from iamc.usage.people import in_account, role_name
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class LineUse:
    """A source line that allows something: its place, and its qualified actions in three parts.

    `used` has the last time of each (an ISO instant); `unrecorded` are those that CloudTrail does not show, or shows
    only where a trail records data events of the service, of which this rollup has none.
    """

    place: str
    used: Mapping[str, str]
    unused: tuple[str, ...]
    unrecorded: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """`remove`, `narrow` (to what is used or unrecorded), `keep`, or `no record`."""
        if not self.unused:
            return "keep" if self.used else "no record"
        return "narrow" if self.used or self.unrecorded else "remove"


@dataclass(frozen=True, slots=True)
class RoleUse:
    """A role in an account, and whose uses speak for it.

    `by` is `role` when principals of its name were seen, `people` when its holders' uses
    of any role speak for it, and `nobody` when there were neither.
    """

    unit: str
    by: str
    calls: int
    lines: tuple[LineUse, ...]


def unused(
    rollup: Rollup, compiled: Iterable[Compiled], reads: Reads, holds: Holds, vocabulary: Vocabulary, logging: Logging
) -> tuple[RoleUse, ...]:
    """Every unit with its lines, in the order of the source."""
    made = [(use, seen, reads(use).pairs) for use, seen in rollup.uses.items() if _counts(use)]
    shown = frozenset(
        action.partition(":")[0] for _, _, pairs in made for action, _ in pairs if logging.kind(action) == "data"
    )
    return tuple(_role(one, made, shown, holds, vocabulary, logging) for one in compiled)


_Made = tuple[Use, Seen, tuple[tuple[str, str], ...]]


def _counts(use: Use) -> bool:
    return use.channel != "aws" and use.outcome != "denied"


def _role(
    one: Compiled,
    made: Iterable[_Made],
    shown: frozenset[str],
    holds: Holds,
    vocabulary: Vocabulary,
    logging: Logging,
) -> RoleUse:
    here = [each for each in made if in_account((one,), each[0].account)]
    own = [each for each in here if role_name(each[0].principal) == one.unit.role.name]
    by = "role"
    if not own:
        own = [each for each in here if any(held.unit.name == one.unit.name for held in holds(each[0].person))]
        by = "people" if own else "nobody"
    used: dict[str, list[tuple[str, str]]] = {}
    for _, seen, pairs in own:
        for action, resource in pairs:
            used.setdefault(action, []).append((resource, seen.last))
    lines = tuple(
        _line(place, permissions, used, shown, vocabulary, logging)
        for place, permissions in _by_line(one.permissions).items()
    )
    return RoleUse(one.unit.name, by, sum(seen.calls for _, seen, _ in own), lines)


def _by_line(permissions: Iterable[Permission]) -> Mapping[str, list[Permission]]:
    """Allowing permissions by the place of the line that asked for them, in the order of the source."""
    lines: dict[str, list[Permission]] = {}
    ordered = sorted((p for p in permissions if p.effect == "allow"), key=lambda p: (p.span.source.path, p.span.start))
    for permission in ordered:
        lines.setdefault(str(permission.span), []).append(permission)
    return lines


def _line(
    place: str,
    permissions: Iterable[Permission],
    used: Mapping[str, list[tuple[str, str]]],
    shown: frozenset[str],
    vocabulary: Vocabulary,
    logging: Logging,
) -> LineUse:
    last: dict[str, str] = {}
    granted: set[str] = set()
    for permission in permissions:
        for action in _names(permission, vocabulary):
            granted.add(action)
            times = [when for resource, when in used.get(action, ()) if _overlap(permission.resource, resource)]
            if times:
                last[action] = max(last.get(action, ""), *times)
    idle = sorted(granted - set(last))
    silent = tuple(action for action in idle if not _shown(action, logging, shown))
    kept = {action: last[action] for action in sorted(last)}
    return LineUse(place, kept, tuple(action for action in idle if action not in silent), silent)


def _names(permission: Permission, vocabulary: Vocabulary) -> Iterator[str]:
    for action in permission.actions:
        yield from vocabulary.names(action) or (action,)


def _overlap(granted: str, used: str) -> bool:
    return used == "*" or granted == "*" or intersects(granted, used)


def _shown(action: str, logging: Logging, shown: frozenset[str]) -> bool:
    """Whether this rollup would have shown a use of the action."""
    kind = logging.kind(action)
    return kind == "management" or (kind == "data" and action.partition(":")[0] in shown)
