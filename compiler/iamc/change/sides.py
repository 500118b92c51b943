"""The two sides of a comparison: what each role in each account may do, and who holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from iamc.emit.holders import holdings, people_of
from iamc.model import ALWAYS, Atom, Condition, Organisation, Unit, conjunction
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.pipeline import Result
from iamc.verify.policy import Policy, read_policy
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """One action on one resource under one condition; `place` is the line that grants or denies it."""

    effect: str
    action: str
    resource: str
    condition: Condition
    place: str


@dataclass(frozen=True, slots=True)
class Role:
    """One role in one account. `facts` are what else matters of it: session, requirements, managed policies.

    `holders` are the people who have it, each with the end of their grant where there is one. Policies in JSON say
    nothing of either: there both are None.
    """

    name: str
    access: tuple[Access, ...]
    policies: tuple[Policy, ...]
    characters: int
    facts: Mapping[str, str] | None
    holders: frozenset[str] | None


Side = Mapping[str, Role]
"""Roles by `account/role`, or by file for policies."""


def of_result(result: Result, vocabulary: Vocabulary, root: str = "") -> Side:
    """The side that compiled declarations make; `root` is cut from the places."""
    return {
        one.unit.name: Role(
            one.unit.name,
            tuple(
                Access(p.effect, name, p.resource, p.condition, _place(str(p.span), root))
                for p in one.permissions
                for action in sorted(p.actions)
                for name in sorted(vocabulary.names(action) or {action})
            ),
            tuple(read_policy(document.text) for document in one.documents),
            sum(document.characters for document in one.documents),
            _facts(one.unit),
            frozenset(_holders(result.organisation, one.unit)),
        )
        for one in result.compiled
    }


def _place(place: str, root: str) -> str:
    path, line, _ = place.rsplit(":", 2)
    return f"{path.removeprefix(root).lstrip('/')}:{line}"


def _facts(unit: Unit) -> dict[str, str]:
    role = unit.role
    return {
        "tier": role.tier,
        "session": _duration(role.session),
        "requires": ", ".join(sorted(role.require)),
        "boundary": role.boundary,
        "managed policies": ", ".join(sorted(role.managed)),
        "alerts": ", ".join(sorted(f"{alert.channel} {alert.destination}" for alert in role.alerts)),
    }


def _duration(seconds: int) -> str:
    if not seconds:
        return ""
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"


def _holders(organisation: Organisation, unit: Unit) -> Iterator[str]:
    for holding in holdings(organisation, unit.role, unit.account):
        until = f" until {holding.grant.until}" if holding.grant.until else ""
        for person in people_of((holding,)):
            yield f"{person.name}{until}"


# policies in JSON -------------------------------------------------------------------------------------------------


def of_policies(path: Path, vocabulary: Vocabulary) -> Side:
    """The side that policy documents make: one role for each file, or for each role of a manifest's folder.

    Raises ValueError (PolicyError is one) for what is no policy, and OSError.
    """
    grouped: dict[str, list[Path]] = {}
    for name, file in sorted(_files(path)):
        grouped.setdefault(name, []).append(file)
    return {name: _policy_role(name, members, vocabulary) for name, members in grouped.items()}


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """Every file with the role that it belongs to: what the manifest lists where there is one, else all."""
    if not path.is_dir():
        yield "policy", path
    elif (manifest := path / "manifest.json").exists():
        for row in json.loads(manifest.read_text(encoding="utf-8"))["documents"]:
            yield (PurePosixPath(row["file"]).parent / row["role"]).as_posix(), path / row["file"]
    else:
        for file in path.rglob("*.json"):
            yield file.relative_to(path).with_suffix("").as_posix(), file


def _policy_role(name: str, files: Iterable[Path], vocabulary: Vocabulary) -> Role:
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in files]
    policies = tuple(read_policy(text) for _, text in texts)
    access = tuple(each for file, text in texts for each in _accesses(file, json.loads(text), vocabulary))
    characters = sum(len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)) for _, text in texts)
    return Role(name, access, policies, characters, None, None)


def _accesses(file: str, document: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[Access]:
    statements = document["Statement"]
    for number, item in enumerate(statements if isinstance(statements, list) else [statements], 1):
        place = f"{file} {item.get('Sid') or f'statement {number}'}"
        resources = _list(item.get("Resource")) or [f"all but {each}" for each in _list(item.get("NotResource"))]
        condition = _condition(item.get("Condition", {}))
        for name in sorted(_actions(item, vocabulary)):
            for resource in resources:
                yield Access(item["Effect"].lower(), name, resource, condition, place)


def _actions(item: Mapping[str, Any], vocabulary: Vocabulary) -> frozenset[str]:
    named = frozenset[str]().union(*(vocabulary.names(each) or {each} for each in _list(item.get("Action"))))
    if "NotAction" not in item:
        return named
    return vocabulary.names("*").difference(*(vocabulary.names(each) for each in _list(item["NotAction"])))


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    every = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in every]


def _condition(block: Mapping[str, Any]) -> Condition:
    atoms = [
        Condition((Atom(operator, key, tuple(sorted(_list(values)))),))
        for operator, pairs in block.items()
        for key, values in pairs.items()
    ]
    joined = conjunction(atoms)
    return joined if isinstance(joined, Condition) else ALWAYS
