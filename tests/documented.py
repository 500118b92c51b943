"""The examples of the documents: what they are, the folder they run in, and whether they print what is shown."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from iamc.cli import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BUCKET = {"Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::books/*"}
DEPLOY = [
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"},
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"},
    {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "arn:aws:iam::123456789012:role/ecs",
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    },
]


def blocks(page: Path, language: str) -> list[str]:
    """The text of every fence of exactly this language."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def sessions(page: Path) -> list[str]:
    """The consoles of a page in which somebody calls iamc."""
    return [text for text in blocks(page, "console") if text.startswith("$ iamc ")]


def calls(session: str) -> Iterator[tuple[str, str]]:
    """Each command of a session, and what is shown below it."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def scene(folder: Path, page: str) -> None:
    """Everything in `folder` that a page's examples speak of, as the text around them says it is."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    _policy(folder / "old.json", [BUCKET])
    _policy(folder / "new.json", [{**BUCKET, "Action": "s3:GetObject"}])
    _policy(folder / "deploy.json", DEPLOY)
    template = "mode: crud\nlist:\n- arn:aws:dynamodb:us-east-1:123456789012:table/orders\n"
    (folder / "template.yml").write_text(template)
    shutil.copy(ROOT / "tests/fixtures/usage/orders.iamdsl", folder)
    if page == "diff.md":
        _git(folder, "init", "-q", "-b", "main")
        _git(folder, "add", "examples")
        _git(folder, "-c", "user.name=ann", "-c", "user.email=ann@acme.example", "commit", "-q", "-m", "Begin")
        web = folder / "examples/acme/web.iamdsl"
        text = web.read_text().replace("role/shop-function", "role/*").replace("lambda:GetFunction, ", "")
        web.write_text(text)


def usage(folder: Path, command: str) -> None:
    """The rollup that an example of usage.md is about, and for coverage the draft that it is held against."""
    name = "example" if "coverage" in command else "people"
    run(f"iamc usage rollup {ROOT / f'tests/fixtures/usage/{name}.ndjson'} -o usage.ndjson.gz")
    if "--in access" in command:
        (folder / "access").mkdir()
        run("iamc usage draft usage.ndjson.gz --role Admin -o access/draft.iamdsl")


def run(command: str) -> str:
    """What a command prints here, on either stream."""
    done = CliRunner().invoke(main, shlex.split(command)[1:])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def agrees(shown: str, printed: str) -> bool:
    """Whether this was printed; a line `...` stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", shown.rstrip("\n") + "\n", flags=re.MULTILINE)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), printed.rstrip("\n") + "\n") is not None


def _policy(path: Path, statements: list[dict[str, object]]) -> None:
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
