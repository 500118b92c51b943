"""The report in a real browser: drawn, traced, filtered, drilled down, by mouse and keyboard, and quick when large."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iamc.cli import main
from iamc.report import page as report_page

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with its driver on this machine"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium leaves its sockets to the collector
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    profile = tmp_path_factory.mktemp("profile")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1280,900", f"--user-data-dir={profile}"):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "access.html"
    usage = ROOT / "tests/fixtures/usage/example.ndjson"
    done = CliRunner().invoke(main, ["report", str(ROOT / "examples/acme"), "--usage", str(usage), "-o", str(out)])
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture
def page(browser: Any, acme: Path) -> Any:
    browser.get_log("performance")
    browser.get(acme.as_uri())
    return browser


def text(page: Any, selector: str) -> str:
    from selenium.webdriver.common.by import By

    return str(page.find_element(By.CSS_SELECTOR, selector).text)


def click(page: Any, words: str) -> None:
    from selenium.webdriver.common.by import By

    page.find_element(By.XPATH, f"//button[normalize-space()='{words}']").click()


def keys(page: Any, *typed: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(page).send_keys(*typed).perform()


def test_the_graph_is_drawn_and_traced(page: Any) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    assert len(page.find_elements(By.CSS_SELECTOR, ".graph path")) >= 20
    ActionChains(page).move_to_element(page.find_element(By.XPATH, "//button[normalize-space()='chidi']")).perform()
    lit = page.find_elements(By.CSS_SELECTOR, ".graph path.on")
    assert 0 < len(lit) < 10
    assert page.get_log("browser") == []


def test_nothing_is_loaded_from_anywhere(page: Any) -> None:
    import json

    sent = [json.loads(row["message"])["message"] for row in page.get_log("performance")]
    asked = {
        each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"
    }  # fmt: skip
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_a_filter_and_the_way_down_to_the_source(page: Any) -> None:
    keys(page, "/", "payments-power")
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(page, 5).until(lambda _: "1 of 8 roles" in text(page, "#count"))
    click(page, "payments-power")
    panel = text(page, "#panel")
    assert "examples/acme/payments.iamdsl:19" in panel
    assert "allow read, write on orders.objects" in panel
    assert "when" in panel
    click(page, "staging")
    click(page, "write")
    assert "s3:PutObject" in text(page, "#panel")
    assert "s3:GetBucketAcl" not in text(page, "#panel")


def test_the_keyboard_alone(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    keys(page, "2")
    assert "how it is set up" in text(page, "#view")
    keys(page, "5")
    watched = text(page, "#view")
    assert "Ways to more access" in watched
    assert "Not used from 2026-09-01 to 2026-11-20" in watched
    before = page.execute_script("return document.documentElement.dataset.theme")
    keys(page, "t")
    assert page.execute_script("return document.documentElement.dataset.theme") != before
    keys(page, "?")
    assert page.execute_script("return document.getElementById('keys').open")
    keys(page, Keys.ESCAPE)
    assert not page.execute_script("return document.getElementById('keys').open")


@pytest.mark.parametrize("width", [400, 1280])
def test_no_view_is_wider_than_the_screen(page: Any, width: int) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 800}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        for view in "12345":
            keys(page, view)
            assert page.execute_script("return document.documentElement.scrollWidth") <= width, view
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_prints_without_its_controls(page: Any) -> None:
    keys(page, "4")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        from selenium.webdriver.common.by import By

        assert not page.find_element(By.ID, "filters").is_displayed()
        assert "s3:GetObject" in text(page, "#view")
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def large(roles: int) -> dict[str, Any]:
    """The data of a page with so many roles, each of a team and with permissions of its own."""
    people = [{"name": f"p{n}", "email": f"p{n}@acme.example"} for n in range(roles)]
    teams = [{"name": f"team-{n}", "members": [f"p{n}", f"p{(n + 1) % roles}"]} for n in range(roles)]
    return {
        "today": date(2026, 11, 24).isoformat(), "version": "0", "database": "0" * 64, "window": ["", ""],
        "accounts": [{"name": f"a{n}", "number": f"{n:012}", "alias": "", "class": ""} for n in range(20)],
        "people": people, "teams": teams, "risks": [], "findings": [], "unused": [],
        "roles": [{"name": f"role-{n}", "tier": "viewer", "breakGlass": False, "description": "", "session": 3600,
                   "require": [], "alerts": [], "managed": [], "boundary": "", "line": 0} for n in range(roles)],
        "grants": [{"role": n, "to": [f"team-{n}"], "accounts": [n % 20], "until": "", "reason": "", "approval": "",
                    "line": 0} for n in range(roles)],
        "units": [{"role": n, "account": n % 20, "documents": 1, "characters": 900,
                   "permissions": [[0, (n + k) % 50, n % 300, 0, 0] for k in range(20)]} for n in range(roles)],
        "actions": [[f"s{n % 40}:Get{n}", 1 << n % 4] for n in range(200)],
        "sets": [[(n * 7 + k) % 200 for k in range(12)] for n in range(50)],
        "resources": [f"arn:aws:s3:::bucket-{n}/*" for n in range(300)],
        "conditions": [{}], "lines": [["org.iamdsl", 1, "role r"]],
    }  # fmt: skip


def test_a_thousand_roles_open_in_two_seconds(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "large.html").write_text(report_page(large(1_000)), encoding="utf-8")
    browser.get((tmp_path / "large.html").as_uri())
    assert "1,000 roles" in text(browser, "#summary")
    entry = "performance.getEntriesByType('navigation')[0]"
    assert browser.execute_script(f"return {entry}.loadEventEnd - {entry}.startTime") <= 2_000
    for view in "2345":
        before = browser.execute_script("return performance.now()")
        keys(browser, view)
        assert browser.execute_script("return performance.now()") - before <= 2_000
    assert browser.get_log("browser") == []
