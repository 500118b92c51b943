"""What a proof attempt ends with: a proof, a counterexample, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["left", "right"]
Level: TypeAlias = Literal["textual", "effective"]


@dataclass(frozen=True, slots=True)
class Witness:
    """One request that one side allows and the other does not; `slow.allowed` replays it.

    conditions: the condition atoms assumed true, as text; every other atom is assumed false.
    variables: values assumed for IAM policy variables (name without `${}`, value); the others are absent.
    """

    action: str
    resource: str
    conditions: tuple[str, ...]
    allowed_by: Side
    variables: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        text = f"{self.action} on {self.resource} is allowed by the {self.allowed_by} side only"
        assumptions = [*self.conditions, *(f"${{{name}}} is {value!r}" for name, value in self.variables)]
        return f"{text}, when {' and '.join(assumptions)}" if assumptions else text


@dataclass(frozen=True, slots=True)
class Proven:
    """The claim holds.

    level: `textual` when it holds for every resource string, `effective` when it holds for the resources that
    fit each action's resource types. Textual implies effective.
    """

    level: Level = "textual"


@dataclass(frozen=True, slots=True)
class Refuted:
    """The claim is false, and the slow evaluator has confirmed the witness."""

    witness: Witness


@dataclass(frozen=True, slots=True)
class Unproven:
    """Neither proved nor refuted; callers must treat it as a failure."""

    reason: str


Verdict: TypeAlias = Proven | Refuted | Unproven
