"""From evidence to declarations: a draft that compiles, with the reason for each line above it.

Lines are grouped by what they work on. What a draft leaves to its reader is in comments, never left out: reads that
only a console made, calls that were denied, calls seen too rarely, calls that no action is known for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from iamc.glob import includes
from iamc.usage.evidence import TIERS, Evidence, Findings
from iamc.usage.model import Seen
from iamc.usage.naming import is_email, names_for
from iamc.usage.reading import rules
from iamc.usage.together import together
from iamdsl.format import format_source
from iamdsl.source import Source
from iamdsl.values import dataclass

_ROLES = {
    "viewer": "Reads how things are set up, as seen in CloudTrail.",
    "power-user": "Works with data, as seen in CloudTrail.",
    "administrator": "Changes how things are set up, as seen in CloudTrail.",
}
EVERYBODY = 12
"""More names than this are counted, not listed."""


@dataclass(frozen=True, slots=True)
class Style:
    """Choices of a draft.

    Calls rarer than `least` are commented out; more than `most` resources of one kind are drawn together; `console`
    keeps lines that only a console's reads ask for, `programs` those that only programs ask for; `in_scope` are the
    services of a compliance programme, None for no programme.
    """

    least: int = 1
    most: int = 20
    console: bool = False
    programs: bool = False
    in_scope: frozenset[str] | None = None


def draft(findings: Findings, window: tuple[str, str], style: Style) -> str:
    """The text of an .iamdsl file, laid out canonically."""
    noisy = _noisy(findings.used)
    kept = [one for one in findings.used if _kept(one, findings, style, noisy)]
    accounts = sorted({one.account for one in kept})
    names = _people(kept)
    parts = [_head(findings, window, style), "edition 1", 'import "iamc:tiers" as std']
    parts += [f"account {_account(number)} {number}" for number in accounts if number]
    if names:
        parts.append("people {\n" + "\n".join(f"{name} {email}" for email, name in names.items()) + "\n}")
    for account in accounts:
        for tier in TIERS:
            own = [one for one in kept if (one.account, one.tier) == (account, tier)]
            if own:
                role = _role(tier, account, own, len(accounts), findings, style)
                parts += [role, *_grant(tier, account, own, accounts, names)]
    parts.append(_left_out(findings, kept, style))
    text = "\n\n".join(part for part in parts if part) + "\n"
    done = format_source(Source("draft.iamdsl", text))
    if done.text is None:
        raise AssertionError(f"a draft does not parse: {done.diagnostics[0].message}")
    return done.text


def _kept(one: Evidence, findings: Findings, style: Style, noisy: Set[str]) -> bool:
    return (
        findings.sum([one]).calls >= style.least
        and (style.programs or bool(one.people))
        and (style.console or _service(one) not in noisy)
    )


def _noisy(used: Iterable[Evidence]) -> Set[str]:
    """Services of which nothing was used but reads by a console: of configuration, or of its own settings."""
    willed: dict[str, bool] = {}
    for one in used:
        service, _, name = one.action.partition(":")
        itself = service in rules().console_own and name.startswith(("Get", "List", "Describe", "Search"))
        willed[service] = willed.get(service, False) or not (one.console and (one.tier == "viewer" or itself))
    return {service for service, by_somebody in willed.items() if not by_somebody}


def _service(one: Evidence) -> str:
    return one.action.partition(":")[0]


# head ------------------------------------------------------------------------------------------------------------


def _head(findings: Findings, window: tuple[str, str], style: Style) -> str:
    people = {person for one in findings.used for person in one.people}
    first, last = (instant[:10] for instant in window)
    lines = [
        f"Drafted by iamc from CloudTrail, {_comment(first)} to {_comment(last)}: {_count(len(people), 'person')}.",
        "Read every line before you use it: the log shows what was done, not what should be.",
        "A * in a resource stands for what AWS made up (identifiers), for an S3 object's path below its first",
        f"folder, or for more than {style.most} resources of one kind, as a comment then says.",
    ]
    return "\n".join(f"# {line}" for line in lines)


def _people(kept: Iterable[Evidence]) -> Mapping[str, str]:
    """Names for the people whose e-mail address the log shows, by address."""
    return names_for(person for one in kept for person in one.people)


def _account(number: str) -> str:
    return f"account-{number}"


# roles -----------------------------------------------------------------------------------------------------------


def _name(tier: str, account: str, accounts: int) -> str:
    return f"{tier}-{account}" if accounts > 1 and account else tier


def _role(tier: str, account: str, own: Sequence[Evidence], accounts: int, findings: Findings, style: Style) -> str:
    lines = [f'describe "{_ROLES[tier]}"']
    for arns, members in _by_resources(own, style).items():
        lines += _statement(arns, members, findings)
    body = "\n".join(lines)
    return f"role {_name(tier, account, accounts)} : std.{tier} {{\n{body}\n}}"


def _grant(
    tier: str, account: str, own: Iterable[Evidence], accounts: Sequence[str], names: Mapping[str, str]
) -> Iterator[str]:
    people = sorted({names[person.lower()] for one in own for person in one.people if person.lower() in names})
    if people:
        where = f" in {_account(account)}" if account else ""
        yield f"grant {_name(tier, account, len(accounts))} to {', '.join(people)}{where}"


_Target = tuple[tuple[str, int], ...]
_Kind = tuple[str, frozenset[str], frozenset[str]]


def _by_resources(own: Iterable[Evidence], style: Style) -> Mapping[_Target, list[Evidence]]:
    """The evidence by what it works on, drawn together where it is too much: one statement each."""
    by_action: dict[_Kind, list[Evidence]] = {}
    for one in own:
        by_action.setdefault((one.action, one.services, one.via), []).append(one)
    merged: dict[_Target, list[Evidence]] = {}
    for (action, services, via), members in by_action.items():
        target = _without_parts(together((one.resource for one in members), style.most))
        special = action if action in ("iam:PassRole", "sts:AssumeRole") else action.partition(":")[0]
        mark = f"{special} {sorted(services)} {sorted(via)}"
        merged.setdefault((*target, (mark, 0)), []).extend(members)
    return merged


def _without_parts(drawn: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """The ARNs without those that another one includes."""
    wide = [arn for arn in drawn if "*" in arn]
    for arn, count in drawn.items():
        if not any(other != arn and includes(other, arn) for other in wide):
            yield arn, count


def _statement(target: _Target, members: Sequence[Evidence], findings: Findings) -> Iterator[str]:
    arns = [arn for arn, count in target if count]
    drawn = [(arn, count) for arn, count in target if count > 1]
    yield f"# {_evidence(members, findings)}"
    yield from (f"# {arn} stands for {count} resources" for arn, count in drawn)
    if any(one.vague for one in members):
        yield "# the log does not show the resource: narrow it if you can"
    if members[0].action == "iam:PassRole":
        yield "# read off the request, for iam:PassRole is never logged: make sure of the service"
    via = sorted({service for one in members for service in one.via}) if all(one.via for one in members) else []
    if via:
        yield f"# always called by {_comment(', '.join(via))}: could be held to it by aws:CalledVia"
    yield _line(members, arns)


def _line(members: Sequence[Evidence], arns: Sequence[str]) -> str:
    actions = sorted({one.action for one in members})
    where = ", ".join(arns)
    if actions == ["iam:PassRole"]:
        services = sorted({service for one in members for service in one.services})
        return f"pass {where} to {', '.join(services)}"
    if actions == ["sts:AssumeRole"] and arns != ["*"]:
        return f"assume {where}"
    return f"allow {', '.join(actions)} on {where}"


# comments --------------------------------------------------------------------------------------------------------


def _left_out(findings: Findings, kept: Sequence[Evidence], style: Style) -> str:
    """What was not drafted, as comments: each group with its reason."""
    held = set(kept)
    rest = [one for one in findings.used if one not in held]
    noisy = set() if style.console else _noisy(findings.used)
    noise = [one for one in rest if _service(one) in noisy]
    theirs = [one for one in rest if one not in set(noise) and not one.people and not style.programs]
    rare = [one for one in rest if one not in {*noise, *theirs}]
    beyond = [one for one in kept if style.in_scope is not None and _service(one) not in style.in_scope]

    def quoted(members: Iterable[Evidence]) -> list[str]:
        """The lines that would allow this, each behind what is known of it."""
        return [
            f"  {_line(each, [arn for arn, count in target if count])}  # {_evidence(each, findings)}"
            for target, each in _by_resources(members, style).items()
        ]

    groups = (
        ("Read by the console only, perhaps by nobody's will; copy what people need:", quoted(noise)),
        ("Called by programs only, by their names, which need roles of their own:", quoted(theirs)),
        (f"Called fewer than {style.least} times:", quoted(rare)),
        ("Denied, and not part of this draft; `iamc usage denied` says why:", quoted(findings.denied)),
        ("Drafted above although the compliance programme does not cover the service:", quoted(beyond)),
        (
            "No IAM action is known for these calls:",
            [f"  {_comment(name)}: {_times(seen)}" for name, seen in findings.unknown.items()],
        ),
        ("Without a plain e-mail address, so without a grant:", _unnamed(kept)),
    )
    return "\n#\n".join("\n".join(f"# {line}" for line in (title, *lines)) for title, lines in groups if lines)


def _unnamed(kept: Iterable[Evidence]) -> list[str]:
    names = sorted({person for one in kept for person in one.people if not is_email(person)})
    shown = [f"  {_comment(name)}" for name in names[:EVERYBODY]]
    return [*shown, f"  and {len(names) - EVERYBODY} more"] if len(names) > EVERYBODY else shown


def _evidence(members: Sequence[Evidence], findings: Findings) -> str:
    people = len({person for one in members for person in one.people})
    programs = len({name for one in members for name in one.programs})
    seen = findings.sum(members)
    by = [_count(number, what) for number, what in ((people, "person"), (programs, "program")) if number]
    return f"{_count(seen.calls, 'call')} by {' and '.join(by)}, last {_comment(seen.last[:10])}"


def _times(seen: Seen) -> str:
    return f"{_count(seen.calls, 'call')}, last {_comment(seen.last[:10])}"


def _count(number: int, what: str) -> str:
    plural = "people" if what == "person" else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def _comment(text: str) -> str:
    """A text from a log as it may stand in a comment: one line of plain characters."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)
