"""Coverage and unused access as people read them: text, Markdown, JSON. Names from logs are made inert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import floor
from textwrap import fill

from iamc.render.markdown import plain
from iamc.render.table import aligned
from iamc.render.text import dump_json, inert
from iamc.usage.coverage import Coverage, Miss
from iamc.usage.model import Seen
from iamc.usage.unused import LineUse, RoleUse

MOST = 8
"""Lines for each person or line of the source in a text; JSON has them all."""
_NOBODYS = "no line: a declaration names people by an e-mail address"
UNSEEN = (
    "A log does not show: data events that no trail records, iam:PassRole, and whether conditions were met.",
)  # fmt: skip


# coverage ---------------------------------------------------------------------------------------------------------


def coverage_text(found: Coverage, *, width: int = 80) -> str:
    """What a person reads in a terminal: by person what would be denied, then by role the lines that mend it."""
    lines = [_summary(found)]
    for person in sorted(found.people, key=lambda person: (-found.people[person][0], person)):
        denied, judged = found.people[person]
        if denied:
            lines += ["", f"{inert(person)} would be denied {denied:,} of {_calls(judged)}"]
            lines += _denied_to([miss for miss in found.misses if miss.person == person])
    lines += _mending(found)
    lines += ["", *_unsaid(found)]
    return "\n".join(_fold(line, width) for line in lines).rstrip() + "\n"


def _fold(line: str, width: int) -> str:
    """Prose in the width of the terminal; lines to copy, which are indented, as they are."""
    return line if line.startswith("  ") else fill(line, width, break_long_words=False, break_on_hyphens=False)


def _summary(found: Coverage) -> str:
    judged = found.covered + found.denied
    share = floor(found.share * 10_000) / 10_000  # 100% is never said of less
    word = f"{share:.2%} of {_calls(judged)} by {_people(len(found.people))} would be allowed"
    return word if found.denied else f"{word}: nobody would have been locked out"


def _denied_to(misses: Iterable[Miss]) -> Iterator[str]:
    """The actions, those that failed most first; each call may have failed by several."""
    by_action: dict[str, Seen] = {}
    for miss in misses:
        known = by_action.get(miss.action)
        by_action[miss.action] = known + miss.seen if known else miss.seen
    ranked = sorted(by_action.items(), key=lambda each: (-each[1].calls, each[0]))
    rows = [(f"  {action}", f"last {seen.last[:10]}") for action, seen in ranked[:MOST]]
    yield from aligned(rows)
    if len(ranked) > MOST:
        more = len(ranked) - MOST
        yield f"  and {more} {'action' if more == 1 else 'actions'} more; --format json has all"


def _mending(found: Coverage) -> Iterator[str]:
    """The lines to add, each once."""
    for each in found.ungranted:
        yield ""
        where = f" in {inert(each.account)}" if each.account else ""
        yield f"{inert(each.person)} holds no role{where} that could be mended; {each.unit} would do best:"
        yield from (f"  {line}" for line in each.lines or (_NOBODYS,))
    by_role: dict[str, dict[str, str]] = {}
    for miss in found.misses:
        if miss.where:
            by_role.setdefault(miss.role, {}).setdefault(miss.line, miss.where)
    for role, lines in sorted(by_role.items()):
        yield ""
        where = next((place for line, place in lines.items() if not line.startswith("no line")), "")
        yield f"To role {role}" + (f", behind {where}:" if where else ":")
        yield from (f"  {inert(line)}" for line in sorted(lines))


def _unsaid(found: Coverage) -> Iterator[str]:
    """What the verdict does not rest on, said aloud."""
    if found.programs:
        yield f"{_calls(sum(found.programs.values()))} by programs, to judge by their names, need roles of their own:"
        yield from (f"  {inert(name)}: {_calls(count)}" for name, count in list(found.programs.items())[:MOST])
        if len(found.programs) > MOST:
            yield f"  and {len(found.programs) - MOST} more"
    if found.conditional:
        rest = "rests" if found.conditional == 1 else "rest"
        yield f"Of those allowed, {_calls(found.conditional)} {rest} on conditions that no log shows."
    if found.unknown:
        yield f"{_calls(sum(found.unknown.values()))} could not be judged, for no IAM action is known:"
        ranked = sorted(found.unknown.items(), key=lambda item: (-item[1], item[0]))
        yield from (f"  {inert(name)}: {_calls(count)}" for name, count in ranked[:MOST])
        if len(ranked) > MOST:
            yield f"  and {len(ranked) - MOST} more"
    yield from UNSEEN


def coverage_markdown(found: Coverage) -> str:
    """A table for a pull request."""
    rows = [f"### Coverage\n\n{plain(_summary(found))}\n"]
    if found.misses:
        rows.append("| who | action | resource | calls | last | role | line |\n|---|---|---|---|---|---|---|")
        for miss in sorted(found.misses, key=lambda miss: (miss.person, -miss.seen.calls)):
            cells = (miss.person, miss.action, miss.resource, str(miss.seen.calls), miss.seen.last[:10], miss.role,
                     miss.line)  # fmt: skip
            rows.append(f"| {' | '.join(map(plain, cells))} |")
    return "\n".join([*rows, "", *map(plain, _unsaid(found))]) + "\n"


def coverage_json(found: Coverage) -> str:
    """One JSON document with everything."""
    content = {
        "share": round(found.share, 6),
        "covered": found.covered,
        "denied": found.denied,
        "conditional": found.conditional,
        "people": list(found.people),
        "byPerson": {person: {"denied": each[0], "calls": each[1]} for person, each in found.people.items()},
        "unknown": dict(sorted(found.unknown.items())),
        "programs": dict(found.programs),
        "misses": [_plain(miss) for miss in found.misses],
        "ungranted": [
            {"person": each.person, "account": each.account, "role": each.unit, "lines": list(each.lines)}
            for each in found.ungranted
        ],
    }
    return dump_json(content)


def _plain(miss: Miss) -> dict[str, object]:
    return {
        "person": miss.person,
        "account": miss.account,
        "action": miss.action,
        "resource": miss.resource,
        "roles": list(miss.roles),
        "role": miss.role,
        "where": miss.where,
        "line": miss.line,
        "near": list(miss.near),
        "calls": miss.seen.calls,
        "first": miss.seen.first,
        "last": miss.seen.last,
    }


# unused -----------------------------------------------------------------------------------------------------------

_BY = {
    "role": "by its own sessions",
    "people": "by what its holders did with any role",
    "nobody": "nobody with this role was seen",
}
_DO = {
    "remove": "nobody used this line: remove it",
    "narrow": "narrow it: not used",
    "keep": "used in full",
    "no record": "not recorded by CloudTrail",
}


def unused_text(roles: Sequence[RoleUse], window: tuple[str, str]) -> str:
    """What a person reads in a terminal: lines that can go or shrink; lines in full use are only counted."""
    lines = [f"From {window[0][:10]} to {window[1][:10]}"]
    for role in roles:
        lines += ["", f"{role.unit}: {_calls(role.calls)}, {_BY[role.by]}"]
        for line in role.lines:
            if line.verdict != "keep":
                lines += _line(line)
        kept = sum(line.verdict == "keep" for line in role.lines)
        if kept:
            lines.append(f"  {kept} {'line is' if kept == 1 else 'lines are'} used in full")
    return "\n".join(lines) + "\n"


def _line(line: LineUse) -> Iterator[str]:
    yield f"  {line.place}: {_DO[line.verdict]}"
    if line.unused:
        yield f"    not used: {_some(line.unused)}"
        if line.used:
            yield f"    used:     {_some(f'{action} ({last[:10]})' for action, last in line.used.items())}"
    if line.unrecorded:
        yield f"    no record: {_some(line.unrecorded)}"


def unused_markdown(roles: Sequence[RoleUse], window: tuple[str, str]) -> str:
    """A table for a pull request."""
    rows = [f"### Unused access, {window[0][:10]} to {window[1][:10]}\n"]
    rows.append("| role | line | verdict | not used | no record |\n|---|---|---|---|---|")
    for role in roles:
        for line in role.lines:
            if line.verdict != "keep":
                cells = (role.unit, line.place, line.verdict, _some(line.unused), _some(line.unrecorded))
                rows.append(f"| {' | '.join(map(plain, cells))} |")
    return "\n".join(rows) + "\n"


def unused_json(roles: Sequence[RoleUse], window: tuple[str, str]) -> str:
    """One JSON document with everything."""
    content = {
        "window": list(window),
        "roles": [
            {
                "role": role.unit,
                "by": role.by,
                "calls": role.calls,
                "lines": [
                    {
                        "place": line.place,
                        "verdict": line.verdict,
                        "used": dict(line.used),
                        "unused": list(line.unused),
                        "unrecorded": list(line.unrecorded),
                    }
                    for line in role.lines
                ],
            }
            for role in roles
        ],
    }
    return dump_json(content)


# words ------------------------------------------------------------------------------------------------------------


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - MOST} more" if len(listed) > MOST else ""
    return ", ".join(listed[:MOST]) + more


def _calls(number: int) -> str:
    return f"{number:,} {'call' if number == 1 else 'calls'}"


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"
