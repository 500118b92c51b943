"""The prove pass: the documents as they will be written grant exactly the declared permissions.

Everything that decides is in `iamc.verify`, which shares no code with the passes before this one; here the
permissions are only handed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamc.model import Document, Permission, Unit
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.verify.translation import Declared, validate
from iamc.verify.universe import Universe
from iamc.verify.verdict import Proven, Refuted
from iamdsl.diagnostics import Diagnostic, report


def prove(
    unit: Unit,
    permissions: Sequence[Permission],
    documents: Sequence[Document],
    vocabulary: Vocabulary,
    universe: Universe,
) -> list[Diagnostic]:
    """Nothing when proved; otherwise why not, with a request that would be decided wrongly."""
    texts = [document.text for document in documents]
    verdict = validate(_declared(permissions, vocabulary), texts, universe)
    if isinstance(verdict, Proven):
        return []
    if isinstance(verdict, Refuted):
        witness = verdict.witness
        side = "declared, but not granted" if witness.allowed_by == "left" else "granted, but not declared"
        when = f" when {' and '.join(witness.conditions)}" if witness.conditions else ""
        said = f"{witness.action} on {witness.resource}{when} is {side}"
    else:
        said = verdict.reason
    return [
        report(
            "IAM904",
            f"`{unit.name}` could not be proved to grant what was declared",
            unit.role.span,
            notes=[said],
            help="nothing was written; this is a fault of iamc, please report it with the declaration",
        )
    ]


def _declared(permissions: Sequence[Permission], vocabulary: Vocabulary) -> Iterator[Declared]:
    blocks = {p.condition: p.condition.block() for p in permissions}
    lists = {
        c: {op: {k: [v] if isinstance(v, str) else v for k, v in keys.items()} for op, keys in block.items()}
        for c, block in blocks.items()
    }
    for permission in permissions:
        effect, condition = permission.effect.capitalize(), lists[permission.condition]
        for action in permission.actions:
            if ("*" in action or "?" in action) and action != "*" and not action.endswith(":*"):
                for known in vocabulary.matching(action):
                    yield Declared(effect, known.qualified, permission.resource, condition)
            else:
                yield Declared(effect, action, permission.resource, condition)
