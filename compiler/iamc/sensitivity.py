"""`read-config` and `read-data`: whether a reading action shows how a thing is set up or what is in it.

The catalogue cannot tell the two apart, so `data/read-data.json` lists them, each row with its source and date. What
no row names is decided by the action's name: Describe and List show configuration, any other read is data
until somebody classes it. An overlay's `sensitivity` entries come first.
"""

from __future__ import annotations

from dataclasses import field

from iamc.catalog import Action, Catalog, Level
from iamc.cover import matches
from iamc.data import table
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """`config` or `data`, why, and where that is written."""

    kind: str
    reason: str
    source: str


@dataclass(slots=True)
class Sensitivity:
    """The table of sensitivity, asked by action."""

    catalog: Catalog
    _rows: dict[str, list[tuple[str, Verdict]]] = field(default_factory=dict)
    _prefixes: tuple[str, ...] = ()

    def kind(self, action: Action) -> str:
        """`config` or `data`."""
        return self.verdict(action).kind

    def verdict(self, action: Action) -> Verdict:
        """The kind of an action with the reason for it."""
        own = self.catalog.sensitivity_overrides.get(action.qualified)
        if own is not None:
            return Verdict(own, "classed by the organisation", "overlay")
        if not self._rows:
            self._load()
        for pattern, verdict in self._rows.get(action.service, ()):
            if matches(pattern, action.name):
                return verdict
        if action.level is Level.LIST or action.name.startswith(self._prefixes):
            return Verdict("config", "named as configuration", "naming rule")
        return Verdict("data", "not classed, so held to be data", "naming rule")

    def _load(self) -> None:
        content = table("read-data")
        self._prefixes = tuple(content["configuration-names"]["prefixes"])
        # Rows of data come first: where both match, the stricter reading holds.
        for kind in ("data", "config"):
            for row in content[kind]:
                verdict = Verdict(kind, row["reason"], f"{row['source']} ({row['retrieved']})")
                for pattern in row["actions"]:
                    service, _, name = pattern.partition(":")
                    self._rows.setdefault(service, []).append((name, verdict))
