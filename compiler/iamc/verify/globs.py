"""Glob languages over resource strings: tokens, matching, and an automaton for unions of globs.

`*` is any string, `?` any one character; case counts. `${*}`, `${?}` and `${$}` are those characters
themselves. Any other `${...}` is an IAM policy variable, whose value this module over-approximates by any
string; `compare` adds the condition that makes the approximation sound. `${:}` and `${/}` are ours, for the ARNs
that a resource type can have: any string without that character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Tokens are single characters, or one of these (longer than one character, so never equal to one).
STAR = "star"
ANY = "any"
_END = "end"

_PIECE = re.compile(r"\$\{([^}]*)\}|(\*)|(\?)|(.)", re.DOTALL)
_ESCAPES = ("*", "?", "$")
_PARTS = {":": "no colon", "/": "no slash"}
_BARRED = {token: char for char, token in _PARTS.items()}


def variables_in(pattern: str) -> tuple[str, ...]:
    """The policy variables of a pattern, each as written between the braces."""
    if "${" not in pattern:
        return ()
    return tuple(name for name in re.findall(r"\$\{([^}]*)\}", pattern) if name not in _ESCAPES)


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its variables replaced by values, which match themselves only; KeyError if one is absent."""

    def literally(match: re.Match[str]) -> str:
        if match[1] in _ESCAPES:
            return match[0]
        return "".join(f"${{{char}}}" if char in _ESCAPES else char for char in values[match[1]])

    return re.sub(r"\$\{([^}]*)\}", literally, pattern)


def literal_start(glob: str) -> str:
    """The text before the first wildcard, escape or policy variable."""
    ends = [index for index in (glob.find("*"), glob.find("?"), glob.find("${")) if index >= 0]
    return glob[: min(ends)] if ends else glob


def tokens(pattern: str, *, full_variables: bool = False) -> tuple[str, ...]:
    """The tokens of a pattern; each run of wildcards is put in one order, all `?` before a single `*`.

    A policy variable is read as `*`, or as `?*` when `full_variables`, which leaves out empty values.
    """
    result: list[str] = []
    star = False
    for match in _PIECE.finditer(pattern):
        inner, is_star, is_any, char = match.groups()
        if inner in _PARTS:
            result.extend([STAR] * star + [_PARTS[inner]])
            star = False
        elif is_star or (inner is not None and inner not in _ESCAPES):
            star = True
            if inner is not None and full_variables:
                result.append(ANY)
        elif is_any:
            result.append(ANY)
        else:
            if star:
                result.append(STAR)
                star = False
            result.append(char if inner is None else inner)
    if star:
        result.append(STAR)
    return tuple(result)


def covers(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Whether every string of `narrow` is one of `wide`, by matching `wide` against the tokens of `narrow`.

    True is always right. False is exact when `narrow` has no wildcard (a plain string will do), and may be a
    false alarm otherwise. Takes at most len(wide) * len(narrow) steps.
    """
    at_wide = at_narrow = 0
    star, resume = -1, 0
    while at_narrow < len(narrow):
        token = wide[at_wide] if at_wide < len(wide) else _END
        if token == STAR:
            star, resume = at_wide, at_narrow
            at_wide += 1
        elif token == narrow[at_narrow] or (token == ANY and _is_one(narrow[at_narrow])):
            at_wide += 1
            at_narrow += 1
        elif star >= 0:
            resume += 1
            at_wide, at_narrow = star + 1, resume
        else:
            return False
    return all(token == STAR for token in wide[at_wide:])


def _is_one(token: str) -> bool:
    """Whether a token is one character, though perhaps any."""
    return token == ANY or len(token) == 1


def covers_by_name(wide: str, narrow: str) -> bool:
    """Whether `wide` matches all that `narrow` does whatever values the policy variables have, the same in both.

    True is always right, false may not be. A variable is taken for itself, and for what a `*` matches.
    """
    return covers(_by_name(wide), _by_name(narrow))


@lru_cache(maxsize=4096)
def _by_name(pattern: str) -> tuple[str, ...]:
    """The tokens of a pattern, a variable as a token of its own."""
    result: list[str] = []
    at = 0
    for match in re.finditer(r"\$\{([^}]*)\}", pattern):
        if match[1] not in _ESCAPES:
            result += [*tokens(pattern[at : match.start()]), match[0]]
            at = match.end()
    return (*result, *tokens(pattern[at:]))


@dataclass(frozen=True, slots=True)
class _Node:
    """What is left of a glob to match: stay here on any character that `loop` allows, go to `next` on `token`.

    loop: STAR for every character, a token of `_BARRED` for all but one, "" for none. loops_after: the nodes further
    on that loop on every character. All that this node accepts, each of those accepts too.
    """

    loop: str
    token: str
    next: int
    loops_after: frozenset[int]


@dataclass(frozen=True, slots=True)
class Step:
    """Where a state goes: `edges` by character, `default` for every other character."""

    default: int
    edges: dict[str, int]


class Machine:
    """A deterministic automaton for unions of globs, built as far as it is asked for.

    Equal remainders of globs are one node, so a state (a set of nodes) is the same number wherever it comes
    from.
    """

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._node_numbers: dict[tuple[str, str, int], int] = {}
        self._states: list[frozenset[int]] = []
        self._state_numbers: dict[frozenset[int], int] = {}
        self._steps: dict[int, Step] = {}
        self._accepting: set[int] = set()
        self._end = self._node("", _END, -1)
        self._rest = self._node(STAR, _END, -1)
        self._parts = {token: self._node(token, _END, -1) for token in _BARRED}
        self.nothing = self._state(())
        self.everything = self._state((self._rest,))

    def start(self, patterns: Iterable[str], *, full_variables: bool = False) -> int:
        """The state that accepts the strings of any of the patterns."""
        return self._state(self._glob(tokens(pattern, full_variables=full_variables)) for pattern in patterns)

    def accepts(self, state: int) -> bool:
        """Whether the empty string is accepted from this state."""
        return state in self._accepting

    def includes(self, wide: int, narrow: int) -> bool:
        """Whether `wide` plainly accepts all that `narrow` does: true is always right, false may not be."""
        return wide in (narrow, self.everything) or self._states[narrow] <= self._states[wide]

    def step(self, state: int) -> Step:
        """The moves of a state, computed once."""
        if state not in self._steps:
            self._steps[state] = self._compute(state)
        return self._steps[state]

    def _compute(self, state: int) -> Step:
        common: list[int] = []
        barred: dict[int, str] = {}
        by_letter: dict[str, list[int]] = {}
        for number in self._states[state]:
            node = self._nodes[number]
            if node.loop in _BARRED:
                barred[number] = _BARRED[node.loop]
                by_letter.setdefault(_BARRED[node.loop], [])
            elif node.loop:
                common.append(number)
            if node.token == ANY:
                common.append(node.next)
            elif node.token != _END:
                by_letter.setdefault(node.token, []).append(node.next)
        edges = {
            letter: self._state((*common, *targets, *(n for n, char in barred.items() if char != letter)))
            for letter, targets in by_letter.items()
        }
        return Step(self._state((*common, *barred)), edges)

    def _glob(self, glob: Sequence[str]) -> int:
        steps: list[tuple[str, str]] = []
        loop = ""
        for token in glob:
            if token == STAR or token in _BARRED:
                loop = token if loop in ("", token) else STAR
            else:
                steps.append((loop, token))
                loop = ""
        number = {"": self._end, STAR: self._rest, **self._parts}[loop]
        for loop, token in reversed(steps):
            number = self._node(loop, token, number)
        return number

    def _node(self, loop: str, token: str, following: int) -> int:
        key = (loop, token, following)
        if key not in self._node_numbers:
            after: frozenset[int] = frozenset()
            if following >= 0:
                after = self._nodes[following].loops_after
                if self._nodes[following].loop == STAR:
                    after |= {following}
            self._node_numbers[key] = len(self._nodes)
            self._nodes.append(_Node(loop, token, following, after))
        return self._node_numbers[key]

    def _state(self, numbers: Iterable[int]) -> int:
        nodes = frozenset(numbers)
        if self._rest in nodes:
            nodes = frozenset((self._rest,))
        elif len(nodes) > 1:
            # Once a looping node is reached, the nodes that lead to it add nothing. Without this, sets of
            # globs with several stars have too many states to explore.
            nodes = frozenset(n for n in nodes if self._nodes[n].loops_after.isdisjoint(nodes))
        number = self._state_numbers.get(nodes)
        if number is None:
            number = self._state_numbers[nodes] = len(self._states)
            self._states.append(nodes)
            if not nodes.isdisjoint((self._end, self._rest, *self._parts.values())):
                self._accepting.add(number)
        return number
