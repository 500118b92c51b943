"""What the outputs need to know beyond the declarations, as values; `targets_file` reads them."""

from __future__ import annotations

from collections.abc import Mapping

from iamc.located import LocatedFile
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
