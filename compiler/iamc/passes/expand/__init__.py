"""The expand pass: each request to exact actions on each of its resources.

Nothing is dropped without a word. A target that gets no action, a level or an action that finds no target, an
exclusion that excludes nothing: each is a diagnostic with the place and the nearest useful hint. Nothing is added
either: dependent actions come only `with dependents`, iam:PassRole only by `pass`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from iamc.arn import ArnProblem
from iamc.catalog import Action
from iamc.conditions import ConditionKeys
from iamc.model import (
    ActionWanted,
    LevelWanted,
    OnArn,
    OnServices,
    Permission,
    Request,
    Target,
    Unit,
    Wanted,
)
from iamc.passes.expand import messages
from iamc.passes.expand.generalise import generalised
from iamc.passes.expand.vocabulary import Shape, Vocabulary
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic, report

PASS_ROLE = "iam:PassRole"
DEMOTABLE = frozenset({"IAM206", "IAM207", "IAM208", "IAM214", "IAM222"})
"""Requests that no action answers: errors that `--drop-unmatched` turns into warnings."""


def expand(unit: Unit, vocabulary: Vocabulary, settings: Settings) -> tuple[tuple[Permission, ...], list[Diagnostic]]:
    """The permissions that a unit's requests ask for, exclusions already taken away."""
    sink: list[Diagnostic] = []
    keys = ConditionKeys(vocabulary.catalog)
    removed: set[ActionWanted] = set()
    permissions: list[Permission] = []
    for request in unit.requests:
        expansion = _Expansion(request, vocabulary, keys, sink)
        role_wide = unit.excluded if request.effect == "allow" else ()
        permissions.extend(_exclude(expansion, role_wide, removed))
    sink.extend(messages.excludes_nothing(p, vocabulary) for p in unit.excluded if p not in removed)
    sink.extend(messages.other_types_needed(unit, permissions, vocabulary))
    permissions = list(generalised(unit, permissions, vocabulary, sink))
    if settings.drop_unmatched:
        sink = [d.demoted() if d.code in DEMOTABLE else d for d in sink]
    return tuple(permissions), sink


def _exclude(
    expansion: _Expansion, role_wide: tuple[ActionWanted, ...], removed: set[ActionWanted]
) -> Iterator[Permission]:
    """The expansion's permissions less the statement's own and the role's exclusions."""
    request, vocabulary = expansion.request, expansion.vocabulary
    permissions = list(expansion.permissions())
    patterns = (*request.excluded, *request.inherited, *role_wide)
    if not patterns:
        yield from permissions
        return
    left = False
    own: set[ActionWanted] = set()
    for permission in permissions:
        actions = permission.actions
        for pattern in patterns:
            fewer = vocabulary_without(vocabulary, actions, pattern.pattern)
            if fewer != actions:
                own.add(pattern)
            actions = fewer
        if actions:
            left = True
            yield Permission(permission.effect, actions, permission.resource, permission.condition, permission.span)
    removed |= own
    if permissions and not left:
        expansion.sink.append(
            report(
                "IAM305",
                "the exclusions leave nothing of this statement",
                request.span,
                help="remove the statement, or exclude less",
            )
        )
    if permissions:
        for pattern in request.excluded:
            if pattern not in own:
                expansion.sink.append(messages.excludes_nothing(pattern, vocabulary))


def vocabulary_without(vocabulary: Vocabulary, actions: frozenset[str], pattern: str) -> frozenset[str]:
    """`actions` less those that match `pattern`; what is written with a wildcard is opened only when it must be."""
    gone = vocabulary.names(pattern)
    opened: set[str] = set()
    for action in actions:
        if "*" not in action and "?" not in action:
            opened.add(action)
            continue
        names = vocabulary.names(action)
        if names.isdisjoint(gone):
            opened.add(action)
        elif action == "*":
            opened.update(_open_everything(vocabulary, gone))
        else:
            opened |= names
    fewer = frozenset(opened) - gone
    return actions if fewer == actions else fewer


def _open_everything(vocabulary: Vocabulary, gone: frozenset[str]) -> Iterator[str]:
    """`*` as one `service:*` for each service that keeps all of its actions, and names for the others."""
    for prefix in vocabulary.catalog.prefixes:
        names = [action.qualified for action in vocabulary.catalog.actions(prefix)]
        if gone.isdisjoint(names):
            if names:
                yield f"{prefix}:*"
        else:
            yield from names


@dataclass(slots=True)
class _Expansion:
    """One request on its way to permissions: which wanted item met which target."""

    request: Request
    vocabulary: Vocabulary
    keys: ConditionKeys
    sink: list[Diagnostic]
    met: set[tuple[Wanted, tuple[int, int]]] = field(default_factory=set)
    broken: set[tuple[int, int]] = field(default_factory=set)

    def permissions(self) -> Iterator[Permission]:
        """Expand every wanted item on every target."""
        known = [wanted for wanted in self.request.wanted if self._is_known(wanted)]
        granted: set[str] = set()
        brought = False
        for target in self.request.targets:
            actions = self._on(target, known)
            if actions:
                granted |= actions
                resource = target.arn if isinstance(target, OnArn) else "*"
                yield Permission(self.request.effect, actions, resource, self.request.condition, self.request.span)
            if self.request.dependents and isinstance(target, OnArn) and self.request.effect == "allow":
                said = len(self.sink)
                added = list(self._dependents(target, actions))
                brought = brought or bool(added) or len(self.sink) > said
                yield from added
        self._report_unmet(known)
        if self.request.dependents and granted and not brought:
            self.sink.append(messages.no_dependents(self.request))
        self._report_conditions(granted)
        if self.request.origin == "policy-sentry" and self.request.effect == "allow":
            self.sink.extend(messages.dependents_left_out(self.request, granted, self.vocabulary))

    # vocabulary ------------------------------------------------------------------------------------------

    def _is_known(self, wanted: Wanted) -> bool:
        """Whether an item names anything at all; unknown services and actions are reported here, once."""
        if isinstance(wanted, LevelWanted):
            return True
        only_pass = self.vocabulary.names(wanted.pattern) == {PASS_ROLE}
        if only_pass and self.request.effect == "allow" and not self.request.passes:
            self.sink.append(messages.pass_role(wanted))
            return False
        if wanted.pattern in ("*", "*:*"):
            return True
        service = wanted.pattern.partition(":")[0]
        if "*" not in service and "?" not in service and self.vocabulary.matching(wanted.pattern):
            return True
        self.sink.append(messages.unknown_action(wanted, self.vocabulary))
        return False

    # targets ---------------------------------------------------------------------------------------------

    def _on(self, target: Target, known: list[Wanted]) -> frozenset[str]:
        if isinstance(target, OnArn):
            return self._on_arn(target, known)
        if isinstance(target, OnServices):
            return self._on_services(target, known)
        out: set[str] = set()
        for wanted in known:
            actions = self._anywhere(wanted)
            if actions:
                self._meet(wanted, target)
            out |= actions
        return frozenset(out)

    def _anywhere(self, wanted: Wanted) -> set[str]:
        """A wanted item on `*`: what the author wrote with a wildcard for a whole service stays as written."""
        if isinstance(wanted, LevelWanted):
            every = self.vocabulary.catalog.prefixes
            return self._names(a for p in every for a in self.vocabulary.of_level(p, wanted.level))
        return self._written(wanted)

    def _written(self, wanted: ActionWanted) -> set[str]:
        pattern = wanted.pattern
        if self._keeps_wildcard(pattern):
            return {"*" if pattern == "*:*" else pattern.lower() if pattern.endswith(":*") else pattern}
        return self._names(self.vocabulary.matching(pattern), written=pattern)

    def _keeps_wildcard(self, pattern: str) -> bool:
        """Whole services keep their `*`; a deny keeps every wildcard, so that it also stops actions yet to come."""
        if pattern in ("*", "*:*") or (pattern.endswith(":*") and "*" not in pattern[:-1]):
            return True
        return self.request.effect == "deny" and ("*" in pattern or "?" in pattern)

    def _denies_all(self) -> bool:
        """Whether the line denies all that it names; what an exclusion leaves of a pattern is names."""
        return self.request.effect == "deny" and not self.request.excluded

    def _names(self, actions: Iterable[Action], written: str = "") -> set[str]:
        """Qualified names, without iam:PassRole unless a `pass` line or a deny asks for it."""
        names = {action.qualified for action in actions}
        if PASS_ROLE in names and self.request.effect == "allow" and not self.request.passes:
            names.discard(PASS_ROLE)
            self.sink.append(messages.pass_role_left_out(self.request, written))
        return names

    def _on_services(self, target: OnServices, known: list[Wanted]) -> frozenset[str]:
        out: set[str] = set()
        for service in self._services(target):
            for wanted in known:
                actions = self._of_service(service, wanted, target)
                if actions:
                    self._meet(wanted, target)
                out |= actions
        return frozenset(out)

    def _services(self, target: OnServices) -> Iterator[str]:
        for name in target.services:
            if name == "all":
                yield from self.vocabulary.catalog.prefixes
            else:
                yield name

    def _of_service(self, service: str, wanted: Wanted, target: OnServices) -> set[str]:
        if isinstance(wanted, LevelWanted):
            actions = self.vocabulary.of_level(service, wanted.level)
            return self._names(a for a in actions if a.wildcard_only or not target.wildcard_only)
        if not wanted.pattern.lower().startswith(f"{service}:"):
            return set()
        if not target.wildcard_only:
            return self._written(wanted)
        actions = self.vocabulary.matching(wanted.pattern)
        if len(actions) == 1 and not actions[0].wildcard_only:
            self.sink.append(messages.can_be_restricted(wanted, actions[0]))
            self._meet(wanted, target)
            return set()
        return self._names(a for a in actions if a.wildcard_only)

    def _on_arn(self, target: OnArn, known: list[Wanted]) -> frozenset[str]:
        shape = self.vocabulary.shape(target.arn)
        if isinstance(shape, ArnProblem):
            self.broken.add(_place(target))
            self.sink.append(messages.bad_arn(shape, target))
            return frozenset()
        named = any(isinstance(w, ActionWanted) and self._fitting(w, shape) for w in known)
        if not shape.own and not named:
            self.broken.add(_place(target))
            self.sink.append(messages.no_type(shape, target, self.vocabulary))
            return frozenset()
        out: frozenset[str] = frozenset()
        for wanted in known:
            actions = self._fitting(wanted, shape)
            if actions:
                self._meet(wanted, target)
                out |= actions
        return out

    def _fitting(self, wanted: Wanted, shape: Shape) -> frozenset[str]:
        if isinstance(wanted, LevelWanted):
            actions = self.vocabulary.fitting(shape, wanted.level)
            if PASS_ROLE in actions:
                return frozenset(self._names(self.vocabulary.matching(a)[0] for a in actions))
            return actions
        fits = [action for action in self.vocabulary.matching(wanted.pattern) if self.vocabulary.fits(shape, action)]
        if fits and self._keeps_wildcard(wanted.pattern) and self._denies_all():
            # As written: `arn:aws:s3:::b*` looks like buckets and also matches the objects in them.
            return frozenset(self._written(wanted))
        return frozenset(self._names(fits, written=wanted.pattern))

    # dependents ------------------------------------------------------------------------------------------

    def _dependents(self, target: OnArn, actions: frozenset[str]) -> Iterator[Permission]:
        """The actions that AWS calls on the caller's behalf: on the same resource where they act on it, else on `*`."""
        shape = self.vocabulary.shape(target.arn)
        if isinstance(shape, ArnProblem):
            return
        here: set[str] = set()
        anywhere: set[str] = set()
        for name in sorted(actions):
            action = self.vocabulary.catalog.action(name)
            for dependent in _dependents_of(action, self.vocabulary.types_for(shape, action.service)) if action else ():
                other = self.vocabulary.catalog.action(dependent)
                if other is not None and dependent not in actions:
                    (here if self.vocabulary.fits(shape, other) else anywhere).add(other.qualified)
        for names, resource in ((here, target.arn), (anywhere, "*")):
            if PASS_ROLE in names:
                names.discard(PASS_ROLE)
                self.sink.append(messages.pass_role_left_out(self.request, "with dependents"))
            if names:
                self.sink.append(messages.dependents_added(self.request, names, resource))
                yield Permission("allow", frozenset(names), resource, self.request.condition, self.request.span)

    # what found no match -----------------------------------------------------------------------------------

    def _meet(self, wanted: Wanted, target: Target) -> None:
        self.met.add((wanted, _place(target)))

    def _report_unmet(self, known: list[Wanted]) -> None:
        """One message for each target that got nothing and each wanted item that found nothing."""
        targets = {_place(target): target for target in self.request.targets}
        whole = {place: target for place, target in targets.items() if place not in self.broken}
        for place, target in whole.items():
            if known and not any((wanted, place) in self.met for wanted in known):
                self.sink.append(messages.nothing_on(target, known, self.vocabulary))
                self.broken.add(place)
        sound = [(place, target) for place, target in whole.items() if place not in self.broken]
        for wanted in known:
            missed = [target for place, target in sound if (wanted, place) not in self.met]
            if missed and len(missed) == len(sound):
                self.sink.append(messages.finds_nothing(wanted, missed, self.vocabulary))
            elif isinstance(wanted, LevelWanted):
                self.sink.extend(messages.partly(wanted, target, self.vocabulary) for target in missed)

    def _report_conditions(self, granted: set[str]) -> None:
        atoms = self.request.condition.atoms
        if self.broken or not atoms:  # what would carry the key may be what is wrong
            return
        actions = [action for name in sorted(granted) if (action := self.vocabulary.catalog.action(name))]
        for atom in atoms if actions else ():
            finding = messages.condition_support(self.request, atom, actions, self.keys)
            if finding is not None:
                self.sink.append(finding)


def _place(target: Target) -> tuple[int, int]:
    """Targets written at the same place are one to the author, however many ARNs a name stands for."""
    return target.span.start, target.span.end


def _dependents_of(action: Action, types: frozenset[str]) -> Iterator[str]:
    for row in action.resources:
        if row.type in types or row.type == "":
            yield from row.dependent_actions
