"""An IAM policy document to declarations: the way back, for `iamc convert policy.json`.

Where a statement has exactly the actions of an access level on its resources, the level is written; what remains is
written action by action, patterns as they were. iam:PassRole becomes `pass`, sts:AssumeRole `assume`. The caller
compiles the result and has the prover compare the two: what is here need not be trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from iamc.arn import ArnProblem
from iamc.catalog import Level
from iamc.passes.expand.vocabulary import Shape, Vocabulary
from iamc.pipeline import Result
from iamc.verify.compare import prove_equal
from iamc.verify.policy import PolicyError, read_policy
from iamc.verify.universe import Universe
from iamc.verify.verdict import Proven, Refuted
from iamdsl import syntax as s
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Source, Span

LEVELS = tuple(level.value for level in Level)
PASS, ASSUME, PASSED = "iam:passrole", "sts:assumerole", "iam:PassedToService"
_WRAPPERS = ("PolicyVersion", "Document", "PolicyDocument")
_NEGATED = ("NotPrincipal", "Principal", "NotResource")


class UndeclarableError(Exception):
    """A part of a policy that declarations cannot say, in words."""


def documents_in(text: str) -> list[Mapping[str, Any]]:
    """The policy documents in a JSON text: alone, in a list, or as AWS's API and command line wrap them.

    Raises UndeclarableError when there is none.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UndeclarableError(f"not JSON: {error}") from error
    return [_unwrapped(item) for item in (content if isinstance(content, list) else [content])]


def _unwrapped(item: Any) -> Mapping[str, Any]:
    for key in _WRAPPERS:
        if isinstance(item, Mapping) and key in item:
            item = item[key]
    if isinstance(item, str):
        try:
            item = json.loads(unquote(item))
        except ValueError as error:
            raise UndeclarableError(f"the document is a text, but not of JSON: {error}") from error
    if not isinstance(item, Mapping) or "Statement" not in item:
        raise UndeclarableError("no policy document: an object with `Statement` is expected")
    return item


def decompile(documents: Sequence[Mapping[str, Any]], role: str, vocabulary: Vocabulary) -> s.File:
    """One role that grants what the documents grant together. Raises UndeclarableError."""
    work = _Decompiler(vocabulary, Source(f"{role}.iamdsl", "").span(0, 0))
    fields: list[s.Field] = []
    number = 0
    for document in documents:
        for statement in _list(document["Statement"]):
            number += 1
            try:
                fields.extend(work.statement(statement))
            except UndeclarableError as error:
                raise UndeclarableError(f"statement {number}: {error}") from error
    declaration = s.Role(work.name(role), None, False, tuple(fields), work.span)
    return s.File(f"{role}.iamdsl", s.Edition(work.text("1"), work.span), (declaration,), "iamdsl", work.span)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any, element: str) -> list[str]:
    found = _list(value)
    if not found or not all(isinstance(item, str) for item in found):
        raise UndeclarableError(f"`{element}` is a text or a list of texts")
    return found


class _Decompiler:
    """Statements to fields of a role. Every node has the same empty span: there is no source yet."""

    def __init__(self, vocabulary: Vocabulary, span: Span) -> None:
        self._vocabulary = vocabulary
        self.span = span

    def text(self, text: str) -> s.Text:
        return s.Text(text, self.span)

    def name(self, text: str) -> s.Name:
        return s.Name(text, self.span)

    def statement(self, item: Any) -> Iterator[s.Field]:
        """The fields that stand for one statement."""
        if not isinstance(item, Mapping) or item.get("Effect") not in ("Allow", "Deny"):
            raise UndeclarableError("an object with `Effect` Allow or Deny is expected")
        negated = next((key for key in _NEGATED if key in item), None)
        if negated:
            raise UndeclarableError(f"`{negated}` has no words in the language; name the resources that are meant")
        if ("Action" in item) == ("NotAction" in item) or "Resource" not in item:
            raise UndeclarableError("`Resource` and either `Action` or `NotAction` are expected")
        resources = _texts(item["Resource"], "Resource")
        resources = ["*"] if "*" in resources else list(dict.fromkeys(resources))
        condition = item.get("Condition", {})
        if "NotAction" in item:
            without = tuple(s.ActionAccess(each, self.span) for each in _texts(item["NotAction"], "NotAction"))
            yield self._line(item["Effect"], ["*"], self._targets(resources), condition, without)
            return
        actions = list(dict.fromkeys(_texts(item["Action"], "Action")))
        if item["Effect"] == "Deny":
            yield self._line("Deny", actions, self._targets(resources), condition)
            return
        yield from self._chains(actions, resources, condition)
        rest = [action for action in actions if action.lower() not in (PASS, ASSUME)]
        if rest:
            lines = self._anywhere(rest, condition) if resources == ["*"] else self._on(rest, resources, condition)
            yield from lines

    # roles that are passed and assumed ---------------------------------------------------------------------

    def _chains(self, actions: Sequence[str], roles: Sequence[str], condition: Mapping[str, Any]) -> Iterator[s.Field]:
        targets = tuple(s.ArnTarget(self.text(role), self.span) for role in roles)
        lower = {action.lower() for action in actions}
        if PASS in lower:
            services, others = _passed_to(condition)
            if roles == ["*"]:
                raise UndeclarableError("iam:PassRole on `*` is not granted; name the roles that may be passed")
            principals = tuple(self.text(service) for service in services)
            yield s.Pass(targets, principals, self._conditions(others), None, self.span)
        if ASSUME in lower:
            if roles == ["*"]:
                raise UndeclarableError("sts:AssumeRole on `*` opens all roles that trust the account; name them")
            yield s.Assume(targets, self._conditions(condition), None, self.span)

    # allows ----------------------------------------------------------------------------------------------------

    def _anywhere(self, actions: list[str], condition: Mapping[str, Any]) -> Iterator[s.Statement]:
        """On `*`: the levels of whole services, the services with the same levels together; then the rest."""
        wholes = {action.lower().partition(":")[0] for action in actions if action == "*" or action.endswith(":*")}
        left = list(actions)
        by_levels: dict[tuple[str, ...], list[str]] = {}
        for service in sorted({action.lower().partition(":")[0] for action in actions} - wholes):
            own = [action for action in actions if action.lower().startswith(f"{service}:")]
            named = frozenset[str]().union(*map(self._vocabulary.names, own))
            levels, covered = _levels({level: self._vocabulary.names_at(service, level) for level in LEVELS}, named)
            if levels:
                by_levels.setdefault(levels, []).append(service)
                left = [a for a in left if a not in own or not self._vocabulary.names(a) <= covered]
        for levels, services in by_levels.items():
            refs = tuple(s.Ref((service,), self.span) for service in services)
            yield self._line("Allow", (), (s.ServiceTarget(refs, False, self.span),), condition, levels=levels)
        if left:
            yield self._line("Allow", left, (s.EverythingTarget(self.span),), condition)

    def _on(self, actions: list[str], arns: list[str], condition: Mapping[str, Any]) -> Iterator[s.Statement]:
        """On resources: those of one kind together, each with the levels that it has in full, then the rest."""
        groups: dict[tuple[str, frozenset[str]], list[str]] = {}
        for arn in arns:
            shape = self._vocabulary.shape(arn)
            kind = (shape.arn.service, shape.own) if isinstance(shape, Shape) else (arn, frozenset[str]())
            groups.setdefault(kind, []).append(arn)
        lines: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for members in groups.values():
            levels, left = self._said_of(actions, members[0])
            if levels or left:
                lines.setdefault((levels, left), []).extend(members)
        for (levels, left), members in lines.items():
            yield self._line("Allow", left, self._targets(members), condition, levels=levels)

    def _said_of(self, actions: Sequence[str], arn: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The levels and the actions to write for a resource; none at all when nothing has an effect on it."""
        shape = self._vocabulary.shape(arn)
        if isinstance(shape, ArnProblem):
            return (), tuple(actions)
        fits = {
            written: frozenset(
                a.qualified for a in self._vocabulary.matching(written) if self._vocabulary.fits(shape, a)
            )
            for written in actions
        }
        named = frozenset[str]().union(*fits.values())
        levels, covered = _levels({level: self._vocabulary.fitting(shape, level) for level in LEVELS}, named)
        unknown = {written for written in actions if not self._vocabulary.matching(written)}
        left = [
            written for written in actions if written in unknown or (fits[written] and not fits[written] <= covered)
        ]
        return levels, tuple(left)

    # parts of a statement ----------------------------------------------------------------------------------------

    def _line(
        self,
        effect: str,
        actions: Iterable[str],
        targets: tuple[s.Target, ...],
        condition: Mapping[str, Any],
        without: tuple[s.ActionAccess, ...] = (),
        levels: Iterable[str] = (),
    ) -> s.Statement:
        access: list[s.AccessItem] = [s.LevelAccess(level, self.span) for level in levels]
        access += [s.ActionAccess(action, self.span) for action in actions]
        conditions = self._conditions(condition)
        return s.Statement(effect.lower(), tuple(access), targets, False, without, conditions, None, self.span)

    def _targets(self, resources: Iterable[str]) -> tuple[s.Target, ...]:
        return tuple(
            s.EverythingTarget(self.span) if resource == "*" else s.ArnTarget(self.text(resource), self.span)
            for resource in resources
        )

    def _conditions(self, block: Mapping[str, Any]) -> tuple[s.Condition, ...]:
        if not isinstance(block, Mapping) or not all(isinstance(pairs, Mapping) for pairs in block.values()):
            raise UndeclarableError("`Condition` is an object of operators, each an object of keys")
        return tuple(
            self._condition(operator, key, [_plain(value) for value in _list(values)])
            for operator, pairs in block.items()
            for key, values in pairs.items()
        )

    def _condition(self, operator: str, key: str, values: list[str]) -> s.Condition:
        one = s.Condition("key", key, operator, tuple(self.text(value) for value in values), self.span)
        lower = key.lower()
        if (operator, lower, values) == ("Bool", "aws:multifactorauthpresent", ["true"]):
            return replace(one, word="mfa", key="", operator="", values=())
        if operator == "Null":
            if values not in (["true"], ["false"]):
                raise UndeclarableError("the operator `Null` takes true or false")
            return replace(one, operator="exists" if values == ["false"] else "absent", values=())
        for prefix, word in (("aws:resourcetag/", "tag"), ("aws:principaltag/", "principal-tag")):
            if operator == "StringEquals" and lower.startswith(prefix):
                return replace(one, word=word, key=key[len(prefix) :], operator="")
        words = {("StringEquals", "aws:requestedregion"): "region", ("IpAddress", "aws:sourceip"): "ip"}
        if (operator, lower) in words:
            return replace(one, word=words[operator, lower], key="", operator="")
        return one


def _levels(sets: Mapping[str, frozenset[str]], named: frozenset[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The levels whose actions are all named, two at least (one is said better by its name), and those actions."""
    found = {
        level: names
        for level, names in sets.items()
        if len(names) > 1 and names <= named and "iam:PassRole" not in names
    }
    return tuple(found), frozenset[str]().union(*found.values())


def _plain(value: Any) -> str:
    """A condition's value as text; JSON's true and 1 stand for "true" and "1" there."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    raise UndeclarableError("a condition's values are texts, numbers or true and false")


def _passed_to(condition: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The services that roles may be passed to, and the other conditions."""
    others = {operator: dict(pairs) for operator, pairs in condition.items() if isinstance(pairs, Mapping)}
    for operator in ("StringEquals", "StringLike", "StringEqualsIfExists"):
        for key in list(others.get(operator, ())):
            if key.lower() == PASSED.lower():
                services = [str(value) for value in _list(others[operator].pop(key))]
                if operator == "StringEquals" and not any("*" in service for service in services):
                    return services, {name: pairs for name, pairs in others.items() if pairs}
    raise UndeclarableError(f"iam:PassRole is granted only to named services: add StringEquals on {PASSED}")


def same_meaning(documents: Sequence[Mapping[str, Any]], result: Result, universe: Universe) -> list[Diagnostic]:
    """Nothing when the compiled declarations are proved to allow what the documents allow; otherwise an example."""
    try:
        left = [read_policy(json.dumps(document)) for document in documents]
    except PolicyError as error:
        return [undeclarable(str(error))]
    right = [read_policy(document.text) for unit in result.compiled for document in unit.documents]
    verdict = prove_equal(left, right, universe, effective=True)
    if isinstance(verdict, Proven):
        return []
    if isinstance(verdict, Refuted):
        witness = verdict.witness
        side = "the policy" if witness.allowed_by == "left" else "the declarations"
        said = f"only {side} would allow `{witness.action}` on `{witness.resource}`"
    else:
        said = f"the proof was not found: {verdict.reason}"
    return [report("IAM906", "the declarations do not mean the same as the policy", None, notes=[said])]


def undeclarable(why: str) -> Diagnostic:
    """The finding for a policy that cannot be converted."""
    return report(
        "IAM031",
        f"the policy cannot be declared: {why}",
        None,
        help="change the policy as the message says, or write this part by hand",
    )
