"""Lay an organisation's own facts and opinions over the services of the database.

An overlay adds; the one thing that it changes is an action's access level. A name that the database does
not know is a fault, because a misspelt override would silently leave the level as it was. So is an addition
that the database has meanwhile learnt, because the two might disagree.
"""

from __future__ import annotations

from dataclasses import field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from iamc.catalog.model import (
    Action,
    ActionResource,
    CatalogError,
    ConditionKey,
    Level,
    ResourceType,
    Service,
)
from iamc.catalog.overlay_file import OverlayFile, place
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Overlay:
    """What an overlay makes of a database: the services that it touches, and its opinions on sensitivity.

    `sensitivity` maps qualified actions in the catalogue's spelling to `config` or `data`.
    """

    sha256: str
    services: Mapping[str, Service]
    sensitivity: Mapping[str, str]


def lay(file: OverlayFile, find: Callable[[str], Service | None]) -> Overlay:
    """Apply an overlay to the services of `find`; raises `CatalogError` with a line for each fault."""
    work = _Work(find)
    for prefix, body in file.content.get("services", {}).items():
        work.extend(prefix, body)
    work.check_references()
    for action, level in work.resolve("levels", file.content.get("levels", {})):
        actions = work.open(action.service).actions
        actions[action.name.lower()] = replace(action, level=Level(level))
    sensitivity = work.resolve("sensitivity", file.content.get("sensitivity", {}))
    if work.faults:
        raise CatalogError("\n".join(f"{file.path}: {fault}" for fault in work.faults))
    return Overlay(
        file.sha256,
        {prefix: draft.finish() for prefix, draft in work.drafts.items()},
        MappingProxyType({action.qualified: kind for action, kind in sensitivity}),
    )


@dataclass(slots=True)
class _Draft:
    """A service while the overlay is laid over it."""

    prefix: str
    name: str
    url: str
    actions: dict[str, Action]
    resource_types: dict[str, ResourceType]
    condition_keys: dict[str, ConditionKey]

    def finish(self) -> Service:
        return Service(
            self.prefix,
            self.name,
            self.url,
            MappingProxyType(dict(sorted(self.actions.items()))),
            MappingProxyType(self.resource_types),
            MappingProxyType(self.condition_keys),
        )


@dataclass(slots=True)
class _Work:
    """The drafts of all touched services, what was added at which place, and the faults found so far."""

    find: Callable[[str], Service | None]
    drafts: dict[str, _Draft] = field(default_factory=dict)
    added: list[tuple[tuple[str, ...], Action | ResourceType]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, prefix: str) -> _Draft:
        """Begin to change a service, existing or new."""
        if prefix not in self.drafts:
            base = self.find(prefix) or Service(prefix, "", "", {}, {}, {})
            self.drafts[prefix] = _Draft(
                prefix,
                base.name,
                base.url,
                dict(base.actions),
                dict(base.resource_types),
                dict(base.condition_keys),
            )
        return self.drafts[prefix]

    def extend(self, prefix: str, body: dict[str, Any]) -> None:
        """Add what the overlay says of one service."""
        is_new = self.find(prefix) is None
        draft = self.open(prefix)
        if is_new and "name" not in body:
            self._fault("the service is not in the database; a new one needs 'name'", "services", prefix)
        for key in ("name", "url"):
            if not is_new and key in body:
                self._fault("the database knows this service; remove this key", "services", prefix, key)
        draft.name, draft.url = body.get("name", draft.name), body.get("url", draft.url)
        for name, value in body.get("resource-types", {}).items():
            at = ("services", prefix, "resource-types", name)
            if self._is_free(name, draft.resource_types, *at):
                kind = ResourceType(prefix, name, value["arn"], tuple(value.get("condition-keys", ())))
                draft.resource_types[name] = kind
                self.added.append((at, kind))
        for name, value in body.get("condition-keys", {}).items():
            if self._is_free(name, draft.condition_keys, "services", prefix, "condition-keys", name):
                draft.condition_keys[name] = ConditionKey(name, value["type"], value.get("description", ""))
        for name, value in body.get("actions", {}).items():
            at = ("services", prefix, "actions", name)
            if self._is_free(name.lower(), draft.actions, *at):
                action = draft.actions[name.lower()] = _action(prefix, name, value)
                self.added.append((at, action))

    def check_references(self) -> None:
        """Check that everything that the additions name exists, among the additions or in the database."""
        for at, added in self.added:
            draft = self.open(added.service)
            for key in added.condition_keys:
                if not key.startswith("aws:") and key not in draft.condition_keys:
                    self._fault(f"{draft.prefix} has no condition key {key}", *at)
            if isinstance(added, Action):
                for kind in added.types:
                    if kind not in draft.resource_types:
                        self._fault(f"{draft.prefix} has no such resource type", *at, "resources", kind)
                for dependent in added.dependent_actions:
                    if self._action(dependent) is None:
                        self._fault(f"there is no action {dependent}", *at)

    def resolve(self, section: str, entries: dict[str, str]) -> list[tuple[Action, str]]:
        """Find the actions that a section of the overlay names."""
        found: dict[str, tuple[Action, str]] = {}
        for qualified, value in entries.items():
            action = self._action(qualified)
            if action is None:
                self._fault(f"there is no such action{self._hint(qualified)}", section, qualified)
            elif action.qualified in found:
                self._fault(f"{action.qualified} stands twice", section, qualified)
            else:
                found[action.qualified] = (action, value)
        return list(found.values())

    def _action(self, qualified: str) -> Action | None:
        prefix, _, name = qualified.lower().partition(":")
        service = self.drafts.get(prefix) or self.find(prefix)
        return service.actions.get(name) if service else None

    def _hint(self, qualified: str) -> str:
        from difflib import get_close_matches

        prefix, _, name = qualified.lower().partition(":")
        service = self.drafts.get(prefix) or self.find(prefix)
        near = get_close_matches(name, service.actions, n=1) if service else []
        return f"; did you mean {service.actions[near[0]].qualified}?" if service and near else ""

    def _is_free(self, name: str, taken: Mapping[str, object], *at: str) -> bool:
        if name in taken:
            self._fault("it exists already; an overlay can only add", *at)
        return name not in taken

    def _fault(self, message: str, *at: str) -> None:
        self.faults.append(f"{place(at)}: {message}")


def _action(prefix: str, name: str, value: dict[str, Any]) -> Action:
    """Build an added action; keys outside `resources` go into the blank row, as AWS documents them."""
    rows = [ActionResource(kind, row["required"], *_extras(row)) for kind, row in value.get("resources", {}).items()]
    keys, dependents = _extras(value)
    if keys or dependents or not rows:
        rows.append(ActionResource("", False, keys, dependents))
    text, link = value.get("description", ""), value.get("documentation", "")
    return Action(prefix, name, Level(value["level"]), text, tuple(rows), link)


def _extras(row: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(row.get("condition-keys", ())), tuple(row.get("dependent-actions", ()))
