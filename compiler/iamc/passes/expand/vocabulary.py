"""What the catalogue answers: which actions a level, a pattern and a resource stand for.

One `Vocabulary` serves a whole run; it remembers every answer, because a declaration asks the same things over and
over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from iamc.arn import Arn, ArnProblem, parse_arn
from iamc.catalog import Action, Catalog, Level
from iamc.cover import matches
from iamc.sensitivity import Sensitivity
from iamc.shapes import Shapes
from iamdsl.suggest import nearest
from iamdsl.values import dataclass

READS = {"read-config": "config", "read-data": "data"}
"""The two halves of all reading, and what the sensitivity table calls them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an ARN is: the resource types of its own service that it fits."""

    arn: Arn
    own: frozenset[str]


@dataclass(slots=True)
class Vocabulary:
    """Questions about one catalogue, answered once."""

    catalog: Catalog
    sensitivity: Sensitivity
    shapes: Shapes = field(init=False)
    _levels: dict[tuple[str, str], tuple[Action, ...]] = field(default_factory=dict)
    _patterns: dict[str, tuple[Action, ...]] = field(default_factory=dict)
    _names: dict[str | tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _shapes: dict[str, Shape | ArnProblem] = field(default_factory=dict)
    _fitting: dict[tuple[str, str, frozenset[str]], frozenset[str]] = field(default_factory=dict)
    _foreign: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shapes = Shapes(self.catalog)

    # actions ---------------------------------------------------------------------------------------------

    def of_level(self, service: str, level: str) -> tuple[Action, ...]:
        """The actions of a service at one access level; `read-config` and `read-data` divide all reading."""
        key = (service, level)
        if key not in self._levels:
            self._levels[key] = tuple(a for a in self.catalog.actions(service) if self.is_at(a, level))
        return self._levels[key]

    def names_at(self, service: str, level: str) -> frozenset[str]:
        """The qualified names of `of_level`."""
        key = (service, level)
        if key not in self._names:
            self._names[key] = frozenset(action.qualified for action in self.of_level(service, level))
        return self._names[key]

    def is_at(self, action: Action, level: str) -> bool:
        """Whether an action belongs to an access level of the language.

        `read-config` and `read-data` divide the actions of both reading levels, Read and List, because some List
        actions show contents: secretsmanager:BatchGetSecretValue, ec2:DescribeInstanceAttribute.
        """
        if level not in READS:
            return action.level.value == level
        return action.level in (Level.READ, Level.LIST) and self.sensitivity.kind(action) == READS[level]

    def matching(self, pattern: str) -> tuple[Action, ...]:
        """The actions that a pattern such as `s3:Get*` matches; empty when the service or the name is unknown."""
        if pattern not in self._patterns:
            self._patterns[pattern] = tuple(self._match(pattern))
        return self._patterns[pattern]

    def names(self, pattern: str) -> frozenset[str]:
        """The qualified names of `matching`."""
        if pattern not in self._names:
            self._names[pattern] = frozenset(action.qualified for action in self.matching(pattern))
        return self._names[pattern]

    def _match(self, pattern: str) -> Iterable[Action]:
        prefix, _, name = pattern.partition(":")
        if pattern == "*":
            prefix, name = "*", "*"
        if "*" not in name and "?" not in name and "*" not in prefix:
            action = self.catalog.action(pattern)
            return (action,) if action else ()
        services = [p for p in self.catalog.prefixes if matches(prefix, p)]
        return (a for p in services for a in self.catalog.actions(p) if matches(name, a.name))

    def fitting(self, shape: Shape, level: str) -> frozenset[str]:
        """The qualified names of the own service's actions at a level that act on such a resource."""
        key = (shape.arn.service, level, shape.own)
        if key not in self._fitting:
            self._fitting[key] = frozenset(
                action.qualified
                for action in self.of_level(shape.arn.service, level)
                if not shape.own.isdisjoint(action.types)
            )
        return self._fitting[key]

    # resources -------------------------------------------------------------------------------------------

    def shape(self, text: str) -> Shape | ArnProblem:
        """What the ARN `text` is, or what is wrong with it."""
        if text not in self._shapes:
            self._shapes[text] = self._shape(text)
        return self._shapes[text]

    def _shape(self, text: str) -> Shape | ArnProblem:
        arn = parse_arn(text)
        if isinstance(arn, ArnProblem):
            return arn
        own = frozenset(kind.name for kind in self.shapes.types_of(arn))
        problem = None if own else self.shapes.problem(arn)
        return problem or Shape(arn, own)

    def types_for(self, shape: Shape, service: str) -> frozenset[str]:
        """The types that `service` gives such a resource, which may lie in the namespace of another."""
        if service == shape.arn.service:
            return shape.own
        key = (str(shape.arn), service)
        if key not in self._foreign:
            self._foreign[key] = frozenset(kind.name for kind in self.shapes.types_of(shape.arn, service))
        return self._foreign[key]

    def fits(self, shape: Shape, action: Action) -> bool:
        """Whether the action acts on such a resource."""
        return not self.types_for(shape, action.service).isdisjoint(action.types)

    def strangers(self, shape: Shape) -> list[str]:
        """Other services whose actions act on such a resource; asks every service, so for hints only."""
        return sorted({kind.service for kind in self.shapes.foreign_types(shape.arn)})

    # suggestions -----------------------------------------------------------------------------------------

    def nearest_actions(self, pattern: str) -> list[str]:
        """Actions whose names look like `pattern`: of the service named, else of the same name elsewhere."""
        prefix, _, name = pattern.partition(":")
        if prefix.lower() in self.catalog.prefixes:
            names = [action.name for action in self.catalog.actions(prefix.lower())]
            return [f"{prefix.lower()}:{near}" for near in nearest(name, names, 1)]
        return []

    def nearest_services(self, prefix: str) -> list[str]:
        """Services whose prefixes look like `prefix`."""
        return nearest(prefix, self.catalog.prefixes, 1)
