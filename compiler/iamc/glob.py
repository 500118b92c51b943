"""Languages of globs: `*` is any text, `?` is one character, `${aws:...}` is text that nobody knows yet.

A policy variable stands for text that IAM fills in at the time of the request: perhaps empty, perhaps with
`/` or `:` in it, the same text wherever the same variable stands. The functions below never guess it:

* `includes` and `match` hold only if they hold for every such text;
* `intersects` holds if it may hold for some.

`${*}`, `${?}` and `${$}` are IAM's way to write the characters `*`, `?` and `$` themselves (AWS IAM User
Guide, reference_policies_variables, "Specifying special characters"). Case counts everywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from iamdsl.values import dataclass

_UNIT = re.compile(r"\$\{[^}]*\}|.", re.DOTALL)
_WILD = re.compile(r"[*?$]")
_ESCAPED = {"*": "${*}", "?": "${?}", "${$}": "$"}
_PLAIN = ("${*}", "${?}")

Units = tuple[str, ...]
"""A glob, unit by unit: "*", "?", a policy variable, or a character (`${*}` and `${?}` are characters)."""


def match(pattern: str, text: str) -> bool:
    """Whether the pattern covers one text, in which `*` and `?` are characters and variables stay unknown."""
    if _WILD.search(pattern) is None and _WILD.search(text) is None:
        return pattern == text
    return _covers(_compile(pattern), tuple(_ESCAPED.get(unit, unit) for unit in _UNIT.findall(text)))


def includes(outer: str, inner: str) -> bool:
    """Whether every text that the inner glob covers is covered by the outer one."""
    if outer in ("*", inner):
        return True
    wild = _WILD.search(outer)
    if wild is None:
        return _WILD.search(inner) is not None and _units(inner) == _units(outer)
    if not inner.startswith(outer[: wild.start()]):
        return False
    return _covers(_compile(outer), _units(inner))


def intersects(first: str, second: str) -> bool:
    """Whether some text may be covered by both globs, whatever the variables turn out to be."""
    if first == second:
        return True
    if _WILD.search(first) is None and _WILD.search(second) is None:
        return False
    ours, theirs = _widened(first), _widened(second)
    if "*" not in ours and "*" not in theirs:
        return len(ours) == len(theirs) and all(map(_may_equal, ours, theirs))
    return _meet(ours, theirs)


def is_literal(pattern: str) -> bool:
    """Whether the glob covers exactly one text, which is itself."""
    return _WILD.search(pattern) is None


def _units(pattern: str) -> Units:
    return tuple("$" if unit == "${$}" else unit for unit in _UNIT.findall(pattern))


def _is_variable(unit: str) -> bool:
    return len(unit) > 1 and unit not in _PLAIN


def _is_sure(unit: str) -> bool:
    """Whether the unit is exactly one character, known or not."""
    return unit != "*" and not _is_variable(unit)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A glob cut at its stars: the `head` before the first, then after each run of stars a chunk.

    `rest` pairs each chunk with the least number of characters that the run before it must take: `?*`, `*?`
    and `*?*` are one run that takes at least one.
    """

    head: Units
    rest: tuple[tuple[int, Units], ...]


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> _Pattern:
    chunks: list[Units] = [()]
    least: list[int] = []
    for wild, group in groupby(_units(pattern), lambda unit: unit in ("*", "?")):
        units = tuple(group)
        if wild and "*" in units:
            least.append(units.count("?"))
            chunks.append(())
        else:
            chunks[-1] += units
    return _Pattern(chunks[0], tuple(zip(least, chunks[1:], strict=True)))


def _covers(pattern: _Pattern, word: Units) -> bool:
    """Whether the pattern covers the word, in which a star is one more piece of unknown text.

    Each chunk is placed as far left as it goes; a later place never leaves more room for those after it.
    """
    at = len(pattern.head)
    if not _fits(pattern.head, word, 0):
        return False
    if not pattern.rest:
        return at == len(word)
    for least, chunk in pattern.rest[:-1]:
        start = _place(chunk, word, _after(least, word, at))
        if start < 0:
            return False
        at = start + len(chunk)
    least, tail = pattern.rest[-1]
    start = len(word) - len(tail)
    return _after(least, word, at) <= start and _fits(tail, word, start)


def _after(least: int, word: Units, at: int) -> int:
    """The first place behind `least` sure characters, or a place behind the end if there are too few."""
    while least > 0 and at < len(word):
        least -= _is_sure(word[at])
        at += 1
    return at if least == 0 else len(word) + 1


def _place(chunk: Units, word: Units, at: int) -> int:
    return next((i for i in range(at, len(word) - len(chunk) + 1) if _fits(chunk, word, i)), -1)


def _fits(chunk: Units, word: Units, at: int) -> bool:
    if at + len(chunk) > len(word):
        return False
    for want, have in zip(chunk, word[at : at + len(chunk)], strict=True):
        if want == "?":
            if not _is_sure(have):
                return False
        elif want != have:
            return False
    return True


def _widened(pattern: str) -> Units:
    """The units of a glob with every variable as a star, repeated stars once."""
    units = ("*" if _is_variable(unit) else unit for unit in _units(pattern))
    return tuple(unit for key, group in groupby(units) for unit in (("*",) if key == "*" else group))


def _may_equal(ours: str, theirs: str) -> bool:
    return ours == theirs or "?" in (ours, theirs)


def _meet(ours: Units, theirs: Units) -> bool:
    """Whether two glob automata reach their ends together; `states` are the places in `theirs`."""
    end = len(theirs)
    states = _past_stars({0}, theirs)
    for unit in ours:
        if unit == "*":
            states = set(range(min(states), end + 1))
        else:
            stay = {at for at in states if at < end and theirs[at] == "*"}
            states = stay | {at + 1 for at in states - stay if at < end and _may_equal(unit, theirs[at])}
        states = _past_stars(states, theirs)
        if not states:
            return False
    return end in states


def _past_stars(states: set[int], units: Units) -> set[int]:
    return states | {at + 1 for at in states if at < len(units) and units[at] == "*"}
