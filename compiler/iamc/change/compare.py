"""What one side allows that the other does not, role by role; whether that is all, the prover says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from iamc.change.sides import Access, Role, Side
from iamc.glob import includes
from iamc.model import Condition
from iamc.progress import Progress, tracked, unheard
from iamc.risk import KINDS, Risk
from iamc.verify.compare import prove_included
from iamc.verify.universe import Universe
from iamc.verify.verdict import Proven, Refuted, Unproven, Verdict
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """Actions of one kind on one resource under one condition, from one place of a side.

    `freed`: the other side denies them there.
    """

    kind: str
    freed: bool
    actions: tuple[str, ...]
    resource: str
    condition: Condition
    place: str


@dataclass(frozen=True, slots=True)
class Change:
    """What changes for one role in one account.

    `gained` and `lost` are the worst first. `more` is whether a request exists that only the new side allows, of which
    `example` is one; None when the prover found neither an example nor a proof. `facts` are (what, before, after),
    `joined` and `left` the people who hold it now and did before; `grown` is by how many characters it grew.
    """

    name: str
    appears: bool
    vanishes: bool
    gained: tuple[Line, ...]
    lost: tuple[Line, ...]
    more: bool | None
    example: str
    facts: tuple[tuple[str, str, str], ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]
    grown: int

    @property
    def empty(self) -> bool:
        """Whether nothing at all changes, as far as the prover knows."""
        said = (self.appears, self.vanishes, self.gained, self.lost, self.facts, self.joined, self.left)
        return self.more is False and not any(said)

    @property
    def new_access(self) -> bool:
        """Whether anybody may do anything that they could not, or it could not be proved that nobody may."""
        return self.more is not False or bool(self.joined) or self._attached_more

    @property
    def escalates(self) -> bool:
        """Whether what is new leads to more access or to credentials."""
        return any(line.kind in KINDS[:2] for line in self.gained) or self._attached_more

    @property
    def _attached_more(self) -> bool:
        attached = ((old.split(", "), new.split(", ")) for what, old, new in self.facts if what == "managed policies")
        return any(set(new) - {*old, ""} for old, new in attached)


NOBODY = Role("", (), (), 0, {}, frozenset())


def compare(old: Side, new: Side, risk: Risk, universe: Universe, progress: Progress = unheard) -> Iterator[Change]:
    """Every role that one of the sides has, those with new access first.

    Where a side does not say who holds roles, neither that nor roles without policies are compared.
    """
    every = [*old.items(), *new.items()]
    told = all(role.holders is not None for _, role in every)
    names = sorted({name for name, role in every if told or role.policies})
    changes = (
        _change(name, old.get(name, NOBODY), new.get(name, NOBODY), risk, universe, told)
        for name in tracked(names, progress)
    )
    yield from sorted(changes, key=lambda change: (not change.escalates, not change.new_access, change.name))


def _change(name: str, old: Role, new: Role, risk: Risk, universe: Universe, told: bool) -> Change:
    verdict: Verdict = prove_included(new.policies, old.policies, universe)
    was, becomes = (role.facts or {} if told else {} for role in (old, new))
    held, holds = (role.holders or frozenset() if told else frozenset() for role in (old, new))
    facts = ((key, was.get(key, ""), becomes.get(key, "")) for key in dict.fromkeys([*was, *becomes]))
    return Change(
        name,
        old is NOBODY,
        new is NOBODY,
        _lines(_only(new.access, old.access), risk),
        _lines(_only(old.access, new.access), risk),
        {Proven: False, Refuted: True, Unproven: None}[type(verdict)],
        _example(verdict),
        tuple(fact for fact in facts if fact[1] != fact[2]),
        tuple(sorted(holds - held)),
        tuple(sorted(held - holds)),
        new.characters - old.characters,
    )


def _example(verdict: Verdict) -> str:
    if not isinstance(verdict, Refuted):
        return ""
    witness = verdict.witness
    when = f" when {' and '.join(witness.conditions)}" if witness.conditions else ""
    return f"{witness.action} on {witness.resource}{when}"


def _only(these: Sequence[Access], those: Sequence[Access]) -> list[Access]:
    """What is allowed by these and by none of those; and what those deny and none of these."""
    by_action: defaultdict[tuple[str, str], list[Access]] = defaultdict(list)
    for access in those:
        by_action[access.effect, access.action].append(access)
    mine: defaultdict[tuple[str, str], list[Access]] = defaultdict(list)
    for access in these:
        mine[access.effect, access.action].append(access)
    new = [a for a in these if a.effect == "allow" and not _covered(a, by_action["allow", a.action])]
    freed = [a for a in those if a.effect == "deny" and not _covered(a, mine["deny", a.action])]
    return new + freed


def _covered(access: Access, others: Iterable[Access]) -> bool:
    return any(
        set(other.condition.atoms) <= set(access.condition.atoms) and includes(other.resource, access.resource)
        for other in others
    )


def _lines(accesses: Iterable[Access], risk: Risk) -> tuple[Line, ...]:
    """The accesses, those of one kind, resource, condition and place on one line."""
    grouped: defaultdict[tuple[str, bool, str, Condition, str], set[str]] = defaultdict(set)
    for access in accesses:
        freed = access.effect == "deny"
        grouped[risk.kind(access.action), freed, access.resource, access.condition, access.place].add(access.action)
    lines = (
        Line(kind, freed, tuple(sorted(actions)), resource, condition, place)
        for (kind, freed, resource, condition, place), actions in grouped.items()
    )
    return tuple(sorted(lines, key=lambda line: (KINDS.index(line.kind), line.resource, line.place, line.actions)))
