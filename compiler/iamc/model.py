"""The intermediate model: frozen values that the passes hand to each other.

    syntax -> resolve -> Organisation, Units of Requests
           -> expand  -> Permissions          (exact actions on one resource, with the span that asked for them)
           -> merge   -> Statements           (action sets shared over resource sets)
           -> minimise, split -> Documents    (action patterns, within the quota)

Actions are written `service:Name` in the catalogue's casing. Two words stand for sets that the author wrote out:
`service:*`, every action of a service, and `*`, every action there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TypeAlias

from iamc.moments import sortable
from iamdsl.source import Span
from iamdsl.syntax import ExpectAccess, ExpectSize
from iamdsl.values import dataclass

# conditions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """One line of a Condition block: an IAM operator, a condition key and its values (any of which may match)."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """A conjunction of atoms, sorted; at most one atom for an operator and key, as in IAM's JSON."""

    atoms: tuple[Atom, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.atoms)

    def block(self) -> dict[str, dict[str, str | list[str]]]:
        """The `Condition` element of a policy statement."""
        out: dict[str, dict[str, str | list[str]]] = {}
        for atom in self.atoms:
            values = atom.values[0] if len(atom.values) == 1 else list(atom.values)
            out.setdefault(atom.operator, {})[atom.key] = values
        return out


ALWAYS = Condition()
"""No condition."""


# the organisation -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account; `number` is its twelve digits."""

    name: str
    number: str
    alias: str
    klass: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A person, who signs in through the identity provider by e-mail address."""

    name: str
    email: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Team:
    """A team: its members' names, and the identity provider's group that stands for it."""

    name: str
    members: tuple[str, ...]
    group: str
    owner: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """Who hears of a use: `channel` is the kind (page, audit ...), `destination` the address."""

    channel: str
    destination: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for people or teams in accounts; `until` is an ISO date or instant, empty for no end."""

    role: str
    principals: tuple[str, ...]
    accounts: tuple[str, ...]
    until: str
    reason: str
    approval: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """What is said of a role apart from its permissions. `session` is in seconds, 0 when nothing sets it.

    `span` is where its name stands, `body` the whole declaration.
    """

    name: str
    tier: str
    break_glass: bool
    description: str
    session: int
    require: tuple[str, ...]
    alerts: tuple[Alert, ...]
    managed: tuple[str, ...]
    boundary: str
    acknowledged: Mapping[str, str]
    body: Span = field(compare=False, repr=False)
    span: Span = field(compare=False, repr=False)


# requests: what a declaration asks for -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelWanted:
    """An access level: the catalogue's five, or `read-config` and `read-data`."""

    level: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ActionWanted:
    """An action pattern as written, `s3:GetObject`, `s3:Get*` or `*`."""

    pattern: str
    span: Span = field(compare=False, repr=False)


Wanted: TypeAlias = LevelWanted | ActionWanted


@dataclass(frozen=True, slots=True)
class OnArn:
    """One ARN, all variables of ours replaced. `span` is where it is used, `written` where its text stands."""

    arn: str
    span: Span = field(compare=False, repr=False)
    written: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OnServices:
    """The actions of some services on `*`; `wildcard_only` keeps those that no resource can restrict."""

    services: tuple[str, ...]
    wildcard_only: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OnEverything:
    """`*`, as written."""

    span: Span = field(compare=False, repr=False)


Target: TypeAlias = OnArn | OnServices | OnEverything


@dataclass(frozen=True, slots=True)
class Request:
    """One statement of the source after names and variables are resolved; not yet expanded to actions.

    `passes` marks a `pass` line, the only one that may grant iam:PassRole. `excluded` holds the statement's own
    `without` patterns, `inherited` the `exclude` patterns of the used roles that it came through; `origin` is
    `iamdsl`, `yaml` or `policy-sentry`.
    """

    effect: str
    wanted: tuple[Wanted, ...]
    targets: tuple[Target, ...]
    excluded: tuple[ActionWanted, ...]
    condition: Condition
    dependents: bool
    passes: bool
    origin: str
    span: Span = field(compare=False, repr=False)
    inherited: tuple[ActionWanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What no role of a tier may exceed."""

    tier: str
    wanted: tuple[Wanted, ...]
    exceptions: tuple[Wanted, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """One role in one account (or in none, where no accounts are declared): what is compiled by itself."""

    role: Role
    account: Account | None
    requests: tuple[Request, ...]
    excluded: tuple[ActionWanted, ...]
    ceiling: Ceiling | None
    generalise: tuple[OnArn, ...]

    @property
    def name(self) -> str:
        """`account/role`, or the role alone."""
        return f"{self.account.name}/{self.role.name}" if self.account else self.role.name


@dataclass(frozen=True, slots=True)
class Expectation:
    """One `expect` of a check, with its targets resolved in the account of the unit it is about."""

    expect: ExpectAccess | ExpectSize
    actions: tuple[ActionWanted, ...]
    targets: tuple[Target, ...]
    context: Condition
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Check:
    """The expectations of one `check` about one unit."""

    title: str
    unit: str
    expectations: tuple[Expectation, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything declared, names resolved; mappings keep the order of declaration."""

    accounts: Mapping[str, Account]
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    grants: tuple[Grant, ...]
    units: tuple[Unit, ...]
    checks: tuple[Check, ...]


# permissions, statements, documents ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Permission:
    """Exact actions on one resource under one condition, and the source line that asked for them.

    `resource` is an ARN or `*`.
    """

    effect: str
    actions: frozenset[str]
    resource: str
    condition: Condition
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """Every action on every resource under one condition. Actions and resources are sorted.

    `patterns` are the actions as they will be written: empty before minimising.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition
    patterns: tuple[str, ...] = ()
    sid: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document: `text` is the compact JSON as it will be written, `characters` its length by the quota."""

    unit: str
    number: int
    statements: tuple[Statement, ...]
    text: str = field(repr=False)

    @property
    def characters(self) -> int:
        """The document's size: compact JSON has no white space outside its strings."""
        return len(self.text)

    @property
    def suffix(self) -> str:
        """Stands behind the role's name for all but its first document, whose name then never changes."""
        return numbered(self.number)


def numbered(number: int) -> str:
    """Nothing for 1, else `-2` and so on."""
    return f"-{number}" if number > 1 else ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One unit after all passes. `lower_bound` is the fewest documents that these statements can fit in."""

    unit: Unit
    permissions: tuple[Permission, ...]
    documents: tuple[Document, ...]
    lower_bound: int


def conjunction(conditions: Iterable[Condition]) -> Condition | tuple[Atom, Atom]:
    """All of the conditions at once, or the two atoms that one Condition block cannot hold together.

    A block has one entry for an operator and key, whose values are alternatives. Equal atoms collapse, the earlier
    of two `DateLessThan` bounds wins, negated operators join their values (none may match), and alternatives of
    an exact operator intersect.
    """
    held: dict[tuple[str, str], Atom] = {}
    for atom in (atom for condition in conditions for atom in condition.atoms):
        place = (atom.operator, atom.key.lower())
        other = held.get(place)
        if other is None or other.values == atom.values:
            held[place] = other or atom
            continue
        both = _both(other, atom)
        if both is None:
            return other, atom
        held[place] = both
    return Condition(tuple(sorted(held.values())))


def _both(one: Atom, other: Atom) -> Atom | None:
    """One atom that says what both say, or None where IAM has no such atom."""
    operator = one.operator
    if operator in ("DateLessThan", "DateGreaterThan") and len(one.values) == len(other.values) == 1:
        pick = min if operator == "DateLessThan" else max
        return Atom(operator, one.key, (pick(one.values[0], other.values[0], key=sortable),))
    if operator in ("StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike", "NotIpAddress"):
        return Atom(operator, one.key, tuple(sorted({*one.values, *other.values})))
    if operator in ("StringEquals", "NumericEquals", "DateEquals", "Bool"):
        common = tuple(value for value in one.values if value in other.values)
        return Atom(operator, one.key, common) if common else None
    return None
