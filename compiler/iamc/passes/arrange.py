"""The arrange pass: merge, minimise and split, with as few wildcards as fitting needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from iamc.catalog import Catalog
from iamc.cover import CoverCache, Style
from iamc.model import Document, Permission, Statement, Unit
from iamc.passes.document import ENVELOPE, size, text_of
from iamc.passes.merge import merge
from iamc.passes.minimise import minimise, widened, widenings
from iamc.passes.sids import with_parts, with_sids
from iamc.passes.split import Split, split
from iamc.quotas import Quota
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.source import Span


def arrange(
    unit: Unit,
    permissions: Sequence[Permission],
    catalog: Catalog,
    settings: Settings,
    covers: CoverCache,
    quota: Quota,
) -> tuple[tuple[Document, ...], int, list[Diagnostic]]:
    """The documents of a unit, the fewest that could hold its statements, and what does not fit."""
    style = Style(settings.wildcards)
    allowed = settings.documents or quota.count
    statements = minimise(merge(permissions), catalog, style, covers)
    if settings.sids:
        statements = with_sids(statements, catalog)
    packed = split(statements, quota.characters)
    if style is Style.AUTO and len(packed.bins) > allowed:
        packed = _fitted(statements, catalog, quota, allowed)
    diagnostics = [_oversize(unit, statement, quota) for statement in packed.oversize]
    if len(packed.bins) > allowed:
        diagnostics.append(_too_many(unit, packed, permissions, quota, allowed))
    bins = with_parts(packed.bins)
    documents = tuple(Document(unit.name, n, held, text_of(held)) for n, held in enumerate(bins, 1))
    return documents, packed.lower_bound, diagnostics


def _fitted(statements: tuple[Statement, ...], catalog: Catalog, quota: Quota, allowed: int) -> Split:
    """The packing with the fewest steps of the ladder that fits, or with all of them when nothing does."""
    steps = widenings(statements, catalog)
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if len(split(widened(statements, steps[:middle]), quota.characters).bins) <= allowed:
            high = middle
        else:
            low = middle + 1
    return split(widened(statements, steps[:low]), quota.characters)


def _oversize(unit: Unit, statement: Statement, quota: Quota) -> Diagnostic:
    return report(
        "IAM401",
        f"a statement of `{unit.name}` cannot be cut to fit {quota.characters:,} characters",
        unit.role.span,
        label=f"{size(statement) + ENVELOPE:,} characters with a single action and resource",
        notes=[f"the statement is about `{statement.patterns[0]}` on `{statement.resources[0][:80]}`"],
        help="shorten its condition",
    )


def _too_many(unit: Unit, packed: Split, permissions: Sequence[Permission], quota: Quota, allowed: int) -> Diagnostic:
    weight: Counter[Span] = Counter()
    for permission in permissions:
        weight[permission.span] += len(permission.resource) + sum(map(len, permission.actions)) // 4
    total = sum(weight.values()) or 1
    labels = [Label(span, f"about {100 * cost // total} % of the characters") for span, cost in weight.most_common(3)]
    more = f"; AWS raises the number to {quota.raisable} on request" if quota.raisable > allowed else ""
    return report(
        "IAM402",
        f"`{unit.name}` needs {len(packed.bins)} documents, a {quota.holder} can carry {allowed}",
        unit.role.span,
        labels=labels,
        notes=[f"{quota.characters:,} characters in each ({quota.source})"],
        help=f"write fewer resources or levels, divide the role, or try `--wildcards words`{more}",
    )
