"""What people write by mistake, and what to tell them: the first rule that recognises a mistake explains it.

A fix that is no longer than what it replaces is also used to read on behind the mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamdsl.diagnostics import Diagnostic, Fix, report
from iamdsl.habits import habit
from iamdsl.misplaced import CLAUSES, targets_help
from iamdsl.misplaced import RULES as MISPLACED
from iamdsl.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from iamdsl.mistakes import Mistake

_STRING = re.compile(r'"(?:\\["\\n]|[^"\\\n])*"')
_BAD_ESCAPE = re.compile(r'"(?:\\["\\n]|[^"\\\n])*(\\[^\n]?)')
_SINGLE_QUOTED = re.compile(r"'((?:[^'\"\n]|'(?=\w))*)'")
_SPACED_ACTION = re.compile(r"([A-Za-z0-9*?-]+)\s*:\s*([A-Za-z*?][A-Za-z0-9*?]*)")
_SPACED_ARN = re.compile(r"(arn:\S*)[ \t]+([^\s,{}\"#]+)")
_OPEN_ARN = re.compile(r"[:/]\Z")
_WORD_AFTER_COMMA = re.compile(r",\s*([a-z]+)\b")
_ONE_WORD = re.compile(r"([\w./:-]+)[ \t]*(?=\n|=|\}|#|\Z)")
_CONDITIONS = ("mfa", "tag", "principal", "request", "region", "ip", "vpce", "org", "via", "before", "after")


def explain(mistake: Mistake) -> Diagnostic:
    """The one diagnostic for a mistake."""
    for rule in _RULES:
        diagnostic = rule(mistake)
        if diagnostic:
            return diagnostic
    return mistake.unexpected(_did_you_mean(mistake) or _fields(mistake))


def _unclosed_brace(m: Mistake) -> Diagnostic | None:
    if m.found or m.brace < 0 or "}" not in m.words:
        return None
    span = m.span(m.brace, m.brace + 1)
    return report("IAM003", f"the block of `{m.keyword}` is not closed", span, help="close it with `}`")


def _string(m: Mistake) -> Diagnostic | None:
    if m.found != '"' or _STRING.match(m.text, m.at):
        return None
    escape = _BAD_ESCAPE.match(m.text, m.at)
    if escape:
        span = m.span(escape.start(1), escape.end(1))
        message = f"unknown escape `{escape[1]}`"
        return report("IAM001", message, span, help=r"a text knows `\"`, `\\` and `\n` only")
    return report("IAM004", "the text is not closed", m.here(), help='close it with `"` on the same line')


def _single_quotes(m: Mistake) -> Diagnostic | None:
    if m.found != "'":
        return None
    quoted = _SINGLE_QUOTED.match(m.text, m.at)
    if not quoted:
        return m.unexpected('texts stand in double quotes: `"..."`')
    fix = Fix(m.here(len(quoted[0])), f'"{quoted[1]}"', "use double quotes")
    return m.unexpected(f'texts stand in double quotes: `"{quoted[1]}"`', fix)


def _semicolon(m: Mistake) -> Diagnostic | None:
    if m.found != ";":
        return None
    return m.unexpected("fields and declarations need no `;`: delete it", Fix(m.here(), "", "delete `;`"))


def _comment(m: Mistake) -> Diagnostic | None:
    alone = not m.at or m.text[m.at - 1].isspace()
    if not alone or not m.text.startswith(("//", "/*"), m.at):
        return None
    span = m.here(2)
    return report("IAM001", f"unexpected `{span.text}`", span, help="comments begin with `#`")


def _variable(m: Mistake) -> Diagnostic | None:
    if m.found not in {"{", "}"} or m.text[m.at - 1 : m.at] != "$":
        return None
    span = m.span(m.at - 1, m.at + 1)
    return report("IAM011", "`${` without a name and `}`", span, help="write `${name}`, without spaces")


def _brackets(m: Mistake) -> Diagnostic | None:
    if m.found[:1] in {"(", "["} and m.at:
        return m.unexpected("lists stand without brackets: `a, b`")
    return None


def _joined_conditions(m: Mistake) -> Diagnostic | None:
    """`when mfa, region "x"`: a comma joins the values of one condition, `and` joins conditions."""
    at = m.at if m.found == "," else m.failure.previous - 1
    following = _WORD_AFTER_COMMA.match(m.text, at)
    if not following or following[1] not in _CONDITIONS or not re.search(r"\bwhen\b", m.text[:at]):
        return None
    help_ = f"join conditions with `and`: `... and {following[1]} ...`"
    comma = m.span(at, at + 1)
    return report("IAM001", "unexpected `,`", comma, help=help_, fix=Fix(comma, " and", "write `and`"))


def _comma(m: Mistake) -> Diagnostic | None:
    if m.found == "," and m.previous == ",":
        return m.unexpected("delete the second `,`", Fix(m.here(), "", "delete `,`"))
    if m.previous == "," and m.cut_short:
        span = m.span(m.failure.previous - 1, m.failure.previous)
        fix = Fix(span, "", "delete `,`")
        return report("IAM001", "unexpected `,`", span, label="nothing follows", help="delete it", fix=fix)
    return m.unexpected("a `,` stands between the items of a list") if m.found == "," else None


def _sign(m: Mistake) -> Diagnostic | None:
    """`:` for `=` or the other way round."""
    found = m.text[m.at : m.at + 1]
    if found == "=" and m.previous == "=":
        return m.unexpected("write one `=`", Fix(m.here(1), "", "delete `=`"))
    if found == "=" and m.expects("OPERATOR"):
        return m.unexpected("compare a condition key with `==`")
    if found in {"<", ">", "="} and m.words == ("<=",):
        return m.unexpected("a size is limited by `<=`")
    for wrong, terminal, right in (("=", "COLON", ":"), (":", "EQUAL", "=")):
        if found == wrong and m.expects(terminal):
            return m.unexpected(f"write `{right}`", Fix(m.here(1), right, f"write `{right}`"))
    return None


def _spaced_action(m: Mistake) -> Diagnostic | None:
    if m.found != ":" or not m.expects("COMMA") or not m.previous:
        return None
    start = m.text.rfind(m.previous, 0, m.at)
    action = _SPACED_ACTION.match(m.text, start)
    if m.previous.startswith("arn:"):
        return report(
            "IAM001",
            "unexpected ARN",
            m.span(start, m.at),
            help="name actions or levels, then `on`, then ARNs",
        )
    if not action:
        return None
    whole = f"{action[1]}:{action[2]}"
    span = m.span(*action.span())
    message = f"white space in the action `{whole}`"
    return report("IAM001", message, span, help=f"write `{whole}`", fix=Fix(span, whole, f"write `{whole}`"))


def _spaced_arn(m: Mistake) -> Diagnostic | None:
    near = m.failure.previous
    line_start = max(m.text.rfind("\n", 0, near) + 1, near - 500)
    line_end = m.text.find("\n", near, near + 500)
    words = m.vocabulary.all_fields | set(CLAUSES) | {"to", "and"}
    for match in _SPACED_ARN.finditer(m.text, line_start, line_end if line_end >= 0 else near + 500):
        short = match[1].count(":") < 5 or _OPEN_ARN.search(match[1])
        if short and match[2] not in words:
            help_ = "delete the space, or quote the ARN if the space belongs to it"
            return report("IAM001", "white space in an ARN", m.span(*match.span()), help=help_)
    return None


def _cut_short(m: Mistake) -> Diagnostic | None:
    if not m.cut_short:
        return None
    end = m.failure.previous
    span = m.span(end - len(m.previous), end)
    what = "line" if m.found else "declaration"
    message = f"the {what} ends too early after `{m.previous}`"
    return report("IAM001", message, span, label=m.label, help=targets_help(m))


def _quoted_literal(m: Mistake) -> Diagnostic | None:
    """A literal in quotes that stands without them, or the other way round."""
    if m.found == '"' and not m.expects("STRING"):
        literal = _STRING.match(m.text, m.at)
        bare = {
            "ACTION": r"[\w*?-]+:[\w*?]+",
            "ACCOUNT_ID": r"\d{12}",
            "DATE": r"\d{4}-\d\d-\d\d",
            "DURATION": r"\d+[smhd]",
            "EMAIL": r"\S+@\S+",
            "NAME": r"[A-Za-z][\w-]*",
            "INT": r"\d+",
        }
        for terminal, pattern in bare.items():
            if literal and m.expects(terminal) and re.fullmatch(pattern, literal[0][1:-1]):
                value = literal[0][1:-1]
                span = m.here(len(literal[0]))
                fix = Fix(span, value, "drop the quotes")
                return report(
                    "IAM001",
                    f"unexpected `{literal[0]}`",
                    span,
                    label=m.label,
                    help=f"write `{value}`, without quotes",
                    fix=fix,
                )
    if m.failure.expected == {"STRING"} and re.match(r"\w", m.found):
        word = _ONE_WORD.match(m.text, m.at)
        return m.unexpected(f'put the text in double quotes: `"{word[1] if word else "..."}"`')
    return None


def _number(m: Mistake) -> Diagnostic | None:
    digits = re.sub(r"[^0-9]", "", m.found)
    if not m.found[:1].isdigit():
        return None
    if m.expects("ACCOUNT_ID") and not m.expects("STRING"):
        if len(digits) == 12:
            return m.unexpected(f"write `{digits}`", Fix(m.here(), digits, f"write `{digits}`"))
        return m.unexpected(f"an account id has 12 digits, this has {len(digits)}")
    if m.expects("DATE") and not m.expects("STRING"):
        return m.unexpected("dates are written year-month-day: 2026-12-31")
    if m.expects("DURATION") and not m.expects("STRING"):
        return m.unexpected("a duration is a number and `s`, `m`, `h` or `d` without a space: 90m, 12h, 30d")
    if m.expects("NAME"):
        return m.unexpected("a name begins with a letter, then come letters, digits, `-` and `_`")
    return None


def _capitals(m: Mistake) -> Diagnostic | None:
    word = m.found.lower()
    if word == m.found or word not in m.words:
        return None
    return m.unexpected(f"keywords are lower case: `{word}`", Fix(m.here(), word, f"write `{word}`"))


def _clause_order(m: Mistake) -> Diagnostic | None:
    if m.found not in CLAUSES or m.found in m.words or "}" not in m.words:
        return None
    line = m.text[m.text.rfind("{", 0, m.at) : m.at]
    if not re.search(r"\b(allow|deny|pass|assume|expect)\b", line):
        return None
    return m.unexpected("each clause stands once, in this order: `with dependents`, `without`, `when`, `until`")


def _foreign_field(m: Mistake) -> Diagnostic | None:
    if m.found not in m.vocabulary.all_fields or "}" not in m.words or not m.first_on_line:
        return None
    homes = sorted(block for block, fields in m.vocabulary.fields.items() if m.found in fields)
    message = f"`{m.found}` does not belong in a {m.keyword}"
    return report("IAM012", message, m.here(), help=f"it is a field of a {' or '.join(homes)}")


def _missing_word(m: Mistake) -> Diagnostic | None:
    """A list goes on, without a comma, with what belongs behind `on`, `to` or `by`."""
    for word in ("on", "to", "by"):
        if word not in m.words or nearest(m.found, [word]) or not re.match(r"[\w*\"]", m.found):
            continue
        if m.previous == word:
            span = m.span(m.failure.previous - len(word), m.failure.previous)
            return report("IAM001", f"nothing stands before `{word}`", span, help=f"say what, then `{word}`")
        if m.found not in m.vocabulary.words["LEVEL"] and not re.match(r"(?!arn:)[\w*?-]+:", m.found):
            quoted = "..." if m.found == '"' else m.found
            return m.unexpected(f"put `{word}` before it: `{word} {quoted}`")
    return None


def _missing_verb(m: Mistake) -> Diagnostic | None:
    if not {"allow", "}"} <= set(m.words) or not m.first_on_line:
        return None
    if m.found in m.vocabulary.words["LEVEL"] or re.match(r"[\w*?-]+:\w", m.found):
        return m.unexpected(f"begin the line with `allow` or `deny`: `allow {m.found} on ...`")
    return None


def _missing_comma(m: Mistake) -> Diagnostic | None:
    if not m.expects("COMMA") or m.first_on_line or _near(m) or not re.match(r"[\w*\"]", m.found):
        return None
    return m.unexpected("put a `,` between the items of a list")


def _stray_brace(m: Mistake) -> Diagnostic | None:
    if m.found != "}" or m.brace >= 0:
        return None
    return report("IAM001", "unexpected `}`", m.here(), label="no block is open here")


def _declared_name(m: Mistake) -> Diagnostic | None:
    if m.found[:1] not in {".", "-", "_"} or m.brace >= 0:
        return None
    return m.unexpected("a name is made of letters, digits, `-` and `_`, begins with a letter and has no dot")


def _did_you_mean(m: Mistake) -> str:
    near = _near(m)
    return f"did you mean `{near}`?" if near else ""


def _fields(m: Mistake) -> str:
    fields = m.vocabulary.fields.get(m.keyword, frozenset())
    if not fields or "}" not in m.words or not m.first_on_line:
        return ""
    return f"the fields of a {m.keyword} are " + ", ".join(f"`{field}`" for field in sorted(fields))


def _near(m: Mistake) -> str:
    found = nearest(m.found, [word for word in m.words if word[0].isalpha()], 1)
    return found[0] if found else ""


_RULES: tuple[Callable[[Mistake], Diagnostic | None], ...] = (
    _string,
    _single_quotes,
    _semicolon,
    _comment,
    _variable,
    _unclosed_brace,
    _joined_conditions,
    _comma,
    *MISPLACED,
    _sign,
    _spaced_action,
    _spaced_arn,
    _stray_brace,
    _cut_short,
    habit,
    _brackets,
    _quoted_literal,
    _number,
    _capitals,
    _clause_order,
    _foreign_field,
    _missing_word,
    _declared_name,
    _missing_verb,
    _missing_comma,
)
