"""Lines that add nothing: everything they allow is allowed by another line of the same role anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from iamc.glob import includes
from iamc.model import Permission, Unit
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.source import Span


def redundant(unit: Unit, permissions: Sequence[Permission], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """IAM306 for each such line of the role's own; of two lines that say the same, for the later one.

    Policy Sentry's templates are left in peace: their lists overlap by design.
    """
    origins = {request.span: request.origin for request in unit.requests}
    lines: dict[Span, list[Permission]] = {}
    for permission in permissions:
        if permission.effect == "allow" and origins.get(permission.span) != "policy-sentry":
            lines.setdefault(permission.span, []).append(permission)
    if len(lines) < 2:
        return
    index = _Index(lines, vocabulary)
    needless: set[Span] = set()
    order = {span: number for number, span in enumerate(lines)}
    for span in reversed(lines):
        if not span.inside(unit.role.body):
            continue
        covering = [index.covering(permission, needless | {span}) for permission in lines[span]]
        if all(covering):
            needless.add(span)
            others = sorted({other for other in covering if other}, key=lambda other: order[other])
            yield report(
                "IAM306",
                "this line allows nothing that other lines do not allow",
                span,
                labels=[Label(other, "allowed here") for other in others[:2]],
                help="remove it, or narrow the other line",
            )


class _Index:
    """Permissions by what their resources begin with, up to the first wildcard or variable."""

    def __init__(self, lines: dict[Span, list[Permission]], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._by_start: defaultdict[str, list[Permission]] = defaultdict(list)
        for permission in (permission for held in lines.values() for permission in held):
            self._by_start[_start(permission.resource)].append(permission)
        self._lengths = sorted({len(start) for start in self._by_start})

    def covering(self, wanted: Permission, without: set[Span]) -> Span | None:
        """The line of a permission outside `without` that allows all that `wanted` does."""
        for candidate in self._candidates(wanted.resource):
            if (
                candidate.span not in without
                and set(candidate.condition.atoms) <= set(wanted.condition.atoms)
                and includes(candidate.resource, wanted.resource)
                and self._has(candidate.actions, wanted.actions)
            ):
                return candidate.span
        return None

    def _candidates(self, resource: str) -> Iterator[Permission]:
        start = _start(resource)
        for length in self._lengths:
            if length > len(start):
                return
            yield from self._by_start.get(start[:length], ())

    def _has(self, wide: frozenset[str], narrow: Iterable[str]) -> bool:
        missing = [name for name in narrow if name not in wide]
        if not missing:
            return True
        opened = frozenset[str]().union(*(self._vocabulary.names(name) for name in wide if "*" in name))
        return bool(opened) and all(self._vocabulary.names(name) <= opened for name in missing)


def _start(resource: str) -> str:
    ends = [at for at in (resource.find(sign) for sign in "*?$") if at >= 0]
    return resource[: min(ends)] if ends else resource
