"""Statement ids: what a statement is about, in one word; unique over all documents of a unit.

A Sid comes from the services and access levels of its statement, as in `S3ListRead`: short, as it counts towards the
quota. Where several statements are about the same, each says its first resource too; what is still alike is
numbered. So a Sid changes only with what it says, not when a statement about something else comes or goes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamc.catalog import Catalog, Level
from iamc.model import Statement

_LEVELS = {
    Level.LIST: "List",
    Level.READ: "Read",
    Level.WRITE: "Write",
    Level.TAGGING: "Tag",
    Level.PERMISSIONS: "Permit",
}
_LONGEST = 10
"""Characters that a resource's name may add."""

PART = "Part"


def with_sids(statements: Sequence[Statement], catalog: Catalog) -> tuple[Statement, ...]:
    """Each statement with a Sid of ASCII letters and digits, unique among them all."""
    stems = [_stem(statement, catalog) for statement in statements]
    alike = Counter(stems)
    names = [
        stem if alike[stem] == 1 else stem + _named_by(statement)
        for stem, statement in zip(stems, statements, strict=True)
    ]
    return tuple(replace(statement, sid=sid) for statement, sid in zip(statements, _numbered(names), strict=True))


def with_parts(bins: Iterable[Sequence[Statement]]) -> tuple[tuple[Statement, ...], ...]:
    """The bins with the parts of each statement that was cut numbered: `S3ReadPart1`, `S3ReadPart2` ..."""
    held = [tuple(statements) for statements in bins]
    alike = Counter(statement.sid for statements in held for statement in statements)
    taken = set(alike)
    seen: defaultdict[str, int] = defaultdict(int)

    def named(statement: Statement) -> Statement:
        sid = statement.sid
        if not sid or alike[sid] == 1:
            return statement
        while True:
            seen[sid] += 1
            name = f"{sid}{PART}{seen[sid]}"
            if name not in taken:
                return replace(statement, sid=name)

    return tuple(tuple(named(statement) for statement in statements) for statements in held)


def _numbered(names: list[str]) -> list[str]:
    """The names, all but the first of equal ones followed by a number that makes them unique."""
    taken = set(names)
    seen: set[str] = set()
    out: list[str] = []
    for name in names:
        unique, number = name, 1
        while unique in seen or (number > 1 and unique in taken):
            number += 1
            unique = f"{name}{number}"
        seen.add(unique)
        out.append(unique)
    return out


def _stem(statement: Statement, catalog: Catalog) -> str:
    effect = "Deny" if statement.effect == "deny" else ""
    services = sorted({action.partition(":")[0] for action in statement.actions})
    if "*" in statement.actions:
        return f"{effect}All"
    named = "".join(_word(service) for service in services) if len(services) <= 2 else "Several"
    found = {action.level for name in statement.actions if (action := catalog.action(name))}
    levels = "".join(word for level, word in _LEVELS.items() if level in found)
    return f"{effect}{named}{levels or 'All'}"


def _named_by(statement: Statement) -> str:
    """The end of the first resource's name: of `arn:aws:s3:::orders/*`, `Orders`."""
    parts = re.split(r"[:/]", re.sub(r"\$\{[^}]*\}", "", statement.resources[0]))
    words = [word for part in parts if (word := _word(part))]
    return words[-1][:_LONGEST] if len(words) > 2 else ""


def _word(text: str) -> str:
    parts = re.split(r"[^A-Za-z0-9]+", text)
    return "".join(part[:1].upper() + part[1:] for part in parts)
