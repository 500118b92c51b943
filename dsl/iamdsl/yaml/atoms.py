"""The lexical shape of single words, as `grammar.lark` has it; a test keeps the two equal."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
ACTION = re.compile(r"[A-Za-z0-9*?][A-Za-z0-9*?-]*:[A-Za-z*?][A-Za-z0-9*?]*")
KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(\$\{[^}\s]*\}|[A-Za-z0-9_.:\/+=@-])+")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?")
ACCOUNT_ID = re.compile(r"\d{12}")
DURATION = re.compile(r"\d+(s|m|h|d)")
CODE = re.compile(r"IAM\d{3}")
INT = re.compile(r"\d+")
OPERATOR = re.compile(
    r"==|!=|<=|>=|<|>|like|not-like|(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)"
    r"|Numeric(Not)?Equals|Numeric(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals"
    r"|Date(LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?"
)
LEVELS = ("permissions-management", "tagging", "write", "list", "read-config", "read-data", "read")
METRICS = ("characters", "policies")
