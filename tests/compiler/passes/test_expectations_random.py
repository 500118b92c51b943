"""The prover's verdict on an expectation beside the obvious one, which looks at one permission after the other."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from compiling import TODAY, compiled
from iamc.catalog import Catalog
from iamc.glob import includes, intersects
from iamc.model import Atom, Condition, OnArn, Permission
from iamc.passes.expectations import Outcome
from iamdsl.syntax import ExpectAccess

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:Get*", "s3:*")
PLACES = (
    "arn:aws:s3:::b/${aws:userid}/*",
    "arn:aws:s3:::b/${aws:userid}/x",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/a*",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::c/*",
    "arn:aws:s3:::c/x",
    "*",
)
CONDITIONS = (
    "",
    " when mfa",
    ' when region "eu-west-1"',
    ' when region "eu-west-1", "us-east-1"',
    ' when mfa and region "us-east-1"',
    " until 2030-01-01",
    " when after 2026-01-01",
    " when after 2029-01-01",
)
LITERAL = ("arn:aws:s3:::b/ab", "arn:aws:s3:::b/x", "arn:aws:s3:::c/x", "arn:aws:s3:::d/x")


def line(effect: str, names: list[str], places: list[str], condition: str) -> str:
    return f"  {effect} {', '.join(names)} on {', '.join(places)}{condition}\n"


some = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True)
where = st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True)
lines = st.builds(line, st.sampled_from(["allow", "allow", "deny"]), some, where, st.sampled_from(CONDITIONS))
expectation = st.builds(
    lambda effect, names, places, when: line(f"expect {effect}", names, places, when),
    st.sampled_from(["allow", "deny"]),
    some,
    st.lists(st.sampled_from((*LITERAL, *PLACES)), min_size=1, max_size=2, unique=True),
    st.sampled_from([c for c in CONDITIONS if "until" not in c]),
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(body=st.lists(lines, min_size=1, max_size=4), expects=st.lists(expectation, min_size=1, max_size=3))
def test_one_verdict(body: list[str], expects: list[str], catalog: Catalog) -> None:
    text = f'edition 1\nrole r {{\n{"".join(body)}}}\ncheck "c" {{\n  role r\n{"".join(expects)}}}\n'
    result = compiled(text, catalog)
    assume(result.outcomes)
    permissions = result.compiled[0].permissions
    for outcome in result.outcomes:
        sure = obvious(outcome, permissions, catalog)
        if all(isinstance(t, OnArn) and t.arn in LITERAL for t in outcome.expectation.targets):
            assert (outcome.failure is None) == sure, text
        elif sure:
            # It looks at one permission at a time, so of globs that cover a target together it may miss something.
            assert outcome.failure is None, text


def obvious(outcome: Outcome, permissions: tuple[Permission, ...], catalog: Catalog) -> bool:
    """Whether the expectation holds, as far as single permissions show."""
    expect = outcome.expectation.expect
    assert isinstance(expect, ExpectAccess)
    known = outcome.expectation.context
    current = [(p, as_of(TODAY, p.condition)) for p in permissions]
    targets = [t.arn if isinstance(t, OnArn) else "*" for t in outcome.expectation.targets]
    patterns = [wanted.pattern for wanted in outcome.expectation.actions]
    names = {a.qualified for p in patterns for a in catalog.actions("s3") if includes(p, a.qualified)}
    return all(decide(expect.effect, current, name, target, known) for name in names for target in targets)


def decide(
    effect: str, permissions: list[tuple[Permission, Condition]], name: str, target: str, known: Condition
) -> bool:
    about = [(p, c) for p, c in permissions if any(includes(a, name) for a in p.actions)]
    about = [(p, c) for p, c in about if intersects(p.resource, target)]
    allows = [(p, c) for p, c in about if p.effect == "allow" and possible(c, known)]
    denies = [(p, c) for p, c in about if p.effect == "deny"]
    if effect == "deny":
        sure = [p.resource for p, c in denies if certain(c, known)]
        return all(any(includes(d, target) or includes(d, p.resource) for d in sure) for p, _ in allows)
    allowed = any(certain(c, known) and includes(p.resource, target) for p, c in allows)
    return allowed and not any(possible(c, known) for _, c in denies)


def as_of(today: date, condition: Condition) -> Condition:
    return Condition(tuple(atom for atom in condition.atoms if not all_day(atom, today.isoformat())))


def all_day(atom: Atom, today: str) -> bool:
    if atom.key != "aws:CurrentTime":
        return False
    return atom.values[0][:10] < today if atom.operator == "DateGreaterThan" else atom.values[0][:10] > today


def same(one: Atom, other: Atom) -> bool:
    return (one.operator, one.key) == (other.operator, other.key)


def certain(condition: Condition, known: Condition) -> bool:
    return all(any(same(k, a) and set(k.values) <= set(a.values) for k in known.atoms) for a in condition.atoms)


def possible(condition: Condition, known: Condition) -> bool:
    exact = [a for a in condition.atoms if a.operator in ("StringEquals", "Bool")]
    return not any(same(k, a) and set(k.values).isdisjoint(a.values) for k in known.atoms for a in exact)
