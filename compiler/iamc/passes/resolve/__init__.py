"""The resolve pass: parsed files to an organisation whose names and variables are all resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamc.catalog import Catalog
from iamc.conditions import ConditionKeys
from iamc.model import Organisation, Unit
from iamc.passes.resolve.checks import checks
from iamc.passes.resolve.names import Declared, Names, collect
from iamc.passes.resolve.people import directory
from iamc.passes.resolve.repeats import repeats
from iamc.passes.resolve.roles import Roles, ended_statements
from iamc.passes.resolve.without_effect import without_effect
from iamc.passes.user_names import user_names
from iamc.project import Project
from iamc.settings import Settings
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Fix, Label, report


def resolve(
    project: Project,
    catalog: Catalog,
    settings: Settings,
    known: Afresh | None = None,
) -> tuple[Organisation, list[Diagnostic]]:
    """Look up every name, replace every variable, and say of each role in each account what it asks for.

    `known` works out single declarations: afresh, or as an editor remembers them.
    """
    known = known or Afresh()
    names, sink = collect(project)
    sink.extend(_editions(project))
    sink.extend(finding for node in _written(project) for finding in known.repeats(node))
    everyone = directory(project, names, settings.today, sink)
    sink.extend(without_effect(everyone))
    keys = ConditionKeys(catalog)
    origins = {path: file.origin for path, file in project.files.items()}
    roles = Roles(names, keys, everyone, origins, settings, sink)
    units = tuple(
        unit
        for own in names.own.values()
        for (kind, _), found in own.items()
        if kind == "role"
        for unit in known.units(roles, found[0])
    )
    for _, fields in _bodies(project):
        lines = (f for f in fields if isinstance(f, (syntax.Statement, syntax.Pass, syntax.Assume)))
        sink.extend(ended_statements(lines, settings))
    resolved = tuple(checks(project, names, keys, everyone, units, sink))
    sink.extend(_foreign_accounts(project, names))
    sink.extend(_unused(project, names))
    organisation = Organisation(everyone.accounts, everyone.people, everyone.teams, everyone.grants, units, resolved)
    return user_names(organisation, settings.username), sink


class Afresh:
    """Works out what single declarations come to."""

    def units(self, roles: Roles, declared: Declared) -> Iterable[Unit]:
        """The units of a role; reports what is wrong with them."""
        return roles.units(declared)

    def repeats(self, node: syntax.Declaration) -> Iterable[Diagnostic]:
        """What stands twice in a declaration."""
        return repeats(node)


def _written(project: Project) -> Iterator[syntax.Declaration]:
    """The declarations that people wrote for this compiler: Policy Sentry's templates stay as they are."""
    for file in project.files.values():
        if file.origin != "policy-sentry":
            yield from file.declarations


def _bodies(project: Project) -> Iterator[tuple[str, tuple[syntax.Field, ...]]]:
    for path, file in project.files.items():
        for node in file.declarations:
            if isinstance(node, (syntax.Role, syntax.Tier)):
                yield path, node.fields


def _foreign_accounts(project: Project, names: Names) -> Iterator[Diagnostic]:
    """Accounts that a `for` names and nobody declares."""
    for path, file in project.files.items():
        for block in file.declarations:
            if isinstance(block, syntax.Resources):
                refs = (*block.accounts, *(ref for resource in block.resources for ref in resource.accounts))
                found = (names.find(path, ("account",), ref) for ref in refs)
                yield from (finding for finding in found if isinstance(finding, Diagnostic))


def _editions(project: Project) -> Iterator[Diagnostic]:
    """One edition in one project: files of different editions would not mean the same by the same words."""
    first: syntax.Edition | None = None
    for file in project.files.values():
        if file.edition is None:
            continue
        first = first or file.edition
        if file.edition.number.text != first.number.text:
            yield report(
                "IAM110",
                f"edition {file.edition.number.text} beside edition {first.number.text}",
                file.edition.span,
                labels=[Label(first.span, "the project began with this edition")],
                help="use one edition in all files of a project",
            )


_MEANT_FOR_USE = ("variable", "actions", "services", "tier", "person", "team")


def _unused(project: Project, names: Names) -> Iterator[Diagnostic]:
    """Names that nothing uses: often a slip of the pen where they should have been used."""
    if not any(kind == "role" for own in names.own.values() for kind, _ in own):
        return
    for path, own in names.own.items():
        if path.startswith("iamc:"):
            continue
        for (kind, name), found in own.items():
            if kind == "resources":
                yield from _unused_resources(names, found)
            elif kind in _MEANT_FOR_USE and (path, kind, name) not in names.used:
                yield _unused_name(kind, name, found[0])
    for path, aliases in names.aliases.items():
        for alias, (_, declaration) in aliases.items():
            if (path, "import", alias) not in names.used and declaration.alias is not None:
                yield report(
                    "IAM109",
                    f"nothing is used from `{alias}`",
                    declaration.span,
                    help="remove the import",
                    fix=Fix(declaration.span, "", "remove the import"),
                )


def _unused_resources(names: Names, found: list[Declared]) -> Iterator[Diagnostic]:
    for declared in found:
        for resource in declared.node.resources:
            name = f"{declared.name}.{resource.name.text}"
            if (declared.path, "resource", name) not in names.used:
                yield report(
                    "IAM109",
                    f"resource `{name}` is never used",
                    resource.name.span,
                    help="use it in a role, or remove it",
                )


def _unused_name(kind: str, name: str, declared: Declared) -> Diagnostic:
    if kind in ("person", "team"):
        message, hint = f"{kind} `{name}` is in no grant", "name it in a grant or in a team, or remove it"
        return report("IAM109", message, declared.span, help=hint)
    return report("IAM109", f"{kind} `{name}` is never used", declared.span, help="use it, or remove it")
