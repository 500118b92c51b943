"""Lint of one policy in JSON."""

from __future__ import annotations

from iamc.conditions import ConditionKeys
from iamc.lint.checks import MEANING, SHAPE, WHOLE
from iamc.lint.document import read
from iamc.lint.kinds import Facts
from iamc.lint.spare import spare_statements
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.quotas import Quota
from iamc.verify.universe import Universe
from iamdsl.diagnostics import Diagnostic, errors, ordered
from iamdsl.source import Source


def lint_policy(source: Source, vocabulary: Vocabulary, quota: Quota, universe: Universe) -> list[Diagnostic]:
    """Everything that the checks find in a policy of the kind that the quota is about, in the order of the file."""
    document = read(source)
    if isinstance(document, Diagnostic):
        return [document]
    facts = Facts(vocabulary, ConditionKeys(vocabulary.catalog), quota)
    found = [each for check in WHOLE for each in check(document, facts)]
    for item in document.items:
        shape = [each for check in SHAPE for each in check(item, facts)]
        found += shape
        if not errors(shape):
            found += [each for check in MEANING for each in check(item, facts)]
    if not errors(found):
        found += spare_statements(document, universe)
    return ordered(found)
