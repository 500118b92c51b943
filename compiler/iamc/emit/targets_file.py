"""The targets file: YAML that `targets.schema.json` describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iamc.emit.targets import IdentityCenter, Pilot, Profiles, Targets, Trust
from iamc.emit.user_names import user_name_problems
from iamc.located import LocatedFile, read_located
from iamdsl.diagnostics import Diagnostic


def read_targets(path: Path) -> tuple[Targets | None, tuple[Diagnostic, ...]]:
    """The settings at `path`, or None and what is wrong with them."""
    file, problems = read_located(path, "targets")
    if file is None:
        return None, problems
    targets = _targets(file)
    wrong = tuple(user_name_problems(targets))
    return (None if wrong else targets), (*problems, *wrong)


def _targets(file: LocatedFile) -> Targets:
    value: Mapping[str, Any] = file.content
    names, alerts = value.get("names", {}), value.get("alerts", {})
    center, profiles, pilot = value.get("identity-center"), value.get("profiles"), value.get("pilot")
    return Targets(
        partition=value.get("partition", "aws"),
        prefix=names.get("prefix", ""),
        path=names.get("path", "/"),
        tags=tuple(sorted(value.get("tags", {}).items())),
        ceilings=value.get("boundaries") == "ceilings",
        trust=_trust(value["trust"]) if "trust" in value else None,
        identity_center=_identity_center(center) if center else None,
        profiles=Profiles(**{key.replace("-", "_"): text for key, text in profiles.items()}) if profiles else None,
        destinations=alerts.get("destinations"),
        alert_key=alerts.get("key", ""),
        pilot=Pilot(tuple(pilot["teams"]), pilot.get("suffix", "-pilot")) if pilot else None,
        username=value.get("username", ""),
        raised={name: int(text) for name, text in value.get("limits", {}).items()},
        file=file,
    )


def _trust(value: Mapping[str, Any]) -> Trust:
    ((kind, by),) = value["by"].items()
    principal = by if isinstance(by, str) else by["provider" if kind == "oidc" else "account"]
    named: Mapping[str, str] = {} if isinstance(by, str) else by
    return Trust(
        kind,
        principal,
        audience=named.get("audience", ""),
        subject=named.get("subject", named.get("name", "")),
        session_name=value.get("session-name", ""),
        source_identity=value.get("source-identity", ""),
        session_tags=tuple(sorted(value.get("session-tags", ()))),
        mfa=value.get("mfa", ""),
    )


def _identity_center(value: Mapping[str, Any]) -> IdentityCenter:
    return IdentityCenter(
        value["instance"],
        value.get("groups", {}),
        value.get("users", {}),
        value.get("relay-state", ""),
        value.get("mfa", ""),
    )
