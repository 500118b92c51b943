"""Statements that a policy can do without, as the prover shows: the rest means the same."""

from __future__ import annotations

from collections.abc import Iterator

from iamc.lint.document import Document
from iamc.verify.compare import prove_equal
from iamc.verify.policy import Policy, PolicyError, read_policy
from iamc.verify.universe import Universe
from iamc.verify.verdict import Proven
from iamdsl.diagnostics import Diagnostic, report

MOST = 40
"""Statements of a policy beyond which none is asked about: the question is put once for each."""
SECONDS = 0.2
"""For each question; what is not decided by then is not told."""
BUDGET = 50_000


def spare_statements(document: Document, universe: Universe) -> Iterator[Diagnostic]:
    """Each statement without which the others mean the same; of two that say the same, the later."""
    try:
        policy = read_policy(document.source.text)
    except PolicyError:  # an oddity, such as an empty list, that the other checks have told
        return
    kept = list(policy.statements)
    if not 1 < len(kept) == len(document.items) <= MOST:
        return
    spare = []
    for number in reversed(range(len(kept))):
        rest = [statement for place, statement in enumerate(kept) if place != number]
        if rest and _same(Policy(tuple(rest)), Policy(tuple(kept)), universe):
            spare.append(number)
            kept.pop(number)
    for number in reversed(spare):
        said = "the other statements mean the same without this one"
        yield report("IAM673", said, document.items[number].span, help="take it out")


def _same(rest: Policy, whole: Policy, universe: Universe) -> bool:
    verdict = prove_equal([rest], [whole], universe, budget=BUDGET, deadline_seconds=SECONDS)
    return isinstance(verdict, Proven)
