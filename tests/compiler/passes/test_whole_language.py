"""Every field has an effect, whichever front end it was written for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiling import codes, compiled
from iamc.catalog import Catalog
from iamc.model import Unit
from iamc.pipeline import Result
from iamdsl.parse import parse
from iamdsl.source import Source
from iamdsl.yaml_print import to_yaml

IAMDSL = """edition 1
let desk = "siem:shop"
account prod 111122223333 { alias "acme" }
role narrow {
  managed "arn:aws:iam::${account.id}:policy/narrow"
  allow s3:GetObject, s3:PutObject on arn:aws:s3:::orders/*
  exclude s3:PutObject
}
role wide {
  describe "For ${account.alias}."
  alert audit "${desk}"
  boundary "arn:aws:iam::${account.id}:policy/limit"
  use narrow
  allow s3:PutObject on arn:aws:s3:::stock-eu/*, arn:aws:s3:::stock-us/*
  deny s3:PutObject on arn:aws:s3:::stock-eu/locked/*
  generalise arn:aws:s3:::stock-*/*
}
"""


def _unit(result: Result, role: str) -> tuple[Unit, list[dict[str, Any]]]:
    (found,) = [compiled for compiled in result.compiled if compiled.unit.role.name == role]
    return found.unit, [s for d in found.documents for s in json.loads(d.text)["Statement"]]


@pytest.fixture(scope="module", params=["iamdsl", "yaml"])
def result(request: pytest.FixtureRequest, catalog: Catalog) -> Result:
    text = IAMDSL if request.param == "iamdsl" else to_yaml(parse(Source("test.iamdsl", IAMDSL)).file)
    return compiled(text, catalog, f"test.{request.param}")


def test_nothing_is_found(result: Result) -> None:
    assert codes(result) == []


def test_what_a_role_excludes_does_not_come_back_through_use(result: Result) -> None:
    _, statements = _unit(result, "wide")
    on_orders = [s for s in statements if s["Resource"] == "arn:aws:s3:::orders/*"]
    assert [s["Action"] for s in on_orders] == ["s3:GetObject"]


def test_managed_policies_come_through_use(result: Result) -> None:
    assert _unit(result, "wide")[0].role.managed == ("arn:aws:iam::111122223333:policy/narrow",)


def test_texts_have_their_variables_replaced(result: Result) -> None:
    role = _unit(result, "wide")[0].role
    assert role.description == "For acme."
    assert role.alerts[0].destination == "siem:shop"
    assert role.boundary == "arn:aws:iam::111122223333:policy/limit"


def test_generalise_widens_what_is_allowed_and_nothing_else(result: Result) -> None:
    _, statements = _unit(result, "wide")
    by_effect = {(s["Effect"], s["Resource"]) for s in statements if s["Action"] == "s3:PutObject"}
    assert by_effect == {("Allow", "arn:aws:s3:::stock-*/*"), ("Deny", "arn:aws:s3:::stock-eu/locked/*")}


LINE = "arn:aws:elasticache:eu-west-1:111122223333:cluster:x with dependents"


def test_dependents_are_said_and_granted(catalog: Catalog) -> None:
    result = compiled(f"edition 1\nrole r {{ allow elasticache:* on {LINE} }}", catalog)
    assert codes(result) == ["IAM223"]
    assert any("s3:GetObject" in s["Action"] for s in _unit(result, "r")[1])


def test_a_deny_has_no_dependents(catalog: Catalog) -> None:
    result = compiled(f"edition 1\nrole r {{ allow s3:ListAllMyBuckets on * deny elasticache:* on {LINE} }}", catalog)
    assert codes(result) == ["IAM012"]


def test_passing_a_role_is_no_dependent(catalog: Catalog) -> None:
    task = "arn:aws:ecs:eu-west-1:111122223333:task-definition/x:1"
    assert codes(compiled(f"edition 1\nrole r {{ allow ecs:RunTask on {task} with dependents }}", catalog)) == [
        "IAM221"
    ]
