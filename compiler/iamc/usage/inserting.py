"""Where a new line would go: behind which line of a role, and whether the ceiling of its tier lets it in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamc.explain import Answer
from iamc.model import Compiled
from iamc.passes.constrain import within_ceiling
from iamc.passes.expand.vocabulary import Vocabulary


def below_ceiling(one: Compiled, actions: Iterable[str], vocabulary: Vocabulary) -> bool:
    """Whether the ceiling of a role includes all of these actions."""
    if one.unit.ceiling is None:
        return True
    wanted = set(actions)
    services = sorted({action.partition(":")[0] for action in wanted})
    return within_ceiling(one.unit.ceiling, services, vocabulary).issuperset(wanted)


def behind(one: Compiled, answers: Sequence[Answer]) -> str:
    """Where the line of the role's own ends that comes closest, else its last one, else the line of its name."""
    body = one.unit.role.body
    near = [line.span for answer in answers for line in answer.near]
    own = [request.span for request in one.unit.requests]
    inside = [
        span for span in (*near, *reversed(own)) if body.path == span.path and body.start <= span.start < body.end
    ]
    span = inside[0] if inside else one.unit.role.span
    return at(span.path, span.end_position[0])


def at(path: str, line: int) -> str:
    """A place as people and editors read it."""
    return f"{path}:{line}"
