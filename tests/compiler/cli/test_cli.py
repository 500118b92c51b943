"""The command line from outside: outputs, exit status, files touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import COMMANDS, main

ARTICLE = Path(__file__).parents[2] / "fixtures/bench/article.yml"
GOOD = "edition 1\n\nrole r {\n  allow list on arn:aws:s3:::b\n}\n"
BAD = "edition 1\n\nrole r {\n  allow lst on arn:aws:s3:::b\n}\n"


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def test_the_article_on_the_output() -> None:
    result = run("compile", ARTICLE)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert [s["Sid"] for s in document["Statement"]] == ["SecretsmanagerTagPermit", "SsmListReadWrite"]
    assert "secretsmanager:PutResourcePolicy" in document["Statement"][0]["Action"]


def test_files_and_manifest_and_stale_ones(tmp_path: Path) -> None:
    source, out = tmp_path / "a.iamdsl", tmp_path / "out"
    source.write_text(GOOD, encoding="utf-8")
    assert run("compile", source, "-o", out).exit_code == 0
    assert sorted(p.name for p in out.iterdir()) == ["manifest.json", "r.json"]
    source.write_text(GOOD.replace("role r", "role s"), encoding="utf-8")
    assert run("compile", source, "-o", out).exit_code == 0
    assert sorted(p.name for p in out.iterdir()) == ["manifest.json", "s.json"]


def test_an_error_touches_nothing(tmp_path: Path) -> None:
    source, out = tmp_path / "a.iamdsl", tmp_path / "out"
    source.write_text(BAD, encoding="utf-8")
    result = run("compile", source, "-o", out, "--format", "concise")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a.iamdsl:4:9: IAM101" in result.stderr
    assert "did you mean `list`?" in result.stderr
    assert not out.exists()


def test_machine_formats_are_alone(tmp_path: Path) -> None:
    source = tmp_path / "a.iamdsl"
    source.write_text(BAD, encoding="utf-8")
    result = run("check", source, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["diagnostics"][0]["code"] == "IAM101"
    assert result.stderr == ""


def test_crlf_and_bom_change_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.iamdsl"
    source.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert run("compile", source).stdout == run("compile", "-", stdin=GOOD).stdout


def test_what_cannot_run(tmp_path: Path) -> None:
    assert run("compile", tmp_path / "none.iamdsl").exit_code == 2
    assert run("compile", ARTICLE, "--quota", "nope").exit_code == 2
    assert run("compile", ARTICLE, "--database", tmp_path / "none.json").exit_code == 2
    result = run("complie", ARTICLE)
    assert result.exit_code == 2
    assert "did you mean `compile`?" in result.stderr
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert run("compile", ARTICLE, "-o", file / "below").exit_code == 2


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious.json"
    target.write_text("{}", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "article.json").symlink_to(target)
    assert run("compile", ARTICLE, "-o", out).exit_code == 2
    assert target.read_text(encoding="utf-8") == "{}"


def test_drop_unmatched_lets_the_rest_compile(tmp_path: Path) -> None:
    source = tmp_path / "t.yml"
    text = "mode: crud\nlist:\n- arn:aws:sqs:eu-west-1:111122223333:q\n- arn:aws:s3:::b\n"
    source.write_text(text, encoding="utf-8")
    assert run("compile", source).exit_code == 1
    result = run("compile", source, "--drop-unmatched", "--format", "concise")
    assert result.exit_code == 0
    assert "IAM207" in result.stderr
    assert json.loads(result.stdout)["Statement"]


def test_fmt(tmp_path: Path) -> None:
    source = tmp_path / "a.iamdsl"
    source.write_text("edition 1\nrole  r { allow list on arn:aws:s3:::b }\n", encoding="utf-8")
    before = source.read_text(encoding="utf-8")
    result = run("fmt", "--check", "--diff", source)
    assert result.exit_code == 1
    assert "+role r" in result.stdout
    assert source.read_text(encoding="utf-8") == before
    assert run("fmt", source).exit_code == 1
    assert run("fmt", source).exit_code == 0
    assert run("fmt", "-", stdin=before).stdout == source.read_text(encoding="utf-8")


def test_convert_there_and_back(tmp_path: Path) -> None:
    source = tmp_path / "a.iamdsl"
    source.write_text(GOOD, encoding="utf-8")
    yaml = tmp_path / "a.iamc.yaml"
    yaml.write_text(run("convert", source).stdout, encoding="utf-8")
    assert run("convert", yaml).stdout == GOOD


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["services"], "s3"),
        (["actions", "s3", "--level", "list"], "s3:ListBucket"),
        (["actions", "s3:getobject"], "data"),
        (["actions", "--on", "arn:aws:s3:::b", "--level", "tagging"], "s3:PutBucketTagging"),
        (["actions", "kms", "--wildcard-only"], "kms:ListKeys"),
        (["arns", "ssm"], "parameter"),
        (["condition-keys", "s3"], "s3:prefix"),
        (["condition-keys", "aws"], "aws:SourceIp"),
        (["database"], "sha256"),
    ],
)
def test_query(arguments: list[str], expected: str) -> None:
    result = run("query", *arguments)
    assert result.exit_code == 0
    assert expected in result.stdout


def test_query_misses() -> None:
    result = run("query", "actions", "s33")
    assert result.exit_code == 2
    assert "did you mean `s3`?" in result.stderr


def test_every_command_has_help() -> None:
    for command in COMMANDS:
        assert run(command, "--help").exit_code == 0


def test_no_traceback_on_hostile_files(tmp_path: Path) -> None:
    for number, content in enumerate(
        (b"\xff\xfe\x00", b"\x00", b"", b"[", b"{" * 5000, b"a: &x [*x]\n", b"\xe2\x80\xae")
    ):
        for suffix in ("iamdsl", "yml"):
            source = tmp_path / f"{number}.{suffix}"
            source.write_bytes(content)
            result = run("check", source, "--format", "concise")
            assert result.exit_code == 1, (content, suffix, result.output)
            assert isinstance(result.exception, SystemExit)
    shutil.rmtree(tmp_path)


def test_fmt_of_the_standard_input() -> None:
    loose = "edition 1\nrole r{\nallow list on arn:aws:s3:::b}"
    assert run("fmt", "-", stdin=loose).stdout == GOOD
    checked = run("fmt", "--check", "--diff", "-", stdin=loose)
    assert checked.exit_code == 1
    assert checked.stderr == "would change <stdin>\n"
    assert checked.stdout.splitlines()[:3] == ["--- <stdin>", "+++ <stdin>", "@@ -1,3 +1,5 @@"]
    assert "-allow list on arn:aws:s3:::b}\n\\ No newline at end of file\n" in checked.stdout
    clean = run("fmt", "--check", "-", stdin=GOOD)
    assert (clean.exit_code, clean.stdout, clean.stderr) == (0, "", "")


def test_fmt_check_of_a_folder_names_each_file_and_writes_none(tmp_path: Path) -> None:
    loose = GOOD.replace("  allow", "allow")
    for name, text in (("a.iamdsl", loose), ("b.iamdsl", GOOD), ("c.iamdsl", loose), ("d.yaml", "x: [")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = run("fmt", "--check", tmp_path)
    assert result.exit_code == 1
    assert [line.rpartition("/")[2] for line in result.stderr.splitlines()] == ["a.iamdsl", "c.iamdsl"]
    assert result.stdout == ""
    assert (tmp_path / "a.iamdsl").read_text(encoding="utf-8") == loose


def test_fmt_leaves_a_broken_file_alone(tmp_path: Path) -> None:
    source = tmp_path / "a.iamdsl"
    source.write_text("edition 1\nrole r {", encoding="utf-8")
    result = run("fmt", source, "--format", "concise")
    assert result.exit_code == 1
    assert "IAM003" in result.stderr
    assert source.read_text(encoding="utf-8") == "edition 1\nrole r {"


def test_convert_keeps_comments(tmp_path: Path) -> None:
    source, other = tmp_path / "a.iamdsl", tmp_path / "a.yaml"
    source.write_text("# why\n" + GOOD.replace("b\n", "b  # the one\n"), encoding="utf-8")
    other.write_text(run("convert", source).stdout, encoding="utf-8")
    assert "    - allow: list  # the one\n" in other.read_text(encoding="utf-8")
    assert run("convert", other).stdout == source.read_text(encoding="utf-8")
    assert run("compile", other).stdout == run("compile", source).stdout


@pytest.mark.parametrize("command", [("compile", "-o", "there/out"), ("report", "-o", "there/page.html")])
def test_an_output_that_cannot_be_written(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.iamdsl").write_text(GOOD, encoding="utf-8")
    Path("there").write_text("a file where a folder should be", encoding="utf-8")
    result = run(*command, "a.iamdsl")
    assert result.exit_code == 2
    assert "IAM902" in result.stderr
    assert Path("there").read_text(encoding="utf-8") == "a file where a folder should be"


@pytest.mark.parametrize("option", ["--database", "--overlay"])
@pytest.mark.parametrize("content", [None, "", "[]", '{"a":'])
def test_a_database_that_cannot_be_used(option: str, content: str | None, tmp_path: Path) -> None:
    source, database = tmp_path / "a.iamdsl", tmp_path / "database.json"
    source.write_text(GOOD, encoding="utf-8")
    if content is not None:
        database.write_text(content, encoding="utf-8")
    result = run("compile", source, option, database)
    assert result.exit_code == 2
    assert "IAM903" in result.stderr
    assert not result.stdout


def test_files_of_different_editions_are_not_one_project(tmp_path: Path) -> None:
    (tmp_path / "a.iamdsl").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.iamdsl").write_text(GOOD.replace("edition 1", "edition 2").replace("r {", "s {"), encoding="utf-8")
    result = run("check", tmp_path, "--format", "json")
    assert result.exit_code == 1
    (found,) = (each for each in json.loads(result.stdout)["diagnostics"] if each["code"] == "IAM110")
    assert "edition 2 beside edition 1" in found["message"]


def test_stats_of_several_documents_say_what_would_shorten_names(tmp_path: Path) -> None:
    source = tmp_path / "a.iamdsl"
    source.write_text("edition 1\n\nrole r {\n  allow read-config on service ec2, iam\n}\n", encoding="utf-8")
    long = run("compile", source, "-o", tmp_path / "a", "--stats")
    assert "wildcards: auto; names could be shorter: `--wildcards words`" in long.output
    short = run("compile", source, "-o", tmp_path / "b", "--stats", "--wildcards", "words")
    assert "wildcards: words\n" in short.output
