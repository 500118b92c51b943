"""The arrange pass: merge, minimise and split, with as few wildcards as fitting needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from iamc.catalog import Catalog
from iamc.cover import CoverCache, Style
from iamc.model import Document, Permission, Statement, Unit
from iamc.passes.document import ENVELOPE, size, text_of, width
from iamc.passes.merge import merge
from iamc.passes.minimise import minimise, widened, widenings
from iamc.passes.sids import with_parts, with_sids
from iamc.passes.split import Split, split
from iamc.quotas import Quota
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.source import Span

FAMILY = 5
"""So many ARNs of one beginning are worth a word about `generalise`."""


def arrange(
    unit: Unit,
    permissions: Sequence[Permission],
    catalog: Catalog,
    settings: Settings,
    covers: CoverCache,
    quota: Quota,
) -> tuple[tuple[Document, ...], int, list[Diagnostic]]:
    """The documents of a unit, the fewest that could hold its statements, and what does not fit."""
    attached = len(unit.role.managed) if quota.attached else 0
    # The targets refuse a role that leaves no room for a single document: they know what it is written for.
    allowed = settings.documents or max(1, quota.count - attached)
    style = Style(settings.wildcards)
    statements = minimise(merge(permissions), catalog, style, covers)
    if settings.sids is not False:
        statements = with_sids(statements, catalog)
    packed = split(statements, quota.characters)
    if settings.sids is None and len(packed.bins) > allowed:
        # Names are for readers and cost characters: they go before any action becomes a pattern.
        statements = tuple(replace(statement, sid="") for statement in statements)
        packed = split(statements, quota.characters)
    if style is Style.AUTO and len(packed.bins) > allowed:
        packed = _fitted(statements, catalog, quota, allowed)
    diagnostics = [_oversize(unit, statement, quota) for statement in packed.oversize]
    if style is Style.TIGHT and any(statement.patterns != statement.actions for statement in statements):
        diagnostics.append(_drifting(unit))
    if len(packed.bins) > allowed:
        fitting = _fitting(statements, catalog, covers, quota, allowed) if style is not Style.TIGHT else None
        diagnostics.append(_too_many(unit, packed, permissions, quota, allowed, fitting))
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


def _drifting(unit: Unit) -> Diagnostic:
    return report(
        "IAM406",
        f"the patterns of `{unit.role.name}` are cut inside words, and match what AWS may add",
        unit.role.span,
        help="`iamc drift` shows what they come to match; `--wildcards words` cuts them where words end",
    )


def _fitting(
    statements: Sequence[Statement], catalog: Catalog, covers: CoverCache, quota: Quota, allowed: int
) -> Style | None:
    """The mildest style with which the statements would fit."""
    for style in (Style.WORDS, Style.TIGHT):
        if len(split(minimise(statements, catalog, style, covers), quota.characters).bins) <= allowed:
            return style
    return None


def _too_many(
    unit: Unit,
    packed: Split,
    permissions: Sequence[Permission],
    quota: Quota,
    allowed: int,
    fitting: Style | None,
) -> Diagnostic:
    costs = _costs(permissions)
    total = sum(costs.values()) or 1
    labels = [
        Label(span, f"about {cost:,} characters, {100 * cost // total} % of all") for span, cost in costs.most_common(3)
    ]
    attached = len(unit.role.managed) if quota.attached else 0
    beside = f" beside {attached} AWS managed" if attached else ""
    notes = [f"{quota.characters:,} characters in each ({quota.source})"]
    if (family := _family(permissions)) is not None:
        prefix, count = family
        notes.append(
            f"{count} ARNs begin with `{prefix}`: `generalise {prefix}*` would write them as one, and grant more"
        )
    ways = [f"`--wildcards {fitting.value}` fits" if fitting else "no style of wildcards is enough"]
    ways.append("write fewer resources or levels, or divide the role")
    if quota.raisable > allowed:
        ways.append(f"AWS raises the number to {quota.raisable} on request; then `--documents {quota.raisable}`")
    return report(
        "IAM402",
        f"`{unit.name}` needs {len(packed.bins)} documents, a {quota.holder} can carry {allowed}{beside}",
        unit.role.span,
        labels=labels,
        notes=notes,
        help="; ".join(ways),
    )


def _costs(permissions: Sequence[Permission]) -> Counter[Span]:
    """Characters that each line asks for: its ARNs, and its lists of actions once each."""
    costs: Counter[Span] = Counter()
    seen: set[tuple[Span, frozenset[str]]] = set()
    for permission in permissions:
        costs[permission.span] += width(permission.resource)
        if (permission.span, permission.actions) not in seen:
            seen.add((permission.span, permission.actions))
            costs[permission.span] += sum(map(width, permission.actions))
    return costs


def _family(permissions: Sequence[Permission]) -> tuple[str, int] | None:
    """The beginning that saves most if all ARNs of the role that share it became one, and how many they are."""
    arns = sorted({p.resource for p in permissions if p.effect == "allow" and p.resource.count(":") >= 5})
    starts = Counter(arn[: max(arn.rfind("/", 0, -2), arn.rfind("-"), arn.rfind(":", 0, -1)) + 1] for arn in arns)
    best = max(starts, key=lambda start: (starts[start] * len(start), start), default="")
    return (best, starts[best]) if starts[best] >= FAMILY and best.split(":", 5)[-1] else None
