"""The words of an action name: `GetEBSVolume` is `Get`, `EBS`, `Volume`."""

from __future__ import annotations

import re

# In order: IPv4/IPv6; plural acronyms (ACLs); acronyms before a capitalised word (EBS|Volume); capitalised or
# lower-case words; what is left of acronyms. Digits belong to the word they follow (S3, V2). Anything else is
# a separator that stays with the word before it.
_WORD = re.compile(r"(?:IPv[46]|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+)[0-9]*|[0-9]+|[^A-Za-z0-9]+")

# "Batch" says how often, not what: BatchGet is a verb, Batch is not.
_ADVERB = "Batch"


def words(name: str) -> tuple[str, ...]:
    """Split a name into its camel-case words; joined again they are the name."""
    return tuple(_WORD.findall(name))


def verb(name: str) -> str:
    """Return the first word of the name, or its first two when the first is `Batch`."""
    parts = words(name)
    return "".join(parts[:2] if parts[:1] == (_ADVERB,) else parts[:1])


def boundaries(name: str) -> tuple[int, ...]:
    """Return the offsets at which a word ends, ascending; the last is the length of the name."""
    ends: list[int] = []
    for word in words(name):
        ends.append((ends[-1] if ends else 0) + len(word))
    return tuple(ends)
