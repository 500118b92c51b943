"""The expectations of `check` blocks, put to the prover about the documents of the units that they are about.

`expect deny A` holds when no action of A is granted on anything in scope; `expect allow A` when every action of A is
granted on every target, under the conditions that `when` names. Both are asked as of today: what ends later has not
ended yet. Where conditions leave it open, a check for deny fails and a check for allow fails: neither promises more
than is sure. A failure shows one request that is decided otherwise, and the line that decides it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from iamc.glob import intersects
from iamc.model import Check, Compiled, Condition, Expectation, OnArn, Permission
from iamc.moments import sortable
from iamc.passes.expand.messages import unknown_action
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.verify import Policy, Proven, Refuted, Universe, Unproven, Witness, read_policy
from iamc.verify.atoms import Test, implies, rules_out
from iamc.verify.policy import conditions_of
from iamc.verify.questions import Asked, allows_all, allows_none, assuming
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
    checks: tuple[Check, ...],
    compiled: Mapping[str, Compiled],
    vocabulary: Vocabulary,
    universe: Universe,
    today: date,
) -> Iterator[Outcome]:
    """Every expectation of every check, in order; a failure names the line that decides it."""
    policies: dict[str, tuple[Policy, ...]] = {}
    for one in checks:
        unit = compiled[one.unit]
        for expectation in one.expectations:
            if isinstance(expectation.expect, syntax.ExpectSize):
                failure = _size(one, expectation, expectation.expect, unit)
            else:
                if one.unit not in policies:
                    policies[one.unit] = tuple(read_policy(document.text) for document in unit.documents)
                trial = _Trial(one, expectation, expectation.expect.effect, unit, vocabulary, universe, today)
                failure = trial.failure(policies[one.unit])
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


@dataclass(frozen=True, slots=True)
class _Trial:
    """One `expect allow` or `expect deny` about one unit."""

    check: Check
    expectation: Expectation
    effect: str
    unit: Compiled
    vocabulary: Vocabulary
    universe: Universe
    today: date

    def failure(self, policies: Sequence[Policy]) -> Diagnostic | None:
        """What is wrong, or None when the expectation holds."""
        for wanted in self.expectation.actions:
            if not self.vocabulary.names(wanted.pattern):
                return unknown_action(wanted, self.vocabulary)
        targets = [t.arn if isinstance(t, OnArn) else "*" for t in self.expectation.targets] or ["*"]
        asked = Asked.of((wanted.pattern for wanted in self.expectation.actions), targets)
        now = assuming(policies, self._holds, self._fails)
        if self.effect == "deny":
            verdict = allows_none(now, asked, self.universe)
        else:
            verdict = allows_all(now, asked, self.universe, _block(self.expectation.context))
        if isinstance(verdict, Proven):
            return None
        return self._refuted(verdict.witness) if isinstance(verdict, Refuted) else self._undecided(verdict)

    def _holds(self, atom: Test) -> bool:
        known = self.expectation.context.atoms
        return any(implies(each, atom) for each in known) or _holds_all_day(atom, self.today)

    def _fails(self, atom: Test) -> bool:
        return any(rules_out(known, atom) for known in self.expectation.context.atoms)

    def _refuted(self, witness: Witness) -> Diagnostic:
        """The failure that one request shows, with the line that decides it or comes closest."""
        allowing, denying = self._line("allow", witness), self._line("deny", witness)
        when = " and ".join(self._assumed(witness))
        if self.effect == "deny":
            decided, line, label = "is allowed", allowing, "by this line"
        elif denying:
            decided, line, label = "is denied", denying, "by this line"
        else:
            decided, line, label = "is not allowed", allowing, "this line allows it under a condition"
        return self._report(
            f"`{witness.action}` on `{witness.resource}` {decided}{f' when {when}' if when else ''}",
            labels=[Label(line.span, label)] if line else [],
        )

    def _undecided(self, verdict: Unproven) -> Diagnostic:
        return self._report(f"it could not be decided: {verdict.reason}")

    def _report(self, said: str, labels: Sequence[Label] = ()) -> Diagnostic:
        message = f"check `{self.check.title}` failed for `{self.check.unit}`: {said}"
        return report("IAM501", message, self.expectation.span, labels=list(labels))

    def _assumed(self, witness: Witness) -> Iterator[str]:
        """What the request takes for granted beside the context: conditions, and values of policy variables."""
        known = set(map(str, conditions_of(_block(self.expectation.context))))
        yield from (f"`{condition}`" for condition in witness.conditions if condition not in known)
        yield from (f"`${{{name}}}` is `{value}`" for name, value in witness.variables)

    def _line(self, effect: str, witness: Witness) -> Permission | None:
        """The first permission of the effect that is about the witness in the context of the expectation."""
        for permission in self.unit.permissions:
            if (
                permission.effect == effect
                and not any(map(self._fails, permission.condition.atoms))
                and intersects(permission.resource, witness.resource)
                and any(self._names(written, witness.action) for written in permission.actions)
            ):
                return permission
        return None

    def _names(self, written: str, action: str) -> bool:
        return written == action or (("*" in written or "?" in written) and action in self.vocabulary.names(written))


def _block(condition: Condition) -> Mapping[str, Mapping[str, Sequence[str]]]:
    block: dict[str, dict[str, Sequence[str]]] = {}
    for atom in condition.atoms:
        block.setdefault(atom.operator, {})[atom.key] = atom.values
    return block


def _holds_all_day(atom: Test, today: date) -> bool:
    """Whether this is a bound in time that every moment of today keeps."""
    if atom.key.lower() != "aws:currenttime" or len(atom.values) != 1:
        return False
    bound = sortable(next(iter(atom.values)))[:10]
    after = atom.operator == "DateGreaterThan" and bound < today.isoformat()
    return after or (atom.operator == "DateLessThan" and bound > today.isoformat())
