"""Seventy inputs that go wrong in other tools, through the command line.

An error leaves with 1 (2 where the run itself was impossible), says its code and place, and writes nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iamc.cli import main
from iamdsl.values import dataclass

ARN = "arn:aws:s3:::b"
ROLE = "edition 1\nrole r {{ {} }}\n"
CRUD = "mode: crud\nread:\n- {}\n"


def role(line: str) -> str:
    return ROLE.format(line)


def on(arn: str, access: str = "list") -> str:
    return role(f"allow {access} on {arn}")


GOOD = on(ARN)


@dataclass(frozen=True, slots=True)
class Case:
    """What is in the file, and what must be said: a code and words, or nothing."""

    number: int
    name: str
    content: str | bytes
    code: str
    words: str = ""
    suffix: str = ".iamdsl"
    status: int = 1


def dsl(number: int, name: str, content: str | bytes, code: str, words: str = "", status: int = 1) -> Case:
    return Case(number, name, content, code, words, ".iamdsl", status)


def yml(number: int, name: str, content: str | bytes, code: str, words: str = "", status: int = 1) -> Case:
    return Case(number, name, content, code, words, ".yml", status)


BOMB = "a: &a [x, x]\n" + "".join(f"k{n}: &a{n} [*a{n - 1 or ''}, *a{n - 1 or ''}]\n" for n in range(1, 12))

CASES = (
    dsl(1, "byte order mark", "\ufeff" + GOOD, ""),
    dsl(2, "UTF-16", GOOD.encode("utf-16"), "IAM007", "UTF-16"),
    dsl(3, "Latin-1 byte", GOOD.encode() + b"# caf\xe9\n", "IAM007", "offset"),
    dsl(4, "NUL", GOOD + "\0", "IAM007", "U+0000"),
    dsl(5, "CRLF", GOOD.replace("\n", "\r\n"), ""),
    dsl(6, "lone CR", GOOD.replace("\n", "\r"), "IAM008", "carriage return"),
    dsl(7, "tab", "edition 1\nrole r {\n\tallow list on arn:aws:s3:::b\n}\n", "IAM008", "line 3"),
    dsl(8, "no-break space", on(ARN).replace("allow ", "allow\u00a0"), "IAM704", "U+00A0"),
    dsl(8, "zero-width space", on(ARN).replace("list", "li\u200bst"), "IAM704", "U+200B"),
    dsl(9, "smart quotes", role("describe \u201chello\u201d allow list on arn:aws:s3:::b"), "IAM705", '"'),
    dsl(10, "bidirectional override", on("arn:aws:s3:::b\u202e"), "IAM701", "U+202E"),
    dsl(11, "Cyrillic look-alike", on("arn:aws:s3:::b/*", "s3:GetObj\u0435ct"), "IAM702", "GetObject"),
    dsl(12, "no final newline", GOOD.rstrip("\n"), ""),
    dsl(13, "escape sequence", role('describe "\x1b[31m" allow list on arn:aws:s3:::b'), "IAM703", "U+001B"),
    dsl(14, "fullwidth colon", on("arn:aws:s3:::b/*", "s3\uff1aGetObject"), "IAM705", ":"),
    yml(15, "duplicate key", CRUD.format(ARN) + f"read:\n- {ARN}\n", "IAM021", "read"),
    yml(16, "alias", f"mode: crud\nread: &a\n- {ARN}\nlist: *a\n", "IAM022"),
    yml(17, "billion laughs", BOMB, "IAM022"),
    yml(18, "self-referencing anchor", "mode: &a\n- *a\n", "IAM022"),
    yml(19, "merge key", "a: &a {b: c}\n<<: *a\n", "IAM022"),
    yml(20, "python tag", "mode: !!python/object/apply:os.system ['true']\n", "IAM023"),
    yml(21, "include tag", "mode: !include other.yml\n", "IAM023"),
    yml(22, "two documents", CRUD.format(ARN) + "---\nmode: crud\n", "IAM024"),
    yml(23, "empty file", "", "IAM010"),
    yml(24, "list at the top", "- mode: crud\n", "IAM025"),
    yml(25, "unknown key", f"mode: crud\nreed:\n- {ARN}\n", "IAM026", "`read`"),
    yml(26, "leading zero", "edition: 1\naccount a: {id: 012345670123}\nrole r:\n- managed: X\n", ""),
    yml(27, "bare star", "mode: crud\nread: *\n", "IAM02"),
    yml(28, "trailing colon", CRUD.format(ARN + ":"), "IAM027", "colon"),
    yml(29, "space in an ARN", CRUD.format("arn:aws: s3"), "IAM027", "space"),
    yml(30, "null list", f"mode: crud\nread:\nlist:\n- {ARN}\n", "IAM028", status=0),
    yml(31, "nested list", CRUD.format(f"[{ARN}]"), "IAM025"),
    yml(32, "mode in capitals", f"mode: CRUD\nread:\n- {ARN}\n", "IAM030", "`crud`"),
    yml(33, "number for a text", CRUD.format("12"), "IAM204"),
    yml(34, "deep", "[" * 5000 + "]" * 5000, "IAM009"),
    yml(35, "fifty megabytes", "# padding\n" * 5_000_000, "IAM009"),
    yml(36, "yes as a name", f"mode: crud\nname: yes\nlist:\n- {ARN}\n", ""),
    dsl(37, "unclosed brace", GOOD.replace("}", ""), "IAM003", "2:8"),
    dsl(38, "unterminated string", role('describe "oh'), "IAM004"),
    dsl(39, "reserved word as a name", "edition 1\nrole role { allow list on arn:aws:s3:::b }\n", ""),
    dsl(40, "duplicate role", GOOD + GOOD.partition("\n")[2], "IAM102"),
    dsl(41, "names that differ by case", GOOD + GOOD.partition("\n")[2].replace("role r", "role R"), "IAM103"),
    dsl(42, "circular import", 'edition 1\nimport "input.iamdsl"\n' + GOOD.partition("\n")[2], "IAM104"),
    dsl(43, "import outside", 'edition 1\nimport "../../x.iamdsl"\n' + GOOD.partition("\n")[2], "IAM105"),
    dsl(44, "undefined variable", on("arn:aws:s3:::${nobody}"), "IAM107"),
    dsl(45, "deep parentheses", on("(" * 5000 + ")" * 5000), "IAM009"),
    dsl(46, "short ARN", on("arn:aws:sqs"), "IAM204", "read them as `*`"),
    dsl(47, "wrong partition", on("arn:asw:s3:::b"), "IAM205"),
    dsl(48, "unknown service", on("arn:aws:s4:::b"), "IAM201"),
    dsl(49, "eleven digits", on("arn:aws:sqs:eu-west-1:12345678901:q", "read"), "IAM204", "11 digits"),
    dsl(50, "account on a bucket", on("arn:aws:s3::111122223333:b"), "IAM210"),
    dsl(51, "region on an IAM ARN", on("arn:aws:iam:eu-west-1:111122223333:role/x", "read"), "IAM210"),
    dsl(52, "service in capitals", on("arn:aws:S3:::b"), "IAM204", "lower case"),
    dsl(53, "type that matches nothing", on("arn:aws:sqs:eu-west-1:111122223333:a/b/c", "read"), "IAM2"),
    yml(54, "bare star as a resource", CRUD.format('"*"'), "IAM209"),
    dsl(55, "wildcard in the service", on("*", "s*:List*"), "IAM201", "no wildcard"),
    dsl(56, "unknown action", on("*", "s3:Frobnicate"), "IAM202", "policy-sentry"),
    dsl(57, "action in the wrong case", on("arn:aws:s3:::b/*", "s3:getobject"), ""),
    dsl(58, "comma in an action", on("arn:aws:s3:::b/*", "s3:GetObject,PutObject"), "IAM"),
    dsl(59, "space in an action", on("arn:aws:s3:::b/*", "s3: GetObject"), "IAM001"),
    dsl(60, "action on the wrong type", on(ARN, "s3:GetObject"), "IAM208"),
    dsl(63, "output outside", "edition 1\nrole ../../x { allow list on arn:aws:s3:::b }\n", "IAM0"),
    dsl(64, "reserved file name", "edition 1\nrole con { allow list on arn:aws:s3:::b }\n", "IAM404"),
    dsl(69, "more than fits", on("*", "s3:GetObject").replace("*", "arn:aws:s3:::b/" + "x" * 7000), "IAM401"),
    dsl(70, "a deny that leaves nothing", role(f"allow list on {ARN} deny s3:* on *"), "IAM310"),
    dsl(70, "nothing but a deny", role(f"deny s3:* on {ARN}"), ""),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compiled(case: Case, folder: Path, *options: str) -> Result:
    path = folder / f"input{case.suffix}"
    path.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    return CliRunner().invoke(main, ["compile", path.name, "-o", "out", *options])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number}-{case.name.replace(' ', '-')}")
def test_each_input(case: Case, folder: Path) -> None:
    result = compiled(case, folder)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert case.code in result.output
    assert case.words in result.output
    assert result.exit_code == (case.status if case.code else 0), result.output
    assert (folder / "out").exists() == (result.exit_code == 0)
    assert "\x1b" not in result.output


def test_line_ends_and_marks_do_not_change_the_output(folder: Path) -> None:
    outputs = []
    for number in (1, 5, 12):
        case = next(case for case in CASES if case.number == number)
        assert compiled(case, folder).exit_code == 0
        outputs.append((folder / "out/r.json").read_bytes())
    assert len(set(outputs)) == 1


def test_61_terraform_s_own_marks_are_plain_text(folder: Path) -> None:
    case = dsl(61, "marks", role('describe "${file(1)} %{ if }" allow list on arn:aws:s3:::b'), "")
    result = compiled(case, folder)
    assert result.exit_code in (0, 1)
    assert "Traceback" not in result.output


def test_62_names_with_quotes_are_refused_and_texts_with_them_escaped(folder: Path) -> None:
    good = r'allow s3:GetObject on arn:aws:s3:::b/* when tag "a\"b" = "c\\d"'
    assert compiled(dsl(62, "quotes", role(good), ""), folder).exit_code in (0, 1)
    assert "IAM" in compiled(dsl(62, "names", GOOD.replace("role r", 'role "r"'), ""), folder).output


@pytest.mark.parametrize("how", ["file", "read-only", "symlink"])
def test_65_outputs_that_cannot_be_written(folder: Path, how: str) -> None:
    out = folder / "out"
    if how == "file":
        out.write_text("mine")
    elif how == "read-only":
        if os.geteuid() == 0:
            out = Path("/proc/self/nowhere")
        else:
            out.mkdir(mode=0o500)
    else:
        out.mkdir()
        (folder / "elsewhere").write_text("mine")
        (out / "r.json").symlink_to(folder / "elsewhere")
    (folder / "input.iamdsl").write_text(GOOD)
    result = CliRunner().invoke(main, ["compile", "input.iamdsl", "-o", str(out)])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    if how != "read-only":
        mine = out if how == "file" else folder / "elsewhere"
        assert mine.read_text() == "mine"


def test_66_a_full_disk_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in CASES if case.number == 12)
    assert compiled(case, folder).exit_code == 0
    before = (folder / "out/r.json").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = compiled(dsl(66, "other", on("arn:aws:s3:::other"), ""), folder)
    assert result.exit_code == 2
    assert "No space left" in result.output
    assert (folder / "out/r.json").read_bytes() == before
    assert not list((folder / "out").glob(".iamc-*"))


def test_67_an_interrupt_leaves_whole_files(folder: Path) -> None:
    text = "edition 1\n" + "".join(f"role r{n} {{ allow list on arn:aws:s3:::b{n} }}\n" for n in range(300))
    (folder / "input.iamdsl").write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "iamc", "compile", "input.iamdsl", "-o", "out"], stderr=subprocess.DEVNULL
    )
    while not list(folder.glob("out/*.json")) and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    process.wait(30)
    for path in folder.glob("out/*.json"):
        assert path.read_text().endswith("}\n")


def test_68_two_runs_at_once_leave_one_whole_result(folder: Path) -> None:
    (folder / "input.iamdsl").write_text(GOOD)
    command = [sys.executable, "-m", "iamc", "compile", "input.iamdsl", "-o", "out"]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["manifest.json", "r.json"]
