"""Which resource types an ARN names, and what to say when it names none.

`iamc.template` holds the rule by which one ARN is compared with one type. Here are the types of a whole
service, looked up by their first word; the most specific ones win.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamc.spellings import SPELLINGS
from iamc.template import Name, Template, compile_template, fits, loosened, outranks
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from iamc.arn import Arn, ArnProblem
    from iamc.catalog import Catalog, ResourceType, Service

_VENDOR = "${Vendor}"


@dataclass(frozen=True, slots=True)
class _Types:
    """The types of one service that lie in one namespace, by the first word of their resource.

    `open` are those that begin with a variable; they come into question for every ARN.
    """

    all: tuple[Template, ...]
    by_head: Mapping[str, tuple[Template, ...]]
    open: tuple[Template, ...]

    def candidates(self, resource: str, first: str) -> Iterable[Template]:
        """The templates that a resource with this first segment may fit."""
        if "*" in first or "?" in first or "$" in first or resource == "*":
            return self.all
        return self.by_head.get(first, self.open)


class Shapes:
    """The resource types of a catalogue by the shapes of their ARNs; a service is compiled when first needed.

    The *namespace* of a type is the service field of its ARN. It is nearly always the service that defines
    the type. A few namespaces have no service of their own (`catalog` belongs to `servicecatalog`), and some
    services define types in the namespaces of others (`sts` knows the roles of `iam`).
    """

    __slots__ = ("_catalog", "_compiled", "_definers")

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._compiled: dict[tuple[str, str], _Types] = {}
        self._definers: dict[str, tuple[str, ...]] | None = None

    def types_of(self, arn: Arn, service: str | None = None) -> tuple[ResourceType, ...]:
        """The most specific resource types that the ARN names, in the database's order; empty if none.

        Without `service`, those of the ARN's own namespace. With it, the types that this service defines
        there: `types_of(role_arn, "sts")` finds what the actions of `sts` act on.
        """
        name = Name.of(arn.region, arn.account, arn.resource)
        found: list[ResourceType] = []
        for definer in (service,) if service else self.owners(arn.service):
            known = self._catalog.service(definer)
            if known is not None:
                # A type with several spellings is named once.
                found += {
                    template.resource.name: template.resource for template in self._named(known, arn, name)
                }.values()
        return tuple(found)

    def foreign_types(self, arn: Arn) -> tuple[ResourceType, ...]:
        """The types that services other than the namespace's own define for such an ARN.

        For hints and never for granting unasked. The first call reads every service of the catalogue.
        """
        owners = self.owners(arn.service)
        others = (definer for definer in self._all_definers().get(arn.service, ()) if definer not in owners)
        return tuple(found for definer in others for found in self.types_of(arn, definer))

    def owners(self, namespace: str) -> tuple[str, ...]:
        """The services whose types an ARN of this namespace names; empty if nobody knows the namespace."""
        if namespace in self._catalog:
            return (namespace,)
        return self._all_definers().get(namespace, ())

    def problem(self, arn: Arn) -> ArnProblem | None:
        """Why the ARN names no type of its own namespace; None if it names one.

        IAM201 unknown service, IAM206 fits no type, IAM210 fits one but for its region or account. Offsets
        are those of `str(arn)`.
        """
        from iamc.shape_help import Surroundings, explain

        if self.types_of(arn):
            return None
        around = Surroundings(tuple(self._templates(arn)), self._catalog.prefixes, lambda: self.foreign_types(arn))
        return explain(arn, around)

    def shape_help(self, arn: Arn) -> str:
        """One line that shows the known ARN nearest to this one, or "" if there is none."""
        from iamc.shape_help import nearest_shape

        return nearest_shape(arn, tuple(self._templates(arn)))

    def _templates(self, arn: Arn) -> Iterator[Template]:
        for owner in self.owners(arn.service):
            service = self._catalog.service(owner)
            if service is not None:
                yield from self._types(service, arn.service).all

    def _named(self, service: Service, arn: Arn, name: Name) -> list[Template]:
        types = self._types(service, arn.service)
        candidates = types.candidates(arn.resource, name.texts[2])
        found = [template for template in candidates if fits(name, template.segments)]
        if len(found) > 1:
            return [loser for loser in found if not any(outranks(winner, loser, name) for winner in found)]
        # Most names fit as they are: how a template may be read loosely is worked out only for those that do not.
        return found or [t for t in candidates if (loose := loosened(t, types.all)) and fits(name, loose)]

    def _types(self, service: Service, namespace: str) -> _Types:
        key = (service.prefix, namespace)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(service, namespace)
        return found

    def _all_definers(self) -> dict[str, tuple[str, ...]]:
        if self._definers is None:
            definers: dict[str, dict[str, None]] = {}
            for prefix in self._catalog.prefixes:
                service = self._catalog.service(prefix)
                for resource in service.resource_types.values() if service else ():
                    definers.setdefault(_namespace(resource.arn), {})[prefix] = None
            self._definers = {namespace: tuple(found) for namespace, found in definers.items()}
        return self._definers


def _namespace(template: str) -> str:
    return template.split(":", 3)[2]


def _compile(service: Service, namespace: str) -> _Types:
    found = []
    for resource in service.resource_types.values():
        known = dict.fromkeys((resource.arn, *SPELLINGS.get((service.prefix, resource.name), ())))
        found += [compile_template(resource, arn) for arn in known if _namespace(arn) in (namespace, _VENDOR)]
    every = tuple(found)
    opened = tuple(template for template in every if template.head is None)
    heads = dict.fromkeys(template.head for template in every if template.head is not None)
    by_head = {head: tuple(t for t in every if t.head in (head, None)) for head in heads}
    return _Types(every, by_head, opened)
