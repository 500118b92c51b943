"""Words that nothing expands: those of ceilings and of checks, where a slip of the pen hides best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.arn import ArnProblem
from iamc.model import ActionWanted, Ceiling, Check, OnArn, Wanted
from iamc.passes.expand.messages import bad_arn, excludes_nothing, unknown_action
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.diagnostics import Diagnostic


def unknown_in_checks(checks: Iterable[Check], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Actions and ARNs of expectations that are none: a check about them would hold, or fail, for no reason."""
    for expectation in (expectation for check in checks for expectation in check.expectations):
        yield from _unknown(expectation.actions, vocabulary)
        for target in expectation.targets:
            if isinstance(target, OnArn) and isinstance(shape := vocabulary.shape(target.arn), ArnProblem):
                yield bad_arn(shape, target)


def unknown_in_ceiling(ceiling: Ceiling, vocabulary: Vocabulary) -> list[Diagnostic]:
    """Words of a ceiling that name no action.

    An exception may name what the ceiling does not include today: it guards against a change of access levels.
    """
    patterns = (item for item in ceiling.exceptions if isinstance(item, ActionWanted))
    misspelt = (excludes_nothing(item, vocabulary) for item in patterns if not vocabulary.matching(item.pattern))
    return [*_unknown(ceiling.wanted, vocabulary), *misspelt]


def _unknown(items: Iterable[Wanted], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    for item in items:
        if isinstance(item, ActionWanted) and item.pattern != "*" and not vocabulary.matching(item.pattern):
            yield unknown_action(item, vocabulary)
