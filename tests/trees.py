"""Strategies for syntax trees: every node that the grammar has, with hostile names and texts."""

from __future__ import annotations

from hypothesis import strategies as st

from iamdsl import syntax as s
from iamdsl.source import Source

SPAN = Source("generated", "").span(0, 0)
LEVELS = ("permissions-management", "tagging", "write", "list", "read-config", "read-data", "read")
PLAIN_NAMES = ("ana", "orders", "payments-viewer", "on", "no", "y", "null", "e5", "a_b-C9", "list-things", "reader")
KEYWORDS = ("in", "to", "for", "when", "role", "allow", "as", "except", "true", "exists", "break-glass", "mfa")
ARNS = (
    "arn:aws:s3:::orders",
    "arn:aws:s3:::orders-${account.alias}/*",
    "arn:aws:dynamodb:${region}:${account.id}:table/orders/index/*",
    "arn:aws:s3:::home/${aws:username}/a:",
    "arn:aws:s3:::a b, c",
    "arn:aws:s3:::back\\slash",
    "*",
    "",
    "name",
)
KEYS = ("s3:prefix", "aws:RequestTag/${team}", "aws:SourceVpc", "kms:ViaService")
OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "like", "not-like", "ForAnyValue:StringLike", "NullIfExists")
PRINCIPALS = ("lambda.amazonaws.com", "ec2.amazonaws.com.cn")
LITERALS = ("1h", "6144", "007", "111122223333", "2026-12-31", "2026-12-31T18:00:00Z", "true", "no", "1:30", *ARNS)

literal_texts = st.sampled_from(LITERALS) | st.text(
    st.sampled_from("ab Z09.-_/\\\"'#{}[],:*&!|>%@`=?~<$éß日\n"), max_size=12
)


def _text(texts: st.SearchStrategy[str]) -> st.SearchStrategy[s.Text]:
    return texts.map(lambda text: s.Text(text, SPAN))


def _tuple(items: st.SearchStrategy[s.Target], least: int = 1) -> st.SearchStrategy[tuple[s.Target, ...]]:
    return st.lists(items, min_size=least, max_size=4).map(tuple)


def files() -> st.SearchStrategy[s.File]:
    """Files of declarations; some names are words of the language."""
    return st.builds(
        s.File,
        st.just("generated"),
        st.just(s.Edition(s.Text("1", SPAN), SPAN)),
        st.lists(_Names().declaration(), min_size=1, max_size=6).map(tuple),
        st.just("iamdsl"),
        st.just(SPAN),
    )


class _Names:
    """The strategies, all over one choice of names."""

    def __init__(self) -> None:
        words = st.sampled_from(PLAIN_NAMES + KEYWORDS)
        span = st.just(SPAN)
        self.span = span
        self.name = words.map(lambda text: s.Name(text, SPAN))
        self.ref = st.lists(words, min_size=1, max_size=2).map(lambda parts: s.Ref(tuple(parts), SPAN))
        self.refs = _tuple(self.ref)
        self.text = _text(literal_texts)
        self.texts = _tuple(self.text)
        self.date = _text(st.sampled_from(["2026-12-31", "2026-12-31T18:00:00Z"]))
        self.duration = _text(st.sampled_from(["15m", "1h", "30d"]))
        self.until = st.none() | self.date
        self.arn = st.builds(s.ArnTarget, _text(st.sampled_from(ARNS)), span)
        self.arns = _tuple(self.arn)
        self.action = st.sampled_from(["s3:GetObject", "s3:Get*", "iam:*", "*:List?", "ec2:Describe*"]).map(
            lambda pattern: s.ActionAccess(pattern, SPAN)
        )
        self.actions = _tuple(self.action | self.ref)
        level = st.sampled_from(LEVELS).map(lambda level: s.LevelAccess(level, SPAN))
        everything = st.just(s.ActionAccess("*", SPAN))
        self.access = _tuple(level | everything | self.action | self.ref)
        star = st.just(s.EverythingTarget(SPAN))
        service = st.builds(s.ServiceTarget, self.refs, st.booleans(), span)
        self.targets = _tuple(self.ref | self.arn | star) | service.map(lambda target: (target,))
        self.roles = _tuple(self.ref | self.arn)
        self.principals = _tuple(_text(st.sampled_from(PRINCIPALS) | literal_texts))
        self.when = _tuple(self.condition(), 0)

    def condition(self) -> st.SearchStrategy[s.Condition]:
        nothing = st.just("")

        def condition(words, values, key=nothing, operator=nothing):
            word = st.sampled_from(words.split())
            return st.builds(s.Condition, word, key, operator, values, self.span)

        return st.one_of(
            condition("mfa", st.just(())),
            condition("mfa-within", self.duration.map(lambda text: (text,))),
            condition("before after", self.date.map(lambda text: (text,))),
            condition("tag principal-tag request-tag", self.texts, literal_texts),
            condition("region ip vpce org", self.texts),
            condition("via", self.principals),
            condition("key", self.texts, st.sampled_from(KEYS), st.sampled_from(OPERATORS)),
            condition("key", st.just(()), st.sampled_from(KEYS), st.sampled_from(["exists", "absent"])),
        )

    def common_fields(self) -> list[st.SearchStrategy[s.Field]]:
        span, build = self.span, st.builds
        effect, without = st.sampled_from(["allow", "deny"]), _tuple(self.action | self.ref, 0)
        clauses = (self.when, self.until, span)
        return [
            build(s.Statement, effect, self.access, self.targets, st.booleans(), without, *clauses),
            build(s.Pass, self.roles, self.principals, *clauses),
            build(s.Assume, self.roles, *clauses),
            build(s.Describe, self.text, span),
            build(s.Session, self.duration, span),
            build(s.Alert, self.name, self.text, span),
            build(s.Require, _tuple(self.name), span),
        ]

    def tier_field(self) -> st.SearchStrategy[s.Field]:
        exceptions = _tuple(self.action | self.ref, 0)
        return st.one_of(*self.common_fields(), st.builds(s.Ceiling, self.access, exceptions, self.span))

    def role_field(self) -> st.SearchStrategy[s.Field]:
        span, build = self.span, st.builds
        code = st.sampled_from(["IAM601", "IAM306"]).map(lambda text: s.Name(text, SPAN))
        return st.one_of(
            *self.common_fields(),
            build(s.Use, self.refs, span),
            build(s.Managed, self.texts, span),
            build(s.Boundary, self.text, span),
            build(s.Exclude, self.actions, span),
            build(s.Generalise, self.arns, span),
            build(s.Acknowledge, code, self.text, span),
        )

    def expectation(self) -> st.SearchStrategy[s.ExpectAccess | s.ExpectSize]:
        effect, targets = st.sampled_from(["allow", "deny"]), st.just(()) | self.targets
        metric, limit = st.sampled_from(["characters", "policies"]), _text(st.sampled_from(["2", "6144"]))
        return st.builds(s.ExpectAccess, effect, self.actions, targets, self.when, self.span) | st.builds(
            s.ExpectSize, metric, limit, self.span
        )

    def declaration(self) -> st.SearchStrategy[s.Declaration]:
        span, build, name, text, refs = self.span, st.builds, self.name, self.text, self.refs
        accounts = st.just(()) | refs
        number = _text(st.sampled_from(["111122223333", "012345670123"]))
        email = _text(st.sampled_from(["ana@acme.example", "no+1@x.y"]))
        maybe_ref, maybe_text = st.none() | self.ref, st.none() | text
        persons = _tuple(build(s.Person, name, email, span), 0)
        resources = _tuple(build(s.Resource, name, accounts, self.arns, span), 0)
        return st.one_of(
            build(s.Import, text, st.none() | name, span),
            build(s.Let, name, text, span),
            build(s.Account, name, number, maybe_text, st.none() | name, span),
            build(s.People, persons, span),
            build(s.Team, name, accounts, maybe_text, maybe_ref, span),
            build(s.Resources, name, accounts, resources, span),
            build(s.Actions, name, self.actions, span),
            build(s.Services, name, refs, span),
            build(s.Tier, name, _fields(self.tier_field()), span),
            build(s.Role, name, maybe_ref, st.booleans(), _fields(self.role_field()), span),
            build(s.Grant, refs, refs, accounts, self.until, maybe_text, maybe_ref, span),
            build(
                s.Check,
                text,
                st.lists(build(s.Subject, refs, accounts, span), max_size=2).map(tuple),
                st.lists(self.expectation(), max_size=3).map(tuple),
                span,
            ),
        )


def _fields(fields: st.SearchStrategy[s.Field]) -> st.SearchStrategy[tuple[s.Field, ...]]:
    """Some fields may stand in a block only once."""
    once = (s.Describe, s.Session, s.Boundary, s.Ceiling)

    def legal(found: list[s.Field]) -> bool:
        kinds = [type(field) for field in found if isinstance(field, once)]
        return len(set(kinds)) == len(kinds)

    return st.lists(fields, max_size=6).filter(legal).map(tuple)
