"""What a line of a role comes to: its actions and characters, and how much of the quota its role takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.explain import Expansion, expansion
from iamc.lsp.analysis import Analysis
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


def statements(nodes: Iterable[syntax.Declaration]) -> Iterator[syntax.Statement | syntax.Pass | syntax.Assume]:
    """The lines of the roles and tiers among some declarations."""
    for node in nodes:
        if isinstance(node, (syntax.Role, syntax.Tier)):
            yield from (field for field in node.fields if isinstance(field, _LINES))


def hints(analysis: Analysis, source: Source, start: int, end: int) -> Iterator[Hint]:
    """The hints of `[start, end)`: the number of actions of each line, the characters of each role."""
    file = analysis.project.files.get(source.path)
    nodes = [node for node in file.declarations if _touches(analysis.place(node.span), start, end)] if file else []
    granted = _granted(analysis)
    for line in statements(nodes):
        place, counts = analysis.place(line.span), granted.get(id(line.span))
        if place and counts and start <= place.end <= end:
            names = frozenset[str]().union(*(permission.actions for permission in counts))
            resources = len({permission.resource for permission in counts})
            tooltip = f"{plural(len(names), 'action')} on {plural(resources, 'resource')}, over all accounts"
            yield Hint(place.end, plural(len(names), "action"), tooltip)
    for role in (node for node in nodes if isinstance(node, syntax.Role)):
        name = analysis.place(role.name.span)
        if name and start <= name.end <= end:
            units = [one for one in analysis.compiled.values() if one.unit.role.span is role.name.span]
            if any(one.documents for one in units):
                brace = source.text.find("{", name.end)
                yield Hint(brace + 1 if brace >= 0 else name.end, *_size(analysis, units))


def _touches(span: Span | None, start: int, end: int) -> bool:
    return span is not None and span.start <= end and start <= span.end


def _granted(analysis: Analysis) -> dict[int, list[Permission]]:
    """What each line was found to grant, by the identity of the line's span, which its permissions share."""
    found: dict[int, list[Permission]] = {}
    for one in analysis.compiled.values():
        for permission in one.permissions:
            found.setdefault(id(permission.span), []).append(permission)
    return found


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
    nodes, inside = analysis.around(path, offset)
    line = next((s for s in statements(nodes) if s.span.start <= inside <= s.span.end), None)
    place = analysis.place(line.span) if line else None
    if line is None or place is None:
        return None
    found = (
        expansion(one, request)
        for one in analysis.compiled.values()
        for request in one.unit.requests
        if request.span is line.span
    )
    return place, list(found)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 action`, `2 actions`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
