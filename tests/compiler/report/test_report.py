"""`iamc report`: one page that loads nothing, in which hostile words are words, and which a browser draws."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", *arguments])


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "access.html"
    result = run(str(ROOT / "examples/acme"), "-o", str(path))
    assert result.exit_code == 0, result.output
    return path


class Links(HTMLParser):
    """Every attribute through which a page can load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "action", "data")]


def data(page: Path) -> dict[str, Any]:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(encoding="utf-8"))
    assert match
    content: dict[str, Any] = json.loads(match[1])
    return content


def test_nothing_is_loaded(page: Path) -> None:
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    assert links.found == []
    assert "default-src 'none'" in page.read_text(encoding="utf-8")


def test_what_the_page_knows(page: Path) -> None:
    content = data(page)
    assert [account["name"] for account in content["accounts"]] == ["prod", "staging"]
    assert len(content["people"]) == 6
    assert {role["name"] for role in content["roles"]} >= {"payments-power", "administrator"}
    unit = next(unit for unit in content["units"] if unit["permissions"])
    _, actions, resource, _, line = unit["permissions"][0]
    assert content["sets"][actions]
    assert content["resources"][resource]
    assert content["lines"][line][0].endswith(".iamdsl")


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "a.iamdsl"
    text = f'edition 1\nrole r {{ describe "{HOSTILE}" allow s3:ListAllMyBuckets on * }}\n'
    file.write_text(text, encoding="utf-8")
    out = tmp_path / "r.html"
    assert run(str(file), "-o", str(out)).exit_code == 0
    assert HOSTILE not in out.read_text(encoding="utf-8")
    assert data(out)["roles"][0]["description"] == HOSTILE


def test_the_page_is_the_only_file_that_changes(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["compile", str(ROOT / "examples/acme"), "-o", str(tmp_path)]).exit_code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert run(str(ROOT / "examples/acme"), "-o", str(tmp_path / "access.html")).exit_code == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


def test_nothing_is_written_for_a_project_with_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "a.iamdsl"
    file.write_text("edition 1\nrole r { allow s3:Frobnicate on * }\n", encoding="utf-8")
    assert run(str(file), "-o", str(tmp_path / "r.html")).exit_code == 1
    assert not (tmp_path / "r.html").exists()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine to draw the page with")
def test_a_browser_draws_it(page: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path}", "--enable-logging=stderr", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "CONSOLE" not in done.stderr
    assert done.stdout.count("<path") >= 20, "the graph has an edge for each membership and grant"
    for words in ("ana", "payments-power", "administrator", "staging"):
        assert words in done.stdout


def test_what_nobody_used_and_what_leads_to_more(tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    usage = ROOT / "tests/fixtures/usage/example.ndjson"
    assert run(str(ROOT / "examples/acme"), "--usage", str(usage), "-o", str(out)).exit_code == 0
    content = data(out)
    assert content["window"] == ["2026-09-01", "2026-11-20"]
    assert {row[2] for row in content["unused"]} <= {"remove", "narrow"}
    assert any(row[0] == "prod/data-analyst" and row[1].endswith(".iamdsl:22") for row in content["unused"])
    assert {finding["code"] for finding in content["risks"]} >= {"IAM610"}
