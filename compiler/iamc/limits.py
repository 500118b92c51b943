"""Limits of names, texts, counts and sessions, from `data/limits.json`; those of policies are `iamc.quotas`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from iamc.data import table
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """The most characters of a text, or the most things of a kind; `pattern` says which characters it may have."""

    name: str
    max: int
    remedy: str
    source: str
    strength: str
    retrieved: str
    pattern: str = ""
    characters: str = ""


@cache
def limits() -> Mapping[str, Limit]:
    """Every limit by its name."""
    return {row["name"]: Limit(**row) for row in table("limits")["limits"]}


@cache
def facts(name: str) -> Mapping[str, Any]:
    """Another part of the data file, such as `saml-audience`."""
    found: Mapping[str, Any] = table("limits")[name]
    return found


def text_problem(kind: str, text: str, span: Span | None) -> Diagnostic | None:
    """Why AWS would refuse this text as a `kind`, if it would."""
    limit, what = limits()[kind], kind.replace("-", " ")
    if len(text) > limit.max:
        return report(
            "IAM403",
            f"the {what} `{_short(text)}` has {len(text):,} characters, AWS allows {limit.max:,}",
            span,
            help=limit.remedy,
            notes=[limit.source],
        )
    if not re.fullmatch(limit.pattern, text):
        return report(
            "IAM572",
            f"the {what} `{_short(text)}` has characters that AWS does not accept",
            span,
            help=f"AWS takes {limit.characters}; {limit.remedy}",
            notes=[limit.source],
        )
    return None


def count_problem(
    kind: str, count: int, of: str, span: Span | None, raised: Mapping[str, int] | None = None
) -> Diagnostic | None:
    """Why AWS would refuse this many of a `kind` in or of something, if it would; `raised` has limits of the user's."""
    limit = limits()[kind]
    most = (raised or {}).get(kind, limit.max)
    if count <= most:
        return None
    words = kind.replace("-", " ")
    return report(
        "IAM571",
        f"{of} has {count:,} {words}, AWS allows {most:,}",
        span,
        help=limit.remedy,
        notes=[limit.source],
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
