"""`generalise ARNS`: resources that fit a pattern which the author allows are written as that pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from iamc.arn import ArnProblem
from iamc.glob import includes
from iamc.model import OnArn, Permission, Unit
from iamc.passes.expand.messages import bad_arn
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.diagnostics import Diagnostic, report


def generalised(
    unit: Unit, permissions: Sequence[Permission], vocabulary: Vocabulary, sink: list[Diagnostic]
) -> Sequence[Permission]:
    """The permissions with each allowed resource replaced by the first pattern that includes it.

    Denies stay as they are: a wider deny is nobody's wish.
    """
    if not unit.generalise:
        return permissions
    sound = [pattern for pattern in unit.generalise if not _refused(pattern, vocabulary, sink)]
    out: list[Permission] = []
    used: set[str] = set()
    for permission in permissions:
        wider = _wider(permission, sound)
        used.add(wider)
        out.append(replace(permission, resource=wider) if wider else permission)
    sink.extend(_needless(sound, used))
    return out


def _refused(pattern: OnArn, vocabulary: Vocabulary, sink: list[Diagnostic]) -> bool:
    shape = vocabulary.shape(pattern.arn)
    if isinstance(shape, ArnProblem):
        sink.append(bad_arn(shape, pattern))
    return isinstance(shape, ArnProblem)


def _wider(permission: Permission, patterns: Sequence[OnArn]) -> str:
    if permission.effect != "allow" or permission.resource == "*":
        return ""
    return next((pattern.arn for pattern in patterns if includes(pattern.arn, permission.resource)), "")


def _needless(patterns: Sequence[OnArn], used: set[str]) -> Iterator[Diagnostic]:
    for pattern in patterns:
        if pattern.arn not in used:
            yield report(
                "IAM311",
                f"`{pattern.arn}` generalises nothing",
                pattern.span,
                label="no resource of the role fits it",
                help="remove it, or write a pattern that the role's resources fit",
            )
