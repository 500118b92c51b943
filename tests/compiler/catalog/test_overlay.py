from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from iamc.catalog import ActionResource, Catalog, CatalogError, Level, load_catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = """\
services:
  corp:
    name: Corporate reports
    url: https://reports.example.com/
    resource-types:
      report:
        arn: arn:${Partition}:corp:${Region}:${Account}:report/${ReportId}
        condition-keys: ["aws:ResourceTag/${TagKey}"]
    condition-keys:
      corp:Team: {type: String, description: The team that owns the report}
    actions:
      GetReport:
        level: read
        resources:
          report: {required: true, condition-keys: ["aws:ResourceTag/${TagKey}"]}
        condition-keys: ["corp:Team"]
        dependent-actions: ["sqs:sendmessage"]
      ListReports: {level: list}
  sqs:
    actions:
      AuditQueue: {level: read, resources: {queue: {required: true}}}
levels:
  sqs:receivemessage: list
  corp:ListReports: read
sensitivity:
  sqs:ReceiveMessage: data
  corp:GetReport: config
"""


@pytest.fixture
def database(sample: dict[str, Any], write: Callable[..., Path]) -> Path:
    return write(sample)


@pytest.fixture
def laid(database: Path, tmp_path: Path) -> Catalog:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(GOOD)
    return load_catalog(database, overlay=overlay)


def fail(database: Path, text: str, name: str = "overlay.yaml") -> list[str]:
    """The lines of the error that an overlay causes, without the directory."""
    overlay = database.parent / name
    overlay.write_text(text)
    with pytest.raises(CatalogError) as caught:
        load_catalog(database, overlay=overlay)
    return [line.removeprefix(f"{database.parent}/") for line in str(caught.value).splitlines()]


def test_a_new_service_is_complete(laid: Catalog) -> None:
    service = laid.service("corp")
    assert service is not None
    assert "corp" in laid.prefixes
    assert (service.name, service.url) == ("Corporate reports", "https://reports.example.com/")
    action = laid.action("CORP:getreport")
    assert action is not None
    assert action.level is Level.READ
    assert action.resources == (
        ActionResource("report", True, ("aws:ResourceTag/${TagKey}",), ()),
        ActionResource("", False, ("corp:Team",), ("sqs:sendmessage",)),
    )
    assert service.resource_types["report"].service == "corp"
    assert service.condition_keys["corp:Team"].type == "String"
    assert service.actions["listreports"].wildcard_only


def test_an_existing_service_keeps_what_it_has(laid: Catalog, database: Path) -> None:
    base = load_catalog(database)
    added = laid.action("sqs:auditqueue")
    assert added is not None
    assert [a for a in laid.actions("sqs") if a != added and a.name != "ReceiveMessage"] == [
        a for a in base.actions("sqs") if a.name != "ReceiveMessage"
    ]
    assert list(laid.actions("sqs")) == sorted(laid.actions("sqs"), key=lambda a: a.name.lower())
    assert laid.service("sns") == base.service("sns")


def test_levels_change_and_nothing_else_does(laid: Catalog, database: Path) -> None:
    before, after = load_catalog(database).action("sqs:ReceiveMessage"), laid.action("sqs:ReceiveMessage")
    assert before is not None
    assert after is not None
    assert before.level is not Level.LIST
    assert after.level is Level.LIST
    assert after.resources == before.resources
    listing = laid.action("corp:ListReports")
    assert listing is not None
    assert listing.level is Level.READ


def test_sensitivity_is_kept_in_the_spelling_of_the_catalogue(laid: Catalog, database: Path) -> None:
    assert laid.sensitivity_overrides == {"sqs:ReceiveMessage": "data", "corp:GetReport": "config"}
    assert load_catalog(database).sensitivity_overrides == {}


def test_the_overlay_is_part_of_the_identity(laid: Catalog, database: Path, tmp_path: Path) -> None:
    base = load_catalog(database)
    assert laid.identity.sha256 == base.identity.sha256
    assert laid.identity.overlay_sha256 is not None
    other = tmp_path / "other.yaml"
    other.write_text(GOOD + "# a remark\n")
    assert load_catalog(database, overlay=other).identity.overlay_sha256 != laid.identity.overlay_sha256


def test_the_same_overlay_in_json_means_the_same(laid: Catalog, database: Path, tmp_path: Path) -> None:
    import yaml

    overlay = tmp_path / "overlay.json"
    overlay.write_text(json.dumps(yaml.safe_load(GOOD), indent="\t"))
    again = load_catalog(database, overlay=overlay, cache=False)
    assert [again.service(p) for p in again.prefixes] == [laid.service(p) for p in laid.prefixes]


def test_an_empty_overlay_changes_nothing_but_the_identity(database: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("{}\n")
    base, laid = load_catalog(database), load_catalog(database, overlay=overlay)
    assert [laid.service(p) for p in laid.prefixes] == [base.service(p) for p in base.prefixes]
    assert laid.identity != base.identity


LEVELS = "expected one of list, read, write, tagging, permissions-management"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("levels: {'sqs:SendMessage': reads}", f'levels."sqs:SendMessage": {LEVELS}; found "reads"'),
        ("levels: {'sqs:SendMessage': 3}", f'levels."sqs:SendMessage": {LEVELS}; found 3'),
        (
            "sensitivity: {'sqs:SendMessage': secret}",
            'sensitivity."sqs:SendMessage": expected one of config, data;',
        ),
        (
            "levels: {'sqs:Send*': read}",
            'levels: "sqs:Send*" has not the form of: action with its service prefix',
        ),
        ("levels: {'sqs:SendMesage': read}", "there is no such action; did you mean sqs:SendMessage?"),
        ("levels: {'nosuch:Send': read}", 'levels."nosuch:Send": there is no such action'),
        ("sensitivity: {'sqs:Nothing': data}", 'sensitivity."sqs:Nothing": there is no such action'),
        ("levels: {'sqs:SendMessage': read, 'sqs:sendmessage': list}", "sqs:SendMessage stands twice"),
        (
            "level: {}",
            "the whole file: unknown key 'level'; expected one of $schema, services, levels, sensitivity",
        ),
        ("[]", "the whole file: expected a mapping; found a list"),
        ("", "the whole file: expected a mapping; found null"),
        (
            "services: {corp: {actions: {}}}",
            "services.corp: the service is not in the database; a new one needs 'name'",
        ),
        ("services: {sqs: {name: Queues}}", "services.sqs.name: the database knows this service"),
        ("services: {SQS: {}}", 'services: "SQS" has not the form of: service prefix (example: s3)'),
        (
            "services: {sqs: {actions: {sendmessage: {level: read}}}}",
            "services.sqs.actions.sendmessage: it exists already",
        ),
        ("services: {sqs: {actions: {A: {}}}}", "services.sqs.actions.A: 'level' is a required property"),
        (
            "services: {sqs: {actions: {A: {level: read, resources: {topic: {required: true}}}}}}",
            "services.sqs.actions.A.resources.topic: sqs has no such resource type",
        ),
        (
            "services: {sqs: {actions: {A: {level: read, condition-keys: ['sqs:Colour']}}}}",
            "services.sqs.actions.A: sqs has no condition key sqs:Colour",
        ),
        (
            "services: {sqs: {actions: {A: {level: read, dependent-actions: ['sns:Publlish']}}}}",
            "services.sqs.actions.A: there is no action sns:Publlish",
        ),
        (
            "services: {sqs: {resource-types: {topic: {arn: 'arn:sqs'}}}}",
            'services.sqs.resource-types.topic.arn: "arn:sqs" has not the form of: arn template',
        ),
        (
            'services: {sqs: {actions: {"A\\n": {level: read}}}}',
            "has not the form of: action without its service prefix",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, line: str, database: Path) -> None:
    lines = fail(database, text)
    assert len(lines) == 1
    assert lines[0].startswith("overlay.yaml: ")
    assert line in lines[0]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "o.yaml",
            "levels:\n  a:b: read\n  a:b: list\n",
            "o.yaml:3:3: the key 'a:b' stands twice in one mapping",
        ),
        ("o.yaml", "levels: {1: read}\n", "o.yaml:1:10: this key is not a string"),
        ("o.yaml", "levels: [read\n", "o.yaml:2:1: expected ',' or ']', but got '<stream end>'"),
        ("o.yaml", "levels: !!python/name:os.system x\n", "o.yaml:1:9: could not determine a constructor"),
        ("o.yaml", "levels: 2024-99-99\n", "o.yaml: month must be in 1..12"),
        ("o.json", '{"levels": {}, "levels": {}}', "o.json: the key 'levels' stands twice in one mapping"),
        ("o.json", '{"levels": ', "o.json: Expecting value: line 1 column 12"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_line(name: str, text: str, line: str, database: Path) -> None:
    lines = fail(database, text, name)
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_every_fault_is_reported_at_once(database: Path) -> None:
    assert len(fail(database, "levels: {'sqs:A': read, 'sqs:B': read}\nsensitivity: {'sqs:C': data}\n")) == 3
    assert len(fail(database, "levels: {'sqs:A': x, 'sqs:B': y}\nsensitivity: {'sqs:C': z}\n")) == 3


def test_missing_and_undecodable_files_are_reported(database: Path, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nothing\.yaml: cannot read the overlay: No such file"):
        load_catalog(database, overlay=tmp_path / "nothing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"levels: {} # caf\xe9\n")
    with pytest.raises(CatalogError, match=r"latin\.yaml: the overlay is not UTF-8"):
        load_catalog(database, overlay=tmp_path / "latin.yaml")


def test_an_overlay_that_was_found_right_needs_neither_yaml_nor_jsonschema(database: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(GOOD)
    program = (
        "import sys; from pathlib import Path; from iamc.catalog import load_catalog;"
        "c = load_catalog(Path(sys.argv[1]), overlay=Path(sys.argv[2]));"
        "print(c.identity.overlay_sha256, 'yaml' in sys.modules, 'jsonschema' in sys.modules)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program, str(database), str(overlay)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert [run[1:] for run in runs] == [["True", "True"], ["False", "False"]]
    assert runs[0][0] == runs[1][0]


def test_the_schema_is_a_schema_and_explains_itself() -> None:
    schema = json.loads((files("iamc_schemas") / "overlay.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:iamc:schema:overlay:1"
    for name, part in schema["properties"].items():
        assert part.get("description"), name
