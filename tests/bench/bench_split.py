"""Split synthetic roles and the benchmark templates into documents; print how near to the bound, and how stable.

    python tests/bench/bench_split.py

300 cases in ten shapes, seeded: statements of real names on invented ARNs. `least` is the lower bound of documents,
`at least` counts the cases that reach it, `next-fit` is what packing in order needs. `moved` is the share of
characters that change their document when one action or one ARN is added to one statement; `first-fit` the same for
first-fit decreasing alone.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamc.catalog import Catalog, load_catalog
from iamc.model import ALWAYS, Statement
from iamc.passes.cutting import cut
from iamc.passes.document import ENVELOPE, size
from iamc.passes.packing import Piece, first_fit, next_fit
from iamc.passes.split import split

QUOTA = 6144
SHAPES = ((5, 0), (40, 0), (150, 0), (40, 3), (150, 3), (300, 3), (20, 10), (150, 20), (60, 60), (10, 200))
"""Statements, and the most ARNs of one."""
SEEDS = 30


def synthetic(catalog: Catalog, count: int, arns: int, seed: int) -> list[Statement]:
    """Statements of some actions of one service and level on up to so many ARNs, on `*` when `arns` is 0."""
    chance = random.Random(f"{count} {arns} {seed}")
    made: list[Statement] = []
    for number in range(count):
        service = chance.choice(catalog.prefixes)
        level = chance.choice(catalog.actions(service)).level
        names = [action.qualified for action in catalog.actions(service) if action.level is level]
        patterns = tuple(sorted(chance.sample(names, chance.randint(1, min(len(names), 30)))))
        kept = range(chance.randint(1, arns)) if arns else ()
        resources = tuple(
            f"arn:aws:{service}:eu-west-1:{chance.randrange(10**11, 10**12)}:thing/{chance.getrandbits(40):x}"
            for _ in kept
        )
        made.append(Statement("allow", patterns, tuple(sorted(resources)) or ("*",), ALWAYS, patterns, f"S{number}"))
    return made


def edited(statements: Sequence[Statement], seed: int) -> list[Statement]:
    """The statements with one more action or one more ARN in one of them."""
    chance = random.Random(seed)
    place = chance.randrange(len(statements))
    old = statements[place]
    if seed % 2 and old.resources != ("*",):
        new = replace(old, resources=tuple(sorted([*old.resources, old.resources[0] + "-edited"])))
    else:
        new = replace(old, patterns=tuple(sorted([*old.patterns, old.patterns[0] + "Edited"])))
    return [*statements[:place], new, *statements[place + 1 :]]


def pieces(statements: Iterable[Statement], room: int) -> list[Piece]:
    return [(size(part), part) for statement in statements for part in cut(statement, room)]


def plain(statements: Sequence[Statement]) -> list[list[Statement]]:
    """First-fit decreasing alone."""
    room = QUOTA - ENVELOPE + 1
    ranked = sorted(pieces(statements, room), key=lambda piece: -piece[0])
    return [[part for _, part in held] for held in first_fit(ranked, room)]


def placed(bins: Iterable[Iterable[Statement]]) -> Counter[tuple[int, str, str]]:
    """What stands in which document: every pattern and every resource, by statement."""
    found: Counter[tuple[int, str, str]] = Counter()
    for number, held in enumerate(bins):
        for statement in held:
            found.update((number, statement.sid, item) for item in (*statement.patterns, *statement.resources))
    return found


def moved(before: Iterable[Iterable[Statement]], after: Iterable[Iterable[Statement]]) -> float:
    """The share of the characters that stand in another document than before."""
    old, new = placed(before), placed(after)
    total = sum(len(item) * times for (_, _, item), times in new.items())
    return sum(len(item) * times for (_, _, item), times in (new - old).items()) / total


def main() -> None:
    catalog = load_catalog()
    room = QUOTA - ENVELOPE + 1
    print(f"{'statements':>10}{'ARNs':>6}{'least':>8}{'iamc':>8}{'next-fit':>10}{'at least':>10}"
          f"{'moved %':>9}{'first-fit %':>13}{'ms':>7}")  # fmt: skip
    reached = worse = 0
    for count, arns in SHAPES:
        rows: list[tuple[float, ...]] = []
        for seed in range(SEEDS):
            before = synthetic(catalog, count, arns, seed)
            after = edited(before, seed)
            started = time.perf_counter()
            packed = split(before, QUOTA)
            spent = (time.perf_counter() - started) * 1000
            following = len(next_fit(pieces(before, room), room))
            rows.append((
                packed.lower_bound, len(packed.bins), following, len(packed.bins) == packed.lower_bound,
                100 * moved(packed.bins, split(after, QUOTA).bins), 100 * moved(plain(before), plain(after)), spent,
            ))  # fmt: skip
            worse += len(packed.bins) > following
        least, ours, theirs, met, shift, plainly, spent = (
            statistics.mean(column) for column in zip(*rows, strict=True)
        )
        reached += round(met * SEEDS)
        print(f"{count:>10}{arns:>6}{least:>8.2f}{ours:>8.2f}{theirs:>10.2f}{round(met * SEEDS):>7}/{SEEDS}"
              f"{shift:>9.1f}{plainly:>13.1f}{spent:>7.1f}")  # fmt: skip
    print(f"at the bound: {reached} of {SEEDS * len(SHAPES)}; more than next-fit: {worse}")


if __name__ == "__main__":
    main()
