"""What would mend a denial: a line of the language that compiles, or who must mend it and in which policy.

Nothing is ever applied. A line is offered only where a policy of the role itself is missing, or may be; it is tried by
compiling it before anybody sees it.
"""

from __future__ import annotations

import re

from iamc.catalog import Action
from iamc.passes.resolve import resolve
from iamc.pipeline import Context, compile_unit
from iamc.project import load_text
from iamc.usage.denied import Group
from iamdsl.diagnostics import errors
from iamdsl.printing import literal
from iamdsl.source import Source
from iamdsl.values import dataclass

OWNERS = {
    "identity": "whoever manages the policies of the role: one of them denies it",
    "resource": "the owner of the resource: its own policy decides",
    "trust": "the owner of the role: its trust policy decides",
    "boundary": "whoever manages permissions boundaries",
    "session": "whoever hands over the session policy when the role is assumed",
    "scp": "whoever manages the organisation's service control policies",
    "rcp": "whoever manages the organisation's resource control policies",
    "vpce": "whoever manages the network: the policy of the VPC endpoint decides",
}
"""Who can change what each kind of policy refuses."""

_INSTANT = re.compile(r"[0-9T:Z.-]+")

DECODE = "aws sts decode-authorization-message --query DecodedMessage --output text --encoded-message TEXT"
"""What reads an encoded message; it needs sts:DecodeAuthorizationMessage in the account of the call."""

_NEEDS_MORE = "IAM216"
"""The code for an action that needs resources of more types: the call would be refused again."""
_ENCODED = "rollups do not keep the encoded message: find it in the event's errorMessage, then decode it"
_UNKNOWN = "no line is known: find out which action the call needs"
_UNSURE = "without a reason, it may also be a policy of the resource or of the organisation"
_EVERYTHING = "`*` is every resource, as the log names none: name your own"
_VAGUE = "the log does not show all that the call is about: name your own resources"


@dataclass(frozen=True, slots=True)
class Remedy:
    """How a denial could be mended; "" and () for what does not apply.

    `line` is a statement for a role; `confidence` in it is `high` (AWS says that no policy of the role allows the
    call), `medium` (AWS names the action, but no reason) or `low` (the action is told by the name of the event).
    `owner` is who must mend it, where no line does; `commands` are for a shell; `notes` qualify the line.
    """

    line: str = ""
    confidence: str = ""
    owner: str = ""
    commands: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Remedies:
    """Answers for one run; each line is compiled once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._tried: dict[str, bool] = {}

    def of(self, group: Group) -> Remedy:
        """What would mend these calls."""
        denial = group.denial
        if denial.form == "encoded":
            return Remedy(commands=_decoding(group), notes=(_ENCODED,))
        if denial.by and (denial.by, denial.decision) != ("identity", "implicit"):
            return Remedy(owner=OWNERS[denial.by])
        known = [self.context.catalog.action(action) for action in denial.actions]
        lines = [self._line(action, group) for action in known if action]
        if not lines or not all(line for line, _ in lines):
            return Remedy(notes=(_UNKNOWN,))
        notes = dict.fromkeys(note for _, noted in lines for note in noted)
        if denial.form != "stated":
            notes[_UNSURE] = None
        confidence = "high" if denial.form == "stated" else "medium" if denial.sure else "low"
        return Remedy("\n".join(line for line, _ in lines), confidence, notes=tuple(notes))

    def _line(self, action: Action, group: Group) -> tuple[str, tuple[str, ...]]:
        """A statement that compiles, with what to know of it; an empty text when none does."""
        arns = [literal(arn) for arn in group.resources if _plain(arn)]
        if action.qualified == "iam:PassRole":
            service = f"{group.denial.call.partition(':')[0]}.amazonaws.com"
            lines = [f"pass {arn} to {service}" for arn in arns]
            return self._first(lines), ("make sure that this service is the one that runs with the role",)
        if action.qualified == "sts:AssumeRole":
            fitting = [arn for arn in arns if self._compiles(f"assume {arn}")]
            line = f"assume {', '.join(fitting)}" if fitting else ""
            return line, ("the role's trust policy must allow it too",)
        fitting = [arn for arn in arns if self._compiles(f"allow {action.qualified} on {arn}")]
        if fitting:
            return f"allow {action.qualified} on {', '.join(fitting)}", ()
        asked = ", ".join(literal(arn) for name, arn in group.asked if name == action.qualified and _plain(arn))
        line = self._first([f"allow {action.qualified} on {target}" for target in (asked, "*") if target])
        if line.endswith(" *"):
            return line, () if action.wildcard_only else (_EVERYTHING,)
        return line, (_VAGUE,) if group.vague else ()

    def _first(self, lines: list[str]) -> str:
        return next((line for line in lines if self._compiles(line)), "")

    def _compiles(self, line: str) -> bool:
        if line not in self._tried:
            self._tried[line] = self._try(f"edition 1\nrole suggested {{\n  {line}\n}}\n")
        return self._tried[line]

    def _try(self, text: str) -> bool:
        project = load_text(Source("suggestion.iamdsl", text))
        if errors(project.diagnostics):
            return False
        organisation, found = resolve(project, self.context.catalog, self.context.settings)
        if errors(found) or len(organisation.units) != 1:
            return False
        work = compile_unit(organisation.units[0], self.context)
        return bool(work.documents) and not any(each.code == _NEEDS_MORE or errors([each]) for each in work.diagnostics)


def _plain(arn: str) -> bool:
    """Whether an ARN of a log may stand in a declaration: `${` would be read there as a variable."""
    return arn.startswith("arn:") and arn.isprintable() and "${" not in arn


def _decoding(group: Group) -> tuple[str, ...]:
    """Commands that find the message in the event history of the last 90 days, and that decode it."""
    denial, seen = group.denial, group.seen
    name = denial.call.partition(":")[2]
    if not name.isalnum():
        return (DECODE,)
    region = f" --region {denial.region}" if denial.region.replace("-", "").isalnum() else ""
    window = ""
    if _INSTANT.fullmatch(seen.first) and _INSTANT.fullmatch(seen.last):
        window = f" --start-time {seen.first} --end-time {seen.last}"
    find = (
        f"aws cloudtrail lookup-events{region} --lookup-attributes AttributeKey=EventName,AttributeValue={name}{window}"
    )
    return (find, DECODE)
