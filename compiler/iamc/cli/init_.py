"""`iamc init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from iamc.cli.common import catalog_of, stop
from iamc.scaffold import HOOKS, Answers, files, problem_of

USUAL = "ec2,s3,lambda,dynamodb,rds,logs,cloudwatch,sqs,sns"
PRE_COMMIT = ".pre-commit-config.yaml"


@click.command(name="init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("access"))
@click.option("--account", "accounts", multiple=True, metavar="NAME=NUMBER", help="An AWS account; may be repeated.")
@click.option("--region", help="Where you run things.  [default: eu-west-1]")
@click.option("--team", help="The first team's name.  [default: platform]")
@click.option("--person", "people", multiple=True, metavar="EMAIL", help="Somebody of the team; may be repeated.")
@click.option("--services", help=f"IAM prefixes of what you use.  [default: {USUAL}]")
def command(
    folder: Path,
    accounts: tuple[str, ...],
    region: str | None,
    team: str | None,
    people: tuple[str, ...],
    services: str | None,
) -> None:
    """Begin a project in FOLDER: an organisation, three tiers of roles and break-glass, ready to compile.

    Asks on a terminal for what no option says. Never overwrites a file.

    \b
    iamc init access --account prod=111122223333 --person ana@example.com
    """
    if (not accounts or not people) and not sys.stdin.isatty():
        raise click.UsageError("say at least --account NAME=NUMBER and --person EMAIL")
    pairs = accounts or (_asked("AWS account, as NAME=NUMBER"),)
    answers = Answers(
        tuple((name, number) for name, _, number in (pair.partition("=") for pair in pairs)),
        region or ("eu-west-1" if accounts else _asked("Region", "eu-west-1")),
        team or ("platform" if people else _asked("First team", "platform")),
        people or tuple(_words(_asked("E-mail addresses of its members"))),
        tuple(_words(services or (USUAL if accounts else _asked("Services that you use", USUAL)))),
    )
    wrong = problem_of(answers, catalog_of({}).prefixes)
    if wrong:
        raise click.UsageError(wrong)
    _write(folder, files(answers))


def _asked(question: str, default: str | None = None) -> str:
    answer: str = click.prompt(question, default=default, err=True)
    return answer


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


def _write(folder: Path, texts: dict[str, str]) -> None:
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        stop(f"`{folder / taken[0]}` exists already; nothing was written")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            click.echo(f"wrote {folder / name}")
        if not Path(PRE_COMMIT).exists():
            Path(PRE_COMMIT).write_text(HOOKS, encoding="utf-8", newline="\n")
            click.echo(f"wrote {PRE_COMMIT}")
        else:
            click.echo(f"{PRE_COMMIT} exists already; add to it the hooks that the documentation names")
    except OSError as error:
        stop(f"cannot write to `{folder}`: {error.strerror or error}", code="IAM902")
    click.echo(f"\nnext: iamc test {folder} && iamc compile {folder} -o build")
