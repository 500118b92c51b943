"""Characters that make YAML read other than it is: `iamdsl.unicode`, with YAML's unquoted prose let through."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Source, Span
from iamdsl.yaml.nodes import Mapping, Node, Scalar, Sequence

_ANYWHERE = frozenset({"IAM701", "IAM703", "IAM704"})
_ARN = re.compile("[\u2018-\u201f\u00ab\u00bb]?arn:")


def with_unsafe(source: Source, root: Node | None, found: list[Diagnostic]) -> list[Diagnostic]:
    """`found` and what is wrong with the characters of `source`; a mistake that these explain is left out.

    What cannot be seen is refused everywhere. Letters and signs of other scripts may stand in prose, which needs no
    quotes in YAML: they are refused in ARNs, and where they are why the text means nothing.
    """
    from iamdsl.unicode import scan

    matters = _in_broken_lines(found) if root is None else _in_code(root, found)
    refused = [d for d in scan(source).diagnostics if d.span and (d.code in _ANYWHERE or matters(d.span))]
    lines = {d.span.line for d in refused if d.span}
    if root is None:
        lines |= {line + 1 for line in lines}
    return [*refused, *(d for d in found if d.span and d.span.line not in lines)]


def _in_broken_lines(found: list[Diagnostic]) -> Callable[[Span], bool]:
    """Whether a place is in a line where YAML breaks, or in the line above."""
    lines = {d.span.line - above for d in found if d.span for above in (0, 1)}
    return lambda span: span.line in lines


def _in_code(root: Node, found: list[Diagnostic]) -> Callable[[Span], bool]:
    """Whether a place is in an ARN, or in a text that one of `found` complains about."""
    complaints = sorted(d.span.start for d in found if d.span)
    ranges = []
    for scalar in _scalars(root):
        start, end = scalar.span.start, scalar.span.end
        if _ARN.match(scalar.text) or bisect_left(complaints, start) < bisect_left(complaints, end):
            ranges.append((start, end))
    ranges.sort()

    def matters(span: Span) -> bool:
        index = bisect_right(ranges, (span.start, len(span.source.text))) - 1
        return index >= 0 and span.start < ranges[index][1]

    return matters


def _scalars(root: Node) -> Iterator[Scalar]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            waiting += node.items
        elif isinstance(node, Mapping):
            for entry in node.entries:
                waiting += (entry.key, entry.value)
