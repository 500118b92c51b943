"""`iamc check` on a project of 20 files beside `policy_sentry --version`, whole processes in turn.

    python tests/bench/bench_check.py [RUNS]

Builds the wheel and installs it into an environment of its own, as users have it: an editable install starts slower.
Two rows for iamc: with its cache of the database (every run but the first), and with none.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEAMS = {"payments": 5, "data": 5, "web": 5, "platform": 3, "security": 1}
"""How often each file of examples/acme stands in the project, with names of its own; and `org.iamdsl` once."""


def installed(folder: Path) -> Path:
    """The programs of a fresh environment that has the wheel of this tree."""
    environment = clean({})
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder / "wheel"), str(ROOT)]
    subprocess.run(build, check=True, env=environment)
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = (folder / "wheel").glob("*.whl")
    subprocess.run([programs / "python", "-m", "pip", "install", "-q", wheel], check=True, env=environment)
    return programs


def clean(more: Mapping[str, str]) -> dict[str, str]:
    """The environment without what keeps Python from caching byte code or points it to this tree."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    return {**kept, **more}


def project(folder: Path) -> int:
    """Write the project; how many files it has."""
    folder.mkdir()
    example = ROOT / "examples" / "acme"
    (folder / "org.iamdsl").write_bytes((example / "org.iamdsl").read_bytes())
    for name, copies in TEAMS.items():
        text = (example / f"{name}.iamdsl").read_text(encoding="utf-8")
        declared = re.findall(r"^(?:role|resources|actions|services) (\S+)", text, re.MULTILINE)
        names = re.compile(rf"(?<![\w./:-])({'|'.join(map(re.escape, declared))})(?![\w-])")
        for copy in range(copies):
            own = names.sub(rf"\g<1>-{copy}", text)
            (folder / f"{name}-{copy}.iamdsl").write_text(own, encoding="utf-8")
    return 1 + sum(TEAMS.values())


def milliseconds(command: list[str], environment: Mapping[str, str]) -> float:
    """Wall time of one run, which must end well."""
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = installed(folder)
        files = project(folder / "project")
        check = [str(programs / "iamc"), "check", str(folder / "project")]
        environment = clean({"IAMC_CACHE_DIR": str(folder / "cache")})
        cases = {
            "policy_sentry --version": [str(programs / "policy_sentry"), "--version"],
            "iamc --version": [str(programs / "iamc"), "--version"],
            "iamc check": check,
            "iamc check --no-cache": [*check, "--no-cache"],
        }
        for command in cases.values():
            milliseconds(command, environment)
        rows = [{case: milliseconds(command, environment) for case, command in cases.items()} for _ in range(runs)]
        medians = {case: statistics.median(row[case] for row in rows) for case in cases}
    print(f"{files} files; medians of {runs}")
    for case, median in medians.items():
        print(f"{case:>24} {median:7.0f} ms  {median / medians['policy_sentry --version']:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
