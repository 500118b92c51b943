"""Words and signs that the language has, in a place or an order that it has not.

Rules as in `slips`, which tries them in this order: each takes a mistake and tells what it is, or nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamdsl.diagnostics import Diagnostic, Fix, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from iamdsl.mistakes import Mistake

CLAUSES = ("with", "without", "when", "until")
_PREPOSITIONS = frozenset({"to", "from", "in", "for", "at", "of", "over", "against"})
_OPERATOR = re.compile(r"(?:For(?:All|Any)[A-Za-z]*:)?(?:String|Numeric|Date|Bool|Binary|Ip|NotIp|Arn|Null)[A-Za-z]*")
_KEY = re.compile(r"[A-Za-z]+:?[A-Za-z]*\s+([A-Za-z][A-Za-z0-9-]*:[^\s\"]+)")
_BARE_VARIABLE = re.compile(r"\$\{[\w.-]+\}[^\s,\"#{}\[\]]*")
_BRACED = re.compile(r"\{[A-Za-z][\w.-]*\}")
_ACTION = re.compile(r"[A-Za-z0-9*?-]+:[A-Za-z*?][A-Za-z0-9*?]*")
_WORD = re.compile(r"[A-Za-z0-9][\w.:/-]*")
_LIST = re.compile(r"\[([^\[\]\n]*)\]")
_VALUE_SIGNS = frozenset({"=", "==", ":", "in"})
_SIDE_BY_SIDE = {
    "account": "the id stands behind the name: `account prod 111122223333`",
    "people": "the e-mail address stands behind the name: `ana ana@example.com`",
    "team": "values stand behind the word: `members ana, bo`",
    "resources": "the ARN stands behind the name: `bucket arn:aws:s3:::orders`",
    "tier": "values stand behind the word: `session 4h`",
    "role": "values stand behind the word: `session 4h`",
}
_BLOCKS = {
    "team": "write `team NAME { members ana, bo }`",
    "resources": "write `resources NAME { bucket arn:aws:s3:::orders }`",
    "people": "write `people { NAME EMAIL }`",
}


def _clause_before_targets(m: Mistake) -> Diagnostic | None:
    """`allow A when mfa on T`."""
    word = next((each for each in ("on", "to") if each in m.words), "")
    if m.found not in CLAUSES or not word:
        return None
    return m.unexpected(f"`{word}` comes first: `... {word} ... {m.found} ...`")


def _and_in_a_list(m: Mistake) -> Diagnostic | None:
    if m.found != "and" or not m.expects("COMMA"):
        return None
    return m.unexpected("a `,` stands between the items of a list", Fix(m.here(), ",", "write `,`"))


def _preposition(m: Mistake) -> Diagnostic | None:
    """`allow read to T`, `grant r for ana`."""
    word = next((each for each in ("on", "to") if each in m.words), "")
    if m.found not in _PREPOSITIONS or not word or m.previous == word:
        return None
    return m.unexpected(f"write `{word}`", Fix(m.here(), word, f"write `{word}`"))


def _nothing_to_act_on(m: Mistake) -> Diagnostic | None:
    """A statement without targets at the end of its block."""
    if m.found not in {"}", ""} or not m.expects("ON") or m.first_on_line:
        return None
    return report("IAM001", "the statement has no targets", m.here(), label="expected `on`", help=targets_help(m))


def targets_help(m: Mistake) -> str:
    """How a statement that stops before its targets goes on; empty where no target is missing."""
    effects = re.findall(r"\b(allow|deny)\b", m.text[: m.at]) if m.expects("ON") else []
    return f"say on what: `{effects[-1]} ... on arn:...`; `on *` where everything is meant" if effects else ""


def _operator_first(m: Mistake) -> Diagnostic | None:
    """The order of IAM's JSON: `StringEquals aws:PrincipalTag/x "y"`."""
    start = m.at if m.expects("KEY") else m.failure.previous - len(m.previous)
    if not (m.expects("KEY") or m.expects("OPERATOR")):
        return None
    operator = _OPERATOR.match(m.text, start)
    if not operator:
        return None
    key = _KEY.match(m.text, start)
    span = m.span(start, start + len(operator[0]))
    help_ = f"the key comes first: `{key[1] if key else 'KEY'} {operator[0]} ...`"
    return report("IAM001", f"unexpected `{operator[0]}`", span, label=m.label, help=help_)


def _mfa(m: Mistake) -> Diagnostic | None:
    if m.previous != "mfa" or "within" not in m.words:
        return None
    if re.fullmatch(r"\d+[smhd]", m.found):
        return m.unexpected(f"write `mfa within {m.found}`")
    if m.found[:1] in {"=", "!"} or m.found in {"true", "is"}:
        return m.unexpected("`mfa` stands alone: `when mfa`")
    return None


def _sign_before_a_value(m: Mistake) -> Diagnostic | None:
    """`region = "x"`, `account a = 1`, `members: ana`."""
    found = re.match(r"==|[=:]|in\b", m.text[m.at :])
    if not found or m.found not in _VALUE_SIGNS or m.expects("EQUAL") or m.expects("COLON"):
        return None
    if m.expects("INT", "BOOLEAN") and m.previous in {"region", "ip", "vpce", "org"}:
        fix = Fix(m.here(len(found[0])), "", f"delete `{found[0]}`")
        return m.unexpected(f'the value stands behind the word: `{m.previous} "..."`', fix)
    if m.brace < 0 and m.keyword in _BLOCKS:
        return m.unexpected(_BLOCKS[m.keyword])
    help_ = _SIDE_BY_SIDE.get(m.keyword, "")
    if not help_ or (m.brace < 0 and m.keyword != "account") or m.expects("OPERATOR") or m.expects("COMMA"):
        return None
    return m.unexpected(help_, Fix(m.here(len(found[0])), "", f"delete `{found[0]}`"))


def _bare_value(m: Mistake) -> Diagnostic | None:
    """`region eu-west-1`, `let a = b`: texts stand in quotes."""
    word = _WORD.match(m.text, m.at)
    if not word or not m.expects("STRING", "INT", "BOOLEAN"):
        return None
    fix = Fix(m.here(len(word[0])), f'"{word[0]}"', "add the quotes")
    return m.unexpected(f'put the text in double quotes: `"{word[0]}"`', fix)


def _bare_variable(m: Mistake) -> Diagnostic | None:
    """`on ${bucket}/*`: only what begins with `arn:` may stand without quotes."""
    variable = _BARE_VARIABLE.match(m.text, m.at)
    if not variable or not m.expects("STRING"):
        return None
    quoted = f'"{variable[0]}"'
    span = m.here(len(variable[0]))
    fix = Fix(span, quoted, "add the quotes")
    return report("IAM001", f"unexpected `{variable[0]}`", span, help=f"put it in double quotes: `{quoted}`", fix=fix)


def _braced_variable(m: Mistake) -> Diagnostic | None:
    braced = _BRACED.match(m.text, m.at)
    if not braced or m.text[m.at - 1 : m.at].isspace():
        return None
    return m.unexpected(f"write `${braced[0]}`")


def _json_list(m: Mistake) -> Diagnostic | None:
    listed = _LIST.match(m.text, m.at)
    if not listed:
        return None
    items = [item.strip() for item in listed[1].split(",") if item.strip()]
    plain = items if not m.expects("ACTION") else [item.strip("\"'") for item in items]
    return m.unexpected(f"lists stand without brackets: `{', '.join(plain[:3]) or 'a, b'}`")


def _action_for_target(m: Mistake) -> Diagnostic | None:
    """`allow read on s3:*`, `on s3://bucket`, `on bucket/*`."""
    if m.found[:1] not in {":", "/"} or "when" not in m.words or m.text[m.at - 1 : m.at].isspace():
        return None
    start = m.failure.previous - len(m.previous)
    action = _ACTION.match(m.text, start)
    service = m.previous
    if m.text.startswith("://", m.at):
        help_ = "write the ARN: `arn:aws:s3:::BUCKET/KEY`"
    elif m.found[:1] == "/":
        help_ = f"write the whole ARN, such as `arn:aws:s3:::{service}/*`, or the name of a declared resource"
    elif action and not service.startswith("arn"):
        help_ = f"a target is an ARN, a declared resource, `*` or `service {service}`"
    else:
        return None
    whole = re.compile(r"[^\s,{}]+").match(m.text, start)
    span = m.span(start, whole.end() if whole else m.at + 1)
    return report("IAM001", f"`{span.text}` is no target", span, help=help_)


def _kind_before_a_target(m: Mistake) -> Diagnostic | None:
    """`service s3, service ec2`, `services s3`, `resource arn:...`: a keyword that was read as a name."""
    if not m.expects("COMMA") or m.first_on_line:
        return None
    if m.previous == "service" and re.search(r"\bon\s+service\b", m.text[: m.at]):
        return m.unexpected(f"say `service` once: `service ..., {m.found}`")
    if m.previous == "services":
        return m.unexpected(f"write `service {m.found}`")
    if m.previous in {"resource", "resources", "bucket", "table"}:
        return m.unexpected(f"delete `{m.previous}`: ARNs and names stand by themselves")
    return None


def _in_the_head(m: Mistake) -> Diagnostic | None:
    """What goes wrong before the block of a declaration."""
    if m.keyword == "role" and m.previous.endswith(":") and m.found == "{":
        return m.unexpected("a tier's name stands behind `:`; delete the `:` where there is none")
    if m.brace >= 0:
        return None
    if m.keyword == "role" and m.found in {"extends", "is", "from", "inherits", "tier"}:
        return m.unexpected("the tier stands behind a `:`: `role NAME : TIER {`")
    if m.keyword == "account" and re.fullmatch(r"\d{12}", m.found) and m.expects("NAME"):
        return m.unexpected(f"the name comes first: `account NAME {m.found}`")
    if m.keyword == "check" and m.found == "{":
        return m.unexpected('a check has a title: `check "what it proves" {`')
    if m.keyword == "grant" and m.found.startswith("@"):
        return m.unexpected("people are granted roles by name: `people { ana ana@example.com }`, then `to ana`")
    if m.keyword == "account" and m.found == "{":
        return m.unexpected("the id stands before the block: `account NAME 111122223333 {`")
    if m.keyword == "let" and m.found == '"' and m.expects("EQUAL"):
        return m.unexpected('write `let NAME = "VALUE"`')
    if m.keyword in {"actions", "services"} and m.found == "{":
        example = "s3:GetObject, s3:PutObject" if m.keyword == "actions" else "s3, ec2"
        return m.unexpected(f"write `{m.keyword} NAME = {example}`")
    return None


def _short_principal(m: Mistake) -> Diagnostic | None:
    if not m.expects("PRINCIPAL") or not re.fullmatch(r"[a-z][a-z0-9-]*", m.found):
        return None
    return m.unexpected(f"a service has its whole name: `{m.found}.amazonaws.com`")


def _name_with_spaces(m: Mistake) -> Diagnostic | None:
    if m.keyword != "people" or m.found != '"' or not m.expects("NAME"):
        return None
    return m.unexpected("people have names without spaces or quotes: `ana-smith ana@example.com`")


def _nameless_resource(m: Mistake) -> Diagnostic | None:
    if m.keyword != "resources" or m.previous != "arn" or m.found[:1] != ":":
        return None
    return m.unexpected("give the resource a name: `bucket arn:aws:s3:::orders`")


def _bare_members(m: Mistake) -> Diagnostic | None:
    if m.keyword != "team" or "members" not in m.words or not re.match(r"[A-Za-z]", m.found) or m.first_on_line:
        return None
    return m.unexpected(f"write `members {m.found}, ...`") if m.previous == "{" else None


RULES: tuple[Callable[[Mistake], Diagnostic | None], ...] = (
    _nothing_to_act_on,
    _clause_before_targets,
    _and_in_a_list,
    _operator_first,
    _mfa,
    _nameless_resource,
    _action_for_target,
    _sign_before_a_value,
    _bare_value,
    _bare_variable,
    _braced_variable,
    _json_list,
    _kind_before_a_target,
    _in_the_head,
    _short_principal,
    _name_with_spaces,
    _preposition,
    _bare_members,
)
