"""From a use to what it asked for: each action with the ARNs that it acted on, of types that the action knows.

What an event shows comes as ARNs or as request parameters, which fill the ARN templates of the action's resource
types. A type that the action needs and the event does not show stands for all its resources in that account and
Region; an action of which nothing is shown at all is `vague`, and who drafts from it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache

from iamc.alternatives import needed_beside
from iamc.arn import ArnProblem
from iamc.catalog import Action, ResourceType
from iamc.data import table
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.template import PLACEHOLDER
from iamc.usage import apis
from iamc.usage.coverage import Wanted
from iamc.usage.mapping import Mapping
from iamc.usage.model import Use
from iamc.usage.settle import number, place
from iamdsl.values import dataclass

_SAFE = re.compile(r"[\w+=,.@:/*-]+", re.ASCII)
"""What may stand in an ARN of ours: a log cannot bring in a policy variable or a quote."""
_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("", "aws"))
MOST_TYPES = 3
"""More resource types than this, none of them shown: the action is drafted on `*`."""
MOST_NEEDED = 5
"""Required types that one call needs at most (ec2:RunInstances): where there are more, they are alternatives."""


@dataclass(frozen=True, slots=True)
class _Fills:
    """The template variables, in lower case, that a parameter fills, how its value is changed, and of which types."""

    variables: tuple[str, ...]
    suffix: str
    last: bool
    types: tuple[str, ...] = ()


@cache
def _fills() -> dict[str, _Fills]:
    return {
        row["name"].lower(): _Fills(
            tuple(name.lower() for name in row["variables"]),
            row.get("suffix", ""),
            row.get("last", False),
            tuple(row.get("types", ())),
        )
        for row in table("cloudtrail-resources")["parameters"]
    }


def is_plain(arn: str) -> bool:
    """Whether a text of a log is an ARN, or `*`, that may stand in a declaration."""
    return arn == "*" or (arn.startswith("arn:") and _SAFE.fullmatch(arn.replace("?", "")) is not None)


class Reader:
    """Reads uses for one catalogue."""

    def __init__(self, vocabulary: Vocabulary, mapping: Mapping) -> None:
        self.vocabulary = vocabulary
        self.mapping = mapping
        self._read: dict[tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]], Wanted] = {}

    def __call__(self, use: Use) -> Wanted:
        """What the use asked for."""
        key = (use.source, use.name, use.account, use.region, use.resources, use.roles)
        if key not in self._read:
            self._read[key] = self._wanted(use)
        return self._read[key]

    def _wanted(self, use: Use) -> Wanted:
        mapped = self.mapping.actions(use.source, use.name)
        if mapped is None:
            return Wanted((), f"{use.source.removesuffix('.amazonaws.com')} {use.name}")
        pairs: dict[tuple[str, str], None] = {}
        vague = []
        for name in mapped.actions:
            action = self.vocabulary.catalog.action(name)
            if action is None:
                return Wanted((), name)
            shown, found = self._resources(use, action)
            pairs.update(dict.fromkeys((action.qualified, resource) for resource in found))
            if not shown:
                vague.append(action.qualified)
            if "iam:PassRole" in action.dependent_actions or self.mapping.passes(action.qualified):
                pairs.update(dict.fromkeys(("iam:PassRole", role) for role in use.roles if _SAFE.fullmatch(role)))
        runs = self.mapping.runs(use.source) if any(action == "iam:PassRole" for action, _ in pairs) else ""
        return Wanted(tuple(pairs), "", tuple(vague), runs)

    def _resources(self, use: Use, action: Action) -> tuple[bool, tuple[str, ...]]:
        """Whether the event shows what the action acted on (or nothing could), and the resources."""
        types = [kind for kind in self._types(action) if kind.arn]
        if action.wildcard_only or not types:
            return True, ("*",)
        if action.service == "apigateway":
            path = apis.path(use.name, use.resources)
            arn = f"arn:{_partition(use.region)}:apigateway:{place(use.region) or '*'}::{path}"
            # The database knows the methods for HTTP APIs, and for REST APIs only in part.
            return (True, (arn,)) if path and self._fits(arn, action) else (False, ("*",))
        shown = [arn for arn in use.resources if arn.startswith("arn:") and self._fits(arn, action)]
        shown += [arn for kind in types for arn in self._filled(kind, use) if self._fits(arn, action)]
        met = {kind for arn in shown for kind in self._kinds(arn, action)}
        lacking = _lacking(action, met)
        needed = [kind for kind in types if kind.name in lacking]
        if shown or needed:
            return bool(shown), tuple(dict.fromkeys([*shown, *(_any(kind, use) for kind in needed)]))
        return False, tuple(_any(kind, use) for kind in types) if len(types) <= MOST_TYPES else ("*",)

    def _types(self, action: Action) -> Iterator[ResourceType]:
        service = self.vocabulary.catalog.service(action.service)
        known = service.resource_types if service else {}
        return (known[name] for name in action.types if name in known)

    def _kinds(self, arn: str, action: Action) -> frozenset[str]:
        shape = self.vocabulary.shape(arn)
        if isinstance(shape, ArnProblem):
            return frozenset()
        return self.vocabulary.types_for(shape, action.service) & frozenset(action.types)

    def _fits(self, arn: str, action: Action) -> bool:
        return _SAFE.fullmatch(arn.replace("?", "")) is not None and bool(self._kinds(arn, action))

    def _filled(self, kind: ResourceType, use: Use) -> Iterator[str]:
        """The type's template with the parameters' values in it; nothing when they name none of its variables."""
        values = _values(use, kind.name)
        named = [name.lower() for name in PLACEHOLDER.findall(kind.arn)]
        own = [name for name in named if name not in ("partition", "region", "account")]
        given = [values[name] for name in own if name in values]
        for index in range(max(map(len, given), default=0)):
            row = {name: values[name][min(index, len(values[name]) - 1)] for name in own if name in values}
            yield _fill(kind, use, row)


def _values(use: Use, kind: str) -> dict[str, tuple[str, ...]]:
    """By template variable in lower case, the values that the use's parameters give it in ARNs of a type."""
    found: dict[str, list[str]] = {}
    for resource in use.resources:
        name, sign, value = resource.partition("=")
        if not sign or resource.startswith("arn:") or not _SAFE.fullmatch(value):
            continue
        fills = _fills().get(name.lower(), _Fills((), "", False))
        if fills.types and kind not in fills.types:
            continue
        text = f"{value.rpartition('/')[2] if fills.last else value}{fills.suffix}"
        for variable in dict.fromkeys((name.lower(), *fills.variables)):
            found.setdefault(variable, []).append(text)
    return {variable: tuple(texts) for variable, texts in found.items()}


def _fill(kind: ResourceType, use: Use, values: dict[str, str]) -> str:
    common = {
        "partition": _partition(use.region),
        "region": place(use.region) or "*",
        "account": number(use.account) or "*",
    }

    def text(found: re.Match[str]) -> str:
        name = found[1].lower()
        value = (common | values).get(name, "*")
        # The template has the slash already; AWS's alias names begin with the word that the template has.
        before = kind.arn[: found.start()]
        value = value.removeprefix("alias/") if before.endswith("alias/") else value
        return value.lstrip("/") if before.endswith("/") or name.endswith("withoutleadingslash") else value

    return PLACEHOLDER.sub(text, kind.arn)


def _any(kind: ResourceType, use: Use) -> str:
    """Every resource of a type in the use's account and Region."""
    return _fill(kind, use, {})


def _lacking(action: Action, met: set[str]) -> Set[str]:
    """The types that a call needs beside those that its event shows."""
    required = {row.type for row in action.resources if row.required}
    if not met:
        return required if len(required) <= MOST_NEEDED else frozenset()
    return needed_beside(action, met) if len(required) > 1 else required - met


def _partition(region: str) -> str:
    return next(partition for start, partition in _PARTITIONS if region.startswith(start))
