"""The documents hold: examples compile and print what is shown, what is named exists, tables are the data's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from compiling import compiled
from documented import PAGES, ROOT, agrees, blocks, calls, run, scene, sessions, usage
from iamc.catalog import Catalog
from iamc.cli import COMMANDS
from iamc.data import table
from iamc.emit.files import pretty
from iamdsl.codes import CODES
from iamdsl.format import format_source
from iamdsl.source import Source

README = ROOT / "README.md"
EXAMPLES = [
    pytest.param(text, id=f"{page.name}-{n}") for page in PAGES for n, text in enumerate(blocks(page, "iamdsl"))
]
CALLS = [
    pytest.param(page.name, command, shown, id=f"{page.name}: {command}")
    for page in PAGES
    for session in sessions(page)
    for command, shown in calls(session)
]
OF_THE_MACHINE = ("iamc doctor",)
"""Calls whose output is another on each machine: only the first column is held to what is shown."""


YAML = [
    pytest.param(text, id=f"{page.name}-{n}")
    for page in PAGES
    for n, text in enumerate(re.findall(r"```yaml\n(edition: 1\n.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
]
RECIPES = re.split(r"^## ", (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_compile_without_findings_and_pass_their_checks(text: str, catalog: Catalog) -> None:
    result = compiled(text, catalog)
    assert result.diagnostics == ()
    assert bool(result.outcomes) == bool(re.search(r"^check ", text, re.MULTILINE))
    assert all(outcome.failure is None for outcome in result.outcomes)


@pytest.mark.parametrize("text", YAML)
def test_examples_in_yaml_compile_without_findings(text: str, catalog: Catalog) -> None:
    assert compiled(text, catalog, "example.yaml").diagnostics == ()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.partition("\n")[0])
def test_a_recipe_proves_its_point(recipe: str) -> None:
    (text,) = re.findall(r"```iamdsl\n(.*?)```", recipe, re.DOTALL)
    assert "expect allow" in text
    assert "expect deny" in text
    assert "**Trap.**" in recipe
    assert format_source(Source("recipe", text)).text == text


def test_recipes_are_listed_and_enough() -> None:
    assert 18 <= len(RECIPES) <= 25


def test_the_reference_has_every_word_of_the_grammar() -> None:
    grammar = (ROOT / "dsl" / "iamdsl" / "grammar.lark").read_text(encoding="utf-8")
    rules = re.sub(r"//[^\n]*|/(?:[^/\\\n]|\\.)+/", "", grammar)
    words = set(re.findall(r'"([a-z<>=!*][a-z<>=*-]*)"', rules))
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    code = " ".join(re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL))
    said = set(re.findall(r"[a-z][a-z-]*|[<>=!]=|[<>=*]", code))
    assert len(words) > 70
    assert words - said == set()


@pytest.mark.parametrize(("page", "command", "shown"), CALLS)
def test_consoles_show_what_is_printed(
    page: str, command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795651200")
    scene(tmp_path, page)
    if page == "usage.md":
        usage(tmp_path, command)
    printed = run(command)
    if command in OF_THE_MACHINE:
        shown, printed = (re.sub(r"  +\S.*", "", text) for text in (shown, printed))
    assert agrees(shown, printed), printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_codes_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"IAM\d{3}", text)) <= set(CODES)
    assert set(re.findall(r"`iamc ([a-z]+)", text)) <= set(COMMANDS)


# README -------------------------------------------------------------------------------------------------------------


def test_readme_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_readme_links_every_page() -> None:
    linked = set(re.findall(r"\]\(docs/([^)#]+)\)", README.read_text(encoding="utf-8")))
    beside = {"index.md", "quotas.md", "schemas.md"}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == beside


def test_readme_shows_the_policy_that_its_example_compiles_to(catalog: Catalog) -> None:
    (unit,) = compiled(blocks(README, "iamdsl")[0], catalog).compiled
    (document,) = unit.documents
    assert blocks(README, "json") == [pretty(document.text)]


def test_readme_shows_what_compile_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scene(tmp_path, "README.md")
    (shown,) = blocks(README, "text")
    assert agrees(shown, run("iamc compile examples/acme -o build --stats"))


def test_readme_fits_eighty_columns() -> None:
    for line in README.read_text(encoding="utf-8").splitlines():
        assert len(line) <= 80 or line.startswith("|") or "pytest" in line, line


# tables -------------------------------------------------------------------------------------------------------------


def rows(page: str) -> dict[str, list[str]]:
    """The rows of all tables of a page by their first cell, without the back quotes."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(r"^\| (.*)\|$", text, re.MULTILINE)
    cells = [[cell.strip().strip("`") for cell in row.split(" | ")] for row in found]
    return {row[0]: row[1:] for row in cells}


def number(value: int) -> str:
    return f"{value:,}" if value else ""


def test_quotas_and_limits_are_those_of_the_data() -> None:
    shown = rows("quotas.md")
    for row in table("quotas")["quotas"]:
        numbers = [number(row[key]) for key in ("characters", "count", "raisable")]
        assert shown.pop(row["name"]) == [*numbers, row["holder"]]
    for row in table("limits")["limits"]:
        assert shown.pop(row["name"]) == [number(row["max"]), row.get("characters", "")]
    assert set(shown) == {"name"}


def test_every_schema_is_listed() -> None:
    shown = rows("schemas.md")
    for path in (ROOT / "schemas/iamc_schemas").glob("*.schema.json"):
        name = path.name.partition(".")[0]
        assert shown[f"[`{name}`](../schemas/iamc_schemas/{path.name})"][1] == json.loads(path.read_text())["$id"]


# architecture -------------------------------------------------------------------------------------------------------


def modules() -> set[str]:
    """Every module of the two packages, as the tables name it; the commands of `cli` share a row."""
    packages = (ROOT / "dsl/iamdsl", ROOT / "compiler/iamc")
    paths = [path.relative_to(package) for package in packages for path in package.rglob("*.py")]
    return {path.with_suffix("").as_posix() for path in paths if not path.stem.endswith("_")}


def folders() -> set[str]:
    """Every folder of the two packages, with a slash behind it."""
    packages = (ROOT / "dsl/iamdsl", ROOT / "compiler/iamc")
    return {f"{path.relative_to(package).as_posix()}/" for package in packages for path in package.rglob("*/")}


def described() -> list[str]:
    """What the first columns of the tables about the packages name, each with its folder."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## tests, docs")[0]
    found: list[str] = []
    for cell in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE):
        folder = ""
        for name in re.findall(r"`([^`]+)`", cell):
            if "/" in name.rstrip("/"):
                folder = f"{name.rpartition('/')[0]}/"
            found.append(name if name.startswith(folder) or name.endswith("/") else f"{folder}{name}")
    return found


def test_every_module_has_one_line_in_the_architecture() -> None:
    lines = described()
    assert sorted(modules() - set(lines)) == []
    assert sorted(set(lines) - modules() - folders()) == ["grammar.lark"]
    assert len(lines) == len(set(lines))
