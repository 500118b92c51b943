"""How long the prover takes for pairs of policies of 6 kB, and its share of a compile.

    python tests/bench/bench_verify.py [PAIRS]

Each pair is a random policy and the same policy rewritten (statements divided and shuffled), or with one edit. Every
rewritten pair must be proved equal, every edit that adds an action must be refuted, and every refutation comes with a
request that the slow evaluator decides alike.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from iamc.catalog import Catalog, load_catalog
from iamc.passes.resolve import resolve
from iamc.pipeline import PASSES, Context, Work
from iamc.project import load_project
from iamc.settings import Settings
from iamc.verify import Policy, Proven, Refuted, Universe, allowed, prove_equal, read_policy

SERVICES = ("s3", "sqs", "sns", "dynamodb", "lambda", "kms", "ec2", "iam", "logs", "ecs")
SIZE = 6_000


def policy(choose: random.Random, universe: Universe) -> list[dict[str, Any]]:
    """Statements of about 6 kB: exact names and prefixes of names, on globs, some denied, some under a condition."""
    statements: list[dict[str, Any]] = []
    while len(json.dumps(statements, separators=(",", ":"))) < SIZE:
        service = choose.choice(SERVICES)
        names = [action.name for action in universe.actions(service).values()]
        some = sorted(choose.sample(names, 8))
        wild = [f"{name[: choose.randint(len(service) + 4, len(name))]}*" for name in choose.sample(names, 2)]
        resources = [
            f"arn:aws:{service}:::{choose.randint(0, 99):02}{choose.choice(('*', '/*', '-x'))}" for _ in "abcd"
        ]
        statement = {"Effect": choose.choice(["Allow"] * 5 + ["Deny"]), "Action": [*some, *wild], "Resource": resources}
        if choose.random() < 0.2:
            statement["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        statements.append(statement)
    return statements


def rewritten(choose: random.Random, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, each statement divided in two by its actions, in another order."""
    halves = [
        {**s, "Action": part, "Resource": choose.sample(s["Resource"], len(s["Resource"]))}
        for s in statements
        for part in (s["Action"][::2], s["Action"][1::2])
    ]
    return choose.sample(halves, len(halves))


def read(statements: list[dict[str, Any]]) -> Policy:
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def pairs(count: int, universe: Universe) -> None:
    choose = random.Random(1)
    times: list[float] = []
    for number in range(count):
        left = policy(choose, universe)
        edited = number % 2 == 1
        right = rewritten(choose, left)
        if edited:
            right.append(
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/x"}
            )
        mine, other = read(left), read(right)
        started = time.perf_counter()
        verdict = prove_equal([mine], [other], universe)
        times.append((time.perf_counter() - started) * 1000)
        if not isinstance(verdict, Refuted if edited else Proven):
            raise SystemExit(f"pair {number}: {verdict}")
        if isinstance(verdict, Refuted):
            w = verdict.witness
            ask = (w.action, w.resource, w.conditions, dict(w.variables))
            if allowed([mine], *ask) == allowed([other], *ask):
                raise SystemExit(f"pair {number}: the witness is wrong: {w}")
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"{count} pairs of 6 kB: median {statistics.median(times):.1f} ms, p99 {p99:.1f} ms, most {times[-1]:.1f} ms")


def share(catalog: Catalog) -> None:
    """The proof's share of compiling 2,000 ARNs, all passes together, reading and resolving included."""
    path = Path(__file__).parents[1] / "fixtures/bench/2000.yml"
    settings = Settings(today=date(2026, 11, 24), drop_unmatched=True, documents=100)
    started = time.perf_counter()
    context = Context.of(catalog, settings)
    organisation, _ = resolve(load_project([path]), catalog, settings)
    spent = dict.fromkeys((step.__name__.strip("_") for step in PASSES), 0.0)
    for unit in organisation.units:
        work = Work(unit)
        for step in PASSES:
            before = time.perf_counter()
            work = step(work, context)
            spent[step.__name__.strip("_")] += time.perf_counter() - before
    whole = time.perf_counter() - started
    parts = ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in spent.items())
    print(f"2000.yml: {whole * 1000:.0f} ms ({parts}); the proof takes {spent['prove'] / whole:.0%}")


if __name__ == "__main__":
    here = load_catalog()
    share(here)
    pairs(int(sys.argv[1]) if len(sys.argv) > 1 else 100, Universe.read(here.identity.source))
