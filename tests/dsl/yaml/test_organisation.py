"""The organisation form says what the language says: each pair of texts gives the same declarations."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamdsl import syntax as s
from iamdsl.parse import parse
from iamdsl.source import Source
from iamdsl.yaml import parse_yaml
from iamdsl.yaml_print import to_yaml

LANGUAGE = Path(__file__).parents[2] / "fixtures" / "language"

PAIRS = {
    "import": ("import: a.yaml", 'import "a.yaml"'),
    "imports": ("import: [a.yaml, b.yaml]", 'import "a.yaml" import "b.yaml"'),
    "import-as": ("import org: org.yaml", 'import "org.yaml" as org'),
    "let": ("let region: us-east-1", 'let region = "us-east-1"'),
    "let-leading-zero": ("let id: 012345670123", "let id = 012345670123"),
    "account": (
        'account prod: {id: "111122223333", alias: acme-prod, class: production}',
        'account prod 111122223333 { alias "acme-prod" class production }',
    ),
    "account-id-alone": ("account prod: 012345670123", "account prod 012345670123"),
    "people": (
        "people: {ana: ana@acme.example, no: no@acme.example}",
        "people { ana ana@acme.example no no@acme.example }",
    ),
    "team": (
        'team payments: {group: "okta:eng", members: [ana, org.bo], owner: ana}',
        'team payments { group "okta:eng" members ana, org.bo owner ana }',
    ),
    "empty-team": ("team payments:", "team payments { }"),
    "resources": (
        "resources orders:\n  for: [prod, staging]\n  bucket: arn:aws:s3:::orders-${account.alias}\n"
        '  table: {for: prod, arns: ["arn:aws:s3:::a", "arn:aws:s3:::b"]}',
        "resources orders for prod, staging { bucket arn:aws:s3:::orders-${account.alias} "
        'table for prod "arn:aws:s3:::a", arn:aws:s3:::b }',
    ),
    "resource-called-arn": ("resources x: {arn: 'arn:aws:s3:::a'}", "resources x { arn arn:aws:s3:::a }"),
    "actions": (
        "actions run: [athena:StartQueryExecution, athena:Get*, org.more]",
        "actions run = athena:StartQueryExecution, athena:Get*, org.more",
    ),
    "services": ("services analytics: [athena, glue]", "services analytics = athena, glue"),
    "tier": (
        "tier viewer:\n  describe: Look around\n  session: 12h\n  require: [mfa, reason]\n"
        '  alert: {page: "pagerduty:security", mail: x}\n'
        "  ceiling: {access: [list, read-config], except: ['s3:GetObject*', org.x]}\n"
        "  statements: {allow: list, on: '*'}",
        'tier viewer { describe "Look around" session 12h require mfa, reason alert page "pagerduty:security" '
        'alert mail "x" ceiling list, read-config except s3:GetObject*, org.x allow list on * }',
    ),
    "ceiling-without-exceptions": ("tier t: {ceiling: ['*']}", "tier t { ceiling * }"),
    "role": (
        "role r:\n  tier: org.power\n  break-glass: true\n  use: [a, org.b]\n  managed: [ReadOnlyAccess, X]\n"
        "  boundary: fence\n  exclude: s3:Delete*\n  generalise: [arn:aws:s3:::x-*]\n"
        "  acknowledge: {IAM601: why, IAM602: because}",
        'role r : org.power break-glass { use a, org.b managed "ReadOnlyAccess", "X" boundary "fence" '
        'exclude s3:Delete* generalise arn:aws:s3:::x-* acknowledge IAM601 "why" acknowledge IAM602 "because" }',
    ),
    "empty-role": ("role r: {}", "role r { }"),
    "not-break-glass": ("role r: {break-glass: false}", "role r { }"),
    "body-as-a-list": (
        "role r:\n  - tier: x\n  - {deny: s3:Get*, on: '*'}\n  - session: 1h\n    require: mfa\n"
        "  - statements: [{allow: read, on: '*'}]\n    use: a\n  - use: b",
        "role r : x { deny s3:Get* on * session 1h require mfa allow read on * use a use b }",
    ),
    "statement": (
        "role r:\n  statements:\n    - allow: [read, write, s3:GetObject, named]\n"
        "      on: [orders.objects, arn:aws:s3:::x/*, '*']\n      with: dependents\n"
        "      without: [s3:DeleteObjectVersion, named]\n      when: {mfa: true}\n      until: 2026-12-31",
        "role r { allow read, write, s3:GetObject, named on orders.objects, arn:aws:s3:::x/*, * with dependents "
        "without s3:DeleteObjectVersion, named when mfa until 2026-12-31 }",
    ),
    "services-as-targets": (
        "role r: {statements: [{allow: list, on: {service: [ec2, ecs], wildcard-only: true}}, "
        "{allow: read, on: {service: ec2}}]}",
        "role r { allow list on service ec2, ecs wildcard-only allow read on service ec2 }",
    ),
    "arn-that-looks-like-a-name": (
        "role r: {statements: {allow: list, on: [{arn: x}, {arn: '*'}]}}",
        'role r { allow list on "x", "*" }',
    ),
    "pass": (
        "role r: {statements: [{pass: [arn:aws:iam::111122223333:role/x, named], "
        "to: [ecs-tasks.amazonaws.com], when: {mfa: true}, until: 2026-12-31}]}",
        "role r { pass arn:aws:iam::111122223333:role/x, named to ecs-tasks.amazonaws.com when mfa until 2026-12-31 }",
    ),
    "assume": (
        "role r: {statements: [{assume: arn:aws:iam::111122223333:role/y, when: {mfa: true}, until: 2026-12-31}]}",
        "role r { assume arn:aws:iam::111122223333:role/y when mfa until 2026-12-31 }",
    ),
    "conditions": (
        "role r:\n  statements:\n    allow: read\n    on: '*'\n    when:\n      mfa: true\n      mfa-within: 1h\n"
        "      tag: {team: payments, env: [a, b]}\n      principal-tag: {x: '1'}\n      request-tag: {y: 2}\n"
        "      region: [us-east-1, eu-west-1]\n      ip: 10.0.0.0/8\n      vpce: vpce-1\n      org: o-1\n"
        "      via: athena.amazonaws.com\n      after: 2026-01-01\n      before: 2026-12-31T18:00:00Z\n"
        "      's3:prefix': {like: home/*, '!=': x}\n      'aws:X': {exists: true}\n      'aws:Y': {absent: true}\n"
        "      'aws:RequestTag/${x}': {'ForAnyValue:StringEqualsIfExists': [a, b]}",
        'role r { allow read on * when mfa and mfa within 1h and tag "team" = "payments" and tag "env" = "a", '
        '"b" and principal tag "x" = "1" and request tag "y" = 2 and region "us-east-1", "eu-west-1" and '
        'ip "10.0.0.0/8" and vpce "vpce-1" and org "o-1" and via athena.amazonaws.com and after 2026-01-01 and '
        'before 2026-12-31T18:00:00Z and s3:prefix like "home/*" and s3:prefix != "x" and aws:X exists and '
        'aws:Y absent and aws:RequestTag/${x} ForAnyValue:StringEqualsIfExists "a", "b" }',
    ),
    "conditions-as-a-list": (
        "role r: {statements: {allow: read, on: '*', when: [{tag: {a: x}}, {mfa: true, tag: {a: y}}]}}",
        'role r { allow read on * when tag "a" = "x" and mfa and tag "a" = "y" }',
    ),
    "grant": (
        "grant a, org.b to org.payments, ana in org.prod, dev: {until: 2026-12-31, reason: SEC-1, approval: org.s}",
        'grant a, org.b to org.payments, ana in org.prod, dev { until 2026-12-31 reason "SEC-1" approval by org.s }',
    ),
    "grant-alone": ("grant a to b:", "grant a to b"),
    "grant-of-a-role-called-to": ("grant to to to in in:", "grant to to to in in"),
    "check": (
        "check payments never touches identity:\n  role: [a, b]\n  in: prod\n  expect:\n"
        "    - deny: [iam:*, named]\n    - {allow: s3:GetObject, on: [arn:aws:s3:::x, y.z], when: {mfa: true}}\n"
        "    - {characters: 6144, policies: 2}",
        'check "payments never touches identity" { role a, b in prod expect deny iam:*, named '
        "expect allow s3:GetObject on arn:aws:s3:::x, y.z when mfa expect characters <= 6144 expect policies <= 2 }",
    ),
    "check-with-quotes": (
        'check "x y": {subjects: [{role: a, in: p}, {role: b}]}',
        'check "x y" { role a in p role b }',
    ),
    "empty-check": ("check x:", 'check "x" { }'),
    "declarations": (
        "declarations:\n  - people: {ana: a@x}\n  - role r:\n  - people: {bo: b@x}\n  - import: a\n    import b: c",
        'people { ana a@x } role r { } people { bo b@x } import "a" import "c" as b',
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_both_forms_say_the_same(name: str) -> None:
    in_yaml, in_language = PAIRS[name]
    found = parse_yaml(Source("x.yaml", f"edition: 1\n{in_yaml}\n"))
    wanted = parse(Source("x.iamdsl", f"edition 1\n{in_language}\n"))
    assert (found.diagnostics, wanted.diagnostics) == ((), ())
    assert found.file.declarations == wanted.file.declarations
    assert found.file.edition == wanted.file.edition
    assert found.file.origin == "yaml"


@pytest.mark.parametrize("path", sorted(LANGUAGE.glob("*.iamdsl")), ids=lambda path: path.stem)
def test_a_file_of_the_language_goes_to_yaml_and_back(path: Path) -> None:
    parsed = parse(Source(path.name, path.read_text(encoding="utf-8")))
    again = parse_yaml(Source(f"{path.stem}.yaml", to_yaml(parsed.file)))
    assert again.diagnostics == ()
    assert (again.file.edition, again.file.declarations) == (parsed.file.edition, parsed.file.declarations)


def test_spans_point_at_the_words() -> None:
    text = "edition: 1\ngrant a, org.b to 'c' in d: {reason: x}\ngrant e, f to g in h:\n"
    (broken,) = parse_yaml(Source("x.yaml", text)).diagnostics
    assert (broken.code, broken.span and broken.span.text) == ("IAM001", "'c'")
    grant = parse_yaml(Source("x.yaml", text.replace("'c'", "c"))).file.declarations[1]
    assert isinstance(grant, s.Grant)
    assert [ref.span.text for ref in (*grant.roles, *grant.to, *grant.accounts)] == ["e", "f", "g", "h"]
    assert grant.span.text == "grant e, f to g in h:"


ROLE = "edition: 1\nrole r:\n"
MISTAKES = {
    "no-edition": ("role r: {tier: x}\n", "IAM005", "1:1", "begin the file with `edition: 1`"),
    "unknown-edition": ("edition: 2\nrole r: {tier: x}\n", "IAM006", "1:10", "write `edition: 1`"),
    "mode-beside-edition": ("edition: 1\nmode: crud\n", "IAM026", "2:1", "unknown key `mode`"),
    "unknown-declaration": ("edition: 1\nrloe r: {}\n", "IAM026", "2:1", "did you mean `role`?"),
    "no-name": ("edition: 1\nrole: {tier: x}\n", "IAM029", "2:1", "write `role NAME:`"),
    "two-names": ("edition: 1\nrole a b: {tier: x}\n", "IAM001", "2:6", "is not a name"),
    "named-people": ("edition: 1\npeople x: {}\n", "IAM026", "2:8", "write `people:`"),
    "untitled-check": ("edition: 1\ncheck: {}\n", "IAM029", "2:1", "needs a title"),
    "grant-to-nobody": ("edition: 1\ngrant a: {}\n", "IAM001", "2:1", "grant ROLES to"),
    "grant-with-a-comma-too-many": ("edition: 1\ngrant a, to b:\n", "IAM001", "2:9", "is not a name"),
    "unknown-field": (ROLE + "  sesion: 1h\n", "IAM026", "3:3", "did you mean `session`?"),
    "ceiling-in-a-role": (ROLE + "  ceiling: read\n", "IAM026", "3:3", "unknown key `ceiling` in a role"),
    "statement-outside-statements": (ROLE + "  allow: read\n", "IAM026", "3:3", "as an item of `statements`"),
    "field-twice": (ROLE + "  - session: 1h\n  - session: 2h\n", "IAM012", "4:5", "given twice"),
    "account-of-eleven-digits": ("edition: 1\naccount a: 11112222333\n", "IAM001", "2:12", "twelve digits"),
    "account-without-id": ("edition: 1\naccount a: {alias: x}\n", "IAM029", "2:1", "`id` is missing"),
    "statement-of-nothing": (ROLE + "  statements: [{on: x}]\n", "IAM029", "3:17", "begin it with `allow`"),
    "allow-and-deny": (ROLE + "  statements: [{allow: read, deny: list, on: x}]\n", "IAM026", "3:30", "`deny`"),
    "nothing-to-act-on": (ROLE + "  statements: [{allow: read}]\n", "IAM029", "3:17", "on which resources"),
    "pass-to-nobody": (ROLE + "  statements: [{pass: x}]\n", "IAM029", "3:17", "`to` is missing"),
    "pass-everything": (ROLE + "  statements: [{pass: '*', to: x.amazonaws.com}]\n", "IAM209", "3:23", "by ARN"),
    "levels-in-one-text": (
        ROLE + "  statements:\n  - allow: read, write\n    on: x\n",
        "IAM001",
        "4:12",
        "[read, write]",
    ),
    "service-among-targets": (ROLE + "  statements: [{allow: read, on: [{service: x}]}]\n", "IAM025", "3:35", "`on`"),
    "wildcard-only-yes": (
        ROLE + "  statements: [{allow: read, on: {service: x, wildcard-only: yes}}]\n",
        "IAM030",
        "3:62",
        "write `true` or `false`",
    ),
    "no-mfa": (ROLE + "  statements: [{allow: read, on: x, when: {mfa: false}}]\n", "IAM030", "3:49", "`true`"),
    "empty-conditions": (ROLE + "  statements: [{allow: read, on: x, when: {}}]\n", "IAM025", "3:43", "is empty"),
    "unknown-condition": (
        ROLE + "  statements: [{allow: read, on: x, when: {regin: x}}]\n",
        "IAM026",
        "3:44",
        "region",
    ),
    "unknown-operator": (
        ROLE + "  statements: [{allow: read, on: x, when: {'aws:X': {StringEqual: x}}}]\n",
        "IAM001",
        "3:54",
        "is not an operator",
    ),
    "condition-without-operator": (
        ROLE + "  statements: [{allow: read, on: x, when: {'aws:X': y}}]\n",
        "IAM025",
        "3:53",
        "is a mapping",
    ),
    "empty-ceiling": ("edition: 1\ntier t: {ceiling: {}}\n", "IAM029", "2:19", "`access` is missing"),
    "empty-list": (ROLE + "  use: []\n", "IAM025", "3:8", "name at least one"),
    "nothing-given": (ROLE + "  use:\n", "IAM025", "3:7", "`use` is empty"),
    "arn-with-colon": ("edition: 1\nresources x:\n  a:\n  - arn:aws:s3:::b:\n", "IAM027", "4:5", "remove the colon"),
    "date": (ROLE + "  statements: [{allow: read, on: x, until: tomorrow}]\n", "IAM001", "3:44", "is not a date"),
    "duration": (ROLE + "  session: 1 hour\n", "IAM001", "3:12", "is not a duration"),
    "body-is-text": (ROLE + "  power-user\n", "IAM025", "3:3", "the body of a role"),
    "check-about-nothing": ("edition: 1\ncheck x: {in: prod}\n", "IAM029", "2:11", "`role` is missing"),
    "expectation-of-nothing": ("edition: 1\ncheck x: {expect: [{on: y}]}\n", "IAM026", "2:21", "unknown key `on`"),
    "limit-in-words": ("edition: 1\ncheck x: {expect: [{policies: two}]}\n", "IAM001", "2:31", "a whole number"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_one_message(name: str) -> None:
    text, code, place, words = MISTAKES[name]
    (found,) = parse_yaml(Source("x.yaml", text)).diagnostics
    assert (found.code, str(found.span)) == (code, f"x.yaml:{place}")
    assert words in f"{found.message} | {found.help}"


def test_what_is_refused_never_widens_a_statement_or_a_check() -> None:
    text = (
        "edition: 1\nrole r:\n  statements:\n    - {allow: read, on: [[x]]}\n    - {allow: [[read]], on: x}\n"
        "check c: {expect: [{deny: 'iam:*', on: [[x]]}]}\n"
    )
    role, check = parse_yaml(Source("x.yaml", text)).file.declarations
    assert isinstance(role, s.Role)
    assert isinstance(check, s.Check)
    assert (role.fields, check.expectations) == ((), ())
