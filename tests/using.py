"""Uses and rollups by hand, of an invented account."""

from __future__ import annotations

from typing import Any

from iamc.usage.model import Reading, Rollup, Seen, Use

ACCOUNT = "111122223333"


def role(path: str, account: str = ACCOUNT) -> str:
    """The ARN of a role, by its path and name."""
    return f"arn:aws:iam::{account}:role/{path}"


def use(person: str = "ann@acme.example", call: str = "s3:ListBucket", **changes: Any) -> Use:
    """A use of the role Admin; `call` is the event's source and name."""
    source, _, name = call.partition(":")
    made: dict[str, Any] = {
        "account": ACCOUNT,
        "region": "eu-west-1",
        "principal": role("Admin"),
        "identity": "AssumedRole",
        "person": person,
        "session": person,
        "source": f"{source}.amazonaws.com",
        "name": name,
        "outcome": "ok",
        "channel": "api",
        "via": "",
        "read_only": "true",
        "resources": (),
        "roles": (),
        "error": "",
        "message": "",
    }
    return Use(**(made | changes))


def refused(message: str, person: str = "ann@acme.example", call: str = "s3:ListBucket", **changes: Any) -> Use:
    """A denied use."""
    return use(person, call, **({"outcome": "denied", "error": "AccessDenied", "message": message} | changes))


def on(first: int, last: int | None = None, calls: int = 1) -> Seen:
    """Seen in October 2026, from one day to another."""
    return Seen(calls, f"2026-10-{first:02}T08:00:00Z", f"2026-10-{last or first:02}T08:00:00Z")


def rollup(*rows: tuple[Use, Seen]) -> Rollup:
    """A rollup of these uses."""
    return Rollup(dict(rows), Reading(1, {}))
