"""What editors show of the schemas: every key of a file that people write says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import iamc_schemas

NAMES = sorted(path.name.removesuffix(".schema.json") for path in Path(iamc_schemas.__path__[0]).glob("*.schema.json"))
WRITTEN_BY_PEOPLE = ("organisation", "policy-sentry-template", "targets", "overlay", "quotas", "in-scope")


def resolved(schema: dict[str, Any], node: Any) -> Any:
    """What an editor shows for a node: its own words, or those of what it refers to."""
    while isinstance(node, dict) and "description" not in node and "$ref" in node:
        target: Any = schema
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def keys(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key that an object may have, with its schema. An `if` only looks, and `false` forbids."""
    if isinstance(node, list):
        for each in node:
            yield from keys(each)
    elif isinstance(node, dict):
        for word in ("properties", "patternProperties"):
            yield from ((key, value) for key, value in node.get(word, {}).items() if value is not False)
        for word, each in node.items():
            if word != "if":
                yield from keys(each)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_has_an_id_that_stays_a_title_and_a_description(name: str) -> None:
    schema = iamc_schemas.load(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:iamc:schema:{name}:1"
    assert schema["title"]
    assert schema["description"].endswith(".")


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_every_key_that_people_write_says_what_it_is(name: str) -> None:
    schema = iamc_schemas.load(name)
    found = list(keys(schema))
    assert len(found) > 4
    for key, node in found:
        shown = resolved(schema, node)
        assert isinstance(shown, dict), key
        assert shown.get("description", "").rstrip().endswith((".", "`")), key
