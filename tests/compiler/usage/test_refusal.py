"""What the message of a denied call says, form by form, and whatever else stands there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamc.usage.refusal import POLICIES, Refusal, refusal

ROWS = json.loads((Path(__file__).parents[2] / "fixtures/usage/refusals.json").read_text())["rows"]
FORMS = ("stated", "unstated", "encoded", "plain", "empty")
NAMING = [row[0] for row in ROWS if row[1] in ("stated", "unstated")]
PIECES = ["not authorized to perform: ", "s3:GetObject", " on resource: ", '"', "arn:aws:s3:::b/", " because no ",
          "identity-based policy allows", " with an explicit deny in a ", "service control policy", ": ",
          "Encoded authorization failure message", "role ", "\x1b[2J", "\n", "*"]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60] or "empty")
def test_what_a_message_says(row: list[str]) -> None:
    said = refusal(row[0])
    assert [said.form, said.decision, said.by, said.action, said.resource, said.policy] == row[1:]


def test_the_table_has_every_kind_of_policy_both_ways() -> None:
    stated = {(row[2], row[3]) for row in ROWS if row[1] == "stated"}
    assert stated == {(decision, kind) for decision in ("implicit", "explicit") for kind in POLICIES.values()}
    assert {row[1] for row in ROWS} == set(FORMS)


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join))
def test_every_text_has_an_answer(text: str) -> None:
    said = refusal(text)
    assert said.form in FORMS
    assert (said.form == "stated") == bool(said.decision) == bool(said.by)
    assert bool(said.action) == (said.form in ("stated", "unstated"))
    assert not said.policy or said.decision == "explicit"


@given(st.sampled_from(NAMING), st.text(st.characters(exclude_characters="n"), max_size=40))
def test_what_stands_before_a_message_changes_nothing(message: str, before: str) -> None:
    said, known = refusal(f"{before} {message}"), refusal(message)
    assert said == known


@given(st.sampled_from(NAMING), st.sampled_from([" (Service: S3, Status Code: 403)", " status code: 400", "\n", " "]))
def test_what_stands_behind_a_message_changes_neither_action_nor_reason(message: str, behind: str) -> None:
    said, known = refusal(message + behind), refusal(message)
    assert (said.form, said.decision, said.by, said.action) == (known.form, known.decision, known.by, known.action)


def test_a_long_message_takes_no_time() -> None:
    noise = "because no with an explicit deny in a " * 20_000
    said = refusal(f"x is not authorized to perform: s3:GetObject on resource: {noise}")
    assert said == Refusal("unstated", action="s3:GetObject")
