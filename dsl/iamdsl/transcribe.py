"""A file in the other form, .iamdsl or YAML, with its comments and blank lines where they were.

Both forms print the same tree, so what stands before, behind or after a declaration or a line of its block is put at
the same node of the other form. A comment inside a statement moves to the line after the statement, one on a closing
brace to the last line of the block, one among the fields of an account or a team above it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from iamdsl import syntax as s
from iamdsl.comments import comments_of
from iamdsl.source import Source, Span
from iamdsl.values import dataclass

_BLANK = re.compile(r"(?<=\n)[ \t]*(?=\n)")
_YAML_COMMENT = re.compile(r"(?:(?<=[ \t\n])|\A)#[^\n]*")
_BLANKS = re.compile(r"\n{3,}")


def transcribed(
    file: s.File, source: Source, form: str, progress: Callable[[int, int], None] = lambda done, total: None
) -> str:
    """`file`, which was read from `source`, as `yaml` or `iamdsl` text with the comments of `source`.

    `progress` hears of each step: how many are done, of how many.
    ValueError for a tree that no text of that form stands for.
    """
    from iamdsl.format import format_source
    from iamdsl.printing import to_iamdsl
    from iamdsl.yaml_print import to_yaml

    bare = to_yaml(file) if form == "yaml" else to_iamdsl(file)
    progress(1, 5)
    kept = _kept(file, source)
    progress(2, 5)
    text = _placed(bare, _nodes(_read(Source(source.path, bare), form)), kept)
    progress(3, 5)
    if form != "yaml":
        text = format_source(Source(source.path, text)).text or ""
    progress(4, 5)
    again = Source(source.path, text)
    said = sorted(comment for comment, _, _ in _comments(again, form))
    lost = said != sorted(comment for comment, _, _ in _comments(source, _form(file)))
    if lost or _read(again, form).declarations != file.declarations:
        raise ValueError(f"the comments of {source.path} find no place in {form}")
    return text


@dataclass(frozen=True, slots=True)
class _Node:
    """A declaration, or a line of its block; `top` is the declaration's span."""

    span: Span
    top: Span


@dataclass(slots=True)
class _Kept:
    """Lines by the number of a node: own lines before and after it, texts behind it; `end` closes the file."""

    before: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    after: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    behind: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    end: list[str] = field(default_factory=list)


def _form(file: s.File) -> str:
    return "iamdsl" if file.origin == "iamdsl" else "yaml"


def _read(source: Source, form: str) -> s.File:
    if form == "yaml":
        from iamdsl.yaml import parse_yaml

        return parse_yaml(source).file
    from iamdsl.parse import parse

    return parse(source).file


def _nodes(file: s.File) -> list[_Node]:
    """The edition, every declaration, and the lines of its block, in the order of the text.

    A template has no edition, but what is made of it has: it stands before the role.
    """
    nodes = [_Node(file.edition.span, file.edition.span)] if file.edition else []
    if file.origin == "policy-sentry" and file.declarations:
        role = file.declarations[0].span
        nodes = [_Node(role.part(0, 0), role.part(0, 0))]
    for top in file.declarations:
        nodes.append(_Node(top.span, top.span))
        nodes += [_Node(line.span, top.span) for line in _lines(top)]
    return nodes


def _lines(
    node: s.Declaration,
) -> Sequence[s.Person | s.Resource | s.Field | s.Subject | s.ExpectAccess | s.ExpectSize]:
    match node:
        case s.People(persons):
            return persons
        case s.Resources():
            return node.resources
        case s.Tier() | s.Role():
            return node.fields
        case s.Check():
            return (*node.subjects, *node.expectations)
        case _:
            return ()


# out of the source -------------------------------------------------------------------------------------------


def _comments(source: Source, form: str) -> Iterator[tuple[str, int, bool]]:
    """Each comment: its text, its offset, and whether it has the line for itself."""
    if form != "yaml":
        for comment in comments_of(source):
            yield comment.text, comment.span.start, comment.own_line
        return
    for match in _YAML_COMMENT.finditer(_without_scalars(source.text)):
        line = source.text.rfind("\n", 0, match.start()) + 1
        yield (
            source.text[match.start() : match.end()].rstrip(),
            match.start(),
            not source.text[line : match.start()].strip(),
        )


def _without_scalars(text: str) -> str:
    """A YAML text with `x` for every character of a scalar, in which a `#` is no comment."""
    import yaml

    pieces, at = [], 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            start, end = token.start_mark.index, token.end_mark.index
            pieces += [text[at:start], "x" * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])


def _kept(file: s.File, source: Source) -> _Kept:
    kept, form = _Kept(), _form(file)
    nodes = _nodes(file)
    order = sorted(range(len(nodes)), key=lambda number: nodes[number].span.start)
    starts = [nodes[number].span.start for number in order]
    own: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for text, at, own_line in _comments(source, form):
        place = bisect_left(starts, at)
        if own_line or not place:
            own[place].append((at, text))
        else:
            kept.behind[order[place - 1]].append(text)
    for match in _BLANK.finditer(source.text):
        own[bisect_left(starts, match.start())].append((match.start(), ""))
    for place, found in sorted(own.items()):
        found.sort()
        last = nodes[order[place - 1]] if place else None
        following = nodes[order[place]] if place < len(nodes) else None
        cut = 0
        if last and not (following and following.top == last.top):
            block = "template" if file.origin == "policy-sentry" else form
            cut = max((n for n, (at, text) in enumerate(found, 1) if text and _within(last.top, at, block)), default=0)
            # A declaration without lines of its own may have no block in the other form: its comments go above it.
            side = kept.before if last.span == last.top else kept.after
            side[order[place - 1]] += [text for _, text in found[:cut]]
        rest = kept.before[order[place]] if following else kept.end
        rest += [text for _, text in found[cut:]]
    return kept


def _within(top: Span, at: int, form: str) -> bool:
    """Whether an own line behind the last line of a declaration's block still belongs to the block."""
    return at < top.end if form != "yaml" else _column(top.source.text, at) > _column(top.source.text, top.start)


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1


# into the other form -----------------------------------------------------------------------------------------


def _placed(text: str, nodes: Sequence[_Node], kept: _Kept) -> str:
    lines = text.split("\n")[:-1]
    above: defaultdict[int, list[str]] = defaultdict(list)
    below: defaultdict[int, list[str]] = defaultdict(list)
    taken: set[int] = set()
    for number, node in enumerate(nodes):
        line_at = node.span.source.position
        first = line_at(node.span.start)[0] - 1
        last = line_at(node.span.start + len(node.span.text.rstrip()))[0] - 1
        behind = kept.behind[number]
        above[first] += kept.before[number]
        if behind and first not in taken:
            taken.add(first)
            lines[first] += f"  {behind[0]}"
            behind = behind[1:]
        above[first] += behind
        below[last] += kept.after[number]
    placed: list[str] = []
    for number, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip())]
        placed += [f"{indent}{each}".rstrip() for each in above[number]]
        placed.append(line)
        placed += [f"{indent}{each}".rstrip() for each in below[number]]
    return _BLANKS.sub("\n\n", "\n".join([*placed, *kept.end]).strip("\n") + "\n")
