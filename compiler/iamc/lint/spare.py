"""Statements that a policy can do without, as the prover shows: the rest means the same.

A deny also guards against what other policies allow, so that only other denies can make it spare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from iamc.lint.document import Document
from iamc.verify.compare import prove_equal
from iamc.verify.policy import Policy, PolicyError, Statement, read_policy
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
    if not 1 < len(policy.statements) == len(document.items) <= MOST:
        return
    kept = dict(enumerate(policy.statements))
    for number in reversed(list(kept)):
        whole, rest = _around(number, kept)
        if rest and _same(Policy(rest), Policy(whole), universe):
            del kept[number]
    for number, item in enumerate(document.items):
        if number not in kept:
            yield report("IAM673", "the other statements mean the same without this one", item.span, help="take it out")


def _around(number: int, kept: Mapping[int, Statement]) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The statements that an allow is to be judged among, or what the denies stop; and the same without this one."""
    if kept[number].effect == "Allow":
        among = kept
    else:
        among = {place: replace(each, effect="Allow") for place, each in kept.items() if each.effect == "Deny"}
    return tuple(among.values()), tuple(each for place, each in among.items() if place != number)


def _same(rest: Policy, whole: Policy, universe: Universe) -> bool:
    verdict = prove_equal([rest], [whole], universe, budget=BUDGET, deadline_seconds=SECONDS)
    return isinstance(verdict, Proven)
