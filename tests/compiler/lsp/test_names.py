from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from analysing import pointed
from iamc.catalog import Catalog
from iamc.lsp.hover import hover
from iamc.lsp.names import applied, definition, references, rename
from iamc.lsp.occurrences import occurrences
from iamc.lsp.symbols import symbols
from iamc.lsp.tokens import tokens
from iamdsl.source import Span

ORG = """edition 1

let region = "eu-west-1"

account prod 111122223333 { alias "acme" }

people {
  ana ana@acme.example
}

team payments { members ana owner ana }

tier viewer {
  session 1h
  ceiling list, read
}

resources orders for prod {
  bucket arn:aws:s3:::orders-${account.alias}
  queue arn:aws:sqs:${region}:${account.id}:orders
}

actions look = s3:ListBucket

services web = cloudfront
"""
MAIN = """edition 1

import "org.iamdsl" as org

role reader : org.viewer {
  describe "Reads in ${org.region}."
  allow org.look on org.orders.bucket
  allow list on service org.web
}

role more : org.viewer {
  use reader
  allow read on org.orders
}

grant reader, more to org.payments, org.ana in org.prod {
  reason "SEC-1"
  approval by org.payments
}

check "looks" {
  role reader in org.prod
  expect deny s3:PutObject on org.orders.bucket
}
"""


def at(text: str, into: int = 0) -> str:
    """MAIN with the cursor in the first occurrence of a text."""
    place = MAIN.index(text) + into
    return MAIN[:place] + "|" + MAIN[place:]


def shown(spans: list[Span]) -> list[str]:
    return [f"{Path(span.path).name}:{span.line}:{span.column} {span.text}" for span in spans]


@pytest.mark.parametrize(
    ("text", "into", "declared"),
    [
        ("org.viewer", 5, "org.iamdsl:13:6 viewer"),
        ("org.viewer", 1, "main.iamdsl:3:24 org"),
        ("org.look", 5, "org.iamdsl:23:9 look"),
        ("org.orders.bucket", 5, "org.iamdsl:18:11 orders"),
        ("org.orders.bucket", 17, "org.iamdsl:19:3 bucket"),
        ("org.web", 5, "org.iamdsl:25:10 web"),
        ("org.region", 6, "org.iamdsl:3:5 region"),
        ("use reader", 5, "main.iamdsl:5:6 reader"),
        ("org.payments", 5, "org.iamdsl:11:6 payments"),
        ("org.ana", 4, "org.iamdsl:8:3 ana"),
        ("org.prod", 4, "org.iamdsl:5:9 prod"),
        ("role reader in", 6, "main.iamdsl:5:6 reader"),
        ("org.iamdsl", 3, "org.iamdsl:1:1 "),
    ],
)
def test_definition(text: str, into: int, declared: str, tmp_path: Path, catalog: Catalog) -> None:
    project, source, offset = pointed(tmp_path, catalog, at(text, into), org=ORG)
    assert project.findings[source.path] == ()
    assert shown(definition(project, source.path, offset)) == [declared]


def test_references_are_found_in_all_files(tmp_path: Path, catalog: Catalog) -> None:
    project, source, offset = pointed(tmp_path, catalog, at("org.orders", 5), org=ORG)
    found = shown(references(project, source.path, offset))
    assert sorted(found) == [
        "main.iamdsl:13:21 orders",
        "main.iamdsl:23:35 orders",
        "main.iamdsl:7:25 orders",
        "org.iamdsl:18:11 orders",
    ]
    assert len(references(project, source.path, offset, declaration=False)) == 3


def test_every_name_can_be_renamed_and_means_the_same(tmp_path: Path, catalog: Catalog) -> None:
    project, main, _ = pointed(tmp_path, catalog, "|" + MAIN, org=ORG)
    before = {name: [d.text for d in one.documents] for name, one in project.compiled.items()}
    every = list(occurrences(project, main.path))
    assert len({each.thing for each in every}) == 12
    for each in every:
        fixes = rename(project, main.path, each.span.start, "renamed")
        assert not isinstance(fixes, str), each
        texts = {Path(p).stem: f.span.source.text for p, f in project.project.files.items()}
        for path, file in project.project.files.items():
            texts[Path(path).stem] = applied(file.span.source, [f for f in fixes if f.span.path == path])
        again, _, _ = pointed(tmp_path, catalog, "|" + texts["main"], org=texts["org"])
        assert not any(again.findings.values()), each
        renamed = {
            name.replace("renamed", each.thing[2]): [d.text for d in one.documents]
            for name, one in again.compiled.items()
        }
        assert each.thing[1] in ("account", "role") or renamed == before


@pytest.mark.parametrize(
    ("text", "into", "new", "why"),
    [
        ("use reader", 5, "more", "there is a role called `more` already"),
        ("use reader", 5, "two words", "`two words` is not a name"),
        ("allow", 2, "x", "there is no name of this project here"),
    ],
)
def test_what_cannot_be_renamed(text: str, into: int, new: str, why: str, tmp_path: Path, catalog: Catalog) -> None:
    project, source, offset = pointed(tmp_path, catalog, at(text, into), org=ORG)
    assert str(rename(project, source.path, offset, new)).startswith(why)


@pytest.mark.parametrize(
    ("text", "into", "words"),
    [
        ("s3:PutObject", 4, ["**s3:PutObject** write", "resource types: ", "condition keys: "]),
        ("org.look", 5, ["actions **look**", "actions look = s3:ListBucket"]),
        ("org.orders.bucket", 13, ["resource **orders.bucket**", "bucket arn:aws:s3:::orders-${account.alias}"]),
        ("list on service", 1, ["**list** access level"]),
        ("allow org.look", 2, ["**prod/reader**: 1 action, about", "`s3:ListBucket`", "`arn:aws:s3:::orders-acme`"]),
        ("role reader", 6, ["role **reader**", "role reader : org.viewer {"]),
    ],
)
def test_hover(text: str, into: int, words: list[str], tmp_path: Path, catalog: Catalog) -> None:
    project, source, offset = pointed(tmp_path, catalog, at(text, into), org=ORG)
    about = hover(project, source.path, offset)
    assert about is not None
    assert [word for word in words if word not in about.text] == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("allow s3:Get|Object on * when s3:prefix exists", ["reads data", "description"]),
        ("allow s3:GetObject on * when s3:pre|fix exists", ["**s3:prefix** condition key, String"]),
        ("allow sqs:Send|* on *", ["`sqs:Send*` matches 1 action"]),
        ("allow read on service s|3", ["Amazon S3"]),
        ("allow iam:PassRole|d on *", []),
    ],
)
def test_hover_on_words_of_aws(line: str, words: list[str], tmp_path: Path, catalog: Catalog) -> None:
    project, source, offset = pointed(tmp_path, catalog, f"edition 1\nrole r {{\n  {line}\n}}\n")
    about = hover(project, source.path, offset)
    text = about.text if about else ""
    assert [word for word in words if word not in text and word != "description"] == []


def test_the_outline(tmp_path: Path, catalog: Catalog) -> None:
    project, source, _ = pointed(tmp_path, catalog, "|" + MAIN, org=ORG)
    found = symbols(project.project.files[source.path])
    assert [(each.kind, each.name) for each in found] == [
        ("import", "org"),
        ("role", "reader"),
        ("role", "more"),
        ("grant", "grant reader, more to org.payments, org.ana in org.prod"),
        ("check", "looks"),
    ]
    assert [child.name for child in found[1].children] == [
        "allow org.look on org.orders.bucket",
        "allow list on service org.web",
    ]


def test_tokens_tell_names_apart(tmp_path: Path, catalog: Catalog) -> None:
    project, source, _ = pointed(tmp_path, catalog, "|" + MAIN, org=ORG)
    found = tokens(source, occurrences(project, source.path))
    words = {(source.text[t.start : t.end], t.kind, t.declares) for t in found}
    assert {
        ("role", "keyword", False),
        ("reader", "class", True),
        ("viewer", "type", False),
        ("org", "namespace", True),
        ("s3:PutObject", "function", False),
        ("region", "variable", False),
        ('"SEC-1"', "string", False),
    } <= words
    assert all(one.end <= other.start for one, other in pairwise(found))
