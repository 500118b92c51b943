"""Lines of the same meaning as a person writes them: one for the same targets, `assume` for its action."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iamdsl.syntax import Assume, Role, Statement

if TYPE_CHECKING:
    from iamdsl.syntax import Field, File, Target


def tidied(file: File) -> File:
    """The file with the statements of each role joined where they differ by their access only.

    A Policy Sentry template has a list for each access level, so that a resource stands in several of them.
    """
    declarations = tuple(
        replace(each, fields=tuple(_joined(each.fields))) if isinstance(each, Role) else each
        for each in file.declarations
    )
    return replace(file, declarations=declarations)


def _joined(fields: tuple[Field, ...]) -> list[Field]:
    joined: list[Field] = []
    places: dict[tuple[str, tuple[Target, ...]], int] = {}
    for each in fields:
        if not isinstance(each, Statement) or each.dependents or each.without or each.when or each.until:
            joined.append(each)
            continue
        if each.effect == "allow" and [getattr(a, "pattern", "") for a in each.access] == ["sts:AssumeRole"]:
            joined.append(Assume(each.targets, (), None, each.span))
            continue
        place = places.setdefault((each.effect, each.targets), len(joined))
        if place == len(joined):
            joined.append(each)
            continue
        first = joined[place]
        if isinstance(first, Statement):
            joined[place] = replace(first, access=tuple(dict.fromkeys((*first.access, *each.access))))
    return joined
