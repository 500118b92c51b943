"""Coverage and unused access as people read them: text, Markdown, JSON. Names from logs are made inert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamc.render.markdown import plain
from iamc.render.text import dump_json, inert
from iamc.usage.coverage import Coverage, Miss, worst
from iamc.usage.unused import LineUse, RoleUse

MOST = 8
"""Lines for each person or line of the source in a text; JSON has them all."""
UNSEEN = (
    "A log does not show: data events that no trail records, iam:PassRole, and whether conditions were met.",
)  # fmt: skip


# coverage ---------------------------------------------------------------------------------------------------------


def coverage_text(found: Coverage, *, everything: bool = False) -> str:
    """What a person reads in a terminal."""
    lines = [_summary(found)]
    for person, misses in worst(found.misses).items():
        calls = sum(miss.seen.calls for miss in misses)
        lines += ["", f"{inert(person)} would be denied {_calls(calls)}"]
        if not any(miss.roles for miss in misses):
            lines.append(f"  holds no role there: {inert(misses[0].line)}")
        shown = misses if everything else misses[:MOST]
        lines += [line for miss in shown for line in _miss(miss)]
        if len(misses) > len(shown):
            lines.append(f"  and {len(misses) - len(shown)} more; --format json has all")
    lines += ["", *_unsaid(found)]
    return "\n".join(lines).rstrip() + "\n"


def _summary(found: Coverage) -> str:
    judged = found.covered + found.denied
    word = f"{found.share:.2%} of {_calls(judged)} by {_people(len(found.people))} would be allowed"
    return word if found.denied else f"{word}: nobody would have been locked out"


def _miss(miss: Miss) -> Iterator[str]:
    where = f" in {miss.account}" if miss.account else ""
    yield f"  {miss.action} on {inert(miss.resource)}{where}, {_calls(miss.seen.calls)}, last {miss.seen.last[:10]}"
    if miss.roles:
        near = f"; nearest {miss.near[0]}" if miss.near else ""
        yield f"    holds {', '.join(miss.roles)}{near}"
        yield f"    {inert(miss.line)}"


def _unsaid(found: Coverage) -> Iterator[str]:
    """What the verdict does not rest on, said aloud."""
    if found.conditional:
        yield f"Of those allowed, {_calls(found.conditional)} rest on conditions that no log shows."
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
        rows.append("| who | action | resource | calls | last | line |\n|---|---|---|---|---|---|")
        for person, misses in worst(found.misses).items():
            for miss in misses:
                cells = (person, miss.action, miss.resource, str(miss.seen.calls), miss.seen.last[:10], miss.line)
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
        "unknown": dict(sorted(found.unknown.items())),
        "misses": [_plain(miss) for miss in found.misses],
    }
    return dump_json(content)


def _plain(miss: Miss) -> dict[str, object]:
    return {
        "person": miss.person,
        "account": miss.account,
        "action": miss.action,
        "resource": miss.resource,
        "roles": list(miss.roles),
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
    if line.verdict == "narrow":
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
