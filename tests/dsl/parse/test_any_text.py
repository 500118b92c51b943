"""Any text at all: no exception, linear time, sound diagnostics."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamdsl.parse import parse
from iamdsl.source import Source

FOLDER = Path(__file__).parents[2] / "fixtures" / "language"
VALID = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.iamdsl"))]
PIECES = ["{", "}", '"', "'", ",", ":", "=", "#", "\\", "${", "arn:", "\n", "\t", "\r", "\0", "\u202e", "\u00a0", "é"]
WORDS = ["role", "allow", "edition 1", "on", "s3:Get*", "grant", "check", "//", ";", "(", "[", "012345670123", "until"]


def _check(text: str) -> None:
    parsed = parse(Source("f", text))
    for found in parsed.diagnostics:
        assert found.span is not None
        assert 0 <= found.span.start <= found.span.end <= len(text) + 1
        assert found.message.isprintable(), found
    assert parsed.diagnostics or parsed.file.declarations


@given(st.text() | st.text(st.sampled_from("{}\"'#,.:=*\\$()[];/ \n\tabrole159")))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_random_text(text: str) -> None:
    _check(text)


@given(st.lists(st.sampled_from(PIECES + WORDS), max_size=30).map(" ".join))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_random_words(text: str) -> None:
    _check(text)


@st.composite
def _mutations(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(["", *PIECES, *WORDS])) + text[end:]
    return text


@given(_mutations())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_mutations_of_valid_files(text: str) -> None:
    _check(text)


def test_one_deleted_character_gives_few_messages() -> None:
    """No cascades: one slip touches its own declaration, and seldom a second."""
    choice = random.Random(1)
    counts = []
    for text in VALID:
        for _ in range(60):
            at = choice.randrange(len(text))
            counts.append(len(parse(Source("f", text[:at] + text[at + 1 :])).diagnostics))
    assert max(counts) <= 3
    assert sum(count > 1 for count in counts) <= len(counts) * 0.03


@pytest.mark.parametrize(
    "sign", ["(", "{", "[", ")", "}", '"', "${", "arn:", "\\", "'", "role x {\n", ",", "a:", "# \n"]
)
def test_a_hundred_thousand_signs(sign: str) -> None:
    start = time.process_time()
    _check(sign * 100_000)
    _check("edition 1\nrole x {\n  allow read on " + sign * 100_000)
    assert time.process_time() - start < 10


def _seconds(text: str) -> float:
    source = Source("f", text)
    start = time.process_time()
    parse(source)
    return time.process_time() - start


BODY = "\n".join(line for line in VALID[-1].split("\n") if not line.startswith("edition")) + "\n"


@pytest.mark.parametrize(
    "broken",
    ["", "rol x {\n}\n", "role x {\n  alow read on b\n}\n", "team é {}\n"],
    ids=["good", "word", "field", "letter"],
)
def test_time_is_linear(broken: str) -> None:
    lines = BODY.count("\n")
    small = "edition 1\n" + broken + BODY * (4_000 // lines)
    large = "edition 1\n" + broken + BODY * (40_000 // lines)
    assert _seconds(large) < 30 * max(min(_seconds(small), _seconds(small)), 0.02)


def test_fifty_thousand_lines() -> None:
    text = "edition 1\n" + BODY * (50_000 // BODY.count("\n"))
    parsed = parse(Source("f", text))
    assert parsed.diagnostics == ()
    assert len(parsed.file.declarations) > 5_000
