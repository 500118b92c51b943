"""Laws of a cover: it matches what is wanted and nothing else, in few characters, with an honest bound."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog
from iamc.cover import Cover, CoverCache, Style, cover, matches, words
from iamc.cover.words import boundaries

STYLES = list(Style)
WORDS = ("Get", "List", "Put", "Delete", "BatchGet", "Item", "Items", "VPC", "EBSVolume", "Tag", "S3", "V2", "get")
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
universes = st.sets(names, min_size=1, max_size=14).map(lambda found: sorted({n.lower(): n for n in found}.values()))


@st.composite
def problems(draw: Callable[..., object]) -> tuple[list[str], list[str]]:
    """A universe and some of its names."""
    universe: list[str] = draw(universes)  # type: ignore[assignment]
    wanted: set[str] = draw(st.sets(st.sampled_from(universe), min_size=1))  # type: ignore[assignment]
    return universe, sorted(wanted)


def matched(patterns: Sequence[str], universe: Sequence[str]) -> list[str]:
    return sorted(name for name in universe if any(matches(pattern, name) for pattern in patterns))


def characters(service: str, patterns: Sequence[str]) -> int:
    return sum(len(f'"{service}:{pattern}",') for pattern in patterns)


def judge(service: str, universe: Sequence[str], wanted: Sequence[str], found: Cover, style: Style) -> None:
    """Everything that holds of every cover."""
    assert matched(found.patterns, universe) == sorted(wanted)
    assert found.characters == characters(service, found.patterns)
    assert found.lower_bound <= found.characters <= characters(service, wanted)
    assert found.optimal == (found.lower_bound == found.characters)
    assert "*" not in found.patterns
    assert "?" not in "".join(found.patterns)
    if style in (Style.EXACT, Style.AUTO):
        assert sorted(found.patterns) == sorted(wanted)
    if style is Style.WORDS:
        assert all(whole_words(pattern, wanted) for pattern in found.patterns)
    assert all(pattern.count("*") <= (2 if style is Style.TIGHT else 1) for pattern in found.patterns if infix(pattern))


def infix(pattern: str) -> bool:
    """Whether a pattern is of a class that has one infix at most: `*i*` counts its outer stars."""
    return not (pattern.startswith("*") and pattern.endswith("*"))


def whole_words(pattern: str, wanted: Sequence[str]) -> bool:
    """Whether the pattern is cut where words of a name that it matches end, and begins with the whole first."""
    if "*" not in pattern:
        return True
    head, _, tail = pattern.partition("*")
    return any(
        {len(head), len(name) - len(tail)} <= {*boundaries(name)} and len(head) >= boundaries(name)[0]
        for name in wanted
        if matches(pattern, name)
    )


def jobs(catalog: Catalog) -> Iterator[tuple[str, list[str], list[str]]]:
    """Every service by access level: prefix, universe, wanted names."""
    for prefix in catalog.prefixes:
        levels: defaultdict[str, list[str]] = defaultdict(list)
        for action in catalog.actions(prefix):
            levels[action.level.value].append(action.name)
        universe = [name for found in levels.values() for name in found]
        for wanted in levels.values():
            yield prefix, universe, wanted


@pytest.mark.parametrize(("style", "every"), [(Style.WORDS, 1), (Style.EXACT, 5), (Style.AUTO, 5), (Style.TIGHT, 4)])
def test_every_service_and_level_of_the_catalogue(style: Style, every: int, catalog: Catalog) -> None:
    covers = CoverCache()
    unproven = 0
    for prefix, universe, wanted in list(jobs(catalog))[::every]:
        found = covers.cover(prefix, universe, wanted, style)
        judge(prefix, universe, wanted, found, style)
        unproven += not found.optimal
    assert unproven <= 5


@pytest.mark.parametrize("style", [Style.WORDS, Style.TIGHT])
def test_random_sets_of_real_names(style: Style, catalog: Catalog) -> None:
    chance = random.Random(4)
    for prefix in ("dynamodb", "sqs", "ecr", "lambda", "workspaces", "kms"):
        universe = [action.name for action in catalog.actions(prefix)]
        for share in (0.1, 0.3, 0.7, 1.0):
            wanted = chance.sample(universe, max(1, int(share * len(universe))))
            judge(prefix, universe, wanted, cover(prefix, universe, wanted, style), style)


@given(problems(), st.sampled_from(STYLES))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_small_universes(problem: tuple[list[str], list[str]], style: Style) -> None:
    universe, wanted = problem
    judge("svc", universe, wanted, cover("svc", universe, wanted, style), style)


@given(problems(), st.randoms())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_order_and_case_of_the_wanted_do_not_matter(
    problem: tuple[list[str], list[str]], chance: random.Random
) -> None:
    universe, wanted = problem
    for style in STYLES:
        expected = cover("svc", universe, wanted, style)
        shuffled = chance.sample(universe, len(universe))
        other = chance.choice([str.lower, str.upper, str])
        assert cover("svc", shuffled, [other(name) for name in shuffled if name in wanted], style) == expected


def word_class(name: str) -> Iterator[str]:
    """Every word pattern that matches the name: itself, `Verb*`, `Verb*Words`."""
    yield name
    for head, tail in combinations([*boundaries(name), len(name)], 2):
        yield f"{name[:head]}*{name[tail:]}"
    for end in boundaries(name):
        yield f"{name[:end]}*{name[end:]}"


def cheapest(universe: list[str], wanted: list[str]) -> int:
    """The cost of the best cover by word patterns, by trying everything."""
    offers: dict[frozenset[str], int] = {}
    for pattern in {pattern for name in wanted for pattern in word_class(name)}:
        hit = frozenset(matched([pattern], universe))
        if hit <= set(wanted) and pattern != "*":
            offers[hit] = min(offers.get(hit, 1 << 30), len("svc") + len(pattern) + 4)

    @cache
    def least(left: frozenset[str]) -> int:
        first = min(left, default="")
        return min((cost + least(left - hit) for hit, cost in offers.items() if first in hit), default=0)

    return least(frozenset(wanted))


@given(problems())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_optimum_of_whole_words_is_that_of_brute_force(problem: tuple[list[str], list[str]]) -> None:
    universe, wanted = problem
    found = cover("svc", universe, wanted, Style.WORDS)
    assert found.optimal
    assert found.characters == cheapest(universe, wanted)


@given(problems())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_wider_styles_are_never_longer(problem: tuple[list[str], list[str]]) -> None:
    universe, wanted = problem
    exact, word, tight = (cover("svc", universe, wanted, s).characters for s in (Style.EXACT, Style.WORDS, Style.TIGHT))
    assert tight <= word <= exact


@pytest.mark.parametrize("budget", [0, 50, 500])
def test_a_spent_budget_leaves_a_valid_cover_and_a_true_bound(budget: int, catalog: Catalog) -> None:
    for prefix in ("sagemaker", "iot", "iam"):
        universe = [action.name for action in catalog.actions(prefix)]
        wanted = [action.name for action in catalog.actions(prefix) if action.level.value == "write"]
        best = cover(prefix, universe, wanted, Style.TIGHT)
        found = cover(prefix, universe, wanted, Style.TIGHT, budget=budget)
        judge(prefix, universe, wanted, found, Style.TIGHT)
        assert found.lower_bound <= best.characters <= found.characters


def test_a_name_outside_the_universe_is_refused() -> None:
    with pytest.raises(ValueError, match="nope"):
        cover("svc", ["Get"], ["Nope"], Style.WORDS)


def test_the_whole_service_is_never_a_bare_star() -> None:
    universe = ["GetItem", "PutItem", "DeleteItem"]
    assert cover("svc", universe, universe, Style.WORDS).patterns == ("Delete*", "Get*", "Put*")
    assert "*" not in cover("svc", universe, universe, Style.TIGHT).patterns


def test_patterns_are_written_as_the_catalogue_writes_names() -> None:
    universe = ["GetVPCRoute", "GetVPCRoutes", "GetRole"]
    assert cover("svc", universe, ["getvpcroute", "GETVPCROUTES"], Style.WORDS).patterns == ("GetVPC*",)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("GetEBSVolume", ("Get", "EBS", "Volume")),
        ("ListACLs", ("List", "ACLs")),
        ("AssignIPv6Address", ("Assign", "IPv6", "Address")),
        ("S3Get-Item_2", ("S3", "Get", "-", "Item", "_", "2")),
        ("getItem", ("get", "Item")),
    ],
)
def test_words(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


@given(st.text(alphabet="aBcDEf19-_", max_size=12))
@settings(derandomize=True)
def test_words_joined_are_the_name(name: str) -> None:
    assert "".join(words(name)) == name
