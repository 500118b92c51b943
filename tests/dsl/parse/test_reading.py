"""Bytes to text."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamdsl.diagnostics import Diagnostic
from iamdsl.parse import parse
from iamdsl.reading import IAMDSL_LIMIT, YAML_LIMIT, from_bytes, from_text, read
from iamdsl.source import Source


def _text(data: bytes) -> str:
    source, problems = from_bytes(data, "f")
    assert problems == ()
    assert source is not None
    return source.text


def _problem(data: bytes, limit: int = IAMDSL_LIMIT) -> Diagnostic:
    source, (problem,) = from_bytes(data, "f", limit)
    assert source is None
    return problem


def _place(problem: Diagnostic) -> tuple[int, int]:
    assert problem.span is not None
    return problem.span.line, problem.span.column


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    assert _text(b"\xef\xbb\xbfedition 1\r\nlet a = 1\r\n") == "edition 1\nlet a = 1\n"
    assert _text(b"") == ""


def test_crlf_gives_the_same_tree_as_lf() -> None:
    unix = "edition 1\n\nrole x {\n  allow read on b  # why\n}\n"
    windows, _ = from_text(unix.replace("\n", "\r\n"), "f")
    assert windows is not None
    assert parse(windows) == parse(Source("f", unix))


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(name: str) -> None:
    assert _problem("edition 1\n".encode(name)).code == "IAM007"


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (b"\xff\xfe", "UTF-16 (little-endian)"),
        (b"\xfe\xff", "UTF-16 (big-endian)"),
        (b"\xff\xfe\0\0", "UTF-32 (little-endian)"),
    ],
)
def test_encodings_are_named(mark: bytes, name: str) -> None:
    assert _problem(mark + b"e\0d\0").message == f"the file is {name}"


def test_a_byte_that_is_not_utf8_is_named_with_its_offset() -> None:
    problem = _problem("edition 1\r\n# é ".encode() + b"\xe9 caf\n")
    assert problem.code == "IAM007"
    assert problem.message == "byte 0xe9 at offset 16 is not UTF-8"
    assert _place(problem) == (2, 5)


def test_nul() -> None:
    problem = _problem(b"edition 1\nlet a\0 = 1\n")
    assert (problem.code, _place(problem)) == ("IAM007", (2, 6))


def test_a_lone_carriage_return() -> None:
    problem = _problem(b"edition 1\r\nlet a = 1\rlet b = 2\n")
    assert (problem.code, _place(problem)) == ("IAM008", (2, 10))
    assert "line 2" in problem.message


def test_size() -> None:
    assert _problem(b" " * (IAMDSL_LIMIT + 1)).message == "the file is larger than 4 MiB"
    assert _problem(b" " * (YAML_LIMIT + 1), YAML_LIMIT).message == "the file is larger than 1 MiB"
    assert _problem("é".encode() * 1024, 2047).code == "IAM009"
    assert from_text("é" * 1024, "f", 2048)[1] == ()
    assert from_text("é" * 1024, "f", 2047)[1][0].code == "IAM009"


def test_a_huge_file_is_not_read_whole() -> None:
    source, (problem,) = read(Path("/dev/zero"))
    assert source is None
    assert problem.code == "IAM009"


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.iamdsl"
    path.write_bytes(b"edition 1\n")
    source, problems = read(path, "shown.iamdsl")
    assert source is not None
    assert (source.path, source.text, problems) == ("shown.iamdsl", "edition 1\n", ())


@pytest.mark.parametrize("name", ["missing.iamdsl", "folder", "nul\0"])
def test_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    source, (problem,) = read(tmp_path / name, "shown")
    assert source is None
    assert problem.code == "IAM901"
    assert problem.message.startswith("cannot read `shown`: ")
