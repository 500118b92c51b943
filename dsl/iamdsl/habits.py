"""Words that people bring along from IAM's JSON, Policy Sentry and other languages, and what is written here instead.

Tables rather than rules: a word, and where it stands. `slips` asks before it falls back to "unexpected".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamdsl.diagnostics import Diagnostic, report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iamdsl.mistakes import Mistake

_LINE = "`allow ACTIONS on TARGETS when CONDITIONS`"
_CONVERT = "`iamc convert` turns a policy or a template into declarations"
_SERVICE = "say it of a service: `allow {} on service NAME`"

DECLARATIONS: Mapping[str, str] = {
    "assignment": "`grant ROLE to PERSON in ACCOUNT` gives somebody a role",
    "condition": "conditions stand in the line that they limit: `allow ... on ... when CONDITIONS`",
    "group": 'write `team NAME { members ... }`, with `group "..."` for the identity provider\'s group',
    "include": 'write `import "FILE"`',
    "local": 'write `let NAME = "..."`',
    "locals": 'write `let NAME = "..."`',
    "mode": "Policy Sentry's templates are YAML and compile as they are: name the file `.yml`",
    "permission-set": "write `role NAME { ... }`; `--target permission-sets` makes permission sets of roles",
    "person": "write `people { NAME EMAIL }`",
    "policy": "write `role NAME { ... }`: its lines become the policies",
    "policysentry": "write `edition 1`",
    "statement": f"a statement is a line of a role: {_LINE}",
    "test": 'write `check "TITLE" { role NAME expect deny ACTIONS }`',
    "user": "write `people { NAME EMAIL }`, then `grant ROLE to NAME`",
    "users": "write `people { NAME EMAIL }`, then `grant ROLE to NAME`",
    "var": 'write `let NAME = "..."`',
    "variable": 'write `let NAME = "..."`',
}
"""First words of declarations."""

_FIELDS: Mapping[str, str] = {
    "action": f"a statement is one line: {_LINE}; {_CONVERT}",
    "actions": f"a statement is one line: {_LINE}",
    "assume-role": "write `assume ROLE-ARN`",
    "can": "begin the line with `allow` or `deny`",
    "condition": f"a condition ends the line that it limits: {_LINE}",
    "conditions": f"a condition ends the line that it limits: {_LINE}",
    "description": 'write `describe "..."`',
    "duration": "write `session 4h`",
    "effect": f"a statement is one line that begins with `allow` or `deny`: {_LINE}; {_CONVERT}",
    "exclude-actions": "write `exclude ACTIONS`, or `without ACTIONS` in one line",
    "extends": "a role's tier stands behind its name: `role NAME : TIER {`",
    "forbid": "write `deny`",
    "inherits": "a role's tier stands behind its name: `role NAME : TIER {`; `use ROLE` brings another role's lines",
    "max-session-duration": "write `session 4h`",
    "mode": f"access is said line by line: {_LINE}; {_CONVERT}",
    "name": "the name stands behind `role`",
    "notaction": "write `allow * on ... without ACTIONS`",
    "notresource": "name the resources that are meant; IAM's NotResource is not offered",
    "permit": "write `allow`",
    "policies": 'write `managed "NAME-or-ARN"`',
    "principal": "`grant ROLE to PERSON in ACCOUNT` says who holds a role",
    "resource": f"a statement is one line: {_LINE}; {_CONVERT}",
    "resources": f"targets stand behind `on`: {_LINE}",
    "service-list": _SERVICE.format("list"),
    "service-permissions-management": _SERVICE.format("permissions-management"),
    "service-read": _SERVICE.format("read"),
    "service-tagging": _SERVICE.format("tagging"),
    "service-write": _SERVICE.format("write"),
    "session-duration": "write `session 4h`",
    "sid": "statements have no names here: iamc makes them",
    "single-actions": "write `allow ACTIONS on *`",
    "skip-resource-constraints": "write `allow ACTIONS on *`",
    "statement": f"a statement is one line: {_LINE}; {_CONVERT}",
    "sts": "write `assume ROLE-ARN`",
    "tier": "a role's tier stands behind its name: `role NAME : TIER {`",
    "version": f"IAM's JSON is written by the compiler; {_CONVERT}",
    "wildcard-only": "write `allow LEVEL on service NAME wildcard-only`",
}
"""First words of the fields of roles and tiers, in lower case."""

_CONTINUATIONS: Mapping[str, str] = {
    "&&": "join conditions with `and`",
    "but": "write `without ACTIONS`",
    "except": "write `without ACTIONS`",
    "excluding": "write `without ACTIONS`",
    "if": "write `when CONDITIONS`",
    "minus": "write `without ACTIONS`",
    "not": "write `without ACTIONS` for actions; a condition is negated by its operator: `!=`, `not-like`, `absent`",
    "or": "either is enough where each has a line of its own; several values of one condition are joined by `,`",
    "provided": "write `when CONDITIONS`",
    "unless": "write `when` with `!=`, `not-like` or `absent`, or a `deny` line with the condition",
    "where": "write `when CONDITIONS`",
    "||": "either is enough where each has a line of its own; several values of one condition are joined by `,`",
}
"""Words behind the targets or the conditions of a statement."""

_CONDITIONS: Mapping[str, str] = {
    "called-via": "write `via SERVICE.amazonaws.com`",
    "date": "write `before DATE` or `after DATE`",
    "encrypted": "write the condition key itself, such as `aws:SecureTransport == true`",
    "not": "a condition is negated by its operator: `!=`, `not-like`, `absent`",
    "organisation": 'write `org "o-..."`',
    "organization": 'write `org "o-..."`',
    "principal-tag": 'write `principal tag "KEY" = "VALUE"`',
    "regions": 'write `region "eu-west-1", "eu-central-1"`',
    "request-tag": 'write `request tag "KEY" = "VALUE"`',
    "requested-region": 'write `region "eu-west-1"`',
    "resource": 'the tag of a resource is `tag "KEY" = "VALUE"`',
    "resource-tag": 'write `tag "KEY" = "VALUE"`',
    "service": "write `via SERVICE.amazonaws.com`",
    "source-ip": 'write `ip "203.0.113.0/24"`',
    "tags": 'write `tag "KEY" = "VALUE"`',
    "time": "write `before DATE` or `after DATE`",
    "vpc": 'write `aws:SourceVpc == "vpc-..."`',
    "vpc-endpoint": 'write `vpce "vpce-..."`',
}
"""Words where a condition begins."""

_OPERATORS: Mapping[str, str] = {
    "in": 'write `==`; it holds for any one of several values: `KEY == "a", "b"`',
    "is": "write `==`",
    "not": "write `!=` or `not-like`",
    "matches": "write `like`",
    "contains": "write `ForAnyValue:StringEquals`",
    "equals": "write `==`",
}
"""Words where an operator of a condition key is expected."""

_SOUGHT = re.compile(r"&&|\|\|?|\"?[A-Za-z][A-Za-z-]*\"?")


def habit(m: Mistake) -> Diagnostic | None:
    """A word that other languages have in this place, and what to write instead."""
    match = _SOUGHT.match(m.text, m.at)
    help_ = _instead(m, match[0].strip('"').lower()) if match else ""
    if not match or not help_:
        return None
    return report("IAM001", f"unexpected `{match[0]}`", m.here(len(match[0])), label=m.label, help=help_)


def _instead(m: Mistake, word: str) -> str:
    if m.expects("KEY"):
        return _CONDITIONS.get(word, "")
    if m.expects("OPERATOR"):
        return _OPERATORS.get(word, "")
    if not {"and", "when", "until"}.isdisjoint(m.words) and word in _CONTINUATIONS:
        return _CONTINUATIONS[word]
    return _FIELDS.get(word, "") if "allow" in m.words and m.keyword in {"role", "tier"} else ""
