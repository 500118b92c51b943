"""Unicode safety: characters that make a text read other than it is.

Declarations are reviewed by eye, so what the eye cannot tell apart is refused: bidirectional controls,
invisible characters, letters that look like ASCII ones in names, actions and ARNs, typographic quotes. Comments
and quoted prose may be in any language. After Unicode TR36 and TR39 (security mechanisms); the look-alikes are
those of the TR39 confusables that a keyboard layout offers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamdsl.diagnostics import Diagnostic, Fix, report
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iamdsl.source import Source, Span

_UNSAFE = re.compile(r"[^\n\t\x20-\x7e]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # they join letters in Persian and Indic prose; elsewhere they only hide
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u201b"
_SIGNS = {
    **dict.fromkeys(_QUOTES + "\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2044": "/",
    "\u2215": "/",
    "\u2217": "*",
    "\u2236": ":",
    "\u00b7": ".",
}
_LOOK_ALIKES = dict(
    zip(
        "АВЕКМНОРСТХаеорсухіјѕԁԛԝһӏ"  # noqa: RUF001 - Cyrillic
        "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαντι"
        "ıɑɡ",  # noqa: RUF001 - Latin
        "ABEKMHOPCTXaeopcyxijsdqwhl" + "ABEZHIKMNOPTYXoavti" + "iag",
        strict=True,
    )
)
MOST_REFUSED = 100  # findings of one file; whoever saved it as something else needs no more
_DELETE_BIDI = "delete it: with it the text reads in another order than it has"
_DELETE_SPACE = "delete it, or write an ordinary space"
_PIECE = re.compile(
    r"(?P<arn>\"arn:[^\"\n]*\"?)"
    r"|(?P<free>\"(?:\\.|[^\"\\\n])*\"?|\#[^\n]*)"
    rf"|(?P<quoted>[{_QUOTES}][^\n\"{_QUOTES}]*[{_QUOTES}\"]?)"
    rf"|(?P<word>[^\n\t ,;\"\#{{}}{_QUOTES}]+)"
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What is wrong with the characters of a text.

    Attributes:
        text: the text with each refused character replaced by one of ASCII, so that offsets stay.
        diagnostics: one for each word, string or comment and each reason to refuse it.
        lines: the lines (from 1) that they stand on.
    """

    text: str
    diagnostics: tuple[Diagnostic, ...]
    lines: frozenset[int]


def scan(source: Source) -> Scan:
    """Look through all characters of `source`; takes next to no time for printable ASCII."""
    text = source.text
    found: list[Diagnostic] = []
    mended: dict[int, str] = {}
    for piece in _suspicious(text):
        if len(found) >= MOST_REFUSED:
            break
        kind = str(piece.lastgroup)
        if kind == "quoted":
            found.append(_typographic_quotes(source.span(*piece.span())))
            mended[piece.start()] = '"'
            if piece[0][-1] in _QUOTES:
                mended[piece.end() - 1] = '"'
            continue
        refused: dict[str, list[int]] = {}
        for match in _UNSAFE.finditer(text, *piece.span()):
            code = _code(match[0], free=kind == "free")
            if code:
                refused.setdefault(code, []).append(match.start())
                mended[match.start()] = (_ascii(match[0]) or "_")[0]
        found += [_report(code, source, piece, offsets) for code, offsets in refused.items()]
    return Scan(_mended(text, mended), tuple(found), frozenset(d.span.line for d in found if d.span))


def _suspicious(text: str) -> Iterator[re.Match[str]]:
    """The words, strings and comments of each line that has more than printable ASCII; none of them spans lines."""
    at = 0
    while unsafe := _UNSAFE.search(text, at):
        start = text.rfind("\n", 0, unsafe.start()) + 1
        at = text.find("\n", unsafe.start())
        at = len(text) if at < 0 else at
        yield from _PIECE.finditer(text, start, at)


def _mended(text: str, signs: dict[int, str]) -> str:
    if not signs:
        return text
    characters = list(text)
    for offset, sign in signs.items():
        characters[offset] = sign
    return "".join(characters)


def _code(character: str, *, free: bool) -> str:
    """The code that a character is refused with; empty when it may stand there: in free text, or in code."""
    import unicodedata

    category = unicodedata.category(character)
    if character in _BIDI:
        return "IAM701"
    if category in {"Cc", "Cs"}:
        return "IAM703"
    if category in {"Cf", "Zl", "Zp"}:
        return "" if free and character in _JOINERS else "IAM704"
    if free:
        return ""
    if category == "Zs" or character in _BLANK_LETTERS:
        return "IAM704"
    ascii_form = _ascii(character)
    return "IAM705" if ascii_form and not ascii_form.isalnum() else "IAM702"


def _ascii(character: str) -> str:
    """What a reader takes the character for, in ASCII; empty when there is no such thing."""
    import unicodedata

    known = _SIGNS.get(character) or _LOOK_ALIKES.get(character)
    if known:
        return known
    if unicodedata.category(character) == "Zs":
        return " "
    return "".join(c for c in unicodedata.normalize("NFKD", character) if " " < c < "\x7f")


def _report(code: str, source: Source, piece: re.Match[str], offsets: list[int]) -> Diagnostic:
    """One finding for all characters of a piece that `code` refuses; `offsets` count in the source."""
    names = _names(source.text[offset] for offset in offsets)
    span = source.span(offsets[0], offsets[0] + 1)
    if code == "IAM701":
        return report(code, f"bidirectional control character {names}", span, help=_DELETE_BIDI)
    if code == "IAM703":
        return report(code, f"control character {names}", span, help="delete it")
    if code == "IAM704":
        return report(code, f"invisible or unusual white space {names}", span, help=_DELETE_SPACE)
    if code == "IAM705":
        sign = _ascii(source.text[offsets[0]])
        fix = Fix(span, sign, f"write `{sign}`")
        return report(code, f"`{span.text}` is {names}", span, help=f"write the ASCII `{sign}`", fix=fix)
    word = source.span(*piece.span())
    spelling = "".join(c if c.isascii() else _ascii(c) or "\0" for c in word.text)
    message = f"`{_shown(word.text)}` has {names}"
    if "\0" in spelling:
        return report(code, message, word, help="names, actions and ARNs are written in ASCII")
    fix = Fix(word, spelling, f"write `{spelling}`")
    return report(code, message, word, help=f"did you mean `{spelling}`, in ASCII letters?", fix=fix)


def _typographic_quotes(span: Span) -> Diagnostic:
    names = _names(c for c in span.text if c in _QUOTES)
    return report("IAM705", f"typographic quotes: {names}", span, help='write `"`')


def _names(characters: Iterable[str]) -> str:
    """The characters by number and name, each once; never raw, since they may hide or act."""
    import unicodedata

    shown = []
    for c in dict.fromkeys(characters):
        escape = f"`\\x{ord(c):02x}` " if ord(c) < 0xA0 else ""
        shown.append(f"{escape}U+{ord(c):04X} {unicodedata.name(c, '')}".rstrip())
    return ", ".join(shown)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)
