"""The site: built without a warning, every link inside it leads somewhere, and it loads nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from iamdsl.codes import CODES

ROOT = Path(__file__).parents[1]
LOADS = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if (tag, name) == ("a", "href") and value:
                self.links.append(value)
            if (tag, name) in LOADS and value:
                self.loaded.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    called = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", folder / "trees"]
    done = subprocess.run([*called, ROOT / "docs", folder / "html"], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


@cache
def page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def test_every_page_is_in_the_navigation(site: Path) -> None:
    listed = {urlsplit(link).path for link in page(site / "tiers.html").links}
    assert {f"{path.stem}.html" for path in (ROOT / "docs").glob("*.md")} <= listed | {"tiers.html"}


def test_links_and_anchors_lead_somewhere(site: Path) -> None:
    broken = []
    for path in site.glob("*.html"):
        for link in page(path).links:
            parts = urlsplit(link)
            if parts.scheme or link == "#":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = target.is_file() and (not parts.fragment or unquote(parts.fragment) in page(target).anchors)
            broken += [] if there else [f"{path.name}: {link}"]
    assert broken == []


def test_every_code_has_its_own_address(site: Path) -> None:
    assert {code.lower() for code in CODES} <= page(site / "codes.html").anchors


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path in site.glob("*.html"):
        assert [each for each in page(path).loaded if urlsplit(each).netloc] == []
    for path in [*site.rglob("*.css"), *site.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)|@import[^;]*//[^;]*;", text) == [], path
        assert not re.search(r"(?:fetch|import|src\s*=|open)\(?\s*['\"]https?://", text), path


def test_search_knows_the_pages(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    for word in ("passrol", "cloudtrail", "wildcard", "iam207"):
        assert re.search(rf'\b{word}"?:', index), word
