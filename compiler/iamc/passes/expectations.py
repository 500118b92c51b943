"""The expectations of `check` blocks, tried on the permissions of the units that they are about.

`expect deny A` holds when no action of A is granted on anything in scope; `expect allow A` when every action of A is
granted on every target, under the conditions that `when` names. Both are asked as of today: what ends later has not
ended yet. Where conditions leave it open, a check for deny
fails and a check for allow fails: neither promises more than is sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from iamc.glob import includes, intersects
from iamc.knowing import possibly, surely
from iamc.model import Atom, Check, Compiled, Condition, Expectation, OnArn, Permission
from iamc.passes.expand import vocabulary_without
from iamc.passes.expand.messages import unknown_action
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation tried on one unit: what is wrong, or None when it holds."""

    check: Check
    expectation: Expectation
    failure: Diagnostic | None


def try_checks(
    checks: tuple[Check, ...], compiled: Mapping[str, Compiled], vocabulary: Vocabulary, today: date
) -> Iterator[Outcome]:
    """Every expectation of every check, in order; a failure names the line that decides it."""
    for one in checks:
        unit = compiled[one.unit]
        for expectation in one.expectations:
            if isinstance(expectation.expect, syntax.ExpectSize):
                failure = _size(one, expectation, expectation.expect, unit)
            else:
                current = [replace(p, condition=_as_of(today, p.condition)) for p in unit.permissions]
                failure = _access(one, expectation, expectation.expect.effect, current, vocabulary)
            yield Outcome(one, expectation, failure)


def _size(one: Check, expectation: Expectation, expect: syntax.ExpectSize, unit: Compiled) -> Diagnostic | None:
    sizes = [document.characters for document in unit.documents]
    got = len(sizes) if expect.metric == "policies" else sum(sizes)
    if got <= int(expect.limit.text):
        return None
    return report(
        "IAM501",
        f"check `{one.title}` failed for `{one.unit}`: {got:,} {expect.metric}",
        expectation.span,
        label=f"at most {int(expect.limit.text):,} are expected",
    )


def _access(
    one: Check, expectation: Expectation, effect: str, permissions: Sequence[Permission], vocabulary: Vocabulary
) -> Diagnostic | None:
    targets = [t.arn if isinstance(t, OnArn) else "*" for t in expectation.targets] or ["*"]
    for wanted in expectation.actions:
        names = vocabulary.names(wanted.pattern)
        if not names:
            return unknown_action(wanted, vocabulary)
        near = [p for p in permissions if not names.isdisjoint(p.actions) or any(map(_is_wild, p.actions))]
        for name in sorted(names):
            for target in targets:
                found = _decide(near, name, target, expectation.context, effect, vocabulary)
                if found is not None:
                    span, why = found
                    return report(
                        "IAM501",
                        f"check `{one.title}` failed for `{one.unit}`: `{name}` on `{target}` {why}",
                        expectation.span,
                        labels=[Label(span.span, "by this line")] if span else [],
                    )
    return None


def _decide(
    permissions: Sequence[Permission], name: str, target: str, context: Condition, effect: str, vocabulary: Vocabulary
) -> tuple[Permission | None, str] | None:
    """The line that breaks the expectation and how, or None when it holds."""
    about = [p for p in permissions if _names(p, name, vocabulary) and intersects(p.resource, target)]
    allows = [p for p in about if p.effect == "allow" and possibly(p.condition, context)]
    denies = [p for p in about if p.effect == "deny"]
    if effect == "deny":
        sure = [p for p in denies if surely(p.condition, context)]
        for allow in allows:
            if not any(includes(p.resource, target) or includes(p.resource, allow.resource) for p in sure):
                return allow, "is allowed"
        return None
    if not any(surely(p.condition, context) and includes(p.resource, target) for p in allows):
        return None, "is not allowed"
    blocking = next((p for p in denies if possibly(p.condition, context)), None)
    return (blocking, "is denied") if blocking else None


def _names(permission: Permission, name: str, vocabulary: Vocabulary) -> bool:
    if name in permission.actions:
        return True
    wild = filter(_is_wild, permission.actions)
    return any(not vocabulary_without(vocabulary, frozenset((name,)), pattern) for pattern in wild)


def _is_wild(action: str) -> bool:
    return "*" in action or "?" in action


def _as_of(today: date, condition: Condition) -> Condition:
    """The condition without bounds in time that hold all of today."""
    return Condition(tuple(atom for atom in condition.atoms if not _holds_all_day(atom, today)))


def _holds_all_day(atom: Atom, today: date) -> bool:
    if atom.key.lower() != "aws:currenttime" or len(atom.values) != 1:
        return False
    bound = atom.values[0][:10]
    after = atom.operator == "DateGreaterThan" and bound < today.isoformat()
    return after or (atom.operator == "DateLessThan" and bound > today.isoformat())
