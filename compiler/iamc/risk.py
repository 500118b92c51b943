"""How much an action weighs in wrong hands, for reports that put the worst first.

The lists are policy-sentry's (`shared/data/audit`, MIT licence), read from the installed package: actions that lead to
more access, that hand out credentials, that open a resource to others. What they do not name goes by its access level
and by `read-data.json`.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cached_property
from pathlib import Path

from iamc.catalog import Level
from iamc.data import table
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.values import dataclass

AUDIT = "shared/data/audit"
LISTS = {
    "escalation": "privilege-escalation.txt",
    "credentials": "credentials-exposure.txt",
    "exposure": "resource-exposure.txt",
}
KINDS = ("escalation", "credentials", "exposure", "permissions", "write", "data", "tagging", "config")
"""The worst first."""
_BY_LEVEL = {Level.PERMISSIONS: "permissions", Level.WRITE: "write", Level.TAGGING: "tagging"}


class Risk:
    """Kinds of actions of one catalogue."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def kind(self, name: str) -> str:
        """The worst of `KINDS` that fits an action; what the catalogue does not know counts as an escalation."""
        for kind, names in self._listed.items():
            if name.lower() in names:
                return kind
        action = self._vocabulary.catalog.action(name)
        if action is None:
            return "escalation"
        return _BY_LEVEL.get(action.level) or self._vocabulary.sensitivity.kind(action)

    def listed(self, kind: str) -> frozenset[str]:
        """The lower-case names that one of `LISTS` has."""
        return self._listed.get(kind, frozenset())

    @cached_property
    def _listed(self) -> dict[str, frozenset[str]]:
        spec = importlib.util.find_spec("policy_sentry")
        folders = spec.submodule_search_locations if spec else None
        return {kind: _names(Path(folders[0], AUDIT, file)) for kind, file in LISTS.items()} if folders else {}


def _names(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return frozenset(line.strip().lower() for line in lines if ":" in line)


# combinations ---------------------------------------------------------------------------------------------------------

EXPOSING = {
    "credentials": ("IAM611", "can read or make credentials"),
    "exposure": ("IAM612", "can open a resource to others"),
}
"""Kinds of actions that lay something open: the finding's code, and what is said of the role."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to more privileges: whoever holds all of the actions (in lower case) has it."""

    name: str
    written: tuple[str, ...]

    @property
    def actions(self) -> frozenset[str]:
        """The actions in lower case."""
        return frozenset(name.lower() for name in self.written)


def ways() -> tuple[Way, ...]:
    """Every known way, each combination once: those of `escalations.json`, then cloudsplaining's where installed."""
    found: dict[frozenset[str], Way] = {}
    ours = (Way(row["name"], tuple(row["actions"])) for row in table("escalations")["ways"])
    for way in (*ours, *_cloudsplaining()):
        found.setdefault(way.actions, way)
    return tuple(found.values())


def _cloudsplaining() -> tuple[Way, ...]:
    if importlib.util.find_spec("cloudsplaining") is None:
        return ()
    methods = importlib.import_module("cloudsplaining.shared.constants").PRIVILEGE_ESCALATION_METHODS
    return tuple(Way(name, tuple(actions)) for name, actions in methods.items())
