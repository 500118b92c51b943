"""The whole order of the compiler, in one place.

Parsed files become an organisation of units (resolve); each unit then goes through `PASSES`, every one a function
from the unit's work so far to the work with its own part added. Diagnostics are collected, never raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace

from iamc.catalog import Catalog
from iamc.cover import CoverCache
from iamc.model import Compiled, Document, Organisation, Permission, Unit
from iamc.passes.arrange import arrange
from iamc.passes.constrain import constrain
from iamc.passes.expand import expand
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.passes.expectations import Outcome, try_checks
from iamc.passes.prove import prove
from iamc.passes.redundant import redundant
from iamc.passes.resolve import resolve
from iamc.passes.unknown import unknown_in_checks
from iamc.progress import Progress, tracked, unheard
from iamc.project import Project
from iamc.quotas import Quota, quotas
from iamc.sensitivity import Sensitivity
from iamc.settings import Settings
from iamc.verify.universe import KnownAction, Universe
from iamdsl.diagnostics import Diagnostic, errors, ordered
from iamdsl.suppress import suppress
from iamdsl.values import dataclass


@dataclass(slots=True)
class Context:
    """What all passes of one run share: the choices, the catalogue and what was learnt from it."""

    catalog: Catalog
    settings: Settings
    quota: Quota
    vocabulary: Vocabulary
    covers: CoverCache = field(default_factory=CoverCache)
    _universe: Universe | None = None

    @classmethod
    def of(cls, catalog: Catalog, settings: Settings) -> Context:
        """A context for one run (KeyError for a quota that the table does not have)."""
        quota = settings.limits or quotas()[settings.quota]
        return cls(catalog, settings, quota, Vocabulary(catalog, Sensitivity(catalog)))

    @property
    def universe(self) -> Universe:
        """The prover's own reading of the database, made when first needed."""
        if self._universe is None:
            self._universe = Universe.read(self.catalog.identity.source, _overlaid(self.catalog))
        return self._universe


def _overlaid(catalog: Catalog) -> Iterator[KnownAction]:
    """Every action as an overlay leaves it, which the prover cannot read from the database; nothing without one."""
    for prefix in catalog.prefixes if catalog.identity.overlay_sha256 else ():
        service = catalog.service(prefix)
        types = service.resource_types if service else {}
        for action in catalog.actions(prefix):
            templates = tuple(types[name].arn for name in action.types if name in types)
            yield KnownAction(action.qualified, templates, "" in {row.type for row in action.resources})


@dataclass(frozen=True, slots=True)
class Work:
    """One unit on its way through the passes."""

    unit: Unit
    permissions: tuple[Permission, ...] = ()
    documents: tuple[Document, ...] = ()
    lower_bound: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()

    def said(self, diagnostics: Iterable[Diagnostic]) -> Work:
        """The same work with more to say about it."""
        return replace(self, diagnostics=(*self.diagnostics, *diagnostics))


def _expand(work: Work, context: Context) -> Work:
    permissions, diagnostics = expand(work.unit, context.vocabulary, context.settings)
    return replace(work, permissions=permissions).said(diagnostics)


def _constrain(work: Work, context: Context) -> Work:
    return work.said(constrain(work.unit, work.permissions, context.vocabulary))


def _redundant(work: Work, context: Context) -> Work:
    return work.said(redundant(work.unit, work.permissions, context.vocabulary))


def _arrange(work: Work, context: Context) -> Work:
    if not work.permissions:
        return work
    documents, bound, diagnostics = arrange(
        work.unit, work.permissions, context.catalog, context.settings, context.covers, context.quota
    )
    return replace(work, documents=documents, lower_bound=bound).said(diagnostics)


def _prove(work: Work, context: Context) -> Work:
    if not work.documents or errors(work.diagnostics):
        return work
    return work.said(prove(work.unit, work.permissions, work.documents, context.vocabulary, context.universe))


JUDGED: tuple[Callable[[Work, Context], Work], ...] = (_expand, _constrain)
"""What tells whether the lines of a unit are right, each by itself."""
WRITTEN: tuple[Callable[[Work, Context], Work], ...] = (_redundant, _arrange, _prove)
"""What compares them with one another, and writes the documents: more than there is time for between keystrokes."""
PASSES = (*JUDGED, *WRITTEN)
"""What happens to each unit, in this order."""


HIDDEN_BY_ERRORS = frozenset({"IAM109", "IAM306", "IAM309", "IAM405"})
"""What is unused, redundant, without effect or for nobody may be so by a mistake that is reported already."""


@dataclass(frozen=True, slots=True)
class Result:
    """A compiled project. When `failed`, no output may be written.

    `outcomes` has every expectation of the checks, and none when other errors kept them from being tried.
    """

    organisation: Organisation
    compiled: tuple[Compiled, ...]
    diagnostics: tuple[Diagnostic, ...]
    outcomes: tuple[Outcome, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return errors(self.diagnostics)


def compile_project(project: Project, catalog: Catalog, settings: Settings, progress: Progress = unheard) -> Result:
    """Compile every unit of the project. `progress` hears of each unit: how many are done, of how many."""
    context = Context.of(catalog, settings)
    organisation, found = resolve(project, catalog, settings)
    works = [compile_unit(unit, context) for unit in tracked(organisation.units, progress)]
    return conclude(project, organisation, found, works, context)


def compile_unit(unit: Unit, context: Context) -> Work:
    """The unit after all passes; it depends on nothing but the unit and what all runs share."""
    return carry(Work(unit), PASSES, context)


def carry(work: Work, passes: Iterable[Callable[[Work, Context], Work]], context: Context) -> Work:
    """The work after some more passes."""
    for step in passes:
        work = step(work, context)
    return work


def conclude(
    project: Project, organisation: Organisation, found: Iterable[Diagnostic], works: Iterable[Work], context: Context
) -> Result:
    """What the units come to together: their findings, those of resolving (`found`), and the outcomes of the checks."""
    works = tuple(works)
    compiled = tuple(Compiled(work.unit, work.permissions, work.documents, work.lower_bound) for work in works)
    said = everything_said(project, organisation, found, works, context)
    outcomes: tuple[Outcome, ...] = ()
    if not errors(said):
        outcomes = outcomes_of(organisation, compiled, context)
        said.extend(outcome.failure for outcome in outcomes if outcome.failure)
    kept = suppress(ordered(said), project.suppressions)
    return Result(organisation, compiled, tuple(ordered(kept)), outcomes)


def everything_said(
    project: Project, organisation: Organisation, found: Iterable[Diagnostic], works: Iterable[Work], context: Context
) -> list[Diagnostic]:
    """What is said of the texts, the names, the units and the words of the checks, and not hidden by errors."""
    said = [*project.diagnostics, *found, *(finding for work in works for finding in work.diagnostics)]
    said.extend(unknown_in_checks(organisation.checks, context.vocabulary))
    return unhidden(said)


def unhidden(said: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those that may come from an error that is among them."""
    if errors(finding for finding in said if finding.code not in HIDDEN_BY_ERRORS):
        return [finding for finding in said if finding.code not in HIDDEN_BY_ERRORS]
    return said


def outcomes_of(organisation: Organisation, compiled: Iterable[Compiled], context: Context) -> tuple[Outcome, ...]:
    """Every expectation of the checks, tried."""
    by_name = {unit.unit.name: unit for unit in compiled}
    return tuple(try_checks(organisation.checks, by_name, context.vocabulary, context.universe, context.settings.today))
