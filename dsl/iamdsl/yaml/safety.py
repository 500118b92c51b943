"""Characters that make YAML read other than it is: `iamdsl.unicode`, with YAML's unquoted prose let through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Source
from iamdsl.yaml.nodes import Mapping, Node, Scalar, Sequence

_ANYWHERE = frozenset({"IAM701", "IAM703", "IAM704"})
_CODE = re.compile(r"\S*[:\uff1a]\S+")
_QUOTE = re.compile("[\u2018-\u201f\u00ab\u00bb]")


def unsafe(source: Source, root: Node | None) -> list[Diagnostic]:
    """The findings on characters; letters of other scripts are refused only in ARNs, actions and their like.

    Prose needs no quotes in YAML. Names need no look here, as nothing but ASCII fits them.
    """
    from iamdsl.unicode import scan

    found = scan(source).diagnostics
    if root is None:
        return list(found)
    starts = {d.span.start: d for d in found if d.span and d.code not in _ANYWHERE}
    kept = [d for d in found if d.code in _ANYWHERE]
    for scalar in _scalars(root):
        if _CODE.fullmatch(scalar.text) or _QUOTE.match(scalar.text):
            within = range(scalar.span.start, scalar.span.end)
            kept += [finding for start, finding in starts.items() if start in within]
    return kept


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
