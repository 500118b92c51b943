"""`# iamc: ignore[IAM304] reason`: warnings that an author has looked at and lives with.

The comment silences its codes on its own line and on the line below. Only warnings can be ignored; an error means
that the output would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamdsl.codes import CODES
from iamdsl.comments import Comment
from iamdsl.diagnostics import Diagnostic, errors, report
from iamdsl.source import Span
from iamdsl.suggest import did_you_mean
from iamdsl.values import dataclass

_IGNORE = re.compile(r"#\s*iamc:\s*ignore\[([^\]]*)\]\s*(.*)")
_MEANT = re.compile(r"#\s*iamc:")


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
            problems += _misspelt(comment)
            continue
        codes = dict.fromkeys(code.strip() for code in match[1].split(",") if code.strip())
        refused = [code for code in codes if code not in CODES or CODES[code].severity == "error"]
        problems += [_refused(code, comment.span) for code in refused]
        if not match[2].strip():
            help_ = "write why behind the closing bracket"
            problems.append(report("IAM602", "an ignored finding needs a reason", comment.span, help=help_))
        elif len(refused) < len(codes) or not codes:
            found.append(Suppression(tuple(code for code in codes if code not in refused), comment.span))
    return tuple(found), tuple(problems)


def suppress(diagnostics: Iterable[Diagnostic], ignored: Iterable[Suppression]) -> tuple[Diagnostic, ...]:
    """`diagnostics` without those that an `ignore` comment names, and with one for each code that it names in vain.

    A code that silences nothing is not told while there are errors: what it is about may not have been looked at.
    """
    ignored = list(dict.fromkeys(ignored))
    places: dict[tuple[str, int, str], Suppression] = {}
    for suppression in ignored:
        line = suppression.span.line
        for code in suppression.codes:
            for number in (line, line + 1):
                places[suppression.span.path, number, code] = suppression
    used: set[tuple[Suppression, str]] = set()
    kept: list[Diagnostic] = []
    for diagnostic in diagnostics:
        code, span = diagnostic.code, diagnostic.span
        match = places.get((span.path, span.line, code)) if span and CODES[code].severity != "error" else None
        if match is None:
            kept.append(diagnostic)
        else:
            used.add((match, code))
    if not errors(kept):
        for suppression in ignored:
            kept += _in_vain(suppression, [code for code in suppression.codes if (suppression, code) not in used])
    return tuple(kept)


def _misspelt(comment: Comment) -> list[Diagnostic]:
    if not _MEANT.match(comment.text):
        return []
    help_ = "write `# iamc: ignore[IAM304] reason`"
    return [report("IAM601", "this comment is not understood and silences nothing", comment.span, help=help_)]


def _refused(code: str, span: Span) -> Diagnostic:
    if code not in CODES:
        near = did_you_mean(code, (known for known in CODES if CODES[known].severity != "error"))
        return report("IAM603", f"there is no code `{code}`", span, help=near)
    help_ = "only warnings can; an error means that the output would be wrong"
    return report("IAM603", f"`{code}` cannot be ignored", span, help=help_)


def _in_vain(suppression: Suppression, codes: list[str]) -> list[Diagnostic]:
    if not codes and suppression.codes:
        return []
    message = f"nothing here is silenced by `ignore[{', '.join(codes)}]`"
    help_ = "remove the comment" if len(codes) == len(suppression.codes) else "remove the code"
    return [report("IAM601", message, suppression.span, help=help_)]
