"""The first files of a project, for `iamc init`: an organisation, the tiers of the library, and who has which role."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamdsl.format import format_source
from iamdsl.source import Source
from iamdsl.values import dataclass

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

HOOKS = """\
repos:
  - repo: local
    hooks:
      - id: iamc-fmt
        name: iamc fmt
        entry: iamc fmt
        language: system
        files: \\.iamdsl$
      - id: iamc-check
        name: iamc check
        entry: iamc check --staged
        language: system
        files: \\.iamdsl$
        pass_filenames: false
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the first files need to know. `accounts` are (name, twelve digits); `services` IAM prefixes."""

    accounts: tuple[tuple[str, str], ...]
    region: str
    team: str
    people: tuple[str, ...]
    services: tuple[str, ...]


def problem_of(answers: Answers, known_services: Sequence[str]) -> str | None:
    """What is wrong with the answers, in words; None when nothing is."""
    for name, number in answers.accounts:
        if not _NAME.fullmatch(name):
            return f"`{name}` is no name: letters, digits and single dashes, a letter first"
        if not re.fullmatch(r"\d{12}", number):
            return f"`{number}` is no account number: it has twelve digits, without dashes"
    if len(dict(answers.accounts)) < len(answers.accounts):
        return "two accounts have the same name"
    if not _NAME.fullmatch(answers.team):
        return f"`{answers.team}` is no name for a team: letters, digits and single dashes, a letter first"
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d+", answers.region):
        return f"`{answers.region}` is no region: they look like eu-west-1"
    for email in answers.people:
        if not _EMAIL.fullmatch(email):
            return f"`{email}` is no e-mail address"
    if not answers.people:
        return "at least one person must be able to sign in"
    unknown = [service for service in answers.services if service not in known_services]
    return f"there is no service `{unknown[0]}`; `iamc query services` lists them" if unknown else None


def files(answers: Answers) -> dict[str, str]:
    """File name to text, formatted."""
    made = {"org.iamdsl": _organisation(answers), "roles.iamdsl": _roles(answers)}
    return {name: _formatted(name, text) for name, text in made.items()}


def _formatted(name: str, text: str) -> str:
    result = format_source(Source(name, text))
    if result.text is None:
        raise AssertionError(f"{name} does not parse: {result.diagnostics}")
    return result.text


def _organisation(answers: Answers) -> str:
    names = _names(answers.people)
    accounts = "\n".join(f"account {name} {number}" for name, number in answers.accounts)
    people = "\n".join(f"  {name} {email}" for name, email in zip(names, answers.people, strict=True))
    return f"""# Who we are: accounts, people, teams. Every other file imports this one.
edition 1

let region = "{answers.region}"

{accounts}

people {{
{people}
}}

team {answers.team} {{ members {", ".join(names)} }}

# What we use; `iamc query services` lists all there are.
services used = {", ".join(answers.services)}
"""


def _roles(answers: Answers) -> str:
    accounts = ", ".join(f"org.{name}" for name, _ in answers.accounts)
    return f"""# The tiers of access, and who has them where.
# What a level stands for: iamc query actions ec2 --level read-config
edition 1

import "org.iamdsl" as org
import "iamc:tiers" as std

role viewer : std.viewer {{
  describe "Sees how everything is set up, and no contents."
  allow read-config on service org.used
}}

# Say here what the team runs, instance by instance and bucket by bucket, rather than everything.
role operator : std.power-user {{
  describe "Runs what the team owns."
  use viewer
  allow ec2:StartInstances, ec2:StopInstances, ec2:RebootInstances
    on arn:aws:ec2:${{org.region}}:${{account.id}}:instance/*
    when tag "team" = "{answers.team}"
}}

role administrator : std.administrator {{
  describe "For what no other role can do."
  managed "AdministratorAccess"
}}

role emergency : std.break-glass break-glass {{
  describe "For when the usual ways are down; every use is heard of."
  managed "AdministratorAccess"
}}

grant viewer, operator to org.{answers.team} in {accounts}

grant administrator, emergency to org.{_names(answers.people)[0]} in {accounts} {{
  reason "set up by iamc init; name the people who are on call"
}}

check "nobody below an administrator touches identity or reads contents" {{
  role viewer, operator
  expect deny iam:CreateUser, iam:AttachRolePolicy, iam:PutRolePolicy
  expect deny secretsmanager:GetSecretValue, s3:GetObject
}}
"""


def _names(emails: Sequence[str]) -> list[str]:
    """A name for each person, from the address: letters, digits and single dashes; numbered where two are alike."""
    found: list[str] = []
    for email in emails:
        words = re.findall(r"[A-Za-z0-9]+", email.partition("@")[0])
        stem = name = "-".join(words) if words and words[0][0].isalpha() else "-".join(["p", *words])
        number = 1
        while name in found:
            number += 1
            name = f"{stem}-{number}"
        found.append(name)
    return found
