"""What is risky in declarations, looked at over all that a person may do in an account.

A role by itself may be harmless and two together not: whoever holds both passes a role by the one and runs code under
it by the other. Whether an action is allowed on anything at all the prover says, denials included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from iamc.emit.holders import holdings, people_of
from iamc.model import Compiled, Organisation
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.risk import EXPOSING, Risk, Way, ways
from iamc.verify import Policy, Proven, Universe, read_policy
from iamc.verify.atoms import implies, rules_out
from iamc.verify.policy import Atom
from iamc.verify.questions import Asked, allows_none, assuming
from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """One role in one account: its policies, and those of the risky actions that they allow on something."""

    unit: Compiled
    policies: tuple[Policy, ...]
    actions: frozenset[str]

    def accepts(self, code: str) -> bool:
        """Whether the role says `acknowledge CODE`."""
        return code in self.unit.unit.role.acknowledged


def lint_risks(
    organisation: Organisation, compiled: Iterable[Compiled], vocabulary: Vocabulary, universe: Universe
) -> Iterator[Diagnostic]:
    """Ways to more privileges for each role and each person, then what lays credentials, resources or data open."""
    risk = Risk(vocabulary)
    known = tuple(way for way in ways() if all(vocabulary.names(name) for name in way.actions))
    listed = {name for kind in EXPOSING for name in risk.listed(kind) if vocabulary.names(name)}
    risky = listed.union(*(way.needs for way in known))
    held = {unit.unit.name: _held(unit, risky, universe) for unit in compiled}
    yield from _escalations(organisation, held, known)
    for each in held.values():
        yield from _exposures(each, risk, vocabulary)
        yield from _data(each, vocabulary)


def _held(unit: Compiled, risky: Iterable[str], universe: Universe) -> Held:
    policies = tuple(read_policy(document.text) for document in unit.documents)
    return Held(unit, policies, frozenset(name for name in risky if _allowed(name, policies, universe)))


def _allowed(name: str, policies: Sequence[Policy], universe: Universe) -> bool:
    """Whether the policies allow the action on anything, or to pass a role to a service; yes where it is not sure."""
    action, _, service = name.partition(" to ")
    if service:
        passed = Atom("StringEquals", "iam:passedtoservice", frozenset((service,)))
        policies = assuming(policies, lambda atom: implies(passed, atom), lambda atom: rules_out(passed, atom))
    return not isinstance(allows_none(policies, Asked.of((action,), ("*",)), universe), Proven)


def _escalations(organisation: Organisation, held: Mapping[str, Held], known: Sequence[Way]) -> Iterator[Diagnostic]:
    """One finding for each set of roles that complete ways together; for one role before the persons' unions."""
    said: set[tuple[tuple[str, ...], Way]] = set()
    for who, together in [*(("", [each]) for each in held.values()), *_persons(organisation, held)]:
        found: dict[tuple[str, ...], list[Way]] = {}
        union = frozenset[str]().union(*(each.actions for each in together))
        for way in known:
            if way.needs <= union and not any(way.needs <= e.actions for e in together if len(together) > 1):
                parts = tuple(each.unit.unit.name for each in together if each.actions & way.needs)
                if (parts, way) not in said:
                    said.add((parts, way))
                    found.setdefault(parts, []).append(way)
        for parts, completed in found.items():
            members = [held[name] for name in parts]
            if not all(each.accepts("IAM610") for each in members):
                yield _escalation(who, members, completed)


def _persons(organisation: Organisation, held: Mapping[str, Held]) -> Iterator[tuple[str, list[Held]]]:
    """Everyone who holds several roles in one account, with those roles."""
    by_person: dict[tuple[str, str], list[Held]] = {}
    for each in held.values():
        unit = each.unit.unit
        for person in people_of(holdings(organisation, unit.role, unit.account)):
            account = unit.account.name if unit.account else ""
            by_person.setdefault((person.name, account), []).append(each)
    for (name, _), together in sorted(by_person.items(), key=lambda pair: pair[0]):
        if len(together) > 1:
            yield name, together


def _escalation(who: str, members: Sequence[Held], completed: Sequence[Way]) -> Diagnostic:
    units = [each.unit.unit for each in members]
    names = " and ".join(f"`{unit.name}`" for unit in units)
    subject = f"{names}, which `{who}` holds together, lead" if who else f"{names} leads"
    return report(
        "IAM610",
        f"{subject} to more privileges in {len(completed)} way{'s' if len(completed) > 1 else ''}",
        units[0].role.span,
        labels=[Label(unit.role.span, "together with this role") for unit in units[1:]],
        notes=[f"{way.name}: {', '.join(way.written)}" for way in completed],
        help='take an action away, or write `acknowledge IAM610 "why"` in the role',
    )


def _exposures(held: Held, risk: Risk, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """What hands out credentials, and what opens resources to others."""
    for kind, (code, said) in EXPOSING.items():
        yield from _at_lines(held, code, said, vocabulary, (held.actions & risk.listed(kind)).__contains__)


def _data(held: Held, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Data that is read on `*` although its resources could be named."""

    def reads(name: str) -> bool:
        action = vocabulary.catalog.action(name)
        return (
            action is not None
            and action.level.value in ("list", "read")
            and not action.wildcard_only
            and vocabulary.sensitivity.kind(action) == "data"
        )

    yield from _at_lines(held, "IAM613", "reads the data of every resource", vocabulary, reads, everywhere=True)


def _at_lines(
    held: Held,
    code: str,
    said: str,
    vocabulary: Vocabulary,
    wanted: Callable[[str], bool],
    *,
    everywhere: bool = False,
) -> Iterator[Diagnostic]:
    """One finding a source line whose actions (in lower case) are wanted; `everywhere` looks only at `*`."""
    if held.accepts(code):
        return
    for permission in held.unit.permissions:
        if permission.effect != "allow" or (everywhere and permission.resource != "*"):
            continue
        wild = (action for action in permission.actions if "*" in action or "?" in action)
        names = permission.actions.union(*map(vocabulary.names, wild))
        hits = sorted(name for name in names if wanted(name.lower()))
        if hits:
            more = f" and {len(hits) - 6} more" if len(hits) > 6 else ""
            yield report(
                code,
                f"`{held.unit.unit.name}` {said}",
                permission.span,
                notes=[", ".join(hits[:6]) + more],
                help=f'take the action away, or write `acknowledge {code} "why"` in the role',
            )
