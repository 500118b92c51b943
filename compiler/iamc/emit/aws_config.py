"""Profiles of the AWS command line: files of their own, or a marked block of a file that people keep by hand.

Format: AWS CLI user guide, "Configuration and credential file settings". Everything outside the marks stays as
it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from iamc.emit.deployment import AccountPlan, Deployment, RolePlan
from iamc.emit.holders import people_of
from iamc.emit.names import label, line
from iamc.emit.refusals import missing
from iamc.emit.targets import Profiles, Targets
from iamc.emit.trust import personal, session_name
from iamc.limits import limits
from iamc.model import Person
from iamdsl.diagnostics import Diagnostic, report

FOLDER = "aws-config"
BEGIN, END = "# >>> iamc: written by `iamc compile --target aws-config`, do not edit >>>", "# <<< iamc <<<"
Wanted = Callable[[RolePlan], bool]


def aws_config(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """`config` with every profile, `teams/NAME` and `people/NAME` with those that a team or a person may use."""
    targets, profiles = deployment.targets, deployment.targets.profiles
    if profiles is None or not _complete(targets, profiles):
        example = "profiles: {region: eu-west-1, sso-session: NAME, start-url: https://...}"
        what = "a sso-session with its start-url, or the source-profile that roles are assumed from"
        return {}, [missing(targets, "profiles", what, example)]
    files = {f"{FOLDER}/config": _block(deployment, profiles, lambda role: True)}
    roles = [role for account in deployment.accounts for role in account.roles]
    for team in sorted(deployment.organisation.teams):
        wanted = _of_team(team)
        if any(map(wanted, roles)):
            files[f"{FOLDER}/teams/{label(team)}"] = _block(deployment, profiles, wanted)
    for name, person in sorted(deployment.organisation.people.items()):
        wanted = _of_person(person)
        if any(map(wanted, roles)):
            files[f"{FOLDER}/people/{label(name)}"] = _block(deployment, profiles, wanted, person)
    return files, list(_unusable(targets, profiles))


def _complete(targets: Targets, profiles: Profiles) -> bool:
    if targets.identity_center is not None:
        return bool(profiles.sso_session and profiles.start_url)
    return bool(profiles.source_profile)


def _unusable(targets: Targets, profiles: Profiles) -> Iterable[Diagnostic]:
    """Why nobody could begin a session by these profiles."""
    trust, place = targets.trust, targets.place("profiles")
    if targets.identity_center is not None or trust is None:
        return
    if trust.kind in ("saml", "oidc"):
        yield report(
            "IAM570",
            f"a `source-profile` cannot assume roles that trust `{trust.kind}`",
            place,
            help="people sign in with a tool of the identity provider's; profiles are for IAM Identity Center, "
            "IAM users and chains of roles",
        )
    if trust.kind == "users" and not profiles.mfa_serial:
        yield report(
            "IAM570",
            "the roles ask IAM users for a second factor, and no profile would name their device",
            place,
            help="write `mfa-serial: arn:aws:iam::NUMBER:mfa/${person.name}`",
        )


def _of_team(team: str) -> Wanted:
    return lambda role: any(holding.team is not None and holding.team.name == team for holding in role.held)


def _of_person(person: Person) -> Wanted:
    return lambda role: person in people_of(role.held)


def _block(deployment: Deployment, profiles: Profiles, wanted: Wanted, person: Person | None = None) -> str:
    sections: list[tuple[str, Mapping[str, str]]] = []
    if deployment.targets.identity_center is not None:
        session = {
            "sso_start_url": profiles.start_url,
            "sso_region": profiles.region,
            "sso_registration_scopes": "sso:account:access",
        }
        sections.append((f"sso-session {profiles.sso_session}", session))
    for account in deployment.accounts:
        for role in account.roles:
            if account.account is not None and wanted(role):
                name = f"profile {label(account.name)}.{label(role.name)}"
                sections.append((name, _profile(deployment, profiles, account, role, person)))
    return "\n".join([BEGIN, *_lines(sections), END]) + "\n"


def _profile(
    deployment: Deployment, profiles: Profiles, account: AccountPlan, role: RolePlan, person: Person | None
) -> dict[str, str]:
    if deployment.targets.identity_center is not None:
        return {
            "sso_session": profiles.sso_session,
            "sso_account_id": account.number,
            "sso_role_name": role.name,
            "region": profiles.region,
        }
    trust = deployment.targets.trust
    chained = trust is not None and trust.kind == "role"
    optional = {
        "role_session_name": session_name(trust, person, account.account) if trust and person else "",
        "mfa_serial": personal(profiles.mfa_serial, person, account.account) if person else "",
    }
    return {
        "role_arn": deployment.arn(account, "role", role.name),
        "source_profile": profiles.source_profile,
        **{key: value for key, value in optional.items() if value},
        "duration_seconds": str(min(role.session, limits()["chained-session"].max) if chained else role.session),
        "region": profiles.region,
    }


def _lines(sections: Iterable[tuple[str, Mapping[str, str]]]) -> Iterable[str]:
    for number, (title, settings) in enumerate(sections):
        if number:
            yield ""
        yield f"[{line(title)}]"
        for key, value in settings.items():
            yield f"{key} = {line(value)}"


def merged(existing: str, block: str) -> str | None:
    """The text of a config file with its marked block replaced, or added at its end; None when the marks are broken."""
    begins, ends = existing.count(BEGIN), existing.count(END)
    if begins == ends == 0:
        gap = "" if not existing else "\n" if existing.endswith("\n") else "\n\n"
        return f"{existing}{gap}{block}"
    start, stop = existing.find(BEGIN), existing.find(END)
    if begins != 1 or ends != 1 or stop < start:
        return None
    return existing[:start] + block.rstrip("\n") + existing[stop + len(END) :]
