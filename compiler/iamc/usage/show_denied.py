"""Denied calls for a terminal, a pull request and programs. All that comes from logs is untrusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from iamc.render.markdown import code, prose
from iamc.render.table import aligned, count
from iamc.render.text import dump_json, inert
from iamc.usage.denied import Denied, Group
from iamc.usage.placing import Place
from iamc.usage.principals import principal
from iamc.usage.remedy import Remedy
from iamc.usage.sessions import program
from iamdsl.values import dataclass

_SHOWN = 3
"""Resources that are named in full; JSON has them all."""
_KINDS = {
    "identity": "identity-based policy",
    "resource": "resource-based policy",
    "trust": "role trust policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "scp": "service control policy",
    "rcp": "resource control policy",
    "vpce": "VPC endpoint policy",
}
_FORMS = {
    "unstated": "AWS gives no reason",
    "encoded": "AWS encoded the reason",
    "plain": "AWS names neither action nor reason",
    "empty": "there is no message",
}
_VERDICTS = {
    "allowed": "allowed by now, by {where} in role {unit}",
    "allowed if": "allowed by now under the condition of {where} in role {unit}",
    "denied": "role {unit} denies it at {where}",
    "fits": "goes into role {unit}, behind {where}",
    "above": "role {unit} may not have it: above the ceiling of tier {tier}",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of refusal with what would mend it and what the project says of it."""

    group: Group
    remedy: Remedy
    places: tuple[Place, ...]

    @property
    def mended(self) -> bool:
        """Whether a role of the project allows the call by now."""
        return any(place.verdict.startswith("allowed") for place in self.places)


def sentence(found: Sequence[Finding], denied: Denied) -> str:
    """The sum of it."""
    people = {finding.group.denial.person or finding.group.denial.principal for finding in found}
    calls = sum(finding.group.seen.calls for finding in found)
    said = f"{count(calls, 'denied call')} by {count(len(people), 'person', 'people')}" if found else "no denied calls"
    later = sum(group.seen.calls for group in denied.worked)
    worked = f"; {later:,} more worked later" if later else ""
    mended = sum(finding.group.seen.calls for finding in found if finding.mended)
    fixed = f"; {mended:,} of them allowed by the project's roles by now" if mended else ""
    return f"{said}{fixed}{worked}"


def reason(group: Group) -> str:
    """Why AWS refused, in its own terms."""
    denial = group.denial
    if denial.form != "stated":
        return _FORMS[denial.form]
    kind = _KINDS[denial.by]
    policy = f": {denial.policy}" if denial.policy else ""
    return f"no {kind} allows it" if denial.decision == "implicit" else f"a deny in a {kind}{policy}"


def action(group: Group) -> str:
    """What was denied: the action, or the event with the actions that it is known to need."""
    denial = group.denial
    if denial.sure:
        return denial.actions[0]
    names = ", ".join(denial.actions)
    event = "the event's name" if names == denial.call else f"the event {denial.call}"
    return f"{names} (by {event})" if names else denial.call


def _who(group: Group) -> str:
    return group.denial.person or _through(group) or "unknown"


def _through(group: Group) -> str:
    whom = principal(group.denial.principal)
    return f"{whom.label} ({whom.kind}, {whom.account})" if whom else group.denial.principal


def _place(place: Place) -> str:
    return _VERDICTS[place.verdict].format(unit=place.unit, where=place.where, tier=place.tier)


def _where(group: Group) -> str:
    named = list(dict.fromkeys(on for _, on in group.pairs if on)) or group.resources
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"{', '.join(named[:_SHOWN])}{more}"


# for a terminal ------------------------------------------------------------------------------------------------


def full(found: Sequence[Finding], denied: Denied, *, width: int = 80) -> str:
    """By person, the most refused first: what, why, and how to mend it."""
    blocks = ["\n".join(wrap(sentence(found, denied), width))]
    for who, theirs in _by_person(found):
        lines = [_heading(who)]
        for finding in theirs:
            lines += ["", *_block(finding, width)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _by_person(found: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    people = groupby(sorted(found, key=lambda finding: _who(finding.group)), lambda finding: _who(finding.group))
    by_person = [(who, list(theirs)) for who, theirs in people]
    return sorted(by_person, key=lambda pair: (-sum(finding.group.seen.calls for finding in pair[1]), pair[0]))


def _heading(who: str) -> str:
    what = program(who)
    return inert(f"{who} (no person: {what})" if what else who)


def _block(finding: Finding, width: int) -> Iterator[str]:
    group, remedy = finding.group, finding.remedy
    yield from (f"  {line}" for line in aligned([(inert(action(group)), _seen(group))]))
    yield from _indented(f"as {_through(group)}", width)
    if _where(group):
        yield from _indented(f"on {_where(group)}", width)
    yield from _indented(reason(group), width)
    for line in remedy.line.splitlines():
        yield f"    + {inert(line)}"
    if remedy.line:
        yield from _indented(f"confidence: {remedy.confidence}", width)
    if remedy.owner:
        yield from _indented(f"ask {remedy.owner}", width)
    for text in (*remedy.notes, *map(_place, finding.places)):
        yield from _indented(text, width)
    for command in remedy.commands:
        yield from _command(command, width)


def _seen(group: Group) -> str:
    first, last = group.seen.first[:10], group.seen.last[:10]
    return f"{count(group.seen.calls, 'call')}, {first}" + (f" to {last}" if last != first else "")


def _indented(text: str, width: int) -> list[str]:
    """The text in lines; names are never cut, so that they can be copied."""
    return wrap(inert(text), width, initial_indent="    ", subsequent_indent="      ", break_long_words=False,
                break_on_hyphens=False)  # fmt: skip


def _command(command: str, width: int) -> Iterator[str]:
    """A command in lines that a shell joins."""
    lines = wrap(inert(command), width - 2, initial_indent="    $ ", subsequent_indent="        ",
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    yield from (f"{line} \\" for line in lines[:-1])
    yield lines[-1]


# for a pull request --------------------------------------------------------------------------------------------


def markdown(found: Sequence[Finding], denied: Denied) -> str:
    """A table for each person."""
    parts = [f"**{sentence(found, denied)}**\n"]
    for who, theirs in _by_person(found):
        rows = "".join(map(_row, theirs))
        head = "| action | calls | last | why | how to mend it |\n|---|--:|---|---|---|\n"
        parts.append(f"#### {code(_heading(who))}\n\n{head}{rows}")
    return "\n".join(parts)


def _row(finding: Finding) -> str:
    group, remedy = finding.group, finding.remedy
    what = f"{code(action(group))} on {code(_where(group))}" if _where(group) else code(action(group))
    mend = [code(line) for line in remedy.line.splitlines()]
    mend += (
        [f"confidence: {remedy.confidence}"] if remedy.line else [prose(f"ask {remedy.owner}")] if remedy.owner else []
    )
    mend += [prose(note) for note in remedy.notes] + [code(_place(place)) for place in finding.places]
    mend += [code(command) for command in remedy.commands]
    return (
        f"| {what} | {group.seen.calls:,} | {group.seen.last[:10]} | {prose(reason(group))} | {'<br>'.join(mend)} |\n"
    )


# for programs --------------------------------------------------------------------------------------------------


def json(found: Sequence[Finding], denied: Denied) -> str:
    """One JSON document with all that is known; `worked` are the calls that succeeded later."""
    return dump_json(
        {
            "version": 1,
            "denied": [_object(finding.group) | _mending(finding) for finding in found],
            "worked": [_object(group) for group in denied.worked],
        }
    )


def _object(group: Group) -> dict[str, object]:
    denial = group.denial
    return {
        "person": denial.person,
        "principal": denial.principal,
        "account": denial.account,
        "event": denial.call,
        "actions": list(denial.actions),
        "sure": denial.sure,
        "resources": list(group.resources),
        "form": denial.form,
        "decision": denial.decision or None,
        "by": denial.by or None,
        "policy": denial.policy or None,
        "code": denial.code,
        "calls": group.seen.calls,
        "first": group.seen.first,
        "last": group.seen.last,
    }


def _mending(finding: Finding) -> dict[str, object]:
    remedy = finding.remedy
    return {
        "line": remedy.line or None,
        "confidence": remedy.confidence or None,
        "owner": remedy.owner or None,
        "commands": list(remedy.commands),
        "notes": list(remedy.notes),
        "mended": finding.mended,
        "places": [
            {"role": place.unit, "tier": place.tier or None, "verdict": place.verdict, "where": place.where}
            for place in finding.places
        ],
    }
