"""Organisations of any size, made from a seed: accounts, people, teams, their resources and roles with many lines.

    python tests/bench/organisations.py FOLDER [ROLES] [LINES_OF_A_ROLE]

One shared file and one file a team, ten roles each, as large companies write them. Every role lives in two accounts.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

ACCOUNTS = 10
ROLES_OF_A_TEAM = 10
KINDS = (
    ("table", "arn:aws:dynamodb:eu-west-1:${account.id}:table/%s", ("read", "write")),
    ("bucket", "arn:aws:s3:::%s", ("list", "tagging")),
    ("objects", "arn:aws:s3:::%s/*", ("read", "write")),
    ("queue", "arn:aws:sqs:eu-west-1:${account.id}:%s", ("read", "write")),
    ("function", "arn:aws:lambda:eu-west-1:${account.id}:function:%s", ("read", "tagging")),
    ("topic", "arn:aws:sns:eu-west-1:${account.id}:%s", ("read-config", "write")),
    ("stream", "arn:aws:kinesis:eu-west-1:${account.id}:stream/%s", ("read", "write")),
    ("group", "arn:aws:logs:eu-west-1:${account.id}:log-group:/%s", ("read",)),
)


def organisation(roles: int, lines: int, seed: int = 1) -> dict[str, str]:
    """The files of an organisation by name; `lines` allow lines in each of the `roles`."""
    chance = random.Random(seed)
    teams = -(-roles // ROLES_OF_A_TEAM)
    files = {"org.iamdsl": _shared(teams)}
    for team in range(teams):
        count = min(ROLES_OF_A_TEAM, roles - team * ROLES_OF_A_TEAM)
        files[f"team-{team:04}.iamdsl"] = _team(team, count, lines, chance)
    return files


def _shared(teams: int) -> str:
    text = ["edition 1", ""]
    text += [f"account a{n} {100000000000 + n} {{ class production }}" for n in range(ACCOUNTS)]
    text += ["", "people {", *(f"  p{n} p{n}@example.com" for n in range(3 * teams)), "}", ""]
    text += [f"team t{n} {{ members p{3 * n}, p{3 * n + 1}, p{3 * n + 2} }}" for n in range(teams)]
    text += ["", "tier worker {", "  session 4h", "  ceiling list, read, write, tagging", "}", ""]
    return "\n".join(text)


def _team(team: int, roles: int, lines: int, chance: random.Random) -> str:
    names = [f"t{team}-{n}" for n in range(max(4, lines // 4))]
    choices = [(name, kind, level) for name in names for kind, _, levels in KINDS for level in levels]
    used: set[tuple[str, str]] = set()
    text: list[str] = []
    for role in range(roles):
        text += [f"role t{team}-r{role} : org.worker {{"]
        for name, kind, level in chance.sample(choices, min(lines, len(choices))):
            text.append(f"  allow {level} on {name}.{kind}")
            used.add((name, kind))
        one, other = chance.sample(range(ACCOUNTS), 2)
        text += ["}", "", f"grant t{team}-r{role} to org.t{team} in org.a{one}, org.a{other}", ""]
    head = ["edition 1", "", 'import "org.iamdsl" as org', ""]
    for name in names:
        lines_of = [f"  {kind} {arn % name}" for kind, arn, _ in KINDS if (name, kind) in used]
        head += [f"resources {name} {{", *lines_of, "}", ""] if lines_of else []
    return "\n".join([*head, *text])


def write(folder: Path, roles: int, lines: int) -> None:
    """Write an organisation to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in organisation(roles, lines).items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
