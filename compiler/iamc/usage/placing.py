"""What a project says of a denial: whether a role now allows the call, and where a line for it would go."""

from __future__ import annotations

from collections.abc import Sequence

from iamc.explain import ask
from iamc.model import ALWAYS, Compiled
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.usage.coverage import Holds
from iamc.usage.denied import Group
from iamc.usage.inserting import at, behind, below_ceiling
from iamc.usage.people import in_account
from iamc.usage.principals import answers_to, principal
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One role that the person could make the call with.

    `verdict` is `allowed`, `allowed if` (a condition decides), `denied` (a deny of the role stops it), `fits` (a line
    may be added) or `above` (the ceiling of `tier` stops it). `where` is `FILE:LINE` of what decides: the line that
    allows or denies, else the one behind which a new line would go.
    """

    unit: str
    tier: str
    verdict: str
    where: str


def places(group: Group, units: Sequence[Compiled], holds: Holds, vocabulary: Vocabulary
           ) -> tuple[Place, ...]:  # fmt: skip
    """The role of the project that bears the name of the role that was used, else all that the person holds.

    None at all where another kind of policy refuses: whatever a role allows, the call would be denied again.
    """
    denial = group.denial
    if not denial.actions or denial.form == "encoded" or denial.by not in ("", "identity"):
        return ()
    used = principal(denial.principal)
    same = [one for one in units if used and answers_to(used, one.unit.role.name)]
    theirs = in_account(same or holds(denial.person), denial.account)
    return tuple(_place(one, group, vocabulary) for one in theirs)


def _place(one: Compiled, group: Group, vocabulary: Vocabulary) -> Place:
    answers = [ask(one, action, on, ALWAYS, vocabulary) for action, on in group.pairs]
    verdicts = {answer.verdict for answer in answers}
    verdict: str = next(each for each in ("denied", "not allowed", "allowed if", "allowed") if each in verdicts)
    if verdict == "not allowed":
        verdict = "fits" if below_ceiling(one, group.denial.actions, vocabulary) else "above"
    deciding = [line for answer in answers if answer.verdict == verdict for line in answer.lines]
    where = at(deciding[0].span.path, deciding[0].span.line) if deciding else behind(one, answers)
    return Place(one.unit.name, one.unit.role.tier, verdict, where)
