"""Statements of the source to requests: references followed, variables replaced, conditions lowered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from iamc.conditions import ConditionKeys, instant, lower
from iamc.model import (
    ALWAYS,
    Account,
    ActionWanted,
    Atom,
    Condition,
    LevelWanted,
    OnArn,
    OnEverything,
    OnServices,
    Request,
    Target,
    Wanted,
    conjunction,
)
from iamc.moments import sortable
from iamc.passes.resolve.names import Declared, Names
from iamc.passes.resolve.values import Values
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.source import Span

_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_POLICY_VARIABLE = re.compile(r"\$\{([A-Za-z0-9-]+:[^},]+)")

_SETS = {"actions": "action set", "services": "service group"}


@dataclass(slots=True)
class Statements:
    """Resolves the statements of one file for one account, reporting into `sink`."""

    names: Names
    keys: ConditionKeys
    path: str
    origin: str
    account: Account | None
    sink: list[Diagnostic]
    values: Values = field(init=False)

    def __post_init__(self) -> None:
        self.values = Values(self.names, self.path, self.account)

    def inside(self, path: str, origin: str) -> Statements:
        """The same account and sink, as another file sees names."""
        return Statements(self.names, self.keys, path, origin, self.account, self.sink)

    def request(self, node: syntax.Statement | syntax.Pass | syntax.Assume) -> Request | None:
        """The request that a statement makes, or None when nothing of it can be resolved."""
        condition = self.condition(node.when, node.until)
        if isinstance(node, syntax.Statement):
            wanted = tuple(self.access(node.access))
            targets = tuple(self.targets(node.targets))
            excluded = tuple(self.actions(node.without))
            effect, dependents, passes = node.effect, node.dependents, False
        else:
            passes = isinstance(node, syntax.Pass)
            wanted = (ActionWanted("iam:PassRole" if passes else "sts:AssumeRole", node.span),)
            targets = tuple(self.targets(node.roles))
            excluded, effect, dependents = (), "allow", False
            if isinstance(node, syntax.Pass):
                condition = self._passed_to(node, condition)
        if not wanted or not targets or condition is None:
            return None
        return Request(effect, wanted, targets, excluded, condition, dependents, passes, self.origin, node.span)

    def _passed_to(self, node: syntax.Pass, condition: Condition | None) -> Condition | None:
        for service in node.services:
            if not _PRINCIPAL.fullmatch(service.text):
                said = f"`{service.text}` is not a service that a role can be passed to"
                help_ = "write its principal, such as `ec2.amazonaws.com`; wildcards and variables never match"
                self.sink.append(report("IAM212", said, service.span, help=help_))
                return None
        services = tuple(sorted({service.text for service in node.services}))
        return self._join(
            (condition or ALWAYS, Condition((Atom("StringEquals", "iam:PassedToService", services),))),
            node.span,
        )

    def _replaced(self, values: Values, text: syntax.Text) -> str | None:
        """The text with our variables replaced, and a word about variables of IAM's that do not exist."""
        replaced = values.replace(text, self.sink)
        if replaced and "${" in replaced and self.origin != "policy-sentry":
            for name in _POLICY_VARIABLE.findall(replaced):
                if self.keys.type_of(name) is None:
                    near = self.keys.nearest(name)
                    help_ = f"did you mean `${{{near[0]}}}`?" if near else "a policy variable is a condition key"
                    self.sink.append(
                        report("IAM211", f"there is no policy variable `${{{name}}}`", text.span, help=help_)
                    )
        return replaced

    # access ----------------------------------------------------------------------------------------------

    def access(self, items: Iterable[syntax.AccessItem]) -> Iterable[Wanted]:
        """Levels and actions, with the actions of named sets in the place of their names."""
        for item in items:
            if isinstance(item, syntax.LevelAccess):
                yield LevelWanted(item.level, item.span)
            else:
                yield from self.actions((item,))

    def actions(
        self, items: Iterable[syntax.ActionAccess | syntax.Ref], chain: tuple[str, ...] = ()
    ) -> Iterable[ActionWanted]:
        """Action patterns, named sets followed to the end."""
        for item in items:
            if isinstance(item, syntax.ActionAccess):
                yield ActionWanted(item.pattern, item.span)
                continue
            for declared, entered in self._entered("actions", item, chain):
                scope = self.inside(declared.path, self.origin)
                yield from scope.actions(declared.node.actions, entered)

    def _entered(
        self, kind: str, ref: syntax.Ref, chain: tuple[str, ...]
    ) -> Iterable[tuple[Declared, tuple[str, ...]]]:
        """The named set that `ref` means and the chain of sets that leads into it; none, and why, if it has none."""
        found = self.names.find(self.path, (kind,), ref)
        if isinstance(found, Diagnostic):
            self.sink.append(found)
            return
        declared = found[0]
        key = f"{declared.path}:{declared.name}"
        if key not in chain:
            yield declared, (*chain, key)
            return
        message = f"{_SETS[kind]} `{declared.name}` contains itself"
        labels = [Label(declared.span, "declared here")]
        self.sink.append(report("IAM104", message, ref.span, labels=labels, help="remove the circle"))

    # targets ---------------------------------------------------------------------------------------------

    def targets(self, items: Iterable[syntax.Target]) -> Iterable[Target]:
        """Targets with named resources replaced by their ARNs in this account."""
        for item in items:
            if isinstance(item, syntax.ArnTarget):
                arn = self._replaced(self.values, item.arn)
                if arn is not None:
                    yield OnEverything(item.span) if arn == "*" else OnArn(arn, item.span, item.span)
            elif isinstance(item, syntax.EverythingTarget):
                yield OnEverything(item.span)
            elif isinstance(item, syntax.ServiceTarget):
                services = tuple(dict.fromkeys(self._services(item.services)))
                if services:
                    yield OnServices(services, item.wildcard_only, item.span)
            else:
                yield from self._resources(item)

    def _services(self, refs: Iterable[syntax.Ref], chain: tuple[str, ...] = ()) -> Iterable[str]:
        """IAM prefixes; a name that is not a declared group stands for itself and is checked on expansion."""
        for ref in refs:
            if len(ref.parts) == 1 and self.names.lookup(self.path, ("services",), ref) is None:
                if ref.text == "all" or ref.text in self.keys.catalog.prefixes:
                    yield ref.text
                else:
                    self.sink.append(self._no_service(ref))
                continue
            for declared, entered in self._entered("services", ref, chain):
                scope = self.inside(declared.path, self.origin)
                yield from scope._services(declared.node.services, entered)  # noqa: SLF001 - the same class

    def _no_service(self, ref: syntax.Ref) -> Diagnostic:
        from iamdsl.suggest import nearest

        groups = self.names.visible(self.path, ("services",))
        near = nearest(ref.text, groups, 1) or nearest(ref.text, self.keys.catalog.prefixes, 1)
        return report(
            "IAM201",
            f"there is no service `{ref.text}`",
            ref.span,
            help=f"did you mean `{near[0]}`?" if near else "services are listed by `iamc query services`",
            fix=Fix(ref.span, near[0], f"write `{near[0]}`") if near else None,
        )

    def _resources(self, ref: syntax.Ref) -> Iterable[Target]:
        found = self.names.find_resources(self.path, ref)
        if isinstance(found, Diagnostic):
            self.sink.append(found)
            return
        blocks, name = found
        every = [(block, r) for block in blocks for r in block.node.resources if not name or r.name.text == name]
        if not every:
            known = sorted({r.name.text for block in blocks for r in block.node.resources})
            self.sink.append(self._no_resource(ref, name, known, blocks[0].span))
            return
        here = [(block, r) for block, r in every if self._is_for(block.path, r.accounts or block.node.accounts)]
        if not here:
            self.sink.append(
                report(
                    "IAM112",
                    f"`{ref.text}` has no ARN in account `{self._account()}`",
                    ref.span,
                    labels=[Label(every[0][1].name.span, "declared for other accounts here")],
                    help=f"add `{self._account()}` to its `for`, or do not grant the role there",
                )
            )
            return
        for block, resource in here:
            self.names.used.add((block.path, "resource", f"{block.name}.{resource.name.text}"))
            scope = Values(self.names, block.path, self.account)
            for target in resource.arns:
                arn = self._replaced(scope, target.arn)
                if arn is not None:
                    yield OnEverything(ref.span) if arn == "*" else OnArn(arn, ref.span, target.span)

    def _account(self) -> str:
        return self.account.name if self.account else "none"

    def _no_resource(self, ref: syntax.Ref, name: str, known: list[str], block: Span) -> Diagnostic:
        from iamdsl.suggest import nearest

        near = nearest(name, known, 1)
        return report(
            "IAM101",
            f"there is no resource `{ref.text}`",
            ref.span,
            labels=[Label(block, "in this block")],
            help=f"did you mean `{ref.text.removesuffix(name)}{near[0]}`?"
            if near
            else "it has " + ", ".join(f"`{n}`" for n in known),
        )

    def _is_for(self, path: str, accounts: tuple[syntax.Ref, ...]) -> bool:
        if not accounts:
            return True
        found = [self.names.find(path, ("account",), ref) for ref in accounts]
        if any(isinstance(each, Diagnostic) for each in found):
            return True  # an account that nobody declares has its own message
        return self.account is not None and any(self.account.name == each[0].name for each in found)  # type: ignore[index]

    # conditions ------------------------------------------------------------------------------------------

    def condition(self, when: Iterable[syntax.Condition], until: syntax.Text | None) -> Condition | None:
        """All conditions of a statement as one, or None after reporting what is wrong with them."""
        parts: list[Condition] = []
        sound = True
        span: Span | None = None
        for node in when:
            span = span.to(node.span) if span else node.span
            values = [self._replaced(self.values, value) for value in node.values]
            if any(value is None for value in values):
                sound = False
                continue
            atom = lower(node, tuple(value for value in values if value is not None), self.keys)
            if isinstance(atom, Diagnostic):
                self.sink.append(atom)
                sound = False
            else:
                parts.append(Condition((atom,)))
        if until is not None:
            span = span.to(until.span) if span else until.span
            parts.append(before(until.text))
        if not sound:
            return None
        return self._join(parts, span) if span else ALWAYS

    def _join(self, parts: Iterable[Condition], span: Span) -> Condition | None:
        joined = conjunction(parts)
        if isinstance(joined, Condition):
            if never := _never(joined):
                self.sink.append(report("IAM213", "these conditions never hold", span, label=never))
            return joined
        one, other = joined
        self.sink.append(
            report(
                "IAM213",
                "these conditions cannot hold at once in one statement",
                span,
                label=f"two lists for `{one.operator}` on `{one.key}`",
                notes=[f"`{', '.join(one.values)}` against `{', '.join(other.values)}`"],
                help="write the values that are meant as one list",
            )
        )
        return None


def _never(condition: Condition) -> str:
    """Why no moment satisfies the condition's dates; empty when one does."""
    bounds = {atom.operator: atom.values[0] for atom in condition.atoms if atom.key.lower() == "aws:currenttime"}
    begin, end = bounds.get("DateGreaterThan", ""), bounds.get("DateLessThan", "")
    return f"after {begin} and before {end}" if begin and end and sortable(begin) >= sortable(end) else ""


def before(until: str) -> Condition:
    """The condition that ends with `until`: a date ends with its last second (UTC)."""
    return Condition((Atom("DateLessThan", "aws:CurrentTime", (instant(until, end_of_day=True),)),))
