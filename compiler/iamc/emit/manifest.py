"""The manifest: what a compile wrote, from which database, and how sure it is."""

from __future__ import annotations

import json
from collections.abc import Iterable

from iamc import __version__
from iamc.catalog import CatalogIdentity
from iamc.model import Compiled
from iamc.settings import Settings


def manifest(compiled: Iterable[Compiled], identity: CatalogIdentity, settings: Settings) -> str:
    """The text of `manifest.json`, which `iamc_schemas/manifest.schema.json` describes; no dates, no paths."""
    documents: list[dict[str, object]] = []
    for unit in compiled:
        for document in unit.documents:
            number = f"-{document.number}" if len(unit.documents) > 1 else ""
            documents.append(
                {
                    "file": f"{unit.unit.name}{number}.json",
                    "role": unit.unit.role.name,
                    "account": unit.unit.account.number if unit.unit.account else None,
                    "characters": document.characters,
                    "statements": len(document.statements),
                }
            )
    roles = [
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
    content = {
        "$schema": "https://iamc.dev/schemas/manifest/1",
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
        "roles": roles,
        "documents": documents,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
