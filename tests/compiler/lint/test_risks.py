"""Ways to more privileges, over all that a person holds; what is acknowledged is not told."""

from __future__ import annotations

from functools import lru_cache

import pytest

from compiling import TODAY, codes, compiled
from iamc.catalog import Catalog
from iamc.data import table
from iamc.lint.risks import lint_risks
from iamc.pipeline import Context
from iamc.risk import Way, ways
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic

HEAD = """edition 1

account prod 111122223333

people {
  ana ana@acme.example
  bo bo@acme.example
}
"""
PASSES = "  pass arn:aws:iam::111122223333:role/app to ec2.amazonaws.com\n"
RUNS = "  allow ec2:RunInstances on arn:aws:ec2:eu-west-1:111122223333:instance/*\n"
DENIES = "  deny ec2:RunInstances on *\n"


@lru_cache(maxsize=1)
def _context(catalog: Catalog) -> Context:
    return Context.of(catalog, Settings(today=TODAY))


def found(text: str, catalog: Catalog) -> list[Diagnostic]:
    result = compiled(HEAD + text, catalog)
    assert not result.failed, [d.message for d in result.diagnostics]
    context = _context(catalog)
    return list(lint_risks(result.organisation, result.compiled, context.vocabulary, context.universe))


def role(name: str, *lines: str) -> str:
    return f"role {name} {{\n{''.join(lines)}}}\n"


def escalations(text: str, catalog: Catalog) -> list[str]:
    return [each.message for each in found(text, catalog) if each.code == "IAM610"]


def test_one_role_completes_a_way(catalog: Catalog) -> None:
    text = role("r", PASSES, RUNS) + "grant r to ana in prod\n"
    assert escalations(text, catalog) == ["`prod/r` leads to more privileges in 1 way"]


def test_two_roles_of_one_person_complete_a_way(catalog: Catalog) -> None:
    roles = role("a", PASSES) + role("b", RUNS)
    assert escalations(roles + "grant a to ana in prod\ngrant b to bo in prod\n", catalog) == []
    (message,) = escalations(roles + "grant a, b to ana in prod\n", catalog)
    assert message == "`prod/a` and `prod/b`, which `ana` holds together, lead to more privileges in 1 way"


def test_a_team_counts_as_its_members(catalog: Catalog) -> None:
    roles = role("a", PASSES) + role("b", RUNS)
    text = f"{roles}team t {{ members ana, bo }}\ngrant a to t in prod\ngrant b to bo in prod\n"
    (message,) = escalations(text, catalog)
    assert "which `bo` holds together" in message


def test_what_is_denied_everywhere_is_not_held(catalog: Catalog) -> None:
    wide = "  allow ec2:RunInstances on *\n  deny ec2:Run* on *\n"
    kept = "  allow ec2:DescribeInstances on *\n"
    text = role("r", PASSES, wide, kept) + "grant r to ana in prod\n"
    assert escalations(text, catalog) == []


def test_every_role_of_a_way_must_acknowledge(catalog: Catalog) -> None:
    accept = '  acknowledge IAM610 "SEC-7: only the app role, which can do less"\n'
    grant = "grant a, b to ana in prod\n"
    assert escalations(role("a", accept, PASSES) + role("b", RUNS) + grant, catalog) != []
    assert escalations(role("a", accept, PASSES) + role("b", accept, RUNS) + grant, catalog) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("IAM611", "  allow ecr:GetAuthorizationToken on *\n"),
        ("IAM612", "  allow s3:PutBucketPolicy on arn:aws:s3:::orders\n"),
        ("IAM613", "  allow s3:GetObject on *\n"),
    ],
)
def test_exposure(code: str, line: str, catalog: Catalog) -> None:
    (one,) = found(role("r", line) + "grant r to ana in prod\n", catalog)
    assert one.code == code
    assert one.span is not None
    assert one.span.line == 10
    accept = f'  acknowledge {code} "SEC-8: as reviewed"\n'
    assert found(role("r", accept, line) + "grant r to ana in prod\n", catalog) == []


def holding(way: Way, without: str = "") -> str:
    """A role that holds the actions of a way, but one."""
    lines = [
        f"  pass arn:aws:iam::111122223333:role/app to {way.to or 'ec2.amazonaws.com'}\n"
        if name == "iam:PassRole"
        else f"  allow {name} on *\n"
        for name in way.written
        if name != without
    ]
    return role("r", *(lines or ["  allow sts:GetCallerIdentity on *\n"])) + "grant r to ana in prod\n"


def told(text: str, catalog: Catalog) -> list[str]:
    return [note for each in found(text, catalog) if each.code == "IAM610" for note in each.notes]


@pytest.mark.parametrize("way", ways(), ids=lambda way: way.name.replace(" ", "-"))
def test_a_way_is_told_when_all_of_it_is_held(way: Way, catalog: Catalog) -> None:
    assert told(holding(way), catalog) == [f"{way.name}: {', '.join(way.written)}"]
    for name in way.written:
        assert told(holding(way, without=name), catalog) == [], name


def test_a_role_passed_to_another_service_completes_no_way(catalog: Catalog) -> None:
    passes = "  pass arn:aws:iam::111122223333:role/app to lambda.amazonaws.com\n"
    assert escalations(role("r", passes, RUNS) + "grant r to ana in prod\n", catalog) == []
    everyone = "  allow iam:* on *\n  deny iam:*User*, iam:*Group*, iam:*Polic*, iam:*Profile on *\n"
    denied = '  deny iam:PassRole on * when iam:PassedToService == "ec2.amazonaws.com"\n'
    names = {"run an instance with another role"}
    held = told(role("r", everyone, RUNS) + "grant r to ana in prod\n", catalog)
    assert names <= {note.partition(":")[0] for note in held}
    held = told(role("r", everyone, denied, RUNS) + "grant r to ana in prod\n", catalog)
    assert names.isdisjoint(note.partition(":")[0] for note in held)


def test_an_acknowledgement_needs_its_reason(catalog: Catalog) -> None:
    text = HEAD + role("r", "  acknowledge IAM610\n", PASSES, RUNS) + "grant r to ana in prod\n"
    assert "IAM610" not in codes(compiled(text, catalog))
    assert compiled(text, catalog).failed


def test_every_way_is_known_and_tells_what_no_other_does(catalog: Catalog) -> None:
    rows = table("escalations")
    assert {row["source"] for row in rows["ways"]} == set(rows["sources"])
    assert [name for row in rows["ways"] for name in row["actions"] if catalog.action(name) is None] == []
    assert len({row["id"] for row in rows["ways"]}) == len(ways()) == len(rows["ways"]) >= 45
    assert not any(one.actions < other.actions for one in ways() for other in ways())


def test_the_classes_are_the_sources(catalog: Catalog) -> None:
    content = table("sensitive-actions")
    assert content["licence"] == "CC0-1.0"
    sizes = {name: len(names) for name, names in content["classes"].items()}
    assert sizes == {"CredentialExposure": 48, "DataAccess": 150, "PrivEsc": 26, "ResourceExposure": 295}
    unknown = {name for names in content["classes"].values() for name in names if catalog.action(name) is None}
    assert len(unknown) <= 4, unknown
