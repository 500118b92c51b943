"""`iamc.lock`: what every part of every role stood for when somebody last looked at it.

The file names the database and lists, once for each kind of request, the exact actions. It is written sorted, one
action a line, so that the diff of a commit shows what a new database changes. No dates, no paths.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from iamc import __version__
from iamc.catalog import Catalog, CatalogIdentity
from iamc.drift.expansions import Expansions, Part, digest, kind, parts, vocabulary_of, written_wildcards
from iamc.drift.weights import weighed
from iamc.model import Compiled, Unit
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.values import dataclass

SCHEMA = "urn:iamc:schema:lock:1"
SHOWN = 8
"""Names that one finding lists before it counts the rest."""


class LockError(Exception):
    """The lock cannot be used; the message is written for the user."""


@dataclass(frozen=True, slots=True)
class LockedRole:
    """One role in one account: the expansion that each part has, and the wildcards of its documents."""

    digest: str
    parts: Mapping[str, str]
    wildcards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of `iamc.lock`. `expansions` has action names by the key that parts and wildcards refer to."""

    iamc: str
    database: Mapping[str, Any]
    roles: Mapping[str, LockedRole]
    expansions: Mapping[str, frozenset[str]]

    def names(self, unit: str, text: str) -> frozenset[str] | None:
        """What a part stood for; None when it is not in the lock."""
        role = self.roles.get(unit)
        key = role.parts.get(text) if role else None
        return None if key is None else self.expansions[key]


def identity(known: CatalogIdentity) -> dict[str, Any]:
    """How the lock and the manifest name a database."""
    return {
        "package_version": known.package_version,
        "sha256": known.sha256,
        "overlay_sha256": known.overlay_sha256,
        "services": known.services,
        "actions": known.actions,
    }


# making and writing ------------------------------------------------------------------------------------------


def lock_of(compiled: Iterable[Compiled], catalog: Catalog) -> Lock:
    """The lock of compiled units."""
    expansions = Expansions(vocabulary_of(catalog))
    table: dict[str, frozenset[str]] = {}
    roles: dict[str, LockedRole] = {}
    for unit in sorted(compiled, key=lambda each: each.unit.name):
        said: dict[str, str] = {}
        for part in sorted(parts(unit.unit), key=lambda part: part.text):
            names = expansions.of(part)
            key = kind(part, expansions.vocabulary)
            if table.setdefault(key, names) != names:
                key = part.text
                table[key] = names
            said[part.text] = key
        wildcards = written_wildcards(unit)
        for pattern in wildcards:
            table[pattern] = expansions.opened([pattern])
        roles[unit.unit.name] = LockedRole(_digest(said, table), said, wildcards)
    return Lock(__version__, identity(catalog.identity), roles, table)


def _digest(said: Mapping[str, str], table: Mapping[str, frozenset[str]]) -> str:
    return digest((text, table[key]) for text, key in said.items())


def text_of(lock: Lock) -> str:
    """The text of `iamc.lock`, which `iamc_schemas/lock.schema.json` describes."""
    content = {
        "$schema": SCHEMA,
        "iamc": lock.iamc,
        "database": lock.database,
        "roles": {
            name: {"digest": role.digest, "parts": dict(sorted(role.parts.items())), "wildcards": list(role.wildcards)}
            for name, role in sorted(lock.roles.items())
        },
        "expansions": {key: sorted(names) for key, names in sorted(lock.expansions.items())},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


# reading -----------------------------------------------------------------------------------------------------


def read_lock(path: Path) -> Lock:
    """The lock at `path`; LockError when it cannot be read, has another form or was changed by hand."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise LockError(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        lock = _read(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LockError(f"`{path}` is not a lock of this version of iamc") from error
    for name, role in lock.roles.items():
        if any(p not in lock.expansions for p in role.wildcards) or role.digest != _digest(role.parts, lock.expansions):
            raise LockError(f"`{path}` was changed by hand: the digest of `{name}` does not fit")
    return lock


def _read(content: Any) -> Lock:
    if content["$schema"] != SCHEMA:
        raise ValueError(content["$schema"])
    table = {str(key): frozenset(map(str, names)) for key, names in content["expansions"].items()}
    roles = {}
    for name, role in content["roles"].items():
        said = {str(text): str(key) for text, key in role["parts"].items()}
        if unknown := set(said.values()) - table.keys():
            raise KeyError(min(unknown))
        roles[str(name)] = LockedRole(str(role["digest"]), said, tuple(map(str, role["wildcards"])))
    return Lock(str(content["iamc"]), dict(content["database"]), roles, table)


# holding to it -----------------------------------------------------------------------------------------------


def differences(lock: Lock, units: Iterable[Unit], catalog: Catalog, *, complete: bool) -> list[Diagnostic]:
    """A finding for each part that stands for something else than it did.

    complete: also for parts that the lock does not have. Without it, a lock of this very database and version is
    taken at its word.
    """
    if not complete and lock.iamc == __version__ and lock.database == identity(catalog.identity):
        return []
    expansions = Expansions(vocabulary_of(catalog))
    found: dict[tuple[object, ...], Diagnostic] = {}
    for unit in units:
        for part in parts(unit):
            finding = _difference(lock.names(part.unit, part.text), part, expansions, complete)
            if finding is not None:
                span = part.span
                found.setdefault((span.path, span.start, span.end, finding.message, finding.notes), finding)
    return list(found.values())


def _difference(locked: frozenset[str] | None, part: Part, expansions: Expansions, complete: bool) -> Diagnostic | None:
    what = part.text.partition(" on ")[0].partition(" ")[2]
    if locked is None:
        help_ = "look at what it stands for, then run `iamc lock`"
        return report("IAM562", f"`{what}` is not in the lock", part.span, help=help_) if complete else None
    now = expansions.of(part)
    if now == locked:
        return None
    notes = [
        f"{word}: {_listed(_by_weight(names, expansions))}"
        for word, names in (("more", now - locked), ("no more", locked - now))
        if names
    ]
    message = f"`{what}` does not stand for what is locked"
    return report("IAM561", message, part.span, notes=notes, help="see `iamc drift`, then run `iamc lock`")


def _by_weight(names: Collection[str], expansions: Expansions) -> Iterator[str]:
    return (each.action for each in weighed(names, expansions.vocabulary))


def _listed(names: Iterable[str]) -> str:
    every: Sequence[str] = list(names)
    rest = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"{', '.join(every[:SHOWN])}{rest}"
