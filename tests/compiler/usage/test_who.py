"""Who is behind a role."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from iamc.usage.model import Reading, Rollup, Seen, Use
from iamc.usage.observe import observe
from iamc.usage.principals import ROLES, answers_to, principal
from iamc.usage.sessions import program
from iamc.usage.settle import settle
from iamc.usage.who import Behind, Person, vouched, who
from trails import trail
from using import ACCOUNT, on, refused, role, rollup, use

OTHER = "444455556666"
SET = role("aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PowerUser_0123456789abcdef")


def assumed(person: str, session: str, target: str = role("Admin"), name: str = "AssumeRole", **changes: Any) -> Use:
    named = {"resources": (target, f"roleSessionName={session}")}
    return use(person, f"sts:{name}", **({"session": ""} | named | changes))


def only(*rows: tuple[Use, Seen], label: str = "Admin") -> Behind:
    (found,) = (behind for behind in who(rollup(*rows)) if behind.label == label)
    return found


def names(behind: Behind) -> list[str]:
    return [person.name for person in behind.people]


def test_calls_are_counted_by_person_the_most_active_first() -> None:
    rows = (
        (use("bo"), on(1)),
        (use(), on(2, 3, 5)),
        (use(call="ec2:RunInstances"), on(1)),
        (refused("Access Denied"), on(9)),
        (use("bo", account=OTHER, principal=role("Admin", OTHER)), on(4)),
    )
    found = only(*rows)
    assert names(found) == ["ann@acme.example", "bo"]
    ann, bo = found.people
    assert (ann.seen, ann.denied) == (on(1, 9, 7), 1)
    assert bo.accounts == (ACCOUNT, OTHER)
    assert found.seen == on(1, 9, 9)


def test_saml_and_web_identity_vouch_for_a_session() -> None:
    nobody = {"principal": "", "identity": "SAMLUser"}
    rows = (
        (assumed("ann@acme.example", "s-1", name="AssumeRoleWithSAML", **nobody), on(1)),
        (use("s-1"), on(2)),
        (assumed("bo", "s-2", name="AssumeRoleWithWebIdentity", principal="", identity="WebIdentityUser"), on(1)),
        (use("s-2"), on(3)),
    )
    people = {person.name: (person.via, person.sure, person.sessions) for person in only(*rows).people}
    assert people == {
        "ann@acme.example": (("SAML",), True, ("s-1",)),
        "bo": (("web identity",), True, ("s-2",)),
    }


def test_a_chained_role_is_put_down_to_who_was_behind_the_first() -> None:
    rows = (
        (use("ann@acme.example", principal=role("Dev")), on(1)),
        (assumed("ann@acme.example", "botocore-session-*", principal=role("Dev")), on(2)),
        (use("botocore-session-*"), on(3)),
    )
    (ann,) = only(*rows).people
    assert (ann.name, ann.program, ann.via) == ("ann@acme.example", "", ("role Dev",))


def test_chains_are_followed_to_their_beginning_and_circles_end() -> None:
    rows = (
        (assumed("ann", "s-1", role("Dev"), identity="SAMLUser", principal=""), on(1)),
        (assumed("s-1", "s-2", role("Ops"), principal=role("Dev")), on(1)),
        (assumed("s-2", "s-3", principal=role("Ops")), on(1)),
        (use("s-3"), on(1)),
    )
    assert names(only(*rows)) == ["ann"]
    circle = assumed("s-1", "s-1", principal=role("Admin"))
    assert names(only((circle, on(1)), (use("s-1"), on(2)))) == ["s-1"]


def test_calls_are_put_down_to_who_assumed_the_role_and_to_nobody_in_doubt() -> None:
    user = {"identity": "IAMUser", "principal": f"arn:aws:iam::{ACCOUNT}:user/ann"}
    rows = (
        (assumed("ann", "botocore-session-*", **user), on(1)),
        (assumed("ann", "deploy", **user), on(1)),
        (assumed("bo", "deploy", **user), on(1)),
        (use("botocore-session-*"), on(2)),
        (use("ann", session="botocore-session-*"), on(3)),
        (use("deploy"), on(4)),
        (use("", channel="aws", principal=""), on(5)),
    )
    found = vouched(rollup(*rows))
    calls = {each.person: seen for each, seen in found.uses.items() if each.source != "sts.amazonaws.com"}
    assert calls == {"ann": on(2, 3, 2), "deploy": on(4), "": on(5)}
    assert sum(seen.calls for seen in found.uses.values()) == len(rows)


def test_a_session_name_of_several_people_is_nobody_in_particular() -> None:
    rows = (
        (assumed("ann", "deploy", identity="IAMUser", principal=f"arn:aws:iam::{ACCOUNT}:user/ann"), on(1)),
        (assumed("bo", "deploy", identity="IAMUser", principal=f"arn:aws:iam::{ACCOUNT}:user/bo"), on(2)),
        (use("deploy"), on(3)),
    )
    (deploy,) = only(*rows).people
    assert (deploy.name, deploy.sure, deploy.candidates) == ("deploy", False, ("ann", "bo"))
    assert deploy.via == ("IAM user",)


def test_a_source_identity_is_the_person() -> None:
    (ann,) = only((use("ann@acme.example", session="aws-go-sdk-*"), on(1))).people
    assert (ann.name, ann.sure, ann.program) == ("ann@acme.example", True, "")


def test_permission_sets_lose_their_suffix_and_their_users_are_vouched_for() -> None:
    second = SET.replace("0123456789abcdef", "fedcba9876543210").replace(ACCOUNT, OTHER)
    rows = ((use("test", principal=SET), on(1)), (use("bo", principal=second, account=OTHER), on(2)))
    found = only(*rows, label="PowerUser")
    assert (found.kind, found.accounts) == ("permission set", (ACCOUNT, OTHER))
    assert [(p.name, p.program, p.via, p.sure) for p in found.people] == [
        ("bo", "", ("Identity Center",), True),
        ("test", "", ("Identity Center",), True),
    ]


def test_users_and_root_stand_for_themselves() -> None:
    rows = (
        (use("ann", principal=f"arn:aws:iam::{ACCOUNT}:user/eng/ann", identity="IAMUser", session=""), on(1)),
        (use("", principal=f"arn:aws:iam::{ACCOUNT}:root", identity="Root", session=""), on(2)),
    )
    found = {behind.kind: behind for behind in who(rollup(*rows))}
    assert (found["user"].label, found["user"].people[0].via) == ("eng/ann", ("IAM user",))
    assert (found["root"].label, found["root"].people[0].via) == ("root", ("root",))


def test_a_federated_user_is_named_and_a_directory_user_stands_alone() -> None:
    broker = f"arn:aws:iam::{ACCOUNT}:user/broker"
    rows = (
        (use("ann", principal=broker, identity="FederatedUser", session="ann"), on(1)),
        (use("id-of-bo", principal="", identity="IdentityCenterUser", session=""), on(2)),
        (use("", principal="", identity="AWSAccount", session=""), on(3)),
    )
    found = {behind.label: (behind.kind, names(behind), behind.people[0].via) for behind in who(rollup(*rows))}
    assert found == {
        "broker": ("user", ["ann"], ("federation token",)),
        "id-of-bo": ("directory user", ["id-of-bo"], ("Identity Center",)),
    }


def test_the_people_of_a_trail_are_those_who_made_it() -> None:
    """Every call in a role is put down to who made it, whatever their identity, and to nobody else."""
    made = trail(3_000, seed=5)
    uses = Counter[Use]()
    uses.update(settle(observe(event)) for event in made.events)
    found = {
        (behind.label, person.name): person.seen.calls
        for behind in who(Rollup({each: Seen(count, "", "") for each, count in uses.items()}, Reading(1, {})))
        for person in behind.people
        if behind.kind in ROLES and person.seen.calls
    }
    truth = Counter(
        (whom.label, act.person) for act in made.acts if act.role and (whom := principal(role(act.role, act.account)))
    )
    assert found == dict(truth)


def test_who_assumed_and_did_nothing_is_there_without_a_call() -> None:
    (ann,) = only((assumed("ann", "s-1", identity="SAMLUser", principal=""), on(2, 3, 2))).people
    assert ann == Person("ann", "", True, (), ("SAML",), (ACCOUNT,), ("s-1",), on(2, 3, 0), 0)


def test_denied_assumptions_stand_apart() -> None:
    message = (
        f"User: arn:aws:iam::{OTHER}:user/eve is not authorized to perform: sts:AssumeRole on resource: {role('Admin')}"
    )
    eve = {"identity": "IAMUser", "principal": f"arn:aws:iam::{OTHER}:user/eve", "session": ""}
    rows = [(refused(message, "eve", "sts:AssumeRole", region=region, **eve), on(2)) for region in ("a", "b")]
    found = only(*rows)
    assert not found.people
    (attempt,) = found.attempts
    assert (attempt.person, attempt.via, attempt.seen.calls, attempt.account) == ("eve", "IAM user", 2, ACCOUNT)
    assert found.seen == Seen(0, "", "")


def test_a_role_whose_name_holds_a_number_is_one_role() -> None:
    target = "role-12345678"
    rows = (
        (assumed("ann", "s-1", role("role-*"), identity="SAMLUser", principal=""), on(1)),
        (use("s-1", principal=role(target)), on(2)),
    )
    assert names(only(*rows, label=target)) == ["ann"]


def test_events_of_aws_are_nobodys() -> None:
    assert not who(rollup((use("", channel="aws", principal=""), on(1))))


@pytest.mark.parametrize(
    "name",
    ["botocore-session-*", "aws-go-sdk-*", "aws-sdk-java-*", "i-*", "*", "GitHubActions", "AWSCodeBuild-*",
     "eks-prod-web-*", "AWSCLI-Session", "web-identity-token-*", "1712.5"],
)  # fmt: skip
def test_names_that_programs_give_are_flagged(name: str) -> None:
    assert program(name)
    assert only((use(name), on(1))).people[0].program == program(name)


@pytest.mark.parametrize("name", ["ann@acme.example", "ann", "bo.b", "ivan-i-2", "sessionova", "i-ann", "eksana"])
def test_names_of_people_are_not(name: str) -> None:
    assert not program(name)


def test_a_lambda_function_is_known_by_what_the_logs_say_of_functions() -> None:
    rows = (
        (use("resize-images"), on(1)),
        (use(call="lambda:GetFunction", resources=("functionName=resize-images",)), on(1)),
    )
    found = {person.name: person.program for person in only(*rows).people}
    assert found == {"ann@acme.example": "", "resize-images": "a Lambda function of this name"}


def test_sessions_of_service_linked_roles_are_the_services() -> None:
    linked = role("aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    (found,) = who(rollup((use("x", principal=linked), on(1))))
    assert found.people[0].program == "a service, by its service-linked role"


@pytest.mark.parametrize(
    ("arn", "wanted", "yes"),
    [
        (role("Admin"), "Admin", True),
        (role("LegacyAdmin"), "Admin", False),
        (role("Admin-2"), "Admin", False),
        (role("ops/Admin"), "Admin", True),
        (role("ops/Admin"), "ops/Admin", True),
        (role("ops/Admin"), "role/ops/Admin", True),
        (role("ops/Admin"), "dev/Admin", False),
        (role("Admin"), "admin", False),
        (role("Admin"), role("Admin"), True),
        (role("ops/Admin"), role("ops/Admin"), True),
        (role("ops/Admin"), role("Admin"), False),
        (role("Admin"), role("Admin", OTHER), False),
        (role("ops/Admin"), f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/ann", True),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/ann", "Admin", True),
        (SET, "PowerUser", True),
        (SET, "AWSReservedSSO_PowerUser_0123456789abcdef", True),
        (SET, "User", False),
        (role("Admin"), "arn:nonsense", False),
    ],
)
def test_names_are_anchored(arn: str, wanted: str, yes: bool) -> None:
    whom = principal(arn)
    assert whom is not None
    assert answers_to(whom, wanted) is yes


@pytest.mark.parametrize("arn", ["", "*", "arn:aws:s3:::b", "arn:aws:iam::111122223333:policy/x", "ecs.amazonaws.com"])
def test_what_is_no_principal(arn: str) -> None:
    assert principal(arn) is None
