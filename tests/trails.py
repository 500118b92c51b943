"""Synthetic CloudTrail: real shapes, invented values, and the truth about every event. No line is from a real log.

    made = trail(seed=7, events=2_000, people=10, denied=0.05)
    made.events          the records, in the order of time
    made.acts            for each record, at the same place: who did what on what, and what came of it
    write(folder, made)  gz files in the layout of an organisation's trail

`Act.action` is the IAM action that the call needs ("" where it needs none or is AWS's own event), `Act.resource` the
ARN that it worked on ("*" where it works on none). Equal arguments give equal events on any machine. `stream` yields
the same pairs one by one, for logs that should not be held in memory.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Event = dict[str, Any]

ORGANISATION = "o-exampleorg1"
ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
START = datetime(2026, 9, 1, 7, tzinfo=timezone.utc)
PEOPLE = ("ann", "bela", "chen", "dara", "emil", "fatma", "goran", "hana", "ines", "jonas", "kofi", "lena")
ROLES = ("Admin", "LegacyAdmin", "platform/Deploy", "DataAnalyst")
PERMISSION_SET = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PowerUser_0123456789abcdef"


@dataclass(frozen=True)
class Act:
    """The truth about one event. `outcome` is ok, denied or error; `channel` as in `iamc.usage.model.Use`.

    `reason` of a denied call is the name of its form in `DENIED`. `via` is the service that called for the person.
    """

    person: str
    role: str
    account: str
    identity: str
    source: str
    event: str
    action: str
    resource: str
    outcome: str = "ok"
    channel: str = "api"
    reason: str = ""
    via: str = ""


@dataclass(frozen=True)
class Trail:
    """Records and, at the same places, their truth."""

    events: list[Event]
    acts: list[Act]


@dataclass(frozen=True)
class Operation:
    """A call: its event, the action it needs, the ARN it works on and the parameters that say so.

    `{n}` in texts is one of a few names, `{x}` and `{u}` what AWS made up, `{k}` the account's key, `{a}` and `{r}`
    account and region.
    """

    source: str
    event: str
    action: str
    resource: str
    parameters: dict[str, Any]
    read_only: bool = True
    listed: tuple[str, ...] = ()
    """What the record's `resources` names."""


def _operation(event: str, action: str, resource: str = "*", read: bool = True, listed: Sequence[str] = (), **said: Any
               ) -> Operation:  # fmt: skip
    source, _, name = event.partition("/")
    return Operation(f"{source}.amazonaws.com", name, action, resource, said, read, tuple(listed))


_BUCKET, _OBJECT = "arn:aws:s3:::acme-{n}", "arn:aws:s3:::acme-{n}/2026/{x}.csv"
_KEY = "arn:aws:kms:{r}:{a}:key/{k}"
_FUNCTION = "arn:aws:lambda:{r}:{a}:function:acme-{n}"
_INSTANCE = "arn:aws:ec2:{r}:{a}:instance/i-0{x}"
_STACK = "arn:aws:cloudformation:{r}:{a}:stack/acme-{n}/*"
_o = _operation

OPERATIONS: tuple[Operation, ...] = (
    _o("s3/GetObject", "s3:GetObject", _OBJECT, listed=(_OBJECT, _BUCKET), bucketName="acme-{n}", key="2026/{x}.csv"),
    _o("s3/PutObject", "s3:PutObject", _OBJECT, False, (_OBJECT, _BUCKET), bucketName="acme-{n}", key="2026/{x}.csv"),
    _o("s3/ListObjects", "s3:ListBucket", _BUCKET, listed=(_BUCKET,), bucketName="acme-{n}", prefix="2026/"),
    _o("s3/HeadBucket", "s3:ListBucket", _BUCKET, listed=(_BUCKET,), bucketName="acme-{n}"),
    _o("s3/ListBuckets", "s3:ListAllMyBuckets", Host="s3.amazonaws.com"),
    _o("s3/GetBucketLifecycle", "s3:GetLifecycleConfiguration", _BUCKET, listed=(_BUCKET,), bucketName="acme-{n}"),
    _o("s3/DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", _BUCKET, False, (_BUCKET,), bucketName="acme-{n}"),
    _o("kms/Decrypt", "kms:Decrypt", _KEY, listed=(_KEY,), encryptionAlgorithm="SYMMETRIC_DEFAULT"),
    _o("kms/DescribeKey", "kms:DescribeKey", _KEY, keyId=_KEY),
    _o("kms/ListAliases", "kms:ListAliases"),
    _o("secretsmanager/GetSecretValue", "secretsmanager:GetSecretValue",
       "arn:aws:secretsmanager:{r}:{a}:secret:app/{n}", secretId="arn:aws:secretsmanager:{r}:{a}:secret:app/{n}"),
    _o("ssm/GetParameter", "ssm:GetParameter", "arn:aws:ssm:{r}:{a}:parameter/app/{n}", name="/app/{n}",
       withDecryption=True),
    _o("ssm/GetParameters", "ssm:GetParameters", "arn:aws:ssm:{r}:{a}:parameter/app/{n}", names=["/app/{n}"]),
    _o("ssm/StartSession", "ssm:StartSession", _INSTANCE, False, target="i-0{x}"),
    _o("dynamodb/DescribeTable", "dynamodb:DescribeTable", "arn:aws:dynamodb:{r}:{a}:table/acme-{n}",
       listed=("arn:aws:dynamodb:{r}:{a}:table/acme-{n}",), tableName="acme-{n}"),
    _o("dynamodb/PutItem", "dynamodb:PutItem", "arn:aws:dynamodb:{r}:{a}:table/acme-{n}", False,
       ("arn:aws:dynamodb:{r}:{a}:table/acme-{n}",), tableName="acme-{n}", key={"id": "{x}"}),
    _o("lambda/ListFunctions20150331", "lambda:ListFunctions", maxItems=50),
    _o("lambda/GetFunction20150331v2", "lambda:GetFunction", _FUNCTION, functionName="acme-{n}"),
    _o("lambda/UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode", _FUNCTION, False, functionName="acme-{n}"),
    _o("lambda/CreateFunction20150331", "lambda:CreateFunction", _FUNCTION, False, functionName="acme-{n}",
       role="arn:aws:iam::{a}:role/acme-{n}-task", runtime="python3.12"),
    _o("ec2/DescribeInstances", "ec2:DescribeInstances", instancesSet={}, filterSet={}),
    _o("ec2/StopInstances", "ec2:StopInstances", _INSTANCE, False,
       instancesSet={"items": [{"instanceId": "i-0{x}"}]}, force=False),
    _o("ec2/DescribeVpcs", "ec2:DescribeVpcs", vpcSet={}, filterSet={}),
    _o("ec2/CreateTags", "ec2:CreateTags", _INSTANCE, False, resourcesSet={"items": [{"resourceId": "i-0{x}"}]},
       tagSet={"items": [{"key": "team", "value": "{n}"}]}),
    _o("iam/GetRole", "iam:GetRole", "arn:aws:iam::{a}:role/acme-{n}", roleName="acme-{n}"),
    _o("iam/ListRoles", "iam:ListRoles"),
    _o("iam/AttachRolePolicy", "iam:AttachRolePolicy", "arn:aws:iam::{a}:role/acme-{n}", False, roleName="acme-{n}",
       policyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
    _o("logs/FilterLogEvents", "logs:FilterLogEvents", "arn:aws:logs:{r}:{a}:log-group:/acme/{n}",
       logGroupName="/acme/{n}"),
    _o("logs/DescribeLogGroups", "logs:DescribeLogGroups", "arn:aws:logs:{r}:{a}:log-group:*"),
    _o("monitoring/DescribeAlarms", "cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:{r}:{a}:alarm:*"),
    _o("rds/DescribeDBInstances", "rds:DescribeDBInstances", "arn:aws:rds:{r}:{a}:db:*"),
    _o("rds/ModifyDBInstance", "rds:ModifyDBInstance", "arn:aws:rds:{r}:{a}:db:acme-{n}", False,
       dBInstanceIdentifier="acme-{n}", masterUserPassword="HIDDEN_DUE_TO_SECURITY_REASONS"),
    _o("sqs/GetQueueAttributes", "sqs:GetQueueAttributes", "arn:aws:sqs:{r}:{a}:acme-{n}",
       queueUrl="https://sqs.{r}.amazonaws.com/{a}/acme-{n}"),
    _o("sns/Publish", "sns:Publish", "arn:aws:sns:{r}:{a}:acme-{n}", False, topicArn="arn:aws:sns:{r}:{a}:acme-{n}"),
    _o("ecs/DescribeServices", "ecs:DescribeServices", "arn:aws:ecs:{r}:{a}:service/acme/{n}", cluster="acme",
       services=["{n}"]),
    _o("ecs/UpdateService", "ecs:UpdateService", "arn:aws:ecs:{r}:{a}:service/acme/{n}", False, cluster="acme",
       service="{n}", forceNewDeployment=True),
    _o("athena/StartQueryExecution", "athena:StartQueryExecution", "arn:aws:athena:{r}:{a}:workgroup/{n}", False,
       workGroup="{n}", queryString="SELECT 1"),
    _o("cloudformation/DescribeStacks", "cloudformation:DescribeStacks", _STACK, stackName="acme-{n}"),
    _o("cloudformation/UpdateStack", "cloudformation:UpdateStack", _STACK, False, stackName="acme-{n}",
       roleARN="arn:aws:iam::{a}:role/acme-{n}-deploy"),
    _o("apigateway/GetRestApis", "apigateway:GET", "arn:aws:apigateway:{r}::/restapis"),
    _o("tagging/GetResources", "tag:GetResources"),
    _o("states/StartExecution", "states:StartExecution", "arn:aws:states:{r}:{a}:stateMachine:acme-{n}", False,
       stateMachineArn="arn:aws:states:{r}:{a}:stateMachine:acme-{n}", name="{u}"),
    _o("ecr/BatchGetImage", "ecr:BatchGetImage", "arn:aws:ecr:{r}:{a}:repository/acme/{n}",
       listed=("arn:aws:ecr:{r}:{a}:repository/acme/{n}",), repositoryName="acme/{n}", registryId="{a}"),
    _o("sts/GetCallerIdentity", ""),
)  # fmt: skip

NAMES = ("orders", "billing", "catalogue", "search", "reports")

_WHO = "User: {arn} is not authorized to perform: {action}"
DENIED: dict[str, tuple[str, str]] = {
    "implicit": ("AccessDenied", _WHO + " on resource: {resource} because no identity-based policy allows the "
                 "{action} action"),
    "unstated": ("AccessDeniedException", _WHO + " on resource: {resource}"),
    "action-only": ("AccessDenied", _WHO),
    "explicit": ("AccessDenied", _WHO + " on resource: {resource} with an explicit deny in an identity-based policy"),
    "scp": ("AccessDenied", _WHO + " on resource: {resource} with an explicit deny in a service control policy"),
    "scp-named": ("AccessDenied", _WHO + " on resource: {resource} with an explicit deny in a service control policy: "
                  "arn:aws:organizations::111122223333:policy/o-exampleorg1/service_control_policy/p-example1"),
    "boundary": ("AccessDenied", _WHO + " on resource: {resource} because no permissions boundary allows the {action} "
                 "action"),
    "session": ("AccessDenied", _WHO + " on resource: {resource} because no session policy allows the {action} action"),
    "resource": ("AccessDenied", _WHO + " on resource: {resource} because no resource-based policy allows the {action} "
                 "action"),
    "endpoint": ("VpceAccessDenied", _WHO + " on resource: {resource} with an explicit deny in a VPC endpoint policy"),
    "rcp": ("AccessDenied", _WHO + " on resource: {resource} with an explicit deny in a resource control policy"),
    "encoded": ("Client.UnauthorizedOperation", "You are not authorized to perform this operation. Encoded "
                "authorization failure message: {secret}"),
    "ec2": ("Client.UnauthorizedOperation", "You are not authorized to perform this operation. " + _WHO + " on "
            "resource: {resource} because no identity-based policy allows the {action} action. Encoded authorization "
            "failure message: {secret}"),
    "plain": ("AccessDenied", "Access Denied"),
    "empty": ("AccessDenied", ""),
}  # fmt: skip
"""Forms of refusals: the error code and the message."""

AGENTS = ("aws-cli/2.27.1 md/awscrt#0.26.1", "Boto3/1.40.2 Botocore/1.40.2", "APN/1.0 HashiCorp/1.0 Terraform/1.9.5")
CONSOLE_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "S3Console/0.4, aws-internal/3", "console.amazonaws.com")
CALLERS = ("athena.amazonaws.com", "cloudformation.amazonaws.com", "secretsmanager.amazonaws.com")


def trail(events: int = 1_000, **knobs: Any) -> Trail:
    """`stream` as two lists."""
    pairs = list(stream(events, **knobs))
    return Trail([event for event, _ in pairs], [act for _, act in pairs])


def stream(
    events: int = 1_000,
    *,
    seed: int = 0,
    people: int = 8,
    roles: int = 4,
    denied: float = 0.04,
    errors: float = 0.02,
    console: float = 0.2,
    service: float = 0.05,
    aws: float = 0.05,
    others: float = 0.08,
    operations: Sequence[Operation] = OPERATIONS,
) -> Iterator[tuple[Event, Act]]:
    """Records with their truth. The knobs are shares of events, between 0 and 1.

    `aws` are events of AWS's own services, `others` calls of people who do not act in a role of `ROLES`: users, the
    root user, federated users, Identity Center, chained roles, and calls that make a session.
    """
    dice = random.Random(seed)
    knobs = {"denied": denied, "errors": errors, "console": console, "service": service}
    names = [PEOPLE[n % len(PEOPLE)] + (str(n // len(PEOPLE)) if n >= len(PEOPLE) else "") for n in range(people)]
    held = [ROLES[n % len(ROLES)] + (str(n // len(ROLES)) if n >= len(ROLES) else "") for n in range(roles)]
    step = timedelta(days=60) / max(1, events)
    for number in range(events):
        person = dice.choice(names)
        record = _record(dice, START + step * number, names.index(person))
        chance = dice.random()
        if chance < aws:
            yield _own(record, dice)
        elif chance < aws + others / 4:
            yield _session(record, person, held[0], dice)
        elif chance < aws + others:
            who = _OTHERS[dice.randrange(len(_OTHERS))](record["recipientAccountId"], person, held[0])
            yield _call(record, *who, dice.choice(operations), dice, knobs)
        else:
            # People keep to one role mostly, and roles to some of the operations, as in life.
            role = held[(names.index(person) + (dice.random() < 0.1)) % len(held)]
            part = operations[held.index(role) % 2 :: 1 + (len(operations) > 8)]
            who = _assumed(record["recipientAccountId"], f"{person}@acme.example", role)
            yield _call(record, *who, dice.choice(part), dice, knobs)


def write(folder: Path, made: Trail, per_file: int = 100) -> list[Path]:
    """Gz files of `per_file` records each, as an organisation's trail lays them out; returns their paths."""
    return [
        write_file(folder, number, made.events[start : start + per_file])
        for number, start in enumerate(range(0, len(made.events), per_file))
    ]


def write_file(folder: Path, number: int, events: list[Event]) -> Path:
    """One file of an organisation's trail, named by its first record; the same bytes for the same records."""
    first = events[0]
    account, region, moment = first["recipientAccountId"], first["awsRegion"], first["eventTime"]
    day = moment[:10].replace("-", "/")
    path = folder / "AWSLogs" / ORGANISATION / account / "CloudTrail" / region / day
    path.mkdir(parents=True, exist_ok=True)
    stamp = moment.replace("-", "").replace(":", "")[:13] + "Z"
    path /= f"{account}_CloudTrail_{region}_{stamp}_{number:016d}.json.gz"
    text = json.dumps({"Records": events}, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), 6, mtime=0))
    return path


# records -----------------------------------------------------------------------------------------------------


def _record(dice: random.Random, moment: datetime, person: int) -> Event:
    # People work in one account and region mostly.
    home = dice.random() < 0.98
    return {
        "eventVersion": "1.11",
        "userIdentity": {},
        "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "",
        "eventName": "",
        "awsRegion": REGIONS[person % len(REGIONS)] if home else dice.choice(REGIONS),
        "sourceIPAddress": f"198.51.100.{dice.randrange(1, 255)}",
        "userAgent": dice.choice(AGENTS),
        "requestParameters": None,
        "responseElements": None,
        "requestID": _uuid(dice),
        "eventID": _uuid(dice),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNTS[person % len(ACCOUNTS)] if home else dice.choice(ACCOUNTS),
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }


def _uuid(dice: random.Random) -> str:
    made = f"{dice.getrandbits(128):032x}"
    return f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"


Who = tuple[Event, str, str]
"""The `userIdentity`, the person and the role."""


def _assumed(account: str, person: str, role: str) -> Who:
    name = role.rpartition("/")[2]
    issuer = {"type": "Role", "principalId": "AROAEXAMPLE" + name.upper()[:8], "accountId": account, "userName": name}
    identity = {
        "type": "AssumedRole",
        "principalId": f"{issuer['principalId']}:{person}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{person}",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEKEY000000",
        "sessionContext": {
            "sessionIssuer": {**issuer, "arn": f"arn:aws:iam::{account}:role/{role}"},
            "attributes": {"creationDate": "2026-09-01T07:00:00Z", "mfaAuthenticated": "true"},
        },
    }
    return identity, person, role


def _identity_center(account: str, person: str, _: str) -> Who:
    identity, _, _ = _assumed(account, f"{person}@acme.example", PERMISSION_SET)
    store = f"arn:aws:identitystore::{ACCOUNTS[0]}:identitystore/d-1234567890"
    identity["onBehalfOf"] = {"userId": f"user-id-of-{person}", "identityStoreArn": store}
    return identity, f"{person}@acme.example", PERMISSION_SET


def _center_user(account: str, person: str, _: str) -> Who:
    store = f"arn:aws:identitystore::{ACCOUNTS[0]}:identitystore/d-1234567890"
    behind = {"userId": f"user-id-of-{person}", "identityStoreArn": store}
    identity = {"type": "IdentityCenterUser", "accountId": account, "onBehalfOf": behind, "credentialId": "example"}
    return identity, f"user-id-of-{person}", ""


def _chained(account: str, person: str, role: str) -> Who:
    identity, _, _ = _assumed(account, "deploy-job", role)
    identity["sessionContext"]["sourceIdentity"] = f"{person}@acme.example"
    return identity, f"{person}@acme.example", role


def _user(account: str, person: str, _: str) -> Who:
    arn = f"arn:aws:iam::{account}:user/{person}"
    identity = {"type": "IAMUser", "principalId": "AIDAEXAMPLE" + person.upper(), "arn": arn, "accountId": account,
                "accessKeyId": "AKIAEXAMPLEKEY000000", "userName": person}  # fmt: skip
    return identity, person, ""


def _root(account: str, _: str, __: str) -> Who:
    arn = f"arn:aws:iam::{account}:root"
    return {"type": "Root", "principalId": account, "arn": arn, "accountId": account, "accessKeyId": ""}, "", ""


def _federated(account: str, person: str, _: str) -> Who:
    user = f"arn:aws:iam::{account}:user/broker"
    issuer = {"type": "IAMUser", "principalId": "AIDAEXAMPLEBROKER", "arn": user, "accountId": account,
              "userName": "broker"}  # fmt: skip
    identity = {
        "type": "FederatedUser",
        "principalId": f"{account}:{person}",
        "arn": f"arn:aws:sts::{account}:federated-user/{person}",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEKEY000000",
        "sessionContext": {"sessionIssuer": issuer, "attributes": {}},
    }
    return identity, person, ""


def _other_account(_: str, __: str, ___: str) -> Who:
    return {"type": "AWSAccount", "principalId": "AIDAEXAMPLEOTHER", "accountId": "777788889999"}, "", ""


_OTHERS = (_identity_center, _center_user, _chained, _user, _root, _federated, _other_account)


def _own(record: Event, dice: random.Random) -> tuple[Event, Act]:
    """An event of AWS itself: a service's call, or an event that is no call."""
    account = record["recipientAccountId"]
    if dice.random() < 0.3:
        record |= {"eventType": "AwsConsoleSignIn", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
                   "userIdentity": _user(account, "ann", "")[0]}  # fmt: skip
        return record, Act("", "", account, "IAMUser", record["eventSource"], "ConsoleLogin", "", "", channel="aws")
    asked = {"roleArn": f"arn:aws:iam::{account}:role/acme-task", "roleSessionName": "task"}
    record |= {"userIdentity": {"type": "AWSService", "invokedBy": "ecs-tasks.amazonaws.com"},
               "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
               "userAgent": "ecs-tasks.amazonaws.com", "requestParameters": asked}  # fmt: skip
    return record, Act("", "", account, "AWSService", "sts.amazonaws.com", "AssumeRole", "", "", channel="aws")


def _session(record: Event, person: str, role: str, dice: random.Random) -> tuple[Event, Act]:
    """A call that makes a session: by SAML, by a web identity, or from another role."""
    account = record["recipientAccountId"]
    arn, mail = f"arn:aws:iam::{account}:role/{role}", f"{person}@acme.example"
    kind = dice.choice(("SAMLUser", "WebIdentityUser", "AssumedRole"))
    asked: Event = {"roleArn": arn, "roleSessionName": mail, "durationSeconds": 3600}
    if kind == "SAMLUser":
        provider = f"arn:aws:iam::{account}:saml-provider/acme"
        identity = {"type": kind, "principalId": f"bm90IHJlYWw=:{mail}", "userName": mail, "identityProvider": "acme"}
        name, asked = "AssumeRoleWithSAML", {**asked, "sAMLAssertionID": "_example", "principalArn": provider}
    elif kind == "WebIdentityUser":
        identity = {"type": kind, "principalId": f"accounts.example.com:app:{mail}", "userName": mail,
                    "identityProvider": "accounts.example.com"}  # fmt: skip
        name = "AssumeRoleWithWebIdentity"
    else:
        identity, name = _assumed(account, mail, "Gate")[0], "AssumeRole"
        asked["sourceIdentity"] = mail
    record |= {"userIdentity": identity, "eventSource": "sts.amazonaws.com", "eventName": name,
               "requestParameters": asked, "resources": [{"accountId": account, "ARN": arn}]}  # fmt: skip
    held = "Gate" if kind == "AssumedRole" else ""
    return record, Act(mail, held, account, kind, "sts.amazonaws.com", name, f"sts:{name}", arn)


def _call(
    record: Event,
    identity: Event,
    person: str,
    role: str,
    made: Operation,
    dice: random.Random,
    knobs: dict[str, float],
) -> tuple[Event, Act]:
    account = record["recipientAccountId"]
    values = {"{a}": account, "{r}": record["awsRegion"], "{n}": dice.choice(NAMES), "{u}": _uuid(dice),
              "{k}": _uuid(random.Random(account)), "{x}": f"{dice.getrandbits(64):016x}"}  # fmt: skip
    resource, asked = _filled(made.resource, values), _filled(made.parameters, values)
    record |= {"userIdentity": identity, "eventSource": made.source, "eventName": made.event,
               "requestParameters": asked or None, "readOnly": made.read_only}  # fmt: skip
    if made.listed:
        record["resources"] = [{"accountId": account, "ARN": _filled(arn, values)} for arn in made.listed]
    if made.source == "s3.amazonaws.com" and made.listed:
        record |= {"managementEvent": False, "eventCategory": "Data"}
    channel, via = _channel(record, dice, knobs)
    outcome, reason = _outcome(record, made, resource, dice, knobs)
    act = Act(person, role, account, identity["type"], made.source, made.event, made.action, resource, outcome,
              channel, reason, via)  # fmt: skip
    return record, act


def _channel(record: Event, dice: random.Random, knobs: dict[str, float]) -> tuple[str, str]:
    chance = dice.random()
    if chance < knobs["service"]:
        caller = dice.choice(CALLERS)
        record["userIdentity"] = {**record["userIdentity"], "invokedBy": caller}
        record |= {"userAgent": caller, "sourceIPAddress": caller}
        return "service", caller
    if chance < knobs["service"] + knobs["console"]:
        if dice.random() < 0.5:
            record |= {"sessionCredentialFromConsole": "true", "userAgent": "AWS Internal"}
        else:
            record["userAgent"] = dice.choice(CONSOLE_AGENTS)
        return "console", ""
    return "api", ""


def _outcome(
    record: Event, made: Operation, resource: str, dice: random.Random, knobs: dict[str, float]
) -> tuple[str, str]:
    chance = dice.random()
    if chance < knobs["denied"] and made.action:
        reason = dice.choice(list(DENIED))
        code, message = DENIED[reason]
        arn = record["userIdentity"].get("arn", "anonymous")
        record["errorCode"] = code
        if message:
            secret = f"{dice.getrandbits(400):0100x}"
            record["errorMessage"] = message.format(arn=arn, action=made.action, resource=resource, secret=secret)
        return "denied", reason
    if chance < knobs["denied"] + knobs["errors"]:
        record |= {"errorCode": "ThrottlingException", "errorMessage": "Rate exceeded"}
        return "error", ""
    return "ok", ""


def _filled(pattern: Any, values: dict[str, str]) -> Any:
    if isinstance(pattern, str):
        if "{" in pattern:
            for name, value in values.items():
                pattern = pattern.replace(name, value)
        return pattern
    if isinstance(pattern, dict):
        return {key: _filled(value, values) for key, value in pattern.items()}
    return [_filled(item, values) for item in pattern] if isinstance(pattern, list) else pattern
