"""Minimise every service by access level with iamc, policy_sentry and policyuniverse, in one run; print a table.

    python tests/bench/bench_cover.py [RUNS]

The sets are all actions of one service and one access level. Every tool's answer is matched against the catalogue
again: `over` counts actions that were not wanted, `under` wanted actions that are lost. policyuniverse gets the
catalogue's actions in the place of its own list. Times are medians; the slowest job's is the least of its runs.
"""

from __future__ import annotations

import contextlib
import gc
import io
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from fnmatch import translate
from re import compile as regex
from typing import NamedTuple

from iamc.catalog import Catalog, load_catalog
from iamc.cover import CoverCache, Style


class Job(NamedTuple):
    """One set of actions to be minimised."""

    service: str
    level: str
    universe: tuple[str, ...]
    wanted: tuple[str, ...]


Minimiser = Callable[[Job], "list[str]"]
"""From a job to qualified patterns."""


class Run(NamedTuple):
    """What one pass over the jobs gave."""

    patterns: list[list[str]]
    seconds: list[float]


def jobs_of(catalog: Catalog) -> Iterator[Job]:
    for prefix in catalog.prefixes:
        actions = catalog.actions(prefix)
        levels: defaultdict[str, list[str]] = defaultdict(list)
        for action in actions:
            levels[action.level.value].append(action.name)
        names = tuple(action.name for action in actions)
        for level, wanted in sorted(levels.items()):
            yield Job(prefix, level, names, tuple(wanted))


def ours(style: Style, unproven: set[str]) -> Minimiser:
    """iamc, with a fresh memory; it notes the jobs whose answer is not proven to be the best."""
    covers = CoverCache()

    def minimise(job: Job) -> list[str]:
        cover = covers.cover(job.service, job.universe, job.wanted, style)
        if not cover.optimal:
            unproven.add(f"{job.service} {job.level} {cover.lower_bound}..{cover.characters}")
        return [f"{job.service}:{pattern}" for pattern in cover.patterns]

    return minimise


def policy_sentry(every: set[str]) -> Minimiser:
    from policy_sentry.writing.minimize import minimize_statement_actions

    return lambda job: minimize_statement_actions([f"{job.service}:{name}" for name in job.wanted], every, 0)


def policyuniverse(every: set[str]) -> Minimiser:
    from policyuniverse import expander_minimizer

    def minimise(job: Job) -> list[str]:
        # It looks at every action of AWS for each statement; given the service's own, it answers the same.
        expander_minimizer.all_permissions = {f"{job.service}:{name}".lower() for name in job.universe}
        statement = {"Effect": "Allow", "Action": [f"{job.service}:{name}".lower() for name in job.wanted]}
        with contextlib.redirect_stdout(io.StringIO()):
            found: list[str] = expander_minimizer.minimize_statement_actions(statement)
        return found

    del every
    return minimise


def run(minimise: Minimiser, jobs: list[Job]) -> Run:
    patterns: list[list[str]] = []
    seconds: list[float] = []
    for job in jobs:
        started = time.perf_counter()
        patterns.append(minimise(job))
        seconds.append(time.perf_counter() - started)
    return Run(patterns, seconds)


def judged(patterns: list[str], job: Job) -> tuple[int, int]:
    """Actions granted beyond the wanted ones, and wanted actions lost; in any case, as IAM matches."""
    alternatives = "|".join(translate(pattern.partition(":")[2].lower()) for pattern in patterns)
    granted = {name.lower() for name in job.universe if regex(alternatives).match(name.lower())}
    wanted = {name.lower() for name in job.wanted}
    return len(granted - wanted), len(wanted - granted)


def characters(patterns: list[list[str]]) -> int:
    """Of the entries `"service:Pattern",`."""
    return sum(len(pattern) + 3 for found in patterns for pattern in found)


def main(runs: int) -> None:
    catalog = load_catalog()
    jobs = list(jobs_of(catalog))
    every = {action.qualified.lower() for prefix in catalog.prefixes for action in catalog.actions(prefix)}
    unproven: dict[str, set[str]] = {"words": set(), "tight": set()}
    tools: dict[str, Callable[[], Minimiser]] = {
        "iamc exact": lambda: ours(Style.EXACT, set()),
        "iamc words": lambda: ours(Style.WORDS, unproven["words"]),
        "iamc tight": lambda: ours(Style.TIGHT, unproven["tight"]),
        "policy_sentry -m": lambda: policy_sentry(every),
        "policyuniverse": lambda: policyuniverse(every),
    }
    gc.set_threshold(100_000, 50, 50)  # As the command line does: the catalogue is not walked again for each job.
    results = {name: [run(make(), jobs) for _ in range(runs)] for name, make in tools.items()}
    base = characters(results["policy_sentry -m"][0].patterns)
    print(f"{len(jobs)} sets of {len(catalog.prefixes)} services, {len(every)} actions; medians of {runs}")
    print(f"{'tool':<17}{'characters':>11}{'ratio':>7}{'over':>6}{'under':>6}{'seconds':>9}{'slowest ms':>12}  job")
    for name, done in results.items():
        wrong = [judged(patterns, job) for patterns, job in zip(done[0].patterns, jobs, strict=True)]
        over, under = (sum(side) for side in zip(*wrong, strict=True))
        size = characters(done[0].patterns)
        slowest, job = max(
            (min(times), job) for *times, job in zip(*(each.seconds for each in done), jobs, strict=True)
        )
        total = statistics.median(sum(each.seconds) for each in done)
        print(
            f"{name:<17}{size:>11,}{size / base:>7.2f}{over:>6}{under:>6}{total:>9.2f}{slowest * 1000:>12.1f}"
            f"  {job.service} {job.level}"
        )
    for style, left in unproven.items():
        print(
            f"{style}: proven smallest in {len(jobs) - len(left)} of {len(jobs)}; not {', '.join(sorted(left)) or '-'}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
