"""Names inside output files: made of safe characters only, and different for different things."""

from __future__ import annotations

import hashlib
import re

NOTE = "Written by iamc: change the declarations instead."
"""For whoever opens an output file that can hold a comment."""
_WORD = re.compile(r"[a-z][a-z0-9]*\Z")


def label(name: str) -> str:
    """A name of letters, digits, `-` and `_` that begins with a letter; one that had to change carries a digest."""
    clean = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:100]
    if clean == name and re.match("[A-Za-z]", clean):
        return clean
    return f"x-{clean}-{_digest(name)}"


def logical_id(name: str, kind: str) -> str:
    """`payments-viewer`, `Role` -> `PaymentsViewerRole`: letters and digits only, as CloudFormation wants it."""
    words = name.split("-")
    camel = "".join(re.sub("[^A-Za-z0-9]", "", word).capitalize() for word in words)[:100]
    exact = all(_WORD.match(word) for word in words)
    return f"{camel}{'' if exact else 'X' + _digest(name)}{kind}"


def line(text: str) -> str:
    """The text without control characters, so that it stays on the line that it is written on."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
