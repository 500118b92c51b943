"""Checks: the expectations of each `check`, resolved for every unit that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.conditions import ConditionKeys
from iamc.model import ALWAYS, Check, Expectation, Unit
from iamc.passes.resolve.names import Names
from iamc.passes.resolve.people import Directory
from iamc.passes.resolve.statements import Statements
from iamc.project import Project
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, report


def checks(
    project: Project,
    names: Names,
    keys: ConditionKeys,
    everyone: Directory,
    units: tuple[Unit, ...],
    sink: list[Diagnostic],
) -> Iterator[Check]:
    """One resolved check for each pair of a check and a unit that it is about."""
    for path, file in project.files.items():
        for node in file.declarations:
            if isinstance(node, syntax.Check):
                said = len(sink)
                subjects = list(_subjects(node, path, names, units, everyone, sink))
                if not node.expectations and _misread(node, project.diagnostics):
                    continue
                if not node.expectations or not (subjects or len(sink) > said):
                    sink.append(
                        report(
                            "IAM502",
                            f"check `{node.title.text}` tests nothing",
                            node.title.span,
                            help="give it an `expect` line" if subjects else "name a role that is compiled",
                        )
                    )
                for unit in subjects:
                    scope = Statements(names, keys, path, file.origin, unit.account, sink)
                    expectations = tuple(_expectation(item, scope) for item in node.expectations)
                    yield Check(node.title.text, unit.name, expectations, node.span)


def _misread(node: syntax.Check, found: Iterable[Diagnostic]) -> bool:
    """Whether a mistake in the check is told already: the expectation that is missing may be the one that has it."""
    own = node.span
    return any(d.span and d.span.path == own.path and own.start <= d.span.start < own.end for d in found)


def _subjects(
    node: syntax.Check,
    path: str,
    names: Names,
    units: tuple[Unit, ...],
    everyone: Directory,
    sink: list[Diagnostic],
) -> Iterator[Unit]:
    """The units of the named roles in the named accounts; no subject at all means every unit."""
    if not node.subjects:
        yield from units
        return
    for subject in node.subjects:
        roles = set(_found(subject.roles, "role", path, names, sink))
        accounts = set(_found(subject.accounts, "account", path, names, sink)) or set(everyone.accounts)
        for unit in units:
            if unit.role.name in roles and (unit.account is None or unit.account.name in accounts):
                yield unit


def _found(refs: Iterable[syntax.Ref], kind: str, path: str, names: Names, sink: list[Diagnostic]) -> Iterator[str]:
    for ref in refs:
        found = names.find(path, (kind,), ref)
        if isinstance(found, Diagnostic):
            sink.append(found)
        else:
            yield found[0].name


def _expectation(node: syntax.ExpectAccess | syntax.ExpectSize, scope: Statements) -> Expectation:
    if isinstance(node, syntax.ExpectSize):
        return Expectation(node, (), (), ALWAYS, node.span)
    context = scope.condition(node.when, None) or ALWAYS
    return Expectation(node, tuple(scope.actions(node.actions)), tuple(scope.targets(node.targets)), context, node.span)
