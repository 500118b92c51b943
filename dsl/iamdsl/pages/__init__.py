"""One page of explanation for each diagnostic code: the Markdown files beside this module.

`python -m iamdsl.pages > docs/codes.md` writes all of them as one reference.
"""

from __future__ import annotations

from iamdsl.codes import CODES

_HEAD = """# Diagnostic codes

What each finding means, and what to write instead. `iamc explain CODE` prints one of these pages.
An error stops the compile, a warning and a note do not. `# iamc: ignore[IAM306] why` silences a warning on its own
line and on the line below. (`python -m iamdsl.pages` writes this file.)
"""
_FAMILIES = {
    "0": "Syntax",
    "1": "Names",
    "2": "AWS vocabulary",
    "3": "Tiers, grants and time",
    "4": "Quotas",
    "5": "Checks, the lock and outputs",
    "6": "Lint",
    "7": "Unicode safety",
    "9": "The run itself",
}


def page(code: str) -> str | None:
    """The page of `code` in Markdown, or None when there is no such code."""
    if code not in CODES:
        return None
    from importlib.resources import files

    return files(__name__).joinpath(f"{code}.md").read_text(encoding="utf-8")


def reference() -> str:
    """All pages in one document, by family, with an index."""
    parts = [
        _HEAD,
        _index(),
    ]
    family = ""
    for code in CODES:
        if code[3] != family:
            family = code[3]
            parts.append(f"## {_FAMILIES[family]}\n")
        parts.append(_section(code))
    return "\n".join(parts)


def _index() -> str:
    rows = (f"| [{entry.code}](#{entry.code.lower()}) | {entry.severity} | {entry.title} |" for entry in CODES.values())
    return "\n".join(["| Code | Severity | Meaning |", "|---|---|---|", *rows]) + "\n"


def _section(code: str) -> str:
    """The page, two levels deeper, under an anchor that does not hang on its title."""
    lines = (page(code) or "").splitlines()
    fenced = False
    deeper = []
    for line in lines:
        fenced ^= line.startswith("```")
        deeper.append(f"##{line}" if line.startswith("#") and not fenced else line)
    return f'<a id="{code.lower()}"></a>\n\n' + "\n".join(deeper) + "\n"
