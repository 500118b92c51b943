"""Replaying what people did through compiled roles."""

from __future__ import annotations

import pytest

from compiling import TODAY, compiled
from iamc.catalog import Catalog
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.pipeline import Context
from iamc.settings import Settings
from iamc.usage.coverage import Coverage, Grantable, Wanted, replay
from iamc.usage.model import Reading, Rollup, Seen, Use
from iamc.usage.people import held_by_person, is_role, role_name

PROJECT = """edition 1

account prod 111122223333
account dev 444455556666

people {
  ann ann@acme.example
  bob bob@acme.example
  eve eve@acme.example
}

role reader {
  allow read on arn:aws:s3:::acme-orders/*
  allow s3:ListBucket on arn:aws:s3:::acme-orders
}

role office {
  allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:jobs when ip "10.0.0.0/8"
  deny sqs:DeleteQueue on arn:aws:sqs:eu-west-1:111122223333:jobs
}

grant reader to ann in prod

grant office to bob in prod
"""

ORDERS = "arn:aws:s3:::acme-orders/2026/*"
JOBS = "arn:aws:sqs:eu-west-1:111122223333:jobs"


def use(person: str, action: str, resource: str, *, account: str = "111122223333", outcome: str = "ok") -> Use:
    service, _, name = action.partition(":")
    return Use(account, "eu-west-1", "arn:aws:iam::111122223333:role/Admin", "AssumedRole", person, person,
               f"{service}.amazonaws.com", name, outcome, "api", "", "", (resource,), (), "", "")  # fmt: skip


def reads(one: Use) -> Wanted:
    if one.source == "mystery.amazonaws.com":
        return Wanted((), f"{one.source} {one.name}")
    return Wanted(tuple((f"{one.source.partition('.')[0]}:{one.name}", resource) for resource in one.resources))


@pytest.fixture(scope="module")
def vocabulary(catalog: Catalog) -> Vocabulary:
    return Context.of(catalog, Settings()).vocabulary


def replayed(uses: dict[Use, int], catalog: Catalog, vocabulary: Vocabulary) -> Coverage:
    result = compiled(PROJECT, catalog)
    assert not result.failed, result.diagnostics
    held = held_by_person(result.organisation, result.compiled, TODAY.isoformat())
    seen = {one: Seen(calls, "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z") for one, calls in uses.items()}
    named = {person.email: person.name for person in result.organisation.people.values()}
    accounts = {account.number: account.name for account in result.organisation.accounts.values()}
    grantable = Grantable(result.compiled, named, accounts)
    return replay(
        Rollup(seen, Reading(1, {})), reads, lambda person: held.get(person.lower(), ()), vocabulary, grantable
    )


def test_who_may_still_do_what_they_did(catalog: Catalog, vocabulary: Vocabulary) -> None:
    found = replayed({use("ann@acme.example", "s3:GetObject", ORDERS): 7}, catalog, vocabulary)
    assert (found.covered, found.denied, found.conditional, found.share) == (7, 0, 0, 1.0)
    assert found.people == {"ann@acme.example": (0, 7)}


def test_who_would_be_locked_out_and_by_which_line_let_in(catalog: Catalog, vocabulary: Vocabulary) -> None:
    found = replayed(
        {
            use("ann@acme.example", "s3:PutObject", ORDERS): 2,
            use("Ann@Acme.example", "s3:GetObject", ORDERS): 6,
            use("eve@acme.example", "s3:GetObject", ORDERS): 3,
            use("ann@acme.example", "s3:GetObject", ORDERS, account="444455556666"): 1,
        },
        catalog,
        vocabulary,
    )
    assert (found.covered, found.denied, found.share) == (6, 6, 0.5)
    lines = {(miss.person, miss.account, miss.line): miss for miss in found.misses}
    asked = lines["ann@acme.example", "111122223333", f"allow s3:PutObject on {ORDERS}"]
    assert (asked.roles, asked.role, asked.where) == (("prod/reader",), "prod/reader", "test.iamdsl:13")
    assert asked.near
    assert lines["eve@acme.example", "111122223333", "grant reader to eve in prod"].where == ""
    assert lines["ann@acme.example", "444455556666", "grant reader to ann in dev"].role == "prod/reader"
    assert found.people == {"Ann@Acme.example": (0, 6), "ann@acme.example": (3, 3), "eve@acme.example": (3, 3)}
    assert [(each.person, each.lines) for each in found.ungranted] == [
        ("ann@acme.example", ("grant reader to ann in dev",)),
        ("eve@acme.example", ("grant reader to eve in prod",)),
    ]


def test_somebody_who_is_not_declared(catalog: Catalog, vocabulary: Vocabulary) -> None:
    bad = "x } role evil { allow * on * }\n"
    found = replayed(
        {use(person, "s3:GetObject", ORDERS): 1 for person in ("Ann@other.example", bad)}, catalog, vocabulary
    )
    lines = {each.person: each.lines for each in found.ungranted}
    assert lines["Ann@other.example"] == ("people { ann-2 ann@other.example }", "grant reader to ann-2 in prod")
    assert lines[bad] == ()
    assert {miss.line for miss in found.misses if miss.person == bad} == {
        "no line: a declaration names people by an e-mail address, and this is none"
    }


def test_programs_are_told_apart(catalog: Catalog, vocabulary: Vocabulary) -> None:
    found = replayed(
        {use("botocore-session-*", "s3:GetObject", ORDERS): 9, use("ann@acme.example", "s3:GetObject", ORDERS): 1},
        catalog,
        vocabulary,
    )
    assert (found.programs, found.share, found.people) == ({"botocore-session-*": 9}, 1.0, {"ann@acme.example": (0, 1)})


def test_a_call_counts_once_however_much_it_lacks(catalog: Catalog, vocabulary: Vocabulary) -> None:
    def both(one: Use) -> Wanted:
        return Wanted((("s3:GetObject", "arn:aws:s3:::other/*"), ("s3:PutObject", "arn:aws:s3:::other/*")))

    result = compiled(PROJECT, catalog)
    held = held_by_person(result.organisation, result.compiled, TODAY.isoformat())
    seen = {use("ann@acme.example", "s3:CopyObject", "x"): Seen(5, "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")}
    found = replay(Rollup(seen, Reading(1, {})), both, lambda person: held.get(person, ()), vocabulary)
    assert (found.denied, found.people["ann@acme.example"], len(found.misses)) == (5, (5, 5), 2)


def test_what_a_log_cannot_show_is_said(catalog: Catalog, vocabulary: Vocabulary) -> None:
    found = replayed(
        {
            use("bob@acme.example", "sqs:SendMessage", JOBS): 5,
            use("bob@acme.example", "mystery:Do", "*"): 4,
            use("bob@acme.example", "sqs:DeleteQueue", JOBS): 1,
            use("bob@acme.example", "sqs:PurgeQueue", JOBS, outcome="denied"): 9,
        },
        catalog,
        vocabulary,
    )
    assert (found.covered, found.conditional, found.denied) == (5, 5, 1)
    assert found.unknown == {"mystery.amazonaws.com Do": 4}
    (miss,) = found.misses
    assert miss.line.startswith("no line: test.iamdsl:")


def test_only_the_whole_of_what_a_star_stands_for_covers_it(catalog: Catalog, vocabulary: Vocabulary) -> None:
    wide = replayed({use("ann@acme.example", "s3:GetObject", "arn:aws:s3:::acme-*"): 1}, catalog, vocabulary)
    assert wide.denied == 1


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("arn:aws:iam::111122223333:role/Admin", "Admin"),
        ("arn:aws:iam::111122223333:role/ops/eu/Admin", "Admin"),
        ("arn:aws:iam::111122223333:role/LegacyAdmin", "LegacyAdmin"),
        ("arn:aws:sts::111122223333:assumed-role/Admin/ann@acme.example", "Admin"),
        (
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
            "Admin",
        ),
        ("arn:aws:iam::111122223333:user/Admin", ""),
        ("", ""),
    ],
)
def test_roles_are_known_by_their_whole_name(principal: str, name: str) -> None:
    assert role_name(principal) == name
    assert is_role(principal, "Admin") == (name == "Admin")
