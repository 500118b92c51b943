"""One resource type's ARN template, ready to be compared with ARNs segment by segment.

The rule of typing
------------------
Both sides are cut into segments at `:` and `/`, and the segments are compared one by one:

* a literal segment of the template meets the segments that can equal it, and a `${Variable}` any segment
  that can be other than empty;
* `*` and `?` in the ARN stay inside their segment: `orders-*` of S3 is a name of buckets, not of objects;
* a *last* segment that is `*` and nothing else stands for one or more segments, as IAM lets it cross colons
  and slashes: `table/*` is tables, their indexes and their streams, and a resource `*` is every type;
* the last variable of a template may take several segments, provided that no segment-by-segment reading of
  the ARN exists and that no other type continues the template there: `role/team/app` is a role, but
  `table/orders/other` is not a table because indexes begin that way.

IAM itself compares whole texts, in which every `*` crosses slashes. A type found here is therefore always
one that IAM's reading covers too; types that a star reaches only by crossing a slash in the middle of a
word are left out, so that nobody is granted object access by the name of a bucket.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING

from iamc.arn import pieces
from iamc.glob import includes, intersects
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamc.catalog import ResourceType

PLACEHOLDER = re.compile(r"\$?\{([^}*]*)\}")
"""A variable of a template; one of `opsworks-cm` has lost its dollar sign. `${*}` is a written star."""

_SLASHES = frozenset({"LogGroupName"})
"""Variables that hold slashes even when more follows: `/aws/lambda/fn` before `:log-stream:`."""

_MAY_BE_EMPTY = frozenset({"ApiSpecificResourcePath", "PackageNamespace"})
"""The root path of an API; packages without a namespace (`package/d/r/pypi//requests`)."""

_NO_LEADING_SLASH = ("WithPath", "WithoutLeadingSlash")
"""Ends of variables that never begin with a slash: no `role//x` and no `parameter//x` exists."""

_WHOLE_ARN = ("Arn", "ARN")
"""Ends of variables that hold another ARN with all its colons and slashes."""


class Kind(IntEnum):
    """What a segment of a template takes, the narrower first."""

    LITERAL = 0  # its own text
    PARTIAL = 1  # text with variables in it, such as `o-${OrganizationId}`
    NAME = 2  # one segment
    PATH = 3  # one or more segments
    ANY = 4  # the documentation's `*`: anything, in the region or account field also nothing


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a template; `glob` is its text with `?*` for each variable.

    `before` is the delimiter in front of it, `inner` holds the delimiters that a PATH may contain.
    """

    kind: Kind
    glob: str
    before: str
    inner: str = ""
    may_be_empty: bool = False
    leading_slash: bool = True

    def narrower(self, other: Segment) -> bool:
        """Whether this segment takes less than the other."""
        if self.kind == other.kind:
            return self.glob != other.glob and includes(other.glob, self.glob)
        return self.kind < other.kind and includes(other.glob, self.glob)


@dataclass(frozen=True, slots=True)
class Name:
    """An ARN from its region on as segments: region, account, then those of the resource."""

    texts: Sequence[str]
    marks: Sequence[str]
    trailing_star: bool

    @classmethod
    def of(cls, region: str, account: str, resource: str) -> Name:
        """Cut the last three fields of an ARN into segments."""
        texts, marks = pieces(resource)
        return cls((region, account, *texts), (":", ":", *marks), texts[-1] == "*")


@dataclass(frozen=True, slots=True)
class Template:
    """A resource type's ARN from its region on."""

    resource: ResourceType
    arn: str
    segments: tuple[Segment, ...]

    @property
    def head(self) -> str | None:
        """The literal first segment of the resource, by which templates are looked up."""
        first = self.segments[2]
        return first.glob if first.kind is Kind.LITERAL else None


def compile_template(resource: ResourceType, arn: str) -> Template:
    """Read a template such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`."""
    _, _, _, region, account, rest = arn.split(":", 5)
    if account not in ("", "*", "aws") and not PLACEHOLDER.search(account):
        # One template of `mediaconnect` has no account field at all.
        account, rest = "*", f"{account}:{rest}"
    texts, marks = pieces(rest)
    last = len(texts) - 1
    segments = [_field(region), _field(account)]
    segments += [
        _segment(text, mark, is_last=i == last) for i, (text, mark) in enumerate(zip(texts, marks, strict=True))
    ]
    return Template(resource, arn, tuple(segments))


def _field(text: str) -> Segment:
    if text == "*":
        return Segment(Kind.ANY, "*", ":")
    if PLACEHOLDER.search(text):
        return Segment(Kind.NAME, "?*", ":")
    return Segment(Kind.LITERAL, text, ":")


def _segment(text: str, before: str, *, is_last: bool) -> Segment:
    if text == "*" and is_last:
        return Segment(Kind.ANY, "*", before, "/:")
    variables = PLACEHOLDER.findall(text)
    if not variables:
        return Segment(Kind.LITERAL, text, before)
    if PLACEHOLDER.sub("", text):
        return Segment(Kind.PARTIAL, PLACEHOLDER.sub("?*", text), before)
    name = variables[-1]
    inner = "/:" if name.endswith(_WHOLE_ARN) and is_last else "/" if name in _SLASHES else ""
    return Segment(
        Kind.PATH if inner else Kind.NAME,
        "?*",
        before,
        inner,
        may_be_empty=name in _MAY_BE_EMPTY,
        leading_slash=not name.endswith(_NO_LEADING_SLASH),
    )


def loosened(template: Template, others: Sequence[Template]) -> tuple[Segment, ...]:
    """The template's segments when its last name may take many; none when it may not.

    That depends on how the other types of its service go on: a name that is the whole resource (a queue, a topic, a
    bucket) holds no delimiter at all.
    """
    last = template.segments[-1]
    if last.kind is not Kind.NAME or len(template.segments) == 3:
        return ()
    inner = "".join(mark for mark in "/:" if not any(_continues(other, template, mark) for other in others))
    return (*template.segments[:-1], replace(last, kind=Kind.PATH, inner=inner)) if inner else ()


def _continues(longer: Template, shorter: Template, mark: str) -> bool:
    """Whether one template goes on with this delimiter where the other ends."""
    size = len(shorter.segments)
    return (
        len(longer.segments) > size
        and longer.segments[size].before == mark
        and all(
            a.before == b.before and intersects(a.glob, b.glob)
            for a, b in zip(longer.segments, shorter.segments, strict=False)
        )
    )


def fits(name: Name, segments: tuple[Segment, ...], at: int = 0, place: int = 0) -> bool:
    """Whether the name's segments from `at` on can be those of a template from `place` on."""
    texts, marks = name.texts, name.marks
    size, end = len(texts), len(segments)
    while place < end:
        if at == size:
            return False
        segment, text = segments[place], texts[at]
        if segment.before != marks[at]:
            return False
        if name.trailing_star and at == size - 1:
            return True
        if segment.inner:
            return _path_fits(name, segments, at, place)
        if not _takes(segment, text):
            return False
        at += 1
        place += 1
    return at == size


def _takes(segment: Segment, text: str) -> bool:
    if segment.kind is Kind.NAME:
        return text != "" or segment.may_be_empty
    return segment.kind is Kind.ANY or text == segment.glob or intersects(text, segment.glob)


def _path_fits(name: Name, segments: tuple[Segment, ...], at: int, place: int) -> bool:
    """The same, where the template's segment may take several of the name's, the first of them at `at`."""
    segment, last = segments[place], len(name.texts) - 1
    if name.texts[at] == "" and not (segment.may_be_empty or (segment.leading_slash and at < last)):
        return False
    for stop in range(at, last + 1):
        if stop > at and name.marks[stop] not in segment.inner:
            return False
        if stop == last and name.trailing_star:
            return True
        if fits(name, segments, stop + 1, place + 1):
            return True
    return False


def outranks(winner: Template, loser: Template, name: Name) -> bool:
    """Whether everything of `loser` that the name covers is of the narrower type `winner`.

    Both must fit the name segment by segment.
    """
    ours, theirs = winner.segments, loser.segments
    if any(segment.inner for segment in ours[:-1]):
        return False  # the segments behind it need not stand side by side
    shared = len(theirs)
    if len(ours) < shared or (len(ours) > shared and not theirs[-1].inner):
        return False
    narrower = list(range(shared, len(ours)))
    for at, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        if mine.before != other.before:
            return False
        if mine.narrower(other):
            narrower.append(at)
        elif mine.kind is not other.kind or mine.glob != other.glob:
            return False
    return bool(narrower) and all(_within(ours[at], name, at) for at in narrower)


def _within(segment: Segment, name: Name, at: int) -> bool:
    """Whether all that the name's segment stands for is taken by the template's."""
    if at >= len(name.texts) or (name.trailing_star and at == len(name.texts) - 1):
        return False
    return segment.kind >= Kind.NAME or includes(segment.glob, name.texts[at])
