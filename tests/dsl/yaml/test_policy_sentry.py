"""Templates of Policy Sentry become one role, with nothing lost, added or reordered within a list."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from iamdsl import syntax as s
from iamdsl.source import Source
from iamdsl.yaml import YamlParsed, parse_yaml

FIXTURES = Path(__file__).parents[2] / "fixtures"
TEMPLATES = sorted((FIXTURES / "policy-sentry").glob("*.yml"))
BENCH = sorted((FIXTURES / "bench").glob("*.yml"))


def parsed(path: Path) -> YamlParsed:
    return parse_yaml(Source(path.name, path.read_text(encoding="utf-8")))


def role_of(result: YamlParsed) -> s.Role:
    (role,) = result.file.declarations
    assert isinstance(role, s.Role)
    return role


def shown(field: s.Field) -> str:
    """One line for one field, enough to tell any two apart."""
    if isinstance(field, s.Exclude):
        return "exclude " + ", ".join(a.pattern for a in field.actions if isinstance(a, s.ActionAccess))
    assert isinstance(field, s.Statement)
    assert (field.dependents, field.without, field.when, field.until) == (False, (), (), None)
    access = ", ".join(a.level if isinstance(a, s.LevelAccess) else a.pattern for a in field.access)
    return f"{field.effect} {access} on {', '.join(map(target, field.targets))}"


def target(node: s.Target) -> str:
    match node:
        case s.ArnTarget(arn):
            return arn.text
        case s.EverythingTarget():
            return "*"
        case s.ServiceTarget(services, wildcard_only):
            assert wildcard_only
            return "service " + " ".join(ref.text for ref in services)
        case _:
            raise AssertionError(node)


ROLE = "arn:aws:iam::123456789012:role/"
EXPECTED: dict[str, tuple[str, list[str]]] = {
    "read": (
        "read-parameters",
        ["allow read on arn:aws:ssm:us-east-1:123456789012:parameter/app/*"],
    ),
    "write": ("write-table", ["allow write on arn:aws:dynamodb:us-east-1:123456789012:table/orders"]),
    "list": ("list", ["allow list on arn:aws:s3:::orders"]),
    "tagging": (
        "tag-secrets",
        ["allow tagging on arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-AbCdEf"],
    ),
    "permissions-management": (
        "myRole",
        ["allow permissions-management on arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"],
    ),
    "all-levels": (
        "all-levels",
        [
            "allow read on arn:aws:s3:::orders, arn:aws:s3:::orders/*",
            "allow write on arn:aws:s3:::orders/*",
            "allow list on arn:aws:s3:::orders",
            "allow tagging on arn:aws:s3:::orders",
            "allow permissions-management on arn:aws:s3:::orders",
        ],
    ),
    "single-actions": ("single-actions", ["allow s3:ListAllMyBuckets, ce:GetCostAndUsage on service s3 ce"]),
    "services": (
        "services",
        [
            "allow read on service ecr",
            "allow write on service ec2 execute-api",
            "allow list on service s3",
            "allow tagging on service ec2",
            "allow permissions-management on service iam",
        ],
    ),
    "service-all": ("service-all", ["allow list on service all"]),
    "skip-resource-constraints": (
        "skip",
        ["allow read on arn:aws:s3:::orders/*", "allow ssm:GetParameter, s3:Get* on *"],
    ),
    "exclude-actions": (
        "exclude",
        [
            "allow write on arn:aws:kms:us-east-1:123456789012:key/aaaa",
            "exclude kms:Delete*, kms:ScheduleKeyDeletion",
        ],
    ),
    "sts": (
        "sts",
        [
            f"allow sts:AssumeRole on {ROLE}a, {ROLE}b",
            f"allow sts:AssumeRoleWithSAML on {ROLE}c",
            f"allow sts:AssumeRoleWithWebIdentity on {ROLE}d",
        ],
    ),
    "deny": ("deny", ["deny write on arn:aws:s3:::orders/*", f"deny sts:AssumeRole on {ROLE}a"]),
    "allow": ("allow", ["allow write on arn:aws:s3:::orders/*"]),
    "actions": (
        "actions",
        ["allow kms:CreateGrant, kms:CreateCustomKeyStore, ec2:AuthorizeSecurityGroupEgress on *"],
    ),
    "actions-deny": ("actions-deny", ["deny s3:Get* on *"]),
    "create-template-crud": ("create-template-crud", []),
    "partly-filled": ("partly-filled", ["allow read on arn:aws:s3:::orders/*"]),
    "flow": (
        "flow",
        [
            "allow read on arn:aws:s3:::orders/*, arn:aws:s3:::${aws:PrincipalTag/team}-x/*",
            f"allow sts:AssumeRole on {ROLE}a",
        ],
    ),
    "indented": ("indented", ["allow read on arn:aws:s3:::orders/*, arn:aws:s3:::invoices/*"]),
    "spaced-name": ("role-7-Ways-read-write-v2", ["allow read on arn:aws:s3:::orders/*"]),
    "no-name": ("no-name", ["allow read on arn:aws:s3:::orders/*"]),
    "number-name": ("role-0777", ["allow read on arn:aws:s3:::orders/*"]),
    "boolean-name": ("no", ["allow read on arn:aws:s3:::orders/*"]),
    "partitions": (
        "partitions",
        ["allow read on arn:aws-us-gov:s3:::orders/*, arn:aws-cn:s3:::orders/*"],
    ),
    "everything": (
        "everything",
        [
            "allow read on arn:aws:s3:::orders/*",
            "allow write on arn:aws:s3:::orders/*",
            "allow list on arn:aws:s3:::orders",
            "allow tagging on arn:aws:s3:::orders",
            "allow permissions-management on arn:aws:s3:::orders",
            "allow s3:ListAllMyBuckets on service s3",
            "allow read on service ecr",
            "allow write on service ecr",
            "allow list on service ecr",
            "allow tagging on service ecr",
            "allow permissions-management on service ecr",
            "allow ssm:GetParameter on *",
            f"allow sts:AssumeRole on {ROLE}a",
            f"allow sts:AssumeRoleWithSAML on {ROLE}b",
            f"allow sts:AssumeRoleWithWebIdentity on {ROLE}c",
            "exclude s3:Delete*",
        ],
    ),
}


def test_every_fixture_has_an_expectation() -> None:
    assert {path.stem for path in TEMPLATES} == set(EXPECTED)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template(path: Path) -> None:
    result = parsed(path)
    role = role_of(result)
    assert (role.name.text, [shown(field) for field in role.fields]) == EXPECTED[path.stem]
    assert (role.tier, role.break_glass, result.file.edition) == (None, False, None)
    assert result.file.origin == "policy-sentry"
    assert {d.code for d in result.diagnostics} <= {"IAM028"}


def test_lists_that_are_not_filled_in_are_only_worth_a_warning() -> None:
    found = parsed(FIXTURES / "policy-sentry" / "partly-filled.yml").diagnostics
    assert [(d.severity.value, str(d.span), d.message) for d in found] == [
        ("warning", "partly-filled.yml:5:1", "`write` is empty"),
        ("warning", "partly-filled.yml:7:1", "`list` is empty"),
        ("warning", "partly-filled.yml:8:1", "`tagging` is empty"),
        ("warning", "partly-filled.yml:10:3", "`single-actions` is empty"),
    ]


@pytest.mark.parametrize("path", BENCH, ids=lambda path: path.stem)
def test_each_arn_of_a_large_template_keeps_its_level_and_its_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain = yaml.load(text, Loader=yaml.BaseLoader)
    result = parse_yaml(Source(path.name, text))
    assert result.diagnostics == ()
    levels = ("read", "write", "list", "tagging", "permissions-management")
    found = {}
    for field in role_of(result).fields:
        assert isinstance(field, s.Statement)
        (access,) = field.access
        assert isinstance(access, s.LevelAccess)
        assert access.span.text == access.level
        arns = [each for each in field.targets if isinstance(each, s.ArnTarget)]
        assert all(each.span.text.strip("'") == each.arn.text for each in arns)
        found[access.level] = [each.arn.text for each in arns]
    assert found == {level: plain[level] for level in levels if level in plain}


def test_policy_sentry_itself_accepts_each_filled_template() -> None:
    from policy_sentry.writing import validate

    for path in TEMPLATES:
        if path.stem in {"partly-filled", "number-name", "boolean-name"}:
            continue  # it refuses `tagging:` without a list; the names are for its own YAML loader
        plain = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        schema = validate.ACTIONS_SCHEMA if plain["mode"] == "actions" else validate.CRUD_SCHEMA
        schema.validate(plain)


def test_name_of_a_template_from_standard_input() -> None:
    template = "mode: crud\nread: [arn:aws:s3:::b]\n"
    assert role_of(parse_yaml(Source("<stdin>", template))).name.text == "stdin"
    assert role_of(parse_yaml(Source("-", template))).name.text == "role"
    assert role_of(parse_yaml(Source("a/b c.d.yml", template))).name.text == "b-c-d"


@pytest.mark.parametrize(
    ("key", "place"), [("single-actions", "wildcard-only"), ("service-read", "wildcard-only"), ("assume-role", "sts")]
)
def test_a_key_of_another_place(key: str, place: str) -> None:
    (found,) = parse_yaml(Source("t.yml", f"mode: crud\nread: [arn:aws:s3:::a]\n{key}: [s3]\n")).diagnostics
    assert (found.code, found.help) == ("IAM026", f"it stands under `{place}:`")
