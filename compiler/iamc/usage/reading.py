"""The rules by which events are read, from `data/cloudtrail-reading.json`, for the reader and for the SQL alike."""

from __future__ import annotations

import re
from functools import cache

from iamc.data import table
from iamdsl.values import dataclass

ENCODED = "Encoded authorization failure message"
"""Where the part of an error message begins that only sts:DecodeAuthorizationMessage can read."""

ROLE_ARN = r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+"
"""A role's ARN; means the same to Python, DuckDB, Spark and Trino."""

SEPARATOR = "\x1f"
"""Between the parameters of an observation."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules say.

    LIKE patterns of the console's user agents and of denied calls' error codes; callers that are the console
    itself; services that consoles read for themselves; paths of request parameters, in the order in which observations
    name them.
    """

    console_agents: tuple[str, ...]
    console_callers: frozenset[str]
    console_own: frozenset[str]
    denied_codes: tuple[str, ...]
    parameters: tuple[str, ...]


@cache
def rules() -> Rules:
    """The rules; the same for every engine."""
    content = table("cloudtrail-reading")
    return Rules(
        tuple(content["console"]["agents"]),
        frozenset(content["console"]["callers"]),
        frozenset(content["console"]["own"]),
        tuple(content["denied"]["codes"]),
        tuple(content["parameters"]["paths"]),
    )


def like(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What SQL's LIKE says of any of `patterns`, for `fullmatch`; they hold no `_`."""
    return re.compile("|".join(re.escape(p).replace("%", ".*") for p in patterns), re.DOTALL)
