"""What back ends write of a result: staged, planned, and all targets together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module

from iamc.catalog import Catalog
from iamc.emit import BACK_ENDS
from iamc.emit.ceilings import ceilings
from iamc.emit.deployment import Deployment, plan
from iamc.emit.files import unsafe
from iamc.emit.stage import pilot
from iamc.emit.targets import Targets
from iamc.model import Compiled
from iamc.pipeline import Result
from iamdsl.diagnostics import Diagnostic, report

BackEnd = Callable[[Deployment], tuple[dict[str, str], list[Diagnostic]]]
"""A deployment to texts by file name, and what AWS would refuse of them."""


def back_end(name: str) -> BackEnd:
    """The function of a target (KeyError for one that does not exist), imported when it is needed."""
    module, _, function = BACK_ENDS[name].partition(":")
    found: BackEnd = getattr(import_module(module), function)
    return found


def staged(result: Result, targets: Targets, stage: str) -> tuple[Result, Targets, list[Diagnostic]]:
    """What is deployed at a stage: everything for `everyone`, the pilot's part for `pilot`."""
    if stage == "everyone":
        return result, targets, []
    organisation, compiled, targets, problems = pilot(result.organisation, result.compiled, targets)
    return replace(result, organisation=organisation, compiled=compiled), targets, problems


def deployed(result: Result, targets: Targets, catalog: Catalog) -> Deployment:
    """The deployment of a compiled project; ceilings are worked out where something may ask for them."""
    return plan(result.organisation, result.compiled, targets, ceilings(result.compiled, catalog))


def files_of(
    deployment: Deployment, names: Sequence[str], documents: Iterable[str]
) -> tuple[dict[str, str], list[Diagnostic]]:
    """The files of all these targets; `documents` are the names that policy documents have taken."""
    files: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for name in dict.fromkeys(names):
        made, said = back_end(name)(deployment)
        files |= made
        problems += said
    units = [role.unit for account in deployment.accounts for role in account.roles]
    problems += _unsafe_names([*documents, *files], units)
    return files, problems


def _unsafe_names(files: Iterable[str], units: Sequence[Compiled]) -> Iterable[Diagnostic]:
    """Names that a file system would refuse, take for another or put elsewhere."""
    folded: dict[str, str] = {}
    for name in files:
        other = folded.get(name.casefold())
        folded[name.casefold()] = name
        if unsafe(name) or other:
            why = f"`{name}` and `{other}` would be one file" if other else f"`{name}` cannot be a file name"
            yield report(
                "IAM404", why, units[0].unit.role.span if units else None, help="rename what it is called after"
            )
