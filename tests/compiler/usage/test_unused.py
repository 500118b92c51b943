"""What is granted and was not used."""

from __future__ import annotations

from compiling import compiled
from iamc.catalog import Catalog
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.pipeline import Context
from iamc.settings import Settings
from iamc.usage.coverage import Wanted
from iamc.usage.mapping import logging
from iamc.usage.model import Reading, Rollup, Seen, Use
from iamc.usage.people import held_by_person
from iamc.usage.unused import RoleUse, unused

PROJECT = """edition 1

account prod 111122223333

people { ann ann@acme.example }

role keeper {
  allow sqs:GetQueueUrl, sqs:PurgeQueue on arn:aws:sqs:eu-west-1:111122223333:jobs
  allow sqs:SetQueueAttributes on arn:aws:sqs:eu-west-1:111122223333:jobs
  allow s3:GetObject on arn:aws:s3:::acme-orders/*
  allow ec2:DescribeRegions on *
}

grant keeper to ann in prod
"""
JOBS = "arn:aws:sqs:eu-west-1:111122223333:jobs"


def use(role: str, person: str, action: str, resource: str, outcome: str = "ok") -> Use:
    service, _, name = action.partition(":")
    return Use("111122223333", "eu-west-1", f"arn:aws:iam::111122223333:role/{role}", "AssumedRole", person, person,
               f"{service}.amazonaws.com", name, outcome, "api", "", "", (resource,), (), "", "")  # fmt: skip


def reads(one: Use) -> Wanted:
    return Wanted(tuple((f"{one.source.partition('.')[0]}:{one.name}", resource) for resource in one.resources))


def found(uses: list[Use], catalog: Catalog) -> RoleUse:
    result = compiled(PROJECT, catalog)
    assert not result.failed, result.diagnostics
    held = held_by_person(result.organisation, result.compiled, "2026-11-24")
    seen = {one: Seen(2, "2026-10-01T00:00:00Z", "2026-10-09T00:00:00Z") for one in uses}
    vocabulary: Vocabulary = Context.of(catalog, Settings()).vocabulary
    rollup = Rollup(seen, Reading(1, {}))
    (role,) = unused(rollup, result.compiled, reads, lambda who: held.get(who, ()), vocabulary, logging())
    return role


def verdicts(role: RoleUse) -> dict[str, str]:
    return {line.place.split(":")[1]: line.verdict for line in role.lines}


def test_each_line_is_used_unused_or_not_recorded(catalog: Catalog) -> None:
    role = found(
        [
            use("keeper", "ann", "sqs:GetQueueUrl", JOBS),
            use("keeper", "ann", "ec2:DescribeRegions", "*"),
            use("keeper", "ann", "sqs:SetQueueAttributes", JOBS, outcome="denied"),
        ],
        catalog,
    )
    assert (role.unit, role.by, role.calls) == ("prod/keeper", "role", 4)
    assert verdicts(role) == {"8": "narrow", "9": "remove", "10": "no record", "11": "keep"}
    first = role.lines[0]
    assert dict(first.used) == {"sqs:GetQueueUrl": "2026-10-09T00:00:00Z"}
    assert first.unused == ("sqs:PurgeQueue",)
    assert role.lines[2].unrecorded == ("s3:GetObject",)


def test_data_events_that_are_recorded_speak(catalog: Catalog) -> None:
    other = use("Admin", "bob", "s3:GetObject", "arn:aws:s3:::other/*")
    own = use("keeper", "ann", "sqs:GetQueueUrl", JOBS)
    assert verdicts(found([own, other], catalog))["10"] == "remove"


def test_before_the_rollout_the_holders_speak_for_their_role(catalog: Catalog) -> None:
    role = found([use("Admin", "ann", "sqs:PurgeQueue", JOBS), use("Admin", "bob", "sqs:GetQueueUrl", JOBS)], catalog)
    assert (role.by, role.calls) == ("people", 2)
    assert role.lines[0].unused == ("sqs:GetQueueUrl",)


def test_a_use_elsewhere_is_no_use(catalog: Catalog) -> None:
    role = found([use("keeper", "ann", "sqs:PurgeQueue", JOBS.replace("jobs", "other"))], catalog)
    assert verdicts(role)["8"] == "remove"


def test_nobody(catalog: Catalog) -> None:
    role = found([], catalog)
    assert (role.by, role.calls) == ("nobody", 0)
