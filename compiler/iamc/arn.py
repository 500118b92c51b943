"""ARNs as people write them: read into six fields, or refused with the reason.

An ARN that IAM would read in another way than it looks is refused: IAM completes an ARN with fewer than six
fields by wildcards, so `arn:aws:sqs` would cover every queue of every account. Wildcards and policy variables
stand only where IAM accepts them (AWS IAM User Guide: reference_policies_elements_resource for wildcards,
reference_policies_variables for variables, which may not stand before the fifth colon).
"""

from __future__ import annotations

import re

from iamdsl.suggest import did_you_mean
from iamdsl.values import dataclass

PARTITIONS = {
    "aws": re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+"),
    "aws-cn": re.compile(r"cn-\w+-\d+"),
    "aws-us-gov": re.compile(r"us-gov-\w+-\d+"),
    "aws-iso": re.compile(r"us-iso-\w+-\d+"),
    "aws-iso-b": re.compile(r"us-isob-\w+-\d+"),
    "aws-iso-e": re.compile(r"eu-isoe-\w+-\d+"),
    "aws-iso-f": re.compile(r"us-isof-\w+-\d+"),
    "aws-eusc": re.compile(r"eusc-(de)-\w+-\d+"),
}
"""AWS's partitions and the names of their regions, from botocore 1.43.11, `data/partitions.json`."""

_PIECE = re.compile(r"((?:\$\{[^}]*\}|[^:/])*)([:/]?)")
_DIVIDER = re.compile("([:/])")
_COLON = re.compile(r"\$\{[^}]*\}|(:)")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_OPEN_VARIABLE = re.compile(r"\$\{[^}]*$")
_BLANK = re.compile(r"^[^\S\n]+|[^\S\n]+$|[^\S ]|[\x00-\x1f\x7f]")
_SERVICE = re.compile(r"[a-z0-9][a-z0-9-]*")
_REGION = re.compile(r"[a-z0-9*?-]*")
_WHOLE_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d{1,2}")
_ACCOUNT = re.compile(r"\d{12}|\*|aws|")

_FIELDS = ("arn", "partition", "service", "region", "account", "resource")
_EXAMPLE = "an ARN is arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; an empty field keeps its colon"


@dataclass(frozen=True, slots=True)
class Arn:
    """The fields of an ARN after `arn:`; `region`, `account` and `resource` may hold wildcards.

    Only `resource` may hold policy variables. `str()` gives the ARN back as it was written.
    """

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@dataclass(frozen=True, slots=True)
class ArnProblem:
    """Why a text is no usable ARN: a diagnostic without its file; `start` and `end` are offsets in it."""

    code: str
    message: str
    start: int
    end: int
    help: str = ""


def parse_arn(text: str) -> Arn | ArnProblem:
    """Read an ARN in which our own interpolations have been replaced.

    Problems: IAM204 malformed, IAM205 unknown partition, IAM209 a bare `*`, IAM210 a region of another
    partition. Whether the service exists and has such resources is for `iamc.shapes` to say.
    """
    fields = _fields(text)
    if len(fields) < 6 or fields[0] != "arn":
        return _not_six(text, fields)
    starts = _starts(fields)
    for check in (
        _check_text,
        _check_partition,
        _check_service,
        _check_region,
        _check_account,
        _check_resource,
    ):
        problem = check(text, fields, starts)
        if problem is not None:
            return problem
    return Arn(*fields[1:])


def pieces(resource: str) -> tuple[list[str], list[str]]:
    """The segments of the last field and, for each, the `:` or `/` before it ("" before the first).

    Colons and slashes inside a policy variable do not divide: `${aws:PrincipalTag/team}-data` is one segment.
    """
    if "$" in resource:
        found = _PIECE.findall(resource)
        # The expression also matches nothing at the very end; that is a segment only behind a delimiter.
        if len(found) > 1 and not found[-2][1]:
            found.pop()
        return [text for text, _ in found], ["", *(mark for _, mark in found[:-1])]
    found = _DIVIDER.split(resource)
    return found[::2], ["", *found[1::2]]


def _fields(text: str) -> list[str]:
    """Up to six fields; colons inside policy variables do not count."""
    if "$" not in text:
        return text.split(":", 5)
    cuts = [found.start() for found in _COLON.finditer(text) if found[1]][:5]
    return [text[start:end] for start, end in zip([0, *(c + 1 for c in cuts)], [*cuts, len(text)], strict=True)]


def _starts(fields: list[str]) -> list[int]:
    starts = [0]
    for field in fields:
        starts.append(starts[-1] + len(field) + 1)
    return starts


def _malformed(message: str, start: int, end: int, help_: str = "") -> ArnProblem:
    return ArnProblem("IAM204", message, start, end, help_)


def _not_six(text: str, fields: list[str]) -> ArnProblem:
    if text == "*":
        return ArnProblem("IAM209", "`*` is every resource of every service", 0, 1, "name the resources by their ARNs")
    if not text.startswith("arn:"):
        return _malformed(f"`{text}` is not an ARN", 0, len(text), _EXAMPLE)
    if _OPEN_VARIABLE.search(text):
        return _open_variable(text)
    missing = ", ".join(f"no {field}" for field in _FIELDS[len(fields) :])
    return _malformed(
        f"the ARN has {len(fields)} of its 6 fields: {missing}; IAM would read them as `*`",
        0,
        len(text),
        _EXAMPLE,
    )


def _open_variable(text: str) -> ArnProblem:
    at = text.rindex("${")
    return _malformed("the policy variable has no closing brace", at, len(text), "write `}` behind its name")


def _check_text(text: str, fields: list[str], starts: list[int]) -> ArnProblem | None:
    """Whitespace, control characters and unfinished variables anywhere.

    A space inside the resource is left alone: object keys and alarm names may hold one.
    """
    if "${" in text and _OPEN_VARIABLE.search(text):
        return _open_variable(text)
    head = starts[5]
    blank = re.search(r"\s", text[:head])
    offset = 0
    if blank is None:
        plain = _VARIABLE.sub(lambda found: "v" * len(found[0]), fields[5])
        blank, offset = _BLANK.search(plain), head
    if blank is None:
        return None
    return _malformed(
        "white space in the ARN",
        offset + blank.start(),
        offset + blank.end(),
        "remove the space, or check the quotes",
    )


def _check_partition(text: str, fields: list[str], starts: list[int]) -> ArnProblem | None:
    partition = fields[1]
    if partition in PARTITIONS:
        return None
    help_ = did_you_mean(partition, PARTITIONS) or f"the partitions are {', '.join(PARTITIONS)}"
    return ArnProblem("IAM205", f"unknown partition `{partition}`", starts[1], starts[2] - 1, help_)


def _check_service(text: str, fields: list[str], starts: list[int]) -> ArnProblem | None:
    service, start, end = fields[2], starts[2], starts[3] - 1
    if _SERVICE.fullmatch(service):
        return None
    if not service:
        return _malformed("the ARN names no service", start, end, _EXAMPLE)
    if "*" in service or "?" in service:
        return _malformed("IAM accepts no wildcard in the service field of an ARN", start, end, "name one service")
    if "${" in service:
        return _variable_too_early("service", start, end)
    if _SERVICE.fullmatch(service.lower()):
        return _malformed(
            f"the service `{service}` is not in lower case", start, end, f"did you mean `{service.lower()}`?"
        )
    return _malformed(f"`{service}` is not a service prefix", start, end)


def _check_region(text: str, fields: list[str], starts: list[int]) -> ArnProblem | None:
    partition, region, start, end = fields[1], fields[3], starts[3], starts[4] - 1
    if not region or region == "*" or PARTITIONS[partition].fullmatch(region):
        return None
    if "${" in region:
        return _variable_too_early("region", start, end)
    wild = "*" in region or "?" in region
    if not (_REGION if wild else _WHOLE_REGION).fullmatch(region):
        return _malformed(f"`{region}` is not a region", start, end, "a region looks like `eu-west-1`")
    home = next((name for name, regions in PARTITIONS.items() if regions.fullmatch(region)), partition)
    if home == partition:
        return None
    return ArnProblem(
        "IAM210",
        f"the region `{region}` is not in the partition `{partition}`",
        start,
        end,
        f"did you mean `arn:{home}:{':'.join(fields[2:])}`?",
    )


def _check_account(text: str, fields: list[str], starts: list[int]) -> ArnProblem | None:
    account, start, end = fields[4], starts[4], starts[5] - 1
    if _ACCOUNT.fullmatch(account):
        return None
    if "${" in account:
        return _variable_too_early("account", start, end)
    if account.isdigit():
        reason = f"the account `{account}` has {len(account)} digits, not 12"
        return _malformed(reason, start, end, "an account keeps its leading zeros" if len(account) < 12 else "")
    return _malformed(f"`{account}` is not an account", start, end, "an account is 12 digits, or `*` for every one")


def _check_resource(text: str, fields: list[str], starts: list[int]) -> ArnProblem | None:
    if not fields[5]:
        return _malformed("the ARN names no resource", starts[5], len(text), "name the resource, or write `*` for all")
    if fields[5].endswith(":"):
        return _malformed("the ARN ends in a colon", len(text) - 1, len(text), "remove the colon or write what follows")
    return None


def _variable_too_early(field: str, start: int, end: int) -> ArnProblem:
    message = f"IAM accepts no policy variable in the {field} field of an ARN"
    return _malformed(message, start, end, "policy variables may stand behind the fifth colon only; write `*`")
