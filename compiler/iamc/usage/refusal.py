"""What the message of a denied call says: the action, the resource, and which kind of policy refused it.

    User: P is not authorized to perform: A on resource: R because no identity-based policy allows the A action
    User: P is not authorized to perform: A with an explicit deny in a service control policy: ARN

The forms are those of the IAM User Guide, "Troubleshoot access denied error messages" (retrieved 2026-11-24), and of
messages that services are known to write otherwise: upper-case prefixes, a full stop behind the resource, resources
in quotes or by name, EC2's sentence before it, an encoded message instead of it. A message is untrusted text; any
text has an answer.
"""

from __future__ import annotations

import re

from iamc.usage.reading import ENCODED
from iamdsl.values import dataclass

POLICIES = {
    "identity-based policy": "identity",
    "resource-based policy": "resource",
    "resource-based policies": "resource",
    "role trust policy": "trust",
    "permissions boundary": "boundary",
    "permission boundary": "boundary",
    "session policy": "session",
    "service control policy": "scp",
    "resource control policy": "rcp",
    "vpc endpoint policy": "vpce",
}
"""How messages name the kinds of policy, and our word for each."""

_ACTION = re.compile(
    r"not\s+authorized\s+to\s+perform(?: the)?(?: action| operation)?s?\s*:?\s*[\"'`\[]?"
    r"(?P<action>[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9*]+)",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "'": "'", "`": "'"}
"""What opens a quoted resource, and what closes it; SES writes `like this'."""
_KIND = "|".join(map(re.escape, POLICIES))
_REASON = re.compile(
    rf"(?P<implicit>because no (?:matching )?(?P<missing>{_KIND}) allows?)"
    rf"|(?:with|due to|because of) an explicit deny in (?:an? |the )?(?P<denying>{_KIND})(?::\s*(?P<policy>arn:\S+))?",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"because the resource does not exist in this region, no resource-based polic", re.IGNORECASE)
_ON = re.compile(
    r"\s*[\"'`\]]?,?\s*on (?:the |this )?(?:specified )?resources?\b\s*:?\s*(?P<resource>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ENDPOINT = re.compile(r"access to the resource (?P<resource>\S+) is denied", re.IGNORECASE)
_PRINCIPAL = re.compile(r"User:? `?(?P<principal>arn:[\w+=,.@:/-]+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a message says; "" stands for what it leaves out.

    `form` is `stated` (the kind of policy is named), `unstated` (an action, but no reason), `encoded` (the reason is
    in a text that only AWS can read), `plain` (neither) or `empty`. `decision` is `implicit` (nothing allows it) or
    `explicit` (a deny), `by` a word of `POLICIES`. `action` has a lower-case prefix. `resource` is an ARN, `*`, or a
    name that the message has instead; `policy` the ARN of the policy that denies.
    """

    form: str
    decision: str = ""
    by: str = ""
    action: str = ""
    resource: str = ""
    policy: str = ""
    principal: str = ""


def refusal(message: str) -> Refusal:
    """What a denied call's message says."""
    if not message.strip():
        return Refusal("empty")
    principal = _group(_PRINCIPAL.search(message), "principal")
    found = _ACTION.search(message)
    if found is None:
        form = "encoded" if ENCODED.lower() in message.lower() else "plain"
        return Refusal(form, resource=_group(_ENDPOINT.search(message), "resource"), principal=principal)
    prefix, _, name = found["action"].partition(":")
    tail = message[found.end() :]
    reason = _last_reason(tail)
    return Refusal(
        form="stated" if reason else "unstated",
        decision="" if reason is None else "implicit" if reason["implicit"] else "explicit",
        by=POLICIES[(reason["missing"] or reason["denying"]).lower()] if reason else "",
        action=f"{prefix.lower()}:{name}",
        resource=_resource(tail[: reason.start()] if reason else tail),
        policy=(reason["policy"] or "").rstrip(".,;\"'") if reason else "",
        principal=principal,
    )


def _last_reason(tail: str) -> re.Match[str] | None:
    """The reason that AWS wrote: it stands last, behind whatever a caller may have called a resource."""
    found = list(_REASON.finditer(tail))
    return found[-1] if found else None


def _resource(tail: str) -> str:
    """The resource between the action and the reason."""
    found = _ON.match(tail)
    if found is None:
        return ""
    text = _UNSURE.split(found["resource"], 1)[0].partition(ENCODED)[0].strip()
    if text[:1] in _QUOTES:
        return text[1:].partition(_QUOTES[text[0]])[0]
    if text.startswith(("arn:", "*")):
        text = text.split(maxsplit=1)[0]
    elif " " in text and not re.match(r"(?:role|user|group|policy) \S+$", text):
        text = ""
    return text.rstrip(".,;")


def _group(found: re.Match[str] | None, name: str) -> str:
    return found[name] if found else ""
