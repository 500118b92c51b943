"""Laws of the ladder: any of its steps may be taken, each begins with a whole pure verb, and saves what it says."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from iamc.catalog import Catalog
from iamc.cover import PURITY, RiskModel, apply, ladder, matches, verb
from iamc.cover.risk import kind

SERVICES = ("dynamodb", "s3", "ssm", "lightsail", "ecr", "kms", "workspaces", "cognito-idp")


@pytest.fixture(scope="module")
def risk(catalog: Catalog) -> RiskModel:
    return RiskModel.of((a.name, a.level.value) for prefix in catalog.prefixes for a in catalog.actions(prefix))


def sets(catalog: Catalog, service: str) -> list[dict[str, str]]:
    """Wanted names with their levels: one level, reading, and half of everything."""
    every = {action.name: action.level.value for action in catalog.actions(service)}
    reading = {name: level for name, level in every.items() if level in ("read", "list")}
    half = dict(random.Random(2).sample(sorted(every.items()), len(every) // 2))
    return [reading, {name: level for name, level in every.items() if level == "write"}, half]


@pytest.mark.parametrize("service", SERVICES)
def test_every_step(service: str, catalog: Catalog, risk: RiskModel) -> None:
    universe = [action.name for action in catalog.actions(service)]
    for wanted in sets(catalog, service):
        for step in ladder(service, universe, wanted, risk=risk):
            head, star, _ = step.pattern.partition("*")
            meant = {kind(wanted[name]) for name in step.replaces}
            assert star
            assert any(head.startswith(verb(name)) for name in step.replaces)
            assert risk.purity(verb(head), meant) >= PURITY
            assert len(step.replaces) >= 2
            assert sorted(step.replaces) == sorted(name for name in universe if matches(step.pattern, name))
            assert set(step.replaces) <= set(wanted)


@pytest.mark.parametrize("service", SERVICES)
def test_any_steps_make_a_cover_and_in_order_each_saves_what_it_says(
    service: str, catalog: Catalog, risk: RiskModel
) -> None:
    universe = [action.name for action in catalog.actions(service)]
    chance = random.Random(3)
    for wanted in sets(catalog, service):
        steps = ladder(service, universe, wanted, risk=risk)
        assert steps == ladder(service, universe[::-1], dict(reversed(wanted.items())), risk=risk)
        for some in (chance.sample(steps, chance.randint(0, len(steps))) for _ in range(5)):
            assert covered(apply(wanted, some), universe) == sorted(wanted)
        sizes = [characters(service, apply(wanted, steps[:number])) for number in range(len(steps) + 1)]
        assert [before - after for before, after in pairwise(sizes)] == [s.saves for s in steps]


def covered(patterns: tuple[str, ...], universe: list[str]) -> list[str]:
    return sorted(name for name in universe if any(matches(pattern, name) for pattern in patterns))


def characters(service: str, patterns: tuple[str, ...]) -> int:
    return sum(len(service) + len(pattern) + 4 for pattern in patterns)


def test_a_verb_of_mixed_meaning_is_never_shortened(catalog: Catalog, risk: RiskModel) -> None:
    """`Describe` reads: writes that happen to begin with it stay as they are."""
    assert risk.purity("Describe", {"read"}) > PURITY > risk.purity("Describe", {"write"})
    universe = ["DescribeOne", "DescribeTwo", "DescribeThree"]
    assert ladder("svc", universe, dict.fromkeys(universe, "write"), risk=risk) == ()
    (step,) = ladder("svc", universe, dict.fromkeys(universe, "read"), risk=risk)
    assert step.pattern == "Describe*"


def test_the_least_risk_for_each_character_comes_first() -> None:
    wanted = dict([*((f"GetItem{n:05}", "read") for n in range(9)), *((f"PutItem{n:05}", "write") for n in range(9))])
    risk = RiskModel.of([*wanted.items(), ("GetRich", "write"), *[("PuttingOff", "read")] * 3])
    steps = ladder("svc", list(wanted), wanted, risk=risk)
    assert [(step.pattern, step.saves) for step in steps] == [("Get*", 9 * 19 - 11), ("Put*", 9 * 19 - 11)]
    assert steps[0].risk < steps[1].risk
