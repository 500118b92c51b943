"""`# iamc: ignore[IAM304] reason`: warnings that an author has looked at and lives with.

The comment silences its codes on its own line and on the line below. Only warnings can be ignored; an error means
that the output would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamdsl.codes import CODES
from iamdsl.comments import Comment
from iamdsl.diagnostics import Diagnostic, Severity, report
from iamdsl.source import Span

_IGNORE = re.compile(r"#\s*iamc:\s*ignore\[([^\]]*)\]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Suppression:
    """The codes that one comment silences, and where it stands."""

    codes: tuple[str, ...]
    span: Span


def suppressions(comments: Iterable[Comment]) -> tuple[tuple[Suppression, ...], tuple[Diagnostic, ...]]:
    """The `ignore` comments among `comments`, and what is wrong with some of them."""
    found: list[Suppression] = []
    problems: list[Diagnostic] = []
    for comment in comments:
        match = _IGNORE.match(comment.text)
        if match is None:
            continue
        codes = tuple(code.strip() for code in match[1].split(",") if code.strip())
        if not match[2].strip():
            problems.append(
                report(
                    "IAM602",
                    "an ignored finding needs a reason",
                    comment.span,
                    help="write why behind the closing bracket",
                )
            )
            continue
        problems.extend(
            report(
                "IAM603",
                f"`{code}` cannot be ignored",
                comment.span,
                help="only warnings can; an error means that the output would be wrong"
                if code in CODES
                else "there is no such code",
            )
            for code in codes
            if code not in CODES or CODES[code].severity == "error"
        )
        found.append(Suppression(codes, comment.span))
    return tuple(found), tuple(problems)


def suppress(diagnostics: Iterable[Diagnostic], ignored: Iterable[Suppression]) -> tuple[Diagnostic, ...]:
    """`diagnostics` without those that an `ignore` comment names, and with one for each comment that names none."""
    places: dict[tuple[str, int, str], Suppression] = {}
    for suppression in ignored:
        line = suppression.span.line
        for code in suppression.codes:
            for number in (line, line + 1):
                places[(suppression.span.path, number, code)] = suppression
    used: set[Suppression] = set()
    kept: list[Diagnostic] = []
    for diagnostic in diagnostics:
        place = (diagnostic.span.path, diagnostic.span.line, diagnostic.code) if diagnostic.span else None
        match = places.get(place) if place and diagnostic.severity is not Severity.ERROR else None
        if match is None:
            kept.append(diagnostic)
        else:
            used.add(match)
    unused = dict.fromkeys(s for s in places.values() if s not in used)
    kept.extend(
        report(
            "IAM601",
            f"nothing here is silenced by `ignore[{', '.join(s.codes)}]`",
            s.span,
            help="remove the comment",
        )
        for s in unused
    )
    return tuple(kept)
