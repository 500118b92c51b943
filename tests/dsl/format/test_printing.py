from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from iamdsl import syntax as s
from iamdsl.format import format_source
from iamdsl.parse import parse
from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from iamdsl.yaml import parse_yaml
from iamdsl.yaml_print import to_yaml
from trees import files

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=150)


@REPEATABLE
@given(files(keywords=True))
def test_the_text_of_a_tree_says_the_same_and_is_canonical(file: s.File) -> None:
    text = to_iamdsl(file)
    parsed = parse(Source("generated", text))
    assert parsed.file == file
    assert not parsed.diagnostics
    assert format_source(Source("generated", text)).text == text


@REPEATABLE
@given(files(keywords=False))
def test_the_yaml_of_a_tree_says_the_same(file: s.File) -> None:
    parsed = parse_yaml(Source("generated", to_yaml(file)))
    assert not parsed.diagnostics
    assert replace(parsed.file, origin="iamdsl") == file
