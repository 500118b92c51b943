"""Read an overlay file strictly: no key twice, no unknown key, each fault with its place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import iamc_schemas
from iamc.catalog.model import CatalogError
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import ValidationError

    from iamdsl.cache import Cache

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
}


@dataclass(frozen=True, slots=True)
class OverlayFile:
    """An overlay that obeys the schema `overlay.schema.json`; `content` is its JSON value."""

    path: Path
    sha256: str
    content: dict[str, Any]


def read_overlay(path: Path, cache: Cache) -> OverlayFile:
    """Read and check the YAML or (with the suffix `.json`) JSON file at `path`.

    An overlay that the cache knows to be right is not checked again: that spares two slow imports.
    Raises `CatalogError` with a line for each fault.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CatalogError(f"{path}: cannot read the overlay: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path}: the overlay is not UTF-8: {error.reason}") from error
    schema = Path(iamc_schemas.__file__).with_name("overlay.schema.json").read_bytes()
    is_json = path.suffix.lower() == ".json"
    name = f"overlays/{hashlib.sha256(b'%d' % is_json + schema + data).hexdigest()}"
    content = cache.get(name)
    if content is None:
        content = _json(path, text) if is_json else _yaml(path, text)
        faults = _faults(content, json.loads(schema))
        if faults:
            raise CatalogError("\n".join(f"{path}: {fault}" for fault in faults))
        cache.put(name, content)
    return OverlayFile(path, hashlib.sha256(data).hexdigest(), content)


def checked(path: Path, schema: str) -> dict[str, Any]:
    """The content of any YAML or JSON file, held to the schema of that name; raises `CatalogError` as above."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogError(f"{path}: cannot read the file: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path}: the file is not UTF-8: {error.reason}") from error
    content = _json(path, text) if path.suffix.lower() == ".json" else _yaml(path, text)
    if faults := _faults(content, iamc_schemas.load(schema)):
        raise CatalogError("\n".join(f"{path}: {fault}" for fault in faults))
    return cast("dict[str, Any]", content)


def _json(path: Path, text: str) -> object:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for key, item in items:
            if key in value:
                raise ValueError(f"the key {key!r} stands twice in one mapping")
            value[key] = item
        return value

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path}: {error}") from error


def _yaml(path: Path, text: str) -> object:
    import yaml

    class Strict(yaml.SafeLoader):
        """PyYAML keeps the last of two equal keys without a word, and takes `on` and `1` for keys."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key, _ in node.value:
                if key.tag != "tag:yaml.org,2002:str":
                    raise yaml.constructor.ConstructorError(None, None, "this key is not a string", key.start_mark)
                if key.value in seen:
                    problem = f"the key {key.value!r} stands twice in one mapping"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader=Strict)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise CatalogError(f"{path}{place}: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogError(f"{path}: {error}") from error


def _faults(content: object, schema: dict[str, Any]) -> list[str]:
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema).iter_errors(content)
    return sorted(f"{place(error.absolute_path)}: {_explain(error)}" for error in errors)


def place(path: Iterable[str | int]) -> str:
    """Write the way to a value as a reader follows it: `levels."kms:Decrypt"`."""
    steps = [str(step) for step in path]
    plain = [step if step.replace("-", "").replace("_", "").isalnum() else f'"{step}"' for step in steps]
    return ".".join(plain) or "the whole file"


def _explain(error: ValidationError) -> str:
    """Say what was expected, in the schema's words instead of the validator's."""
    scalar = error.instance is None or isinstance(error.instance, str | int | float)
    found = json.dumps(error.instance) if scalar else f"a {type(error.instance).__name__}"
    schema: dict[str, Any] = error.schema  # type: ignore[assignment]
    if error.validator == "enum":
        return f"expected one of {', '.join(schema['enum'])}; found {found}"
    if error.validator == "type":
        return f"expected {_KINDS[schema['type']]}; found {found}"
    if error.validator == "pattern":
        return f"{found} has not the form of: {schema['title'].lower()} (example: {schema['examples'][0]})"
    if error.validator == "additionalProperties":
        unknown = [key for key in cast("dict[str, Any]", error.instance) if key not in schema["properties"]]
        return f"unknown key {', '.join(map(repr, unknown))}; expected one of {', '.join(schema['properties'])}"
    return error.message
