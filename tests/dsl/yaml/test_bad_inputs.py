"""Each mistake gets one message, at its place, that says what to write instead."""

from __future__ import annotations

import time

import pytest

from iamdsl.diagnostics import Severity
from iamdsl.source import Source
from iamdsl.yaml import parse_yaml
from iamdsl.yaml.nodes import MAX_BYTES

CRUD = "mode: crud\n"
ARN = "arn:aws:s3:::b"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
    for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)

# text, code, line:column, a piece of the message or of the help
ONE_MISTAKE = {
    "duplicate-key": (f"{CRUD}read: [{ARN}]\nread: [{ARN}]\n", "IAM021", "3:1", "given twice"),
    "nested-duplicate-key": (
        CRUD + "sts:\n  assume-role: [x]\n  assume-role: [x]\nname: x\n",
        "IAM021",
        "4:3",
        "`assume-role` is given twice",
    ),
    "anchor": (f"{CRUD}read: &x [{ARN}]\n", "IAM022", "2:7", "`&x` is a YAML anchor"),
    "anchor-and-alias": (f"{CRUD}read: &x [{ARN}]\nlist: *x\n", "IAM022", "2:7", "`&x` is a YAML anchor"),
    "alias-of-nothing": (CRUD + "read: [*xyz]\n", "IAM022", "2:8", '"*xyz"'),
    "anchor-of-itself": ("&a [*a]\n", "IAM022", "1:1", "`&a`"),
    "merge-key": (CRUD + "<<: {list: []}\n", "IAM022", "2:1", "merge key"),
    "merge-key-with-alias": ("x: &b {mode: crud}\n<<: *b\n", "IAM022", "1:4", "`&b`"),
    "python-tag": (f"{CRUD}name: !!python/object:os.system x\n", "IAM023", "2:7", "`!!python/object:os.system`"),
    "include-tag": ("!include other.yml\n", "IAM023", "1:1", "`!include`"),
    "standard-tag": (f"{CRUD}read: !!seq [{ARN}]\n", "IAM023", "2:7", "`!!seq`"),
    "two-documents": (f"{CRUD}---\n{CRUD}", "IAM024", "2:1", "second YAML document"),
    "empty-file": ("", "IAM010", "1:1", "declares nothing"),
    "only-comments": ("# nothing\n\n", "IAM010", "1:1", "declares nothing"),
    "only-document-marks": ("---\n...\n", "IAM010", "1:1", "declares nothing"),
    "empty-mapping": ("{}\n", "IAM010", "1:1", "declares nothing"),
    "scalar-at-top": ("crud\n", "IAM025", "1:1", "a file is a mapping, but this is text"),
    "list-at-top": (f"- {ARN}\n", "IAM025", "1:1", "a file is a mapping, but this is a list"),
    "neither-form": ("foo: bar\n", "IAM029", "1:1", "neither"),
    "unknown-key": (f"{CRUD}reed:\n- {ARN}\n", "IAM026", "2:1", "did you mean `read`?"),
    "unknown-key-far": (CRUD + "description: x\n", "IAM026", "2:1", "the keys are `mode`"),
    "unknown-nested-key": (
        CRUD + "wildcard-only:\n  service-raed: [s3]\n",
        "IAM026",
        "3:3",
        "did you mean `service-read`?",
    ),
    "unknown-sts-key": (CRUD + "sts: {assume-rol: []}\n", "IAM026", "2:7", "did you mean `assume-role`?"),
    "key-of-the-other-mode": (
        f"mode: actions\nactions: [s3:GetObject]\nread: [{ARN}]\n",
        "IAM026",
        "3:1",
        "`mode: actions`",
    ),
    "star-as-value": (CRUD + "read: *\n", "IAM022", "2:7", 'put it in quotes: "*"'),
    "star-as-item": (CRUD + "read:\n- *\n", "IAM022", "3:3", 'put it in quotes: "*"'),
    "star-with-colon": (CRUD + "exclude-actions:\n- *:Delete\n", "IAM022", "3:3", '"*:Delete"'),
    "quoted-star": (CRUD + "read: ['*']\n", "IAM209", "2:8", "wildcard-only: {service-read"),
    "quoted-star-action": (CRUD + "skip-resource-constraints: ['*']\n", "IAM209", "2:29", "name the actions"),
    "quoted-star-role": (CRUD + "sts: {assume-role: ['*']}\n", "IAM209", "2:21", "name the roles"),
    "trailing-colon": (f"{CRUD}read:\n- {ARN}:\n- {ARN}\n", "IAM027", "3:3", "remove the colon"),
    "trailing-colon-without-dash": (f"{CRUD}read:\n  {ARN}:\n", "IAM027", "3:3", "remove the colon"),
    "space-in-arn": (CRUD + "read:\n- arn:aws: s3\n", "IAM027", "3:3", "remove the space"),
    "space-in-action": (CRUD + "exclude-actions:\n- s3: Delete*\n", "IAM027", "3:3", "remove the space"),
    "list-for-mapping": (CRUD + "wildcard-only: ['']\n", "IAM025", "2:16", "is a mapping"),
    "nested-list": (f"{CRUD}read:\n- [{ARN}]\n", "IAM025", "3:3", "but this is a list"),
    "mapping-for-list": (f"{CRUD}read: {{a: b, c: d}}\n", "IAM025", "2:7", "`read` is a list"),
    "text-for-list": (f"{CRUD}read: {ARN}\n", "IAM025", "2:7", "begin each item with `- `"),
    "empty-item": (f"{CRUD}read:\n- {ARN}\n- ''\n", "IAM025", "4:3", "an item of `read` is empty"),
    "null-item": (f"{CRUD}read:\n- {ARN}\n-\n- {ARN}\n", "IAM025", "4:2", "an item of `read` is empty"),
    "empty-first-item": (f"{CRUD}read:\n- ''\n- {ARN}\n", "IAM025", "3:3", "an item of `read` is empty"),
    "complex-key": (CRUD + "? [read]\n: x\n", "IAM025", "2:3", "a key must be plain text"),
    "mode-missing": (f"read: [{ARN}]\n", "IAM029", "1:1", "the key `mode` is missing"),
    "mode-missing-actions": ("actions: [s3:GetObject]\n", "IAM029", "1:1", "`mode: actions`"),
    "mode-key-misspelt": (f"mod: crud\nread: [{ARN}]\n", "IAM026", "1:1", "did you mean `mode`?"),
    "mode-key-capital": (f"Mode: crud\nread: [{ARN}]\n", "IAM026", "1:1", "did you mean `mode`?"),
    "mode-misspelt": (f"mode: crudd\nread: [{ARN}]\n", "IAM030", "1:7", "did you mean `crud`?"),
    "mode-capital": (f"mode: CRUD\nread: [{ARN}]\n", "IAM030", "1:7", "did you mean `crud`?"),
    "mode-empty": (f"mode:\nread: [{ARN}]\n", "IAM025", "1:6", "mode is empty"),
    "actions-missing": ("mode: actions\nname: x\n", "IAM029", "1:1", "`actions` is missing"),
    "effect-lower-case": (f"{CRUD}effect: deny\n", "IAM030", "2:9", "did you mean `Deny`?"),
    "effect-other": (f"{CRUD}effect: Audit\n", "IAM030", "2:9", "write `Allow` or `Deny`"),
    "name-list": (f"{CRUD}name: [x]\n", "IAM025", "2:7", "the name is one text"),
    "action-comma": (CRUD + "exclude-actions:\n- s3:Get*,s3:Put*\n", "IAM001", "3:3", "[s3:Get*, s3:Put*]"),
    "action-space": (CRUD + "exclude-actions: [' s3:Get*']\n", "IAM001", "2:19", "is not an action"),
    "action-without-service": ("mode: actions\nactions: [GetObject]\n", "IAM001", "2:11", "is not an action"),
    "service-as-action": (
        CRUD + "wildcard-only: {service-read: ['s3:*']}\n",
        "IAM001",
        "2:32",
        "is not the name of a service",
    ),
    "tab-indent": (f"{CRUD}read:\n\t- {ARN}\n", "IAM008", "3:1", "indent with spaces"),
    "tab-behind-spaces": (f"{CRUD}sts:\n  assume-role: []\n \tx: []\n", "IAM008", "4:2", "indent with spaces"),
    "unclosed-list": (f"{CRUD}read: [{ARN}\n", "IAM020", "2:7", "never closed"),
    "unclosed-mapping": (f"{CRUD}sts: {{assume-role: [{ARN}]\n", "IAM020", "2:6", "never closed"),
    "unclosed-quote": (f"{CRUD}read: ['{ARN}]\n", "IAM004", "2:8", "never closed"),
    "braces-in-flow": (CRUD + "read: [arn:aws:s3:::${x}]\n", "IAM020", "2:22", "needs quotes"),
    "comma-missing": (CRUD + "read: ['a' 'b']\n", "IAM020", "2:12", "a comma"),
    "second-colon": (f"{CRUD}read: {ARN}: x\n", "IAM020", "2:21", "a second colon"),
    "key-below-value": (f"{CRUD}name: x\n  read: []\n", "IAM020", "3:7", "has a value already"),
    "item-among-keys": (f"{CRUD}- {ARN}\n", "IAM020", "2:1", "this list item does not fit"),
    "bad-indent": (f"{CRUD}sts:\n    assume-role: []\n  x: []\n", "IAM020", "4:3", "this line does not fit"),
    "at-sign": (CRUD + "name: @x\n", "IAM020", "2:7", "`@` needs quotes"),
    "bad-escape": (CRUD + 'name: "\\q"\n', "IAM020", "2:8", "no such escape"),
    "colon-missing": (f"{CRUD}read\nlist: []\n", "IAM020", "2:1", "a `:` is missing"),
    "control-character": (CRUD + "name: a\x1b[0m\n", "IAM703", "2:8", "U+001B"),
    "escaped-control-character": (CRUD + 'name: "a\\e[0m"\n', "IAM703", "2:7", "escape"),
    "nul": (CRUD + "name: a\0b\n", "IAM703", "2:8", "U+0000"),
    "bidi": (CRUD + "read:\n- arn:aws:s3:::\u202eb\n", "IAM701", "3:16", "U+202E"),
    "zero-width-space-in-key": (CRUD + "re\u200bad: []\n", "IAM704", "2:3", "U+200B"),
    "look-alike": (CRUD + "exclude-actions:\n- \u04553:Get*\n", "IAM702", "3:3", "s3:Get*"),
    "look-alike-in-arn": (CRUD + "read:\n- arn:aws:\u04553:::b\n", "IAM702", "3:3", "arn:aws:s3:::b"),
    "fullwidth-colon": (CRUD + "read\uff1a\n- arn:aws:s3:::b\n", "IAM705", "2:5", ":"),
    "typographic-quotes": (f"{CRUD}read:\n- \u201c{ARN}\u201d\n", "IAM705", "3:3", '"'),
}


@pytest.mark.parametrize("name", ONE_MISTAKE)
def test_one_mistake_one_message(name: str) -> None:
    text, code, place, words = ONE_MISTAKE[name]
    (found,) = parse_yaml(Source("t.yml", text)).diagnostics
    assert (found.code, str(found.span)) == (code, f"t.yml:{place}")
    assert words in f"{found.message} | {found.help} | {list(found.notes)}"
    assert found.severity is Severity.ERROR


def test_a_duplicate_key_shows_both_places() -> None:
    (found,) = parse_yaml(Source("t.yml", f"{CRUD}read: [{ARN}]\nread: [{ARN}]\n")).diagnostics
    assert [(str(label.span), label.text) for label in found.labels] == [("t.yml:2:1", "first given here")]


def test_a_null_list_is_a_warning() -> None:
    (found,) = parse_yaml(Source("t.yml", f"{CRUD}read:\nlist: [{ARN}]\n")).diagnostics
    assert (found.code, str(found.span), found.severity) == ("IAM028", "t.yml:2:1", Severity.WARNING)


def test_fixes_mend_what_they_are_for() -> None:
    for name in ("star-as-item", "trailing-colon", "space-in-arn", "mode-misspelt", "unknown-key", "tab-indent"):
        text, code, _, _ = ONE_MISTAKE[name]
        (found,) = parse_yaml(Source("t.yml", text)).diagnostics
        assert found.fix is not None
        mended = text[: found.fix.span.start] + found.fix.text + text[found.fix.span.end :]
        assert code not in {d.code for d in parse_yaml(Source("t.yml", mended)).diagnostics}


def test_prose_of_any_language_is_accepted() -> None:
    text = "edition: 1\nrole r:\n  describe: Zugriff für Prüfer, 読み取り\nlet x: Größe\n"
    assert parse_yaml(Source("t.yml", text)).diagnostics == ()


HOSTILE = {
    "billion-laughs": (BOMB, "IAM022"),
    "deep-flow-lists": ("[" * 5000 + "]" * 5000, "IAM009"),
    "deep-flow-mappings": ("{a: " * 5000 + "}" * 5000, "IAM009"),
    "deep-block-lists": ("- " * 5000 + "x", "IAM009"),
    "deep-lines": ("[\n" * 5000, "IAM009"),
    "deep-keys": ("? " * 5000, "IAM009"),
    "a-mebibyte-of-brackets": ("[" * MAX_BYTES, "IAM009"),
    "too-large": ("x" * (MAX_BYTES + 1), "IAM009"),
    "too-large-in-bytes": ("\u4e00" * (MAX_BYTES // 3 + 1), "IAM009"),
    "fifty-megabytes": ("a: b\n" * 10_000_000, "IAM009"),
    "many-look-alikes": (f"{CRUD}read: [" + "arn:\u0455, " * 40_000 + "]", "IAM702"),
    "many-duplicates": ("a: b\n" * 50_000, "IAM021"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_quickly(name: str) -> None:
    text, code = HOSTILE[name]
    source = Source("t.yml", text)
    began = time.process_time()
    found = parse_yaml(source).diagnostics
    assert time.process_time() - began < 5
    assert code in {d.code for d in found}


def test_fifty_levels_are_read() -> None:
    deep = "[" * 49 + "]" * 49
    assert {d.code for d in parse_yaml(Source("t.yml", f"{CRUD}read: {deep}\n")).diagnostics} == {"IAM025"}
    deeper = "[" * 50 + "]" * 50
    assert {d.code for d in parse_yaml(Source("t.yml", f"{CRUD}read: {deeper}\n")).diagnostics} == {"IAM009"}
