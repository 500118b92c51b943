"""Why a role may do something, or may not: the lines of the source that decide, and the line that would change it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from iamc.glob import includes, intersects
from iamc.knowing import possibly, surely
from iamc.model import Compiled, Condition, Document, OnArn, Permission, Request
from iamc.passes.expand.vocabulary import Vocabulary
from iamdsl.source import Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one request by one role in one account.

    `verdict` is `allowed`, `allowed if`, `denied` or `not allowed`. `lines` are the permissions that decide,
    `documents` the emitted documents and Sids that carry them, `near` what comes closest where nothing allows it.
    """

    unit: str
    action: str
    resource: str
    verdict: str
    lines: tuple[Permission, ...]
    documents: tuple[str, ...]
    near: tuple[Permission, ...]
    remedy: str


def ask(compiled: Compiled, action: str, resource: str, context: Condition, vocabulary: Vocabulary) -> Answer:
    """Whether the role may use `action` on `resource`, an ARN or `*`; empty asks for any resource at all.

    `context` is what is known of the request.
    """
    named = [p for p in compiled.permissions if _names(p, action, vocabulary)]
    about = [p for p in named if _covers(p.resource, resource) and possibly(p.condition, context)]
    denies = [p for p in about if p.effect == "deny"]
    allows = [p for p in about if p.effect == "allow"]
    sure = [p for p in denies if surely(p.condition, context) and (resource or p.resource == "*")]
    if sure:
        return _answer(compiled, action, resource, "denied", sure, vocabulary)
    if not allows:
        near = tuple(_near(compiled, named, action, resource, vocabulary))
        remedy = _remedy(action, resource)
        return Answer(compiled.unit.name, action, resource, "not allowed", (), (), near, remedy)
    plain = [p for p in allows if surely(p.condition, context)]
    verdict = "allowed" if plain and not denies else "allowed if"
    return _answer(compiled, action, resource, verdict, [*(plain or allows), *denies], vocabulary)


def _answer(
    compiled: Compiled, action: str, resource: str, verdict: str, lines: Sequence[Permission], vocabulary: Vocabulary
) -> Answer:
    documents = tuple(_documents(compiled.documents, lines, action, resource, vocabulary))
    return Answer(compiled.unit.name, action, resource, verdict, tuple(lines), documents, (), "")


def _names(permission: Permission, action: str, vocabulary: Vocabulary) -> bool:
    written = permission.actions
    return action in written or any(action in vocabulary.names(each) for each in written if "*" in each or "?" in each)


def _covers(granted: str, resource: str) -> bool:
    return not resource or includes(granted, resource)


def _documents(
    documents: Sequence[Document], lines: Sequence[Permission], action: str, resource: str, vocabulary: Vocabulary
) -> Iterator[str]:
    """Which emitted statements carry the lines: document, Sid and the pattern that matches."""
    conditions = {json.dumps(line.condition.block(), sort_keys=True) for line in lines}
    for document in documents:
        for statement in document.statements:
            pattern = next((p for p in statement.patterns if action in vocabulary.names(p) or p == action), None)
            here = any(_covers(target, resource) for target in statement.resources)
            if pattern and here and json.dumps(statement.condition.block(), sort_keys=True) in conditions:
                yield f"document {document.number}, {statement.sid or 'a statement'}: `{pattern}`"


def _near(
    compiled: Compiled, named: Sequence[Permission], action: str, resource: str, vocabulary: Vocabulary
) -> Iterator[Permission]:
    """The lines that come closest: the same action elsewhere, else other actions of the service on this resource."""
    elsewhere = [p for p in named if p.effect == "allow"]
    service = action.partition(":")[0] + ":"
    allows = [p for p in compiled.permissions if p.effect == "allow" and any(a.startswith(service) for a in p.actions)]
    here = [p for p in allows if not resource or intersects(p.resource, resource)]
    seen: set[Span] = set()
    for permission in [*elsewhere, *here]:
        if permission.span not in seen:
            seen.add(permission.span)
            yield permission
        if len(seen) == 3:
            return


def _remedy(action: str, resource: str) -> str:
    return f"allow {action} on {resource or 'RESOURCE'}"


# what a line stands for --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expansion:
    """What one line of the source grants in one unit."""

    unit: str
    request: Request
    permissions: tuple[Permission, ...]
    characters: int


def expansions(compiled: Sequence[Compiled], path: str, line: int) -> Iterator[Expansion]:
    """What the statement at a line of a file expands to, in every role and account that has it."""
    for one in compiled:
        for request in one.unit.requests:
            first, last = request.span.line, request.span.end_position[0]
            if request.span.path == path and first <= line <= last:
                yield expansion(one, request)


def expansion(one: Compiled, request: Request) -> Expansion:
    """What one of a unit's requests expands to."""
    permissions = tuple(p for p in one.permissions if p.span == request.span)
    return Expansion(one.unit.name, request, permissions, _characters(permissions))


def _characters(permissions: Sequence[Permission]) -> int:
    """How many characters the line would take by itself, names written out."""
    actions = {action for permission in permissions for action in permission.actions}
    resources = {permission.resource for permission in permissions}
    condition = permissions[0].condition.block() if permissions else {}
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": sorted(resources), "Condition": condition}
    return len(json.dumps(statement, separators=(",", ":")))


def targets_of(request: Request) -> tuple[str, ...]:
    """The ARNs that a request names."""
    return tuple(target.arn for target in request.targets if isinstance(target, OnArn))
