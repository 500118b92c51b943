"""The people behind roles, for a terminal, a spreadsheet, a pull request and programs. All names are untrusted."""

from __future__ import annotations

import csv as writing
import io
from collections.abc import Iterable, Iterator, Sequence

from iamc.render.markdown import code
from iamc.render.table import aligned, count
from iamc.render.text import dump_json, inert
from iamc.usage.who import Attempt, Behind, Person

COLUMNS = ("role", "kind", "accounts", "person", "program", "sure", "calls", "denied", "first", "last", "via",
           "sessions")  # fmt: skip
"""Of the CSV form, which has a row for each person behind a role."""
REFUSED_BY = {
    "identity": "no policy of theirs allows it",
    "resource": "the resource's policy",
    "trust": "the role's trust policy",
    "boundary": "their permissions boundary",
    "session": "their session policy",
    "scp": "a service control policy",
    "rcp": "a resource control policy",
    "vpce": "the VPC endpoint's policy",
    "": "no reason given",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def full(roles: Sequence[Behind], *, each: bool) -> str:
    """A line for every role; or, with `each`, the people behind each of them."""
    if not roles:
        return "no call of anybody is in the rollup\n"
    if each:
        return "\n\n".join("\n".join(_role(role)) for role in roles) + "\n"
    head = ("role or user", "kind", "people", "programs", "calls", "last use")
    rows = [tuple(map(inert, _sums(role))) for role in roles]
    return "\n".join(aligned([head, *rows], right=(2, 3, 4))) + "\n"


def _sums(role: Behind) -> tuple[str, str, str, str, str, str]:
    people, programs = _divided(role)
    seen = role.seen
    return role.label, role.kind, str(len(people)), str(len(programs)), f"{seen.calls:,}", seen.last[:10] or "-"


def _divided(role: Behind) -> tuple[list[Person], list[Person]]:
    """People, and names that are no people."""
    return [p for p in role.people if not p.program], [p for p in role.people if p.program]


def _role(role: Behind) -> Iterator[str]:
    people, programs = _divided(role)
    yield f"{inert(role.label)} ({role.kind}) in {inert(', '.join(role.accounts))}"
    if role.people:
        by = f"{count(len(people), 'person', 'people')} and {count(len(programs), 'program')}"
        yield f"{count(role.seen.calls, 'call')} by {by}, {role.seen.first[:10]} to {role.seen.last[:10]}"
    if people:
        head = ("person", "calls", "denied", "first", "last", "came in by")
        yield ""
        yield from _table([head, *(_columns(person, _way(person)) for person in people)])
    if programs:
        head = ("not a person", "calls", "denied", "first", "last", "but")
        yield ""
        yield from _table([head, *(_columns(person, _what(person)) for person in programs)])
    if role.attempts:
        yield ""
        yield from _table([("denied to", "times", "", "first", "last", "because of"), *map(_attempt, role.attempts)])


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return aligned(rows, right=(1, 2))


def _columns(person: Person, last: str) -> tuple[str, ...]:
    seen = person.seen
    return inert(person.name), f"{seen.calls:,}", f"{person.denied:,}", seen.first[:10], seen.last[:10], inert(last)


def _way(person: Person) -> str:
    if person.candidates:
        return f"{', '.join(person.via)}: one of {', '.join(person.candidates)}"
    return ", ".join(person.via) or "not in these logs"


def _what(person: Person) -> str:
    people = f", used by {', '.join(person.candidates)}" if person.candidates else ""
    return f"{person.program}{people}"


def _attempt(attempt: Attempt) -> tuple[str, ...]:
    seen = attempt.seen
    why = inert(", ".join(filter(None, (REFUSED_BY[attempt.by], attempt.via))))
    return inert(attempt.person or "?"), f"{seen.calls:,}", "", seen.first[:10], seen.last[:10], why


# for a pull request --------------------------------------------------------------------------------------------


def markdown(roles: Sequence[Behind], *, each: bool) -> str:
    """The same as tables."""
    if not each:
        head = "| role or user | kind | people | programs | calls | last use |\n|---|---|--:|--:|--:|---|\n"
        return head + "".join(f"| {' | '.join((code(row[0]), *row[1:]))} |\n" for row in map(_sums, roles))
    return "\n".join(map(_section, roles))


def _section(role: Behind) -> str:
    lines = [f"#### {code(role.label)} ({role.kind})", ""]
    if role.people:
        lines += ["| person | calls | denied | first | last | how |", "|---|--:|--:|---|---|---|"]
        lines += [_cells(_columns(p, _what(p) if p.program else _way(p))) for p in role.people]
    if role.attempts:
        lines += ["", "Denied when they tried to assume it:", "", "| person | times | | first | last | why |"]
        lines += ["|---|--:|---|---|---|---|", *(_cells(_attempt(attempt)) for attempt in role.attempts)]
    return "\n".join(lines) + "\n"


def _cells(row: Sequence[str]) -> str:
    return f"| {code(row[0])} | {' | '.join(row[1:-1])} | {code(row[-1])} |"


# for programs --------------------------------------------------------------------------------------------------


def json(roles: Sequence[Behind]) -> str:
    """One JSON document with all that is known."""
    return dump_json({"version": 1, "roles": [_object(role) for role in roles]})


def _object(role: Behind) -> dict[str, object]:
    return {
        "role": role.label,
        "kind": role.kind,
        "accounts": list(role.accounts),
        "calls": role.seen.calls,
        "first": role.seen.first,
        "last": role.seen.last,
        "people": [
            {
                "name": person.name,
                "program": person.program or None,
                "sure": person.sure,
                "candidates": list(person.candidates),
                "via": list(person.via),
                "accounts": list(person.accounts),
                "sessions": list(person.sessions),
                "calls": person.seen.calls,
                "denied": person.denied,
                "first": person.seen.first,
                "last": person.seen.last,
            }
            for person in role.people
        ],
        "refused": [
            {
                "name": attempt.person,
                "via": attempt.via,
                "account": attempt.account,
                "by": attempt.by or None,
                "times": attempt.seen.calls,
                "first": attempt.seen.first,
                "last": attempt.seen.last,
            }
            for attempt in role.attempts
        ],
    }


def csv(roles: Sequence[Behind]) -> str:
    """A row for each person behind each role."""
    out = io.StringIO()
    writer = writing.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cell, row) for role in roles for row in _rows(role))
    return out.getvalue()


def _rows(role: Behind) -> Iterable[tuple[str, ...]]:
    for person in role.people:
        yield (role.label, role.kind, "; ".join(person.accounts), person.name, person.program,
               "yes" if person.sure else "no", str(person.seen.calls), str(person.denied), person.seen.first,
               person.seen.last, "; ".join(person.via), "; ".join(person.sessions))  # fmt: skip


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{inert(text)}" if text.startswith(_FORMULA) else inert(text)
