"""Versioned facts about AWS that no database carries: each file names its source and its date."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def table(name: str) -> Any:
    """The JSON data file `name` of this package."""
    return json.loads((files(__package__) / f"{name}.json").read_text(encoding="utf-8"))
