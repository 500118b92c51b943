"""Whether the variable that stands for `${aws:username}` is filled in, and by nobody but AWS or the identity provider.

The documents are one for all targets, so it must hold for every way of signing in that the targets file has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from iamc.data import table
from iamc.emit.targets import Targets, Trust
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.values import dataclass

TAG = "aws:PrincipalTag"
CENTER = "identity-center"


@dataclass(frozen=True, slots=True)
class UserName:
    """One variable for one way of signing in: `how` it is filled in, or why it is `refused`.

    `needs` is a setting of `trust` and its value: `*` for any, `NAME` for the name of the tag.
    """

    variable: str
    sign_in: str
    source: str
    strength: str
    retrieved: str
    needs: Sequence[str] = ()
    how: str = ""
    refused: str = ""


@cache
def rows() -> Mapping[tuple[str, str], UserName]:
    """Every row of `data/user-names.json`, by variable and way of signing in."""
    return {(row["variable"], row["sign_in"]): UserName(**row) for row in table("user-names")["rows"]}


def user_name_problems(targets: Targets) -> Iterator[Diagnostic]:
    """What keeps the setting `username` from saying who somebody is."""
    if not targets.username:
        return
    ways = [targets.trust.kind] if targets.trust else []
    ways += [CENTER] if targets.identity_center else []
    if not ways:
        yield report(
            "IAM570",
            "`username` needs `trust` or `identity-center`, which say how people sign in",
            targets.place("username"),
        )
    for way in ways:
        row = rows()[(targets.username.partition("/")[0], way)]
        if row.refused:
            yield _refused(targets, row)
        elif targets.trust and not _given(row, targets):
            yield _needed(targets, row)


def _refused(targets: Targets, row: UserName) -> Diagnostic:
    others = [_shown(other) for other in rows().values() if other.sign_in == row.sign_in and not other.refused]
    return report(
        "IAM578",
        f"`{targets.username}` does not say who somebody is: {row.refused}",
        targets.place("username"),
        help=f"people sign in by `{row.sign_in}` here: write {_one_of(others)}",
        notes=[row.source],
    )


def _needed(targets: Targets, row: UserName) -> Diagnostic:
    setting, value = _need(row, targets)
    example = f"[{value}]" if setting == "session-tags" else value.replace("*", "${person.email}")
    return report(
        "IAM570",
        f"`username: {targets.username}` needs `trust.{setting}`, or it is not sure to be filled in",
        targets.place("trust"),
        help=f"write `{setting}: {example}`",
        notes=[f"filled in by {row.how}", row.source],
    )


def _given(row: UserName, targets: Targets) -> bool:
    if not row.needs or targets.trust is None:
        return True
    setting, value = _need(row, targets)
    has = _setting(targets.trust, setting)
    return bool(has) if value == "*" else value in has


def _need(row: UserName, targets: Targets) -> tuple[str, str]:
    setting, value = row.needs
    return setting, targets.username.partition("/")[2] if value == "NAME" else value


def _setting(trust: Trust, name: str) -> tuple[str, ...]:
    if name == "session-tags":
        return trust.session_tags
    value = trust.source_identity if name == "source-identity" else trust.session_name
    return (value,) if value else ()


def _shown(row: UserName) -> str:
    return f"`{row.variable}/NAME`" if row.variable == TAG else f"`{row.variable}`"


def _one_of(names: Sequence[str]) -> str:
    """`a`, `b` or `c`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
