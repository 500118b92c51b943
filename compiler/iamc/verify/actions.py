"""Which actions each statement reaches, over the part of the universe that can tell statements apart."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from iamc.verify.globs import covers, literal_start, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from iamc.verify.policy import Statement
    from iamc.verify.universe import KnownAction, Universe


class Actions:
    """The actions that matter to some statements, and the ones that each of those statements reaches.

    A pattern that matches no known action stands for one unknown action, so that it is never taken for
    harmless. Where a statement reaches everything (`*`, NotAction), one action that no other pattern
    reaches stands for all such actions, unless `everything` asks for each of them.
    """

    def __init__(self, universe: Universe, statements: Sequence[Statement], *, everything: bool = False) -> None:
        self._universe = universe
        self._known: dict[str, list[str]] = {}
        patterns = sorted({pattern for statement in statements for pattern in statement.actions if not _all(pattern)})
        unlimited = any(statement.not_action or any(map(_all, statement.actions)) for statement in statements)
        self._names_written = self._named(patterns)
        self._reach = {pattern: self._reached(pattern) for pattern in patterns}
        names = set().union(*self._reach.values())
        if unlimited and everything:
            names.update(name for service in universe.services for name in universe.actions(service))
        elif unlimited:
            names.update(self._stranger(names))
        self.names = frozenset(names)

    def of(self, statement: Statement) -> frozenset[str]:
        """The lower-case names of the actions that a statement reaches; it must be one of those given."""
        if not statement.not_action and len(statement.actions) == 1 and not _all(statement.actions[0]):
            return self._reach[statement.actions[0]]
        if any(map(_all, statement.actions)):
            reached = self.names
        else:
            reached = frozenset().union(*(self._reach[pattern] for pattern in statement.actions))
        return self.names - reached if statement.not_action else reached

    def known(self, name: str) -> KnownAction | None:
        """What the universe knows of a lower-case name."""
        return self._universe.action(name)

    def _named(self, patterns: Iterable[str]) -> list[str]:
        """The names written out, whether known or not, and one for each pattern that matches none known."""
        names = sorted(pattern for pattern in patterns if not _is_wild(pattern))
        invented = {
            pattern.replace("*", "").replace("?", "x")
            for pattern in patterns
            if _is_wild(pattern) and not self._known_matches(pattern)
        }
        return sorted({*names, *invented})

    def _reached(self, pattern: str) -> frozenset[str]:
        if not _is_wild(pattern):
            return frozenset((pattern,))
        return frozenset((*self._known_matches(pattern), *_matching(pattern, self._names_written)))

    def _known_matches(self, pattern: str) -> list[str]:
        if pattern not in self._known:
            prefix, _, _ = pattern.partition(":")
            services = _matching(prefix, self._universe.services) if _is_wild(prefix) else (prefix,)
            self._known[pattern] = [
                n for service in services for n in _matching(pattern, self._universe.names(service))
            ]
        return self._known[pattern]

    def _stranger(self, reached: set[str]) -> Iterator[str]:
        """One known action outside `reached`, of a service that is in use if there is one."""
        used = {name.partition(":")[0] for name in reached}
        for service in sorted(self._universe.services, key=lambda service: (service not in used, service)):
            for name in self._universe.actions(service):
                if name not in reached:
                    yield name
                    return


def _is_wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def _all(pattern: str) -> bool:
    return pattern[:1] in ("*", ":", "") and pattern.strip("*") in ("", ":")


def _matching(pattern: str, names: Sequence[str]) -> list[str]:
    """The names of a sorted list that a pattern matches."""
    start = literal_start(pattern)
    within = names[bisect_left(names, start) : bisect_left(names, start + "\x7f")]
    if "?" in pattern or "$" in pattern:
        glob = tokens(pattern)
        return [name for name in within if covers(glob, name)]
    pieces = pattern.split("*")
    return [name for name in within if _has_in_order(name, pieces)]


def _has_in_order(name: str, pieces: Sequence[str]) -> bool:
    """Whether the name is these pieces with anything between them."""
    head, tail = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return name == head
    at, end = len(head), len(name) - len(tail)
    if at > end or not name.startswith(head) or not name.endswith(tail):
        return False
    for piece in pieces[1:-1]:
        found = name.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
