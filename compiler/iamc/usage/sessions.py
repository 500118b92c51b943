"""Session names that are not people, by `data/session-names.json` and by the Lambda functions that a rollup names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from iamc.data import table
from iamc.usage.model import Use

_FUNCTION = re.compile(r"functionName=(?P<name>[\w-]+)|arn:[\w-]+:lambda:[^:]*:[^:]*:function:(?P<part>[\w-]+).*")


@cache
def program(name: str) -> str:
    """What gives sessions such a name, when it is no person; "" for what may be one."""
    return next((what for pattern, what in _patterns() if pattern.fullmatch(name)), "")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"]), row["what"]) for row in table("session-names")["patterns"])


def functions(uses: Iterable[Use]) -> frozenset[str]:
    """The names of the Lambda functions that the uses are about: Lambda names a function's session after it."""
    found = (_FUNCTION.fullmatch(resource) for use in uses if use.source.startswith("lambda.")
             for resource in use.resources)  # fmt: skip
    return frozenset(each["name"] or each["part"] for each in found if each)
