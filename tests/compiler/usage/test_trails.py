"""The synthetic events are what the reader of events takes them for, and the same every time."""

from __future__ import annotations

from pathlib import Path

from iamc.usage.observe import observe
from iamc.usage.settle import settle
from trails import DENIED, OPERATIONS, trail, write


def test_events_mean_their_truth() -> None:
    made = trail(3_000, seed=1, denied=0.2)
    for event, act in zip(made.events, made.acts, strict=True):
        use = settle(observe(event))
        assert (use.account, use.source, use.name, use.identity) == (act.account, act.source, act.event, act.identity)
        assert (use.channel, use.via) == (act.channel, act.via)
        if act.channel != "aws":
            assert (use.person, use.outcome) == (act.person, act.outcome)
        if act.role:
            assert use.principal == f"arn:aws:iam::{act.account}:role/{act.role}"


def test_everything_occurs() -> None:
    acts = trail(8_000, denied=0.2).acts
    assert {act.identity for act in acts} == {
        "AssumedRole", "SAMLUser", "WebIdentityUser", "IdentityCenterUser", "IAMUser", "Root", "AWSService",
        "AWSAccount", "FederatedUser",
    }  # fmt: skip
    assert {act.reason for act in acts} - {""} == set(DENIED)
    assert {act.event for act in acts} >= {operation.event for operation in OPERATIONS}


def test_equal_arguments_give_equal_files(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, trail(150, seed=3)) for name in ("a", "b"))
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
