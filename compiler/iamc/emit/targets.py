"""What the outputs need to know beyond the declarations: a YAML file that `targets.schema.json` describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iamc.located import LocatedFile, read_located
from iamdsl.diagnostics import Diagnostic
from iamdsl.source import Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may assume the roles. `kind` is saml, oidc, users or role, `principal` the ARN or account that it names.

    `subject` is the holder's subject (oidc) or IAM user (users). `session_name`, `source_identity` and `subject` may
    hold `${person.name}`, `${person.email}` and `${account.id}`.
    """

    kind: str
    principal: str
    audience: str = ""
    subject: str = ""
    session_name: str = ""
    source_identity: str = ""
    session_tags: tuple[str, ...] = ()
    mfa: str = ""

    @property
    def federated(self) -> bool:
        """Whether people come from an identity provider, so that they have no IAM user name and no MFA flag."""
        return self.kind != "users"

    @property
    def names_people(self) -> bool:
        """Whether the trust policy lists the holders one by one, so that each can have an end of its own."""
        return any("${person." in form for form in (self.subject, self.session_name, self.source_identity))


@dataclass(frozen=True, slots=True)
class IdentityCenter:
    """An instance of IAM Identity Center; `groups` and `users` give ids by group name and by e-mail address."""

    instance: str
    groups: Mapping[str, str]
    users: Mapping[str, str]
    relay_state: str = ""
    mfa: str = ""


@dataclass(frozen=True, slots=True)
class Profiles:
    """What the profiles of the AWS command line need. `mfa_serial` may hold `${person.name}`."""

    region: str
    sso_session: str = ""
    start_url: str = ""
    source_profile: str = ""
    mfa_serial: str = ""


@dataclass(frozen=True, slots=True)
class Pilot:
    """Who tries the new roles first, and how those are told from the final ones."""

    teams: tuple[str, ...]
    suffix: str = "-pilot"


@dataclass(frozen=True, slots=True)
class Targets:
    """The whole file. `place` finds the span of a key path, for diagnostics; None when there is no file.

    `username` is the policy variable that stands for `${aws:username}`, empty for none.
    """

    partition: str = "aws"
    prefix: str = ""
    path: str = "/"
    suffix: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    ceilings: bool = False
    trust: Trust | None = None
    identity_center: IdentityCenter | None = None
    profiles: Profiles | None = None
    destinations: Mapping[str, str] | None = None
    alert_key: str = ""
    pilot: Pilot | None = None
    raised: Mapping[str, int] | None = None
    username: str = ""
    file: LocatedFile | None = None

    def place(self, *way: str | int) -> Span | None:
        """Where a setting stands, or what is around it."""
        return self.file.span(*way) if self.file else None


def read_targets(path: Path) -> tuple[Targets | None, tuple[Diagnostic, ...]]:
    """The settings at `path`, or None and what is wrong with them."""
    from iamc.emit.user_names import user_name_problems

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
