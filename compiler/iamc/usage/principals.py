"""What the principal of a use is called by people: roles by name, permission sets without the suffix that AWS adds.

Names are compared whole: `Admin` is no `LegacyAdmin`. A name also answers to its path in front, an ARN to itself.
"""

from __future__ import annotations

import re

from iamc.usage.settle import made_up
from iamdsl.values import dataclass

_ARN = re.compile(
    r"arn:[\w-]+:(?:iam|sts)::(?P<account>\d{12}):"
    r"(?:(?P<kind>role|assumed-role|user|root|federated-user)(?:/(?P<rest>.+))?)"
)
# IAM Identity Center User Guide, "Referencing permission sets"; the digits are gone where a rollup generalised the name
_SET = re.compile(r"AWSReservedSSO_(?P<set>.+)_(?:[0-9a-f]{16}|\*)")
ROLES = ("role", "permission set")
"""The kinds of principals that are roles."""


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """Whose permissions counted. `kind` is `role`, `permission set`, `user` or `root`; `path` ends in `/` or is empty.

    `full` is the name as IAM has it, `name` without what AWS adds.
    """

    kind: str
    name: str
    account: str
    path: str
    full: str

    @property
    def label(self) -> str:
        """The name as people write it: a role's with its path."""
        return self.name if self.kind == "permission set" else f"{self.path}{self.name}"


def principal(arn: str) -> Principal | None:
    """The principal that an ARN names, or None for what is none: a service, say."""
    found = _ARN.fullmatch(arn)
    if found is None:
        return None
    kind, account, rest = found["kind"], found["account"], found["rest"] or ""
    if kind == "root":
        return Principal("root", "root", account, "", "root")
    if kind == "assumed-role":
        kind, rest = "role", rest.partition("/")[0]
    if kind == "federated-user":
        kind = "user"
    path, _, full = rest.rpartition("/")
    path = f"{path}/" if path else ""
    of_set = _SET.fullmatch(full) if kind == "role" else None
    if of_set:
        return Principal("permission set", of_set["set"], account, path, full)
    return Principal(kind, full, account, path, full) if full else None


def answers_to(whom: Principal, wanted: str) -> bool:
    """Whether a name, a name with its path or an ARN, as a user writes it, means this role."""
    if wanted.startswith("arn:"):
        other = principal(wanted)
        return other is not None and (other.account, other.full) == (whom.account, whom.full) and (
            ":assumed-role/" in wanted or other.path == whom.path
        )  # fmt: skip
    name = wanted.removeprefix("role/").lstrip("/")
    return name in (whom.name, whom.full, f"{whom.path}{whom.name}", f"{whom.path}{whom.full}")


def same_role(whom: Principal) -> tuple[str, str]:
    """Equal for a role as an event's issuer and as its resource, in which what AWS made up is gone."""
    return whom.account, made_up(whom.full)
