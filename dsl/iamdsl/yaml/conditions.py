"""Conditions of the organisation form: the mapping behind `when`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamdsl.syntax import Condition
from iamdsl.yaml import atoms
from iamdsl.yaml.nodes import Entry, Node
from iamdsl.yaml.walk import Walk

_LISTS = ("region", "ip", "vpce", "org", "via")
_DATES = ("before", "after")
_TAGS = ("tag", "principal-tag", "request-tag")
WORDS = ("mfa", "mfa-within", *_TAGS, *_LISTS, *_DATES)
"""The condition words; any other key is a condition key of IAM, such as `aws:SourceVpc`."""


def conditions(walk: Walk, node: Node) -> tuple[Condition, ...]:
    """The conditions of `when` in the author's order: a mapping, or a list of them where a word recurs."""
    found: list[Condition] = []
    for each in walk.parts(node, "`when`"):
        mapping = walk.mapping(each, "`when`")
        for entry in mapping.entries if mapping else ():
            found += _condition(walk, entry)
    return tuple(found)


def _condition(walk: Walk, entry: Entry) -> Iterator[Condition]:
    word = entry.key.text
    read = _READERS.get(word)
    if read is not None:
        yield from read(walk, entry)
    elif atoms.KEY.fullmatch(word):
        yield from _key(walk, entry)
    else:
        walk.unknown_key(entry.key, WORDS, "`when`")


def _mfa(walk: Walk, entry: Entry) -> Iterator[Condition]:
    if walk.choice(entry.value, ("true",), "value for `mfa`"):
        yield Condition("mfa", "", "", (), entry.span)


def _within(walk: Walk, entry: Entry) -> Iterator[Condition]:
    value = atoms.text(walk, entry.value, "`mfa-within`", atoms.DURATION)
    if value:
        yield Condition("mfa-within", "", "", (value,), entry.span)


def _date(walk: Walk, entry: Entry) -> Iterator[Condition]:
    word = entry.key.text
    value = atoms.text(walk, entry.value, f"`{word}`", atoms.DATE)
    if value:
        yield Condition(word, "", "", (value,), entry.span)


def _values(walk: Walk, entry: Entry) -> Iterator[Condition]:
    word = entry.key.text
    values = atoms.texts(walk, entry.value, f"`{word}`")
    if values:
        yield Condition(word, "", "", values, entry.span)


def _tags(walk: Walk, entry: Entry) -> Iterator[Condition]:
    """`tag: {team: payments}`; each tag is a condition of its own."""
    word = entry.key.text
    mapping = walk.mapping(entry.value, f"`{word}`")
    for tag in mapping.entries if mapping else ():
        values = atoms.texts(walk, tag.value, f"the tag `{tag.key.text}`")
        if values:
            yield Condition(word, tag.key.text, "", values, tag.span)


def _key(walk: Walk, entry: Entry) -> Iterator[Condition]:
    """`"s3:prefix": {like: "home/*"}`; each operator is a condition of its own."""
    key = entry.key.text
    mapping = walk.mapping(entry.value, f"`{key}`")
    for each in mapping.entries if mapping else ():
        operator = each.key.text
        if operator in atoms.PRESENCE:
            if walk.choice(each.value, ("true",), f"value for `{operator}`"):
                yield Condition("key", key, operator, (), each.span)
        elif atoms.fits(walk, each.key, atoms.OPERATOR):
            values = atoms.texts(walk, each.value, f"`{operator}`")
            if values:
                yield Condition("key", key, operator, values, each.span)


_READERS: dict[str, Callable[[Walk, Entry], Iterator[Condition]]] = {
    "mfa": _mfa,
    "mfa-within": _within,
    **dict.fromkeys(_TAGS, _tags),
    **dict.fromkeys(_LISTS, _values),
    **dict.fromkeys(_DATES, _date),
}
