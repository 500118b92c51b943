"""Changes for people: on a terminal, in a pull request, for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from iamc.change.compare import Change, Line
from iamc.model import Condition
from iamc.render.text import dump_json, inert

MARKER = "<!-- iamc diff -->"
"""The first line of a comment, by which a later run finds and replaces it."""
_SHOWN = 4


def text(changes: Sequence[Change]) -> str:
    """One block a role that changes, then the sum."""
    blocks = ["\n".join(_block(change)) for change in changes if not change.empty]
    return "\n\n".join([*blocks, _sum(changes)]) + "\n"


def _block(change: Change) -> Iterator[str]:
    word = " (new role)" if change.appears else " (role removed)" if change.vanishes else ""
    yield f"{inert(change.name)}{word}"
    for sign, lines in (("+", change.gained), ("-", change.lost)):
        for line in lines:
            yield f"  {sign} {line.kind:<11} {_said(line)}"
            yield f"    {'':<11} {_where(line)}"
    for what, old, new in change.facts:
        yield f"  ~ {what}: {inert(old) or 'none'} -> {inert(new) or 'none'}"
    for sign, people in (("+", change.joined), ("-", change.left)):
        if people:
            yield f"  {sign} held by {inert(', '.join(people))}"
    yield f"  {_verdict(change)}"


def _said(line: Line) -> str:
    more = f" and {len(line.actions) - _SHOWN} more" if len(line.actions) > _SHOWN else ""
    freed = "no longer denied: " if line.freed else ""
    return f"{freed}{', '.join(line.actions[:_SHOWN])}{more}"


def _where(line: Line) -> str:
    return inert(f"on {line.resource}{_when(line.condition)}  ({line.place})")


def _when(condition: Condition) -> str:
    atoms = [f"{atom.operator} {atom.key} {', '.join(atom.values)}" for atom in condition.atoms]
    return f" when {' and '.join(atoms)}" if atoms else ""


def _verdict(change: Change) -> str:
    if change.more is None:
        return "new access cannot be ruled out: the proof was not found"
    if change.more:
        return f"new access, for example {inert(change.example)}"
    if change.joined:
        return "the role allows nothing new (proved), but new people hold it"
    return "no new access (proved)" if not change.new_access else "new managed policies; their access is not looked at"


def _sum(changes: Sequence[Change]) -> str:
    changed = [change for change in changes if not change.empty]
    if not changed:
        return f"no access changes: {len(changes)} roles, proved"
    more = sum(change.new_access for change in changed)
    worse = sum(change.escalates for change in changed)
    said = [f"{len(changed)} of {len(changes)} roles change", f"{more} with new access"]
    return ", ".join([*said, *([f"{worse} of them with a way to more access or credentials"] if worse else [])])


# pull requests ----------------------------------------------------------------------------------------------------


def markdown(changes: Sequence[Change]) -> str:
    """A comment for a pull request: a table for each role that changes. Everything quoted is escaped."""
    parts = [MARKER, "### Access changes", "", _sum(changes), ""]
    for change in changes:
        if change.empty:
            continue
        word = " (new role)" if change.appears else " (role removed)" if change.vanishes else ""
        parts += [f"#### {_quoted(change.name)}{word}", "", f"{_escaped(_verdict(change))}", ""]
        rows = [("+", line) for line in change.gained] + [("-", line) for line in change.lost]
        if rows:
            parts += ["| | kind | actions | on | source |", "|---|---|---|---|---|"]
            parts += [_row(sign, line) for sign, line in rows]
            parts.append("")
        parts += [f"- {what}: {_quoted(old or 'none')} → {_quoted(new or 'none')}" for what, old, new in change.facts]
        parts += [f"- now held by {_quoted(who)}" for who in change.joined]
        parts += [f"- no longer held by {_quoted(who)}" for who in change.left]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _row(sign: str, line: Line) -> str:
    resource = f"{_quoted(line.resource)}{_escaped(_when(line.condition))}"
    return f"| {sign} | {line.kind} | {_escaped(_said(line))} | {resource} | {_quoted(line.place)} |"


def _escaped(words: str) -> str:
    return escape(inert(words)).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")


def _quoted(words: str) -> str:
    """As code, which no backtick of the words can end."""
    return f"<code>{_escaped(words)}</code>"


# programs -----------------------------------------------------------------------------------------------------------


def json(changes: Sequence[Change]) -> str:
    """One JSON document: every role that changes, with all lines in full."""
    rows = [_change(change) for change in changes if not change.empty]
    return dump_json({"version": 1, "roles": len(changes), "changes": rows})


def _change(change: Change) -> dict[str, object]:
    return {
        "role": change.name,
        "appears": change.appears,
        "vanishes": change.vanishes,
        "new_access": change.more,
        "example": change.example or None,
        "escalates": change.escalates,
        "gained": [_line(line) for line in change.gained],
        "lost": [_line(line) for line in change.lost],
        "facts": [{"what": what, "old": old, "new": new} for what, old, new in change.facts],
        "joined": list(change.joined),
        "left": list(change.left),
        "characters": change.grown,
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "kind": line.kind,
        "freed": line.freed,
        "actions": list(line.actions),
        "resource": line.resource,
        "condition": line.condition.block(),
        "source": line.place,
    }


FORMS = {"full": text, "concise": text, "json": json, "markdown": markdown}
"""How changes can be shown."""
