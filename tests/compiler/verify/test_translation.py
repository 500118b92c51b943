"""Translation validation: what is declared against the documents that are about to be written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from iamc.verify import Declared, Proven, Refuted, Unproven, Witness, validate

if TYPE_CHECKING:
    from iamc.verify import Universe

BUCKET = "arn:aws:s3:::orders"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


def allow(action: object, resource: object, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_a_merged_and_split_translation_is_proven(universe: Universe) -> None:
    names = ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:PutObject"]
    declared = [Declared("Allow", name, f"{BUCKET}/{at}/*", MFA) for name in names for at in ("a", "b")]
    declared.append(Declared("Deny", "s3:PutObject", f"{BUCKET}/a/secret"))
    documents = [
        document(allow(["s3:GetObject*"], [f"{BUCKET}/a/*", f"{BUCKET}/b/*"], Condition=MFA)),
        document(
            allow("S3:putobject", f"{BUCKET}/b/*", Condition={"Bool": {"aws:multifactorauthpresent": True}}),
            allow("s3:PutObject", f"{BUCKET}/a/*", Condition=MFA),
            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": f"{BUCKET}/a/secret"},
        ),
    ]
    assert validate(declared, documents, universe) == Proven("textual")
    assert validate(iter(declared), documents, universe) == Proven("textual")


def test_covered_resources_may_be_left_out(universe: Universe) -> None:
    declared = [Declared("Allow", "s3:GetObject", f"{BUCKET}/{name}") for name in ("*", "a", "b*", "c?")]
    declared.append(Declared("Allow", "s3:GetObject", f"{BUCKET}/a", MFA))
    assert validate(declared, [document(allow("s3:GetObject", f"{BUCKET}/*"))], universe) == Proven("textual")


def test_nothing_is_nothing(universe: Universe) -> None:
    assert validate([], [], universe) == Proven("textual")
    assert validate([], [document()], universe) == Proven("textual")
    assert isinstance(validate([], [document(allow("*", "*"))], universe), Refuted)
    lost = validate([Declared("Allow", "s3:GetObject", f"{BUCKET}/a")], [], universe)
    assert lost == Refuted(Witness("s3:GetObject", f"{BUCKET}/a", (), "left"))


@pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*"])
def test_wildcards_that_the_user_wrote(action: str, universe: Universe) -> None:
    declared = [Declared("Allow", action, "*"), Declared("Allow", "s3:GetObject", f"{BUCKET}/a")]
    assert validate(declared, [document(allow(action, "*"))], universe) == Proven("textual")
    written_out = sorted(
        known.name
        for service in universe.services
        for known in universe.actions(service).values()
        if action == "*" or known.name.startswith(action[:-1])
    )
    assert validate(declared, [document(allow(written_out, "*"))], universe) == Proven("textual")
    verdict = validate(declared, [document(allow(written_out[1:], "*"))], universe)
    assert isinstance(verdict, Refuted)
    assert (verdict.witness.action, verdict.witness.allowed_by) == (written_out[0], "left")


def test_a_star_beside_exact_actions_is_seen(universe: Universe) -> None:
    """All declared actions are granted as declared, so only an action that nobody named shows the difference."""
    names = [known.name for known in universe.actions("s3").values()]
    declared = [Declared("Allow", name, "*") for name in names]
    verdict = validate(declared, [document(allow(names, "*"), allow("*", "*"))], universe)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.allowed_by == "right"
    assert verdict.witness.action not in names
    almost = [known.name for service in universe.services for known in universe.actions(service).values()]
    for missing in almost:
        declared = [Declared("Allow", name, "*") for name in almost if name != missing]
        verdict = validate(declared, [document(allow("*", "*"))], universe)
        assert isinstance(verdict, Refuted)
        assert verdict.witness.action == missing


def test_the_effective_level_is_named(universe: Universe) -> None:
    role, queue = "arn:aws:iam::111122223333:role/jobs", "arn:aws:sqs:eu-west-1:111122223333:jobs"
    declared = [Declared("Allow", "iam:GetRole", role), Declared("Allow", "sqs:SendMessage", queue)]
    documents = [document(allow(["iam:GetRole", "sqs:SendMessage"], [role, queue]))]
    assert isinstance(validate(declared, documents, universe), Refuted)
    assert validate(declared, documents, universe, effective=True) == Proven("effective")


def test_policy_variables_are_the_same_or_not_proven(universe: Universe) -> None:
    home = f"{BUCKET}/${{aws:username}}/*"
    declared = [Declared("Allow", "s3:GetObject", home)]
    assert validate(declared, [document(allow("s3:GetObject", home))], universe) == Proven("textual")
    literal = validate(declared, [document(allow("s3:GetObject", home), version="2008-10-17")], universe)
    assert isinstance(literal, Refuted)


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        (["{"], "document 1: not JSON"),
        ([document(), '{"Version": "2012-10-17"}'], "document 2: Statement is missing"),
        ([document({**allow("s3:GetObject", "*"), "Principal": "*"})], "document 1: statement 1: unknown element"),
    ],
)
def test_a_document_that_is_no_policy_is_not_proven(documents: list[str], reason: str, universe: Universe) -> None:
    verdict = validate([], documents, universe)
    assert isinstance(verdict, Unproven)
    assert verdict.reason.startswith(reason)


@pytest.mark.parametrize(
    "declared",
    [
        Declared("allow", "s3:GetObject", f"{BUCKET}/a"),
        Declared("Allow", "GetObject", f"{BUCKET}/a"),
        Declared("Allow", "s3:GetObject", "orders/a"),
        Declared("Allow", "s3:GetObject", f"{BUCKET}/a", {"Bool": {}}),
    ],
)
def test_a_declaration_that_is_no_permission_is_not_proven(declared: Declared, universe: Universe) -> None:
    assert isinstance(validate([declared], [], universe), Unproven)


def test_a_large_translation_compares_texts_only(shipped: Universe) -> None:
    """Thirty thousand pairs that agree visit no state, and one lost resource is found among them."""
    names = [known.name for known in shipped.actions("s3").values()][:100]
    resources = [f"arn:aws:s3:::bucket-{number}/*" for number in range(300)]
    declared = [Declared("Allow", name, resource) for name in names for resource in resources]
    documents = [document(allow(names, resources[start : start + 20])) for start in range(0, 300, 20)]
    assert validate(declared, documents, shipped, budget=0, deadline_seconds=0) == Proven("textual")
    verdict = validate(declared, documents[:-1], shipped)
    assert isinstance(verdict, Refuted)
    assert verdict.witness.resource.startswith("arn:aws:s3:::bucket-2")
