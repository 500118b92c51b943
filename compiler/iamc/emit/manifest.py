"""The manifest: what a compile wrote, from which database, and how sure it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iamc import __version__
from iamc.catalog import CatalogIdentity
from iamc.emit.files import policy_files
from iamc.model import Compiled
from iamc.settings import Settings
from iamdsl.diagnostics import Diagnostic
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written of some units: compact policy texts by file name, and the rows of the manifest."""

    files: Mapping[str, str]
    roles: Sequence[dict[str, Any]]
    documents: Sequence[dict[str, Any]]


def outputs_of(units: Sequence[Compiled]) -> tuple[Outputs, list[Diagnostic]]:
    """The outputs, and what is wrong with the names of their files."""
    files, problems = policy_files(units)
    return Outputs(files, _roles(units), _documents(units)), problems


def manifest(outputs: Outputs, identity: CatalogIdentity, settings: Settings, others: Iterable[str] = ()) -> str:
    """The text of `manifest.json`, which `iamc_schemas/manifest.schema.json` describes; no dates, no paths.

    `others` are the files that back ends wrote beside the documents.
    """
    content: dict[str, Any] = {
        "$schema": "urn:iamc:schema:manifest:1",
        "iamc": __version__,
        "database": {
            "package_version": identity.package_version,
            "sha256": identity.sha256,
            "overlay_sha256": identity.overlay_sha256,
            "services": identity.services,
            "actions": identity.actions,
        },
        "quota": settings.quota,
        "wildcards": settings.wildcards,
        **({"username": settings.username} if settings.username else {}),
        "roles": outputs.roles,
        "documents": outputs.documents,
    }
    if listed := sorted(others):
        content["outputs"] = listed
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _roles(compiled: Iterable[Compiled]) -> list[dict[str, Any]]:
    """What the manifest says of each role in each account."""
    return [
        {
            "unit": unit.unit.name,
            "tier": unit.unit.role.tier or None,
            "session_seconds": unit.unit.role.session or None,
            "break_glass": unit.unit.role.break_glass,
            "managed": list(unit.unit.role.managed),
            "documents": len(unit.documents),
            "lower_bound": unit.lower_bound,
            "proof": "textual" if unit.documents else None,
        }
        for unit in compiled
    ]


def _documents(compiled: Iterable[Compiled]) -> list[dict[str, Any]]:
    """What the manifest says of each document."""
    return [
        {
            "file": f"{unit.unit.name}{document.suffix}.json",
            "role": unit.unit.role.name,
            "account": unit.unit.account.number if unit.unit.account else None,
            "characters": document.characters,
            "statements": len(document.statements),
        }
        for unit in compiled
        for document in unit.documents
    ]
