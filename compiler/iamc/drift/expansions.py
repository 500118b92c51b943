"""What each part of a declaration stands for: one access level or pattern on one target, as exact actions.

The expand pass itself answers, asked for one part at a time, so what is locked is what is compiled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from iamc.catalog import Catalog
from iamc.model import ALWAYS, Compiled, LevelWanted, OnArn, OnServices, Target, Unit, Wanted
from iamc.passes.expand import expand
from iamc.passes.expand.vocabulary import Shape, Vocabulary
from iamc.sensitivity import Sensitivity
from iamc.settings import Settings
from iamdsl.source import Span
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One level or pattern on one target of a role: `allow read on arn:aws:s3:::orders/*`.

    `effect` is allow or deny; `span` is where the level or pattern is written.
    """

    unit: str
    text: str
    effect: str
    asked: Unit = field(compare=False, repr=False)
    span: Span = field(compare=False, repr=False)


def vocabulary_of(catalog: Catalog) -> Vocabulary:
    """The vocabulary of a catalogue, for one run."""
    return Vocabulary(catalog, Sensitivity(catalog))


def parts(unit: Unit) -> Iterator[Part]:
    """The parts of a unit, in the order of the source; what is said twice comes twice."""
    for request in unit.requests:
        left_out = [*request.excluded, *(unit.excluded if request.effect == "allow" else ())]
        without = f" without {', '.join(sorted({p.pattern for p in left_out}))}" if left_out else ""
        tail = f"{' with dependents' if request.dependents else ''}{without}"
        for target in request.targets:
            for wanted in request.wanted:
                alone = replace(request, wanted=(wanted,), targets=(target,), condition=ALWAYS)
                text = f"{request.effect} {_wanted(wanted)} on {_target(target)}{tail}"
                yield Part(unit.name, text, request.effect, replace(unit, requests=(alone,)), wanted.span)


def _wanted(wanted: Wanted) -> str:
    return wanted.level if isinstance(wanted, LevelWanted) else wanted.pattern


def _target(target: Target) -> str:
    if isinstance(target, OnArn):
        return target.arn
    if isinstance(target, OnServices):
        only = " wildcard-only" if target.wildcard_only else ""
        return f"service {', '.join(target.services)}{only}"
    return "*"


def kind(part: Part, vocabulary: Vocabulary) -> str:
    """The part with resource types in the place of its ARN: parts of one kind stand for the same, as a rule."""
    (request,) = part.asked.requests
    (target,) = request.targets
    shape = vocabulary.shape(target.arn) if isinstance(target, OnArn) else None
    if not isinstance(target, OnArn) or not isinstance(shape, Shape):
        return part.text
    types = f"{shape.arn.service} {', '.join(sorted(shape.own)) or 'without a type'}"
    return part.text.replace(target.arn, types, 1)


class Expansions:
    """What parts stand for under one catalogue; remembers every answer."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._known: dict[str, frozenset[str]] = {}
        self._settings = Settings(drop_unmatched=True)

    def of(self, part: Part) -> frozenset[str]:
        """The exact actions; a `service:*` is opened, and `*` stays, for it leaves nothing to decide."""
        passes = part.asked.requests[0].passes
        key = f"{passes} {part.text}"
        if key not in self._known:
            permissions, _ = expand(part.asked, self.vocabulary, self._settings)
            self._known[key] = self.opened(name for p in permissions for name in p.actions)
        return self._known[key]

    def opened(self, names: Iterable[str]) -> frozenset[str]:
        """The names with every pattern among them, except `*`, replaced by what it matches."""
        found: set[str] = set()
        for name in names:
            wild = name != "*" and ("*" in name or "?" in name)
            found |= self.vocabulary.names(name) if wild else {name}
        return frozenset(found)


def written_wildcards(compiled: Compiled) -> tuple[str, ...]:
    """The patterns with a wildcard in the allowing statements of a unit's documents, sorted; not `*` itself."""
    patterns = {
        pattern
        for document in compiled.documents
        for statement in document.statements
        if statement.effect == "allow"
        for pattern in statement.patterns
    }
    return tuple(sorted(p for p in patterns if p != "*" and ("*" in p or "?" in p)))


def digest(lines: Iterable[tuple[str, Iterable[str]]]) -> str:
    """A digest of expansions by their text, whatever the order of either."""
    content = "\n".join(f"{text}\t{' '.join(sorted(names))}" for text, names in sorted(lines))
    return hashlib.sha256(content.encode()).hexdigest()
