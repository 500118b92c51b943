"""Profiles of the AWS command line: files of their own, or a marked block of a file that people keep by hand.

Format: AWS CLI user guide, "Configuration and credential file settings". Everything outside the marks stays as
it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from iamc.emit.deployment import AccountPlan, Deployment, RolePlan
from iamc.emit.names import label, line
from iamc.emit.refusals import missing
from iamc.emit.targets import Profiles, Targets
from iamdsl.diagnostics import Diagnostic

FOLDER = "aws-config"
BEGIN, END = "# >>> iamc: written by `iamc compile --target aws-config`, do not edit >>>", "# <<< iamc <<<"


def aws_config(deployment: Deployment) -> tuple[dict[str, str], list[Diagnostic]]:
    """`config` with every profile, and `teams/NAME` with those that a team may use."""
    targets, profiles = deployment.targets, deployment.targets.profiles
    if profiles is None or not _complete(targets, profiles):
        example = "profiles: {region: eu-west-1, sso-session: NAME, start-url: https://...}"
        what = "a sso-session with its start-url, or the source-profile that roles are assumed from"
        return {}, [missing(targets, "profiles", what, example)]
    files = {f"{FOLDER}/config": _block(deployment, profiles, lambda role: True)}
    for team in sorted(deployment.organisation.teams):
        wanted = _of_team(team)
        if any(wanted(role) for account in deployment.accounts for role in account.roles):
            files[f"{FOLDER}/teams/{label(team)}"] = _block(deployment, profiles, wanted)
    return files, []


def _complete(targets: Targets, profiles: Profiles) -> bool:
    if targets.identity_center is not None:
        return bool(profiles.sso_session and profiles.start_url)
    return bool(profiles.source_profile)


def _of_team(team: str) -> Callable[[RolePlan], bool]:
    return lambda role: any(holding.team is not None and holding.team.name == team for holding in role.held)


def _block(deployment: Deployment, profiles: Profiles, wanted: Callable[[RolePlan], bool]) -> str:
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
                sections.append((name, _profile(deployment, profiles, account, role)))
    return "\n".join([BEGIN, *_lines(sections), END]) + "\n"


def _profile(deployment: Deployment, profiles: Profiles, account: AccountPlan, role: RolePlan) -> dict[str, str]:
    if deployment.targets.identity_center is not None:
        return {
            "sso_session": profiles.sso_session,
            "sso_account_id": account.number,
            "sso_role_name": role.name,
            "region": profiles.region,
        }
    return {
        "role_arn": deployment.arn(account, "role", role.name),
        "source_profile": profiles.source_profile,
        "duration_seconds": str(role.session),
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
