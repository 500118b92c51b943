"""JSON Schemas of every file that iamc reads or writes."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def load(name: str) -> dict[str, Any]:
    """The schema `name`, such as `organisation`; FileNotFoundError when there is none of that name."""
    import json

    text = (files(__name__) / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
