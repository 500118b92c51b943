"""Compressed tries: the prefixes (or, of names read backwards, the suffixes) that tell names apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Node(NamedTuple):
    """A prefix, the names that begin with it, and the longer prefixes that fewer of these names share."""

    text: str
    mask: int
    children: tuple[Node, ...]


# A part of a pattern, and which wanted and which unwanted names are left when a name has to have it.
Narrowed = tuple[str, int, int]


def trie(names: Sequence[tuple[str, int]], depth: int = 0) -> tuple[Node, ...]:
    """Build the nodes below a common prefix of the given depth.

    Args:
        names: sorted, each with its bit.
        depth: how many characters all names share.

    """
    nodes: list[Node] = []
    start = 0
    while start < len(names):
        if len(names[start][0]) == depth:
            start += 1
            continue
        text = names[start][0][: depth + 1]
        end = start + 1
        while end < len(names) and names[end][0].startswith(text):
            end += 1
        group = names[start:end]
        mask = sum(bit for _, bit in group)
        nodes.append(Node(text, mask, trie(group, _shared(group[0][0], group[-1][0])) if len(group) > 1 else ()))
        start = end
    return tuple(nodes)


def _shared(one: str, other: str) -> int:
    """Count the characters that the names have in common at the beginning."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def narrow(nodes: tuple[Node, ...], wanted: int, unwanted: int, room: int) -> list[Narrowed]:
    """List the prefixes of at most `room` characters that keep wanted names and lose unwanted ones.

    A prefix that loses none that a shorter one keeps is left out: the shorter is cheaper and matches more.
    So is every prefix of which a shorter one loses all unwanted names already.
    """
    found: list[Narrowed] = []
    pending = [(nodes, wanted, unwanted)]
    for level, names, others in pending:
        for text, mask, children in level:
            kept = mask & names
            if not kept or len(text) > room:
                continue
            left = mask & others
            if left != others or not others:
                found.append((text, kept, left))
            if left and children:
                pending.append((children, kept, left))
    return found
