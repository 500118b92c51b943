"""SARIF 2.1.0 (OASIS), for code scanning.

A finding about a whole run has no place, so it becomes a notification of the invocation; all others are
results. The fingerprint has the form and name that GitHub keeps between runs (`primaryLocationLineHash`). It
is made of the code, the words of the line and how often both came before in that file: moving lines does not
change it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from iamc import __version__
from iamc.render.text import dump_json, inert
from iamdsl.codes import CODES
from iamdsl.diagnostics import Diagnostic, Fix, Label, Severity
from iamdsl.pages import page
from iamdsl.source import Span


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """One SARIF log of one run, in ASCII."""
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(diagnostics)],
    }
    return dump_json(log)


def _run(diagnostics: Sequence[Diagnostic]) -> dict[str, object]:
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    placed = [(diagnostic, diagnostic.span) for diagnostic in diagnostics if diagnostic.span]
    unplaced = [diagnostic for diagnostic in diagnostics if not diagnostic.span]
    seen: Counter[tuple[str, str]] = Counter()
    results = []
    for diagnostic, span in placed:
        digest = _digest(diagnostic.code, span)
        seen[span.path, digest] += 1
        fingerprint = f"{digest}:{seen[span.path, digest]}"
        results.append(_result(diagnostic, span, codes.index(diagnostic.code), fingerprint))
    driver = {
        "name": "iamc",
        "version": __version__,
        "rules": [_rule(code) for code in codes],
    }
    return {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(unplaced)],
        "results": results,
    }


def _rule(code: str) -> dict[str, object]:
    entry = CODES[code]
    text = page(code) or entry.title
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": entry.severity},
    }


def _invocation(unplaced: list[Diagnostic]) -> dict[str, object]:
    notifications = [
        {
            "descriptor": {"id": diagnostic.code},
            "level": diagnostic.severity.value,
            "message": _message(diagnostic),
        }
        for diagnostic in unplaced
    ]
    succeeded = all(diagnostic.severity is not Severity.ERROR for diagnostic in unplaced)
    return {"executionSuccessful": succeeded, "toolExecutionNotifications": notifications}


def _result(diagnostic: Diagnostic, span: Span, rule: int, fingerprint: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": _message(diagnostic),
        "locations": [{"physicalLocation": _location(span)}],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    if diagnostic.labels:
        result["relatedLocations"] = [_related(index, label) for index, label in enumerate(diagnostic.labels)]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic.fix)]
    return result


def _message(diagnostic: Diagnostic) -> dict[str, str]:
    label = f": {diagnostic.label}" if diagnostic.label else ""
    lines = [f"{diagnostic.message}{label}", diagnostic.help, *diagnostic.notes]
    return {"text": "\n".join(inert(line) for line in lines if line)}


def _related(index: int, label: Label) -> dict[str, object]:
    location = _location(label.span)
    return {"id": index, "physicalLocation": location, "message": {"text": inert(label.text)}}


def _fix(fix: Fix) -> dict[str, object]:
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
    change = {"artifactLocation": {"uri": _uri(fix.span.path)}, "replacements": [replacement]}
    return {"description": {"text": inert(fix.title)}, "artifactChanges": [change]}


def _location(span: Span) -> dict[str, object]:
    return {"artifactLocation": {"uri": _uri(span.path)}, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    end_line, end_column = span.end_position
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _uri(path: str) -> str:
    pure = PurePath(path)
    # A lone surrogate, as from an undecodable file name, must not stop the report.
    quoted = quote(pure.as_posix().encode("utf-8", "surrogatepass"), safe="/")
    return f"file:///{quoted.lstrip('/')}" if pure.is_absolute() else quoted


def _digest(code: str, span: Span) -> str:
    words = " ".join(span.source.line(span.line).split())
    text = f"{code}\n{words}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]
