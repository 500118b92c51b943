"""What a line of a role comes to: its actions and characters, and how much of the quota its role takes."""

from __future__ import annotations

from collections.abc import Iterator

from iamc.explain import Expansion, expansions
from iamc.lsp.analysis import Analysis
from iamc.lsp.moved import Shift
from iamc.model import Compiled, Permission
from iamdsl import syntax
from iamdsl.source import Source, Span
from iamdsl.values import dataclass

_LINES = (syntax.Statement, syntax.Pass, syntax.Assume)


@dataclass(frozen=True, slots=True)
class Hint:
    """A few words to show behind `offset`; `tooltip` says more."""

    offset: int
    text: str
    tooltip: str


def statements(file: syntax.File) -> Iterator[syntax.Statement | syntax.Pass | syntax.Assume]:
    """The lines of all roles and tiers of a file."""
    for node in file.declarations:
        if isinstance(node, (syntax.Role, syntax.Tier)):
            yield from (field for field in node.fields if isinstance(field, _LINES))


def hints(analysis: Analysis, source: Source, start: int, end: int) -> Iterator[Hint]:
    """The hints of `[start, end)`: the number of actions of each line, the characters of each role."""
    file = analysis.project.files.get(source.path)
    if file is None:
        return
    granted = _granted(analysis, source)
    for line in statements(file):
        counts = granted.get((line.span.start, line.span.end))
        if counts and start <= line.span.end <= end:
            names = frozenset[str]().union(*(permission.actions for permission in counts))
            resources = len({permission.resource for permission in counts})
            tooltip = f"{plural(len(names), 'action')} on {plural(resources, 'resource')}, over all accounts"
            yield Hint(line.span.end, plural(len(names), "action"), tooltip)
    for node in file.declarations:
        if isinstance(node, syntax.Role) and start <= node.name.span.end <= end:
            units = [one for one in analysis.compiled.values() if _of(one, node)]
            if any(one.documents for one in units):
                brace = source.text.find("{", node.name.span.end)
                yield Hint(brace + 1 if brace >= 0 else node.name.span.end, *_size(analysis, units))


def _granted(analysis: Analysis, source: Source) -> dict[tuple[int, int], list[Permission]]:
    """What the lines of a file were found to grant, by where they stand now."""
    shift = Shift({source.path: source})
    found: dict[tuple[int, int], list[Permission]] = {}
    for one in analysis.compiled.values():
        for permission in one.permissions:
            place = shift.range(permission.span) if permission.span.path == source.path else None
            if place is not None:
                found.setdefault(place, []).append(permission)
    return found


def _of(one: Compiled, node: syntax.Role) -> bool:
    return one.unit.role.name == node.name.text and one.unit.role.span.path == node.span.path


def _size(analysis: Analysis, units: list[Compiled]) -> tuple[str, str]:
    """The largest of a role's units, beside the quota."""
    quota = analysis.context.quota
    most = max(units, key=lambda one: sum(document.characters for document in one.documents))
    used = sum(document.characters for document in most.documents)
    text = f"{used:,} characters in {plural(len(most.documents), 'policy', 'policies')}"
    each = "; ".join(f"{one.unit.name}: {', '.join(f'{d.characters:,}' for d in one.documents)}" for one in units[:10])
    limit = f"a policy holds {quota.characters:,} characters, a {quota.holder} {quota.count} policies"
    return text, f"{each}\n{limit}"


def at_line(analysis: Analysis, path: str, offset: int) -> tuple[Span, list[Expansion]] | None:
    """The line of a role at an offset and what it comes to in each role and account that has it."""
    file = analysis.project.files.get(path)
    line = next((s for s in statements(file) if s.span.start <= offset <= s.span.end), None) if file else None
    if line is None:
        return None
    return line.span, list(_expansions(analysis, line.span))


def _expansions(analysis: Analysis, line: Span) -> Iterator[Expansion]:
    """What the line that stands there now was found to come to."""
    shift = Shift({line.path: line.source})
    for one in analysis.compiled.values():
        for request in one.unit.requests:
            if request.span.path == line.path and shift.range(request.span) == (line.start, line.end):
                found = expansions((one,), line.path, request.span.line)
                yield from (each for each in found if each.request is request)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 action`, `2 actions`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
