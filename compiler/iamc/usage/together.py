"""Too many resources of one kind to list: drawn together under a rule that the reader of a draft can see.

Resources of one kind in one account share all of their ARN up to the name. When more than `most` of them stand for
the same actions, they become what their names begin with alike, followed by `*`; a shared beginning ends behind a
`-`, `_`, `.` or `/`, and where there is none the kind stands for all its resources. Buckets are never drawn together,
for their names belong to everybody: only the folders of one bucket are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NAME = re.compile(r"(arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:[a-zA-Z-]+[:/])?)(.*)", re.DOTALL)
_PART = re.compile("[^/:]")
_BUCKET = re.compile(r"(arn:[^:]*:s3:::[^/]*/)(.*)", re.DOTALL)


def together(arns: Iterable[str], most: int) -> Mapping[str, int]:
    """The ARNs to write, each with how many of the given ones it stands for, sorted; `*` stands for itself."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for arn in sorted(set(arns)):
        head = _head(arn)
        # An index of a table has the table's beginning, but is of another kind: it has more parts.
        kinds.setdefault((head, _PART.sub("", arn.removeprefix(head))), []).append(arn)
    drawn: dict[str, int] = {}
    for (head, _), members in kinds.items():
        if len(members) <= most or not head:
            drawn.update(dict.fromkeys(members, 1))
        else:
            drawn[f"{head}{_shared(member.removeprefix(head) for member in members)}*"] = len(members)
    return dict(sorted(drawn.items()))


def _head(arn: str) -> str:
    """What ARNs of one kind share: all before the name; "" for what is never drawn together."""
    found = (_BUCKET if ":s3:::" in arn else _NAME).fullmatch(arn)
    return found[1] if found else ""


def _shared(names: Iterable[str]) -> str:
    """What all names begin with alike, as far as a whole word goes."""
    ordered = sorted(name.rstrip("*") for name in names)
    first, last = ordered[0], ordered[-1]
    common = first[
        : next((at for at, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), len(first))
    ]
    return common[: max((common.rfind(mark) for mark in "-_./"), default=-1) + 1]
