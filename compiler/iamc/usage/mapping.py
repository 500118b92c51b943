"""From CloudTrail's event to the IAM actions that the call needs, and whether CloudTrail would have shown an action.

The Service Authorization Reference links each action to the operation that it guards; turned round, the links name
the action of an operation. `data/cloudtrail-events.json` has what the links do not tell. A call that nothing names
is unknown, and every user of this module reports it.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cached_property
from typing import Any

from iamc.catalog import Catalog
from iamc.cover import matches
from iamc.data import table
from iamdsl.values import dataclass

_OPERATION = re.compile(r"(?:API_|/operation-)([A-Za-z0-9]+)\.html")
_SUFFIX = re.compile(r"(20\d\d(?:[_-]?\d\d){2}|20\d{6})(?:v\d+)?$|v\d+$")
MOST_BY_LINK = 4
"""More actions than this behind one page of documentation: the page is an overview and names no operation."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a call needs: qualified actions. None at all when it needs no permission."""

    actions: tuple[str, ...]


class Mapping:
    """Answers for one catalogue; a service's links are turned round when it is first asked about."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._operations: dict[str, dict[str, tuple[str, ...]]] = {}
        self._answers: dict[tuple[str, str], Mapped | None] = {}

    @cached_property
    def _table(self) -> dict[str, Any]:
        content: dict[str, Any] = table("cloudtrail-events")
        return content

    @cached_property
    def _events(self) -> dict[str, tuple[str, ...]]:
        return {row["event"].lower(): tuple(row["actions"]) for group in self._table["events"] for row in group["rows"]}

    def actions(self, source: str, name: str) -> Mapped | None:
        """The actions behind an event such as `s3.amazonaws.com`, `ListObjects`; None when nothing names them."""
        key = (source, name)
        if key not in self._answers:
            self._answers[key] = self._find(self.service(source), name)
        return self._answers[key]

    def service(self, source: str) -> str:
        """The IAM prefix of an event source; the source's own word for a service that the catalogue has not."""
        word = source.removesuffix(".cn").removesuffix(".amazonaws.com")
        renamed: str = self._table["services"]["renames"].get(word, word)
        return renamed

    def passes(self, action: str) -> bool:
        """Whether a call of a qualified action hands a role over although the database does not say so."""
        return action in self._table["passing"]["actions"]

    def runs(self, source: str) -> str:
        """The service that runs with a role which an event of this source hands over."""
        service: str = self._table["passing"]["services"].get(self.service(source), source)
        return service

    def _find(self, service: str, name: str) -> Mapped | None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or self.catalog.service(service) is None:
            given = self._events.get(f"{service}:{name}".lower())
            return None if given is None else Mapped(given)
        if service == "apigateway":
            return self._verb(name)
        bare = _SUFFIX.sub("", name)
        for word in dict.fromkeys((name, bare)):
            given = self._events.get(f"{service}:{word}".lower())
            if given is not None:
                return Mapped(given)
            own = self.catalog.action(f"{service}:{word}")
            if own is not None:
                return Mapped((own.qualified,))
            linked = self._linked(service).get(word.lower())
            if linked:
                return Mapped(linked)
        return None

    def _linked(self, service: str) -> dict[str, tuple[str, ...]]:
        """The service's actions by the operation, in lower case, that their documentation is about."""
        if service not in self._operations:
            found: dict[str, list[str]] = {}
            for action in self.catalog.actions(service):
                page = _OPERATION.search(action.documentation)
                if page:
                    found.setdefault(page[1].lower(), []).append(action.qualified)
            self._operations[service] = {
                operation: tuple(sorted(names)) for operation, names in found.items() if len(names) <= MOST_BY_LINK
            }
        return self._operations[service]

    def _verb(self, name: str) -> Mapped | None:
        """API Gateway's actions are the methods of HTTP, which its operations begin with in words."""
        rules = self._table["verbs"]
        verb = rules["exceptions"].get(name)
        if verb is None:
            verb = next((verb for start, verb in rules["apigateway"].items() if name.startswith(start)), None)
        return None if verb is None else Mapped((f"apigateway:{verb}",))


@dataclass(frozen=True, slots=True)
class Logging:
    """What CloudTrail shows of an action: `management`, `data` (only where a trail asks for it) or `never`."""

    rows: tuple[tuple[str, str], ...] = field(repr=False)

    def kind(self, action: str) -> str:
        """How the use of a qualified action is logged."""
        return next((kind for pattern, kind in self.rows if _is(pattern, action)), "management")


def logging() -> Logging:
    """The table of `data/cloudtrail-events.json`; what no row names is a management event."""
    content = table("cloudtrail-events")["unlogged"]
    return Logging(
        tuple((pattern, kind) for kind in ("never", "data") for row in content[kind] for pattern in row["actions"])
    )


def _is(pattern: str, action: str) -> bool:
    service, _, name = pattern.partition(":")
    other, _, asked = action.partition(":")
    return service == other and matches(name, asked)
