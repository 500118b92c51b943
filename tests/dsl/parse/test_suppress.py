"""`# iamc: ignore[...]` comments."""

from __future__ import annotations

from iamdsl.diagnostics import Diagnostic, report
from iamdsl.parse import parse
from iamdsl.source import Source
from iamdsl.suppress import suppress, suppressions

TEXT = """edition 1
# iamc: ignore[IAM304] renewed every spring
let a = 1
let b = 2  # iamc: ignore[IAM306, IAM309] known
let c = 3
let d = 4
"""


def _problems(comment: str) -> list[tuple[str, str]]:
    parsed = parse(Source("f", f"edition 1\nlet a = 1 {comment}\n"))
    return [(d.code, d.message) for d in suppressions(parsed.comments)[1]]


def _at(source: Source, line: int, code: str) -> Diagnostic:
    start = source.line_starts[line - 1]
    return report(code, "found", source.span(start, start + 1))


def _left(*places: tuple[int, str]) -> list[tuple[str, int]]:
    source = Source("f", TEXT)
    ignored, problems = suppressions(parse(source).comments)
    assert problems == ()
    left = suppress([_at(source, line, code) for line, code in places], ignored)
    return [(d.code, d.span.line) for d in left if d.span]


ALL = ((3, "IAM304"), (4, "IAM306"), (4, "IAM309"))


def test_the_same_line_and_the_line_below() -> None:
    assert _left(*ALL) == []
    assert _left(*ALL, (5, "IAM306"), (6, "IAM306")) == [("IAM306", 6)]


def test_other_codes_and_lines_stay() -> None:
    assert _left(*ALL, (3, "IAM306"), (6, "IAM304")) == [("IAM306", 3), ("IAM304", 6)]


def test_a_code_in_vain_is_told() -> None:
    assert _left(*ALL[:2]) == [("IAM601", 4)]
    assert _left() == [("IAM601", 2), ("IAM601", 4)]


def test_nothing_is_in_vain_while_there_are_errors() -> None:
    assert _left((6, "IAM202")) == [("IAM202", 6)]


def test_errors_stay_even_as_warnings() -> None:
    source = Source("f", "edition 1\nlet a = 1 # iamc: ignore[IAM306] why\n")
    ignored, _ = suppressions(parse(source).comments)
    assert suppress([_at(source, 2, "IAM202").demoted()], ignored)[0].code == "IAM202"


def test_other_files_stay() -> None:
    ignored, _ = suppressions(parse(Source("f", TEXT)).comments)
    other = Source("g", TEXT)
    left = suppress([_at(other, 3, "IAM304")], ignored)
    assert [d.code for d in left] == ["IAM304", "IAM601", "IAM601"]


def test_a_reason_is_needed() -> None:
    assert _problems("# iamc: ignore[IAM304]") == [("IAM602", "an ignored finding needs a reason")]


def test_errors_cannot_be_ignored() -> None:
    assert _problems("# iamc: ignore[IAM202] why") == [("IAM603", "`IAM202` cannot be ignored")]
    assert _problems("# iamc: ignore[IAM999] why") == [("IAM603", "there is no code `IAM999`")]


def test_a_misspelt_comment_is_told() -> None:
    for comment in ("# iamc: ignore IAM304 why", "# iamc: ignor[IAM304] why", "#iamc: no"):
        assert [code for code, _ in _problems(comment)] == ["IAM601"]
    assert _problems("# iamc is a compiler") == []
