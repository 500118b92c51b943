"""One mistake in a sound project gives one message, at its place; several give as many.

`base.iamdsl` is sound. `mistakes.txt` has one change of it in each paragraph: `-` what it replaces, `+` by what,
`=` the one message.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamdsl.parse import parse
from iamdsl.source import Source
from iamdsl.values import dataclass
from iamdsl.yaml_print import to_yaml

FOLDER = Path(__file__).parents[1] / "fixtures/semantics"
BASE = (FOLDER / "base.iamdsl").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Mistake:
    name: str
    old: str
    new: str
    message: str


def _mistake(paragraph: str) -> Mistake:
    lines = paragraph.strip("\n").split("\n")
    by_sign = {sign: "\n".join(line[2:] for line in lines if line[0] == sign) for sign in "#-+="}
    return Mistake(by_sign["#"], by_sign["-"], by_sign["+"], by_sign["="])


MISTAKES = [_mistake(text) for text in (FOLDER / "mistakes.txt").read_text(encoding="utf-8").split("\n\n")]


def found(text: str, catalog: Catalog) -> list[str]:
    return [
        f"{d.span.line}:{d.span.column} {d.code} {d.message}" for d in compiled(text, catalog).diagnostics if d.span
    ]


def test_the_base_is_sound_and_the_mistakes_are_many(catalog: Catalog) -> None:
    assert found(BASE, catalog) == []
    assert len(MISTAKES) >= 120
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)
    assert len({mistake.message.split()[1] for mistake in MISTAKES}) > 30


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_one_mistake_one_message(mistake: Mistake, catalog: Catalog) -> None:
    assert BASE.count(mistake.old) == 1
    assert found(BASE.replace(mistake.old, mistake.new), catalog) == [mistake.message]


SEVERAL = (
    "unknown-tier",
    "unknown-used-role",
    "action-misspelt",
    "condition-key-unknown",
    "session-short",
    "arn-type-unknown",
    "unknown-approver",
    "unknown-owner",
    "pass-a-user",
    "unknown-services-member",
)


def test_several_mistakes_several_messages(catalog: Catalog) -> None:
    text = BASE
    chosen = [mistake for mistake in MISTAKES if mistake.name in SEVERAL]
    for mistake in chosen:
        text = text.replace(mistake.old, mistake.new)
    assert sorted(found(text, catalog)) == sorted(mistake.message for mistake in chosen)


def test_the_same_mistakes_in_yaml(catalog: Catalog) -> None:
    """Written in the other front end, each of them has the same code; comments, which it has not, apart."""
    for mistake in MISTAKES:
        parsed = parse(Source("test.iamdsl", BASE.replace(mistake.old, mistake.new)))
        if not parsed.diagnostics and "ignore" not in mistake.name and "resources" not in mistake.name:
            result = compiled(to_yaml(parsed.file), catalog, "test.yaml")
            assert [d.code for d in result.diagnostics] == [mistake.message.split()[1]], mistake.name
