"""Which resource types one call of an action needs together.

The Service Authorization Reference marks required types with a star, and AWS checks each of them in one call: an
instance, its image, its subnet. But some stars are alternatives, of which a call is about one, and the reference does
not tell them apart. They are alternatives here when

* the action is about tags or the policy of a resource, of whatever type it is;
* there are more of them than any call has (five, of ec2:RunInstances): models of bedrock:InvokeModel;
* their ARNs differ in a word behind the same first word: `listener/app/...` and `listener/net/...`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from iamc.catalog import Action

MOST = 5
"""Resource types that a call needs at most."""

_OF_ANY = re.compile(
    r"(Tag|Untag|ListTags|ListTagsFor|DescribeTags|AddTags|RemoveTags)(Resource\w*|s)?|\w+ResourcePolicy"
)


def missing(action: Action, have: Collection[str], arns: Mapping[str, str]) -> tuple[str, ...]:
    """The types that a call of the action needs beside those that it has; `arns` are templates by type."""
    required = [row.type for row in action.resources if row.required]
    if len(required) > MOST or _OF_ANY.fullmatch(action.name):
        return () if have else tuple(required)
    beside = {_word(arns.get(kind, "")) for kind in have} - {""}
    return tuple(kind for kind in required if kind not in have and _word(arns.get(kind, "")) not in beside)


def _word(arn: str) -> str:
    """What siblings share: the first word of the resource, if a second word tells them apart."""
    first, *rest = arn.split(":", 5)[-1].split("/")
    return first if len(rest) > 1 and "$" not in first and "$" not in rest[0] else ""
