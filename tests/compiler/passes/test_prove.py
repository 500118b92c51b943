"""What is written must grant what was declared: documents that say more or less are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamc.passes.prove import prove
from iamc.pipeline import Context
from iamc.settings import Settings

SOURCE = "edition 1\nrole reader {\n  allow s3:GetObject, s3:GetObjectAcl on arn:aws:s3:::orders/*\n}\n"


@pytest.mark.parametrize(
    ("old", "new", "side"),
    [
        ("orders/*", "*", "granted, but not declared"),
        ("orders/*", "orders/2026/*", "declared, but not granted"),
        ('"s3:GetObjectAcl"', '"s3:GetObjectTagging"', "not"),
        ('"Allow"', '"Deny"', "declared, but not granted"),
    ],
)
def test_a_document_that_says_something_else_is_refused(old: str, new: str, side: str, catalog: Catalog) -> None:
    result = compiled(SOURCE, catalog, wildcards="exact")
    (unit,) = result.compiled
    (document,) = unit.documents
    context = Context.of(catalog, Settings())
    assert prove(unit.unit, unit.permissions, unit.documents, context.vocabulary, context.universe) == []
    assert old in document.text
    changed = [replace(document, text=document.text.replace(old, new))]
    (finding,) = prove(unit.unit, unit.permissions, changed, context.vocabulary, context.universe)
    assert finding.code == "IAM904"
    assert finding.span == unit.unit.role.span
    assert "s3:GetObject" in finding.notes[0]
    assert side in finding.notes[0]


def test_a_document_that_cannot_be_read_proves_nothing(catalog: Catalog) -> None:
    result = compiled(SOURCE, catalog)
    (unit,) = result.compiled
    context = Context.of(catalog, Settings())
    broken = [replace(unit.documents[0], text="{")]
    (finding,) = prove(unit.unit, unit.permissions, broken, context.vocabulary, context.universe)
    assert finding.code == "IAM904"
