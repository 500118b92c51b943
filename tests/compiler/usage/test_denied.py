"""Denied calls: in groups, and without those that worked later."""

from __future__ import annotations

from iamc.usage.coverage import Wanted
from iamc.usage.denied import denied
from iamc.usage.model import Use
from iamc.usage.observe import observe
from iamc.usage.settle import settle
from trails import trail
from using import on, refused, rollup, use

BUCKET = "arn:aws:s3:::acme-orders"
NO_POLICY = "because no identity-based policy allows the s3:ListBucket action"
ANN = "arn:aws:sts::111122223333:assumed-role/Admin/ann"
DENIED = f'User: {ANN} is not authorized to perform: s3:ListBucket on resource: "{BUCKET}" {NO_POLICY}'


def nothing(_: Use) -> Wanted:
    return Wanted((), "nothing is known")


def test_the_same_refusal_of_the_same_person_is_one_group() -> None:
    other = DENIED.replace("acme-orders", "acme-stock")
    found = denied(rollup((refused(DENIED), on(1)), (refused(other), on(2, 5, 3))), nothing)
    (group,) = found.groups
    assert group.resources == (BUCKET, "arn:aws:s3:::acme-stock")
    assert group.seen == on(1, 5, 4)
    assert (group.denial.actions, group.denial.sure) == (("s3:ListBucket",), True)
    assert (group.denial.form, group.denial.decision, group.denial.by) == ("stated", "implicit", "identity")


def test_people_and_reasons_make_groups_of_their_own() -> None:
    scp = DENIED.replace(NO_POLICY, "with an explicit deny in a service control policy")
    rows = ((refused(DENIED), on(1)), (refused(scp), on(1)), (refused(DENIED, "bo"), on(1, 9, 5)))
    found = denied(rollup(*rows), nothing)
    assert [(g.denial.person, g.denial.by, g.seen.calls) for g in found.groups] == [
        ("bo", "identity", 5),
        ("ann@acme.example", "scp", 1),
        ("ann@acme.example", "identity", 1),
    ]


def test_what_worked_later_is_counted_apart() -> None:
    found = denied(rollup((refused(DENIED), on(2, 4)), (use(resources=(BUCKET,)), on(1, 5))), nothing)
    assert not found.groups
    assert [group.seen for group in found.worked] == [on(2, 4)]


def test_a_success_counts_only_later_for_the_same_person_role_call_and_resource() -> None:
    there = (refused(DENIED), on(3))
    same = {"resources": (BUCKET,)}
    for other in (
        (use(**same), on(1, 2)),
        (use("bo", **same), on(5)),
        (use(principal="arn:aws:iam::111122223333:role/Dev", **same), on(5)),
        (use(call="s3:ListObjects", **same), on(5)),
        (use(resources=("arn:aws:s3:::other",)), on(5)),
        (use(), on(5)),
        (use(outcome="error", **same), on(5)),
        (refused("Access Denied", **same), on(5)),
    ):
        assert any(g.denial.form == "stated" for g in denied(rollup(there, other), nothing).groups), other


def test_a_bucket_in_common_is_not_the_object() -> None:
    private = refused("Access Denied", call="s3:GetObject", resources=(BUCKET, f"{BUCKET}/private/*"))
    public = use(call="s3:GetObject", resources=(BUCKET, f"{BUCKET}/public/*"))
    assert denied(rollup((private, on(1)), (public, on(2))), nothing).groups


def test_a_call_about_everything_worked_when_it_worked() -> None:
    message = "User: x is not authorized to perform: lambda:ListFunctions on resource: *"
    call = "lambda:ListFunctions20150331"
    found = denied(rollup((refused(message, call=call), on(1)), (use(call=call), on(2))), nothing)
    assert not found.groups
    assert found.worked


def test_without_an_action_in_the_message_the_mapping_answers() -> None:
    found = denied(
        rollup((refused("Access Denied", call="s3:HeadBucket"), on(1))), lambda _: Wanted((("s3:ListBucket", BUCKET),))
    )
    assert (found.groups[0].denial.actions, found.groups[0].denial.sure) == (("s3:ListBucket",), False)


def test_resources_come_from_the_message_else_from_the_event() -> None:
    named = "User: x is not authorized to perform: iam:GetRole on resource: role Admin"
    rows = (
        (refused(named, call="iam:GetRole"), on(1)),
        (refused("", call="sqs:SendMessage", resources=("queueUrl=https://sqs/orders",)), on(1)),
        (refused("", call="s3:GetBucketAcl", resources=(BUCKET,)), on(1)),
        (refused("Access to the resource https://sqs.eu/1/q is denied.", call="sqs:ListQueues"), on(1)),
    )
    found = {group.denial.call: group.resources for group in denied(rollup(*rows), nothing).groups}
    assert found == {
        "iam:GetRole": ("arn:aws:iam::111122223333:role/Admin",),
        "sqs:SendMessage": ("queueUrl=https://sqs/orders",),
        "s3:GetBucketAcl": (BUCKET,),
        "sqs:ListQueues": ("https://sqs.eu/1/q",),
    }


WANTED = {
    "implicit": ("stated", "implicit", "identity"), "unstated": ("unstated", "", ""),
    "action-only": ("unstated", "", ""), "explicit": ("stated", "explicit", "identity"),
    "scp": ("stated", "explicit", "scp"), "scp-named": ("stated", "explicit", "scp"),
    "boundary": ("stated", "implicit", "boundary"), "session": ("stated", "implicit", "session"),
    "resource": ("stated", "implicit", "resource"), "endpoint": ("stated", "explicit", "vpce"),
    "rcp": ("stated", "explicit", "rcp"), "encoded": ("encoded", "", ""),
    "ec2": ("stated", "implicit", "identity"), "plain": ("plain", "", ""), "empty": ("empty", "", ""),
}  # fmt: skip


def test_every_denial_of_a_trail_is_read_as_it_was_made() -> None:
    made = trail(4_000, seed=11, denied=0.3)
    assert {act.reason for act in made.acts} - {""} == set(WANTED)
    for event, act in zip(made.events, made.acts, strict=True):
        if act.outcome != "denied":
            continue
        found = denied(rollup((settle(observe(event)), on(1))), nothing)
        (group,) = found.groups
        denial = group.denial
        assert (denial.form, denial.decision, denial.by) == WANTED[act.reason], act
        assert not denial.sure or denial.actions == (act.action,)
        assert denial.person == act.person


def test_successes_and_errors_are_not_denied() -> None:
    found = denied(rollup((use(), on(1)), (use(outcome="error"), on(1))), nothing)
    assert not found.groups
    assert not found.worked
