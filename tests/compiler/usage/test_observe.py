"""What is read of an event, and what it means."""

from __future__ import annotations

from typing import Any

import pytest

from iamc.usage.model import Observation, Seen
from iamc.usage.observe import coarse, observe
from iamc.usage.settle import generalise, made_up, settle

ROLE = "arn:aws:iam::111122223333:role/Admin"


def event(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:ann@acme.example",
            "arn": "arn:aws:sts::111122223333:assumed-role/Admin/ann@acme.example",
            "accountId": "111122223333",
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE, "userName": "Admin"}},
        },
        "eventTime": "2026-10-01T08:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-west-1",
        "userAgent": "aws-cli/2.17",
        "requestParameters": {"bucketName": "acme-orders", "key": "2026/10/1.csv"},
        "responseElements": None,
        "readOnly": True,
        "resources": [
            {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::acme-orders/2026/10/1.csv"},
            {"accountId": "111122223333", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::acme-orders"},
        ],
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }
    return made | changes


def called_by(identity: str, caller: str) -> dict[str, Any]:
    return {"userIdentity": {"type": identity, "invokedBy": caller}}


def test_a_person_behind_a_role() -> None:
    use = settle(observe(event()))
    assert (use.principal, use.person, use.session) == (ROLE, "ann@acme.example", "ann@acme.example")
    assert (use.outcome, use.channel, use.read_only) == ("ok", "api", "true")
    assert use.resources == ("arn:aws:s3:::acme-orders", "arn:aws:s3:::acme-orders/2026/*")


def test_parameters_speak_where_no_arn_does() -> None:
    use = settle(observe(event(resources=None)))
    assert use.resources == ("bucketName=acme-orders",)
    several = observe(event(resources=None, requestParameters={"names": ["/app/a", "/app/b", 3], "none": None}))
    assert settle(several).resources == ("names=/app/a", "names=/app/b")
    nested = {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}}
    assert settle(observe(event(resources=None, requestParameters=nested))).resources == ("instanceId=i-*",)


def test_an_engine_may_write_a_parameter_without_quotes() -> None:
    seen = observe(event(resources=None))
    bare = seen._replace(parameters=seen.parameters.replace('"', ""))
    assert bare != seen
    assert settle(bare) == settle(seen)


@pytest.mark.parametrize(
    ("changes", "channel", "via"),
    [
        ({"userAgent": "Mozilla/5.0 (X11)"}, "console", ""),
        ({"sessionCredentialFromConsole": "true", "userAgent": "AWS Internal"}, "console", ""),
        ({"userAgent": "AWS Internal"}, "api", ""),
        (called_by("AssumedRole", "athena.amazonaws.com"), "service", "athena.amazonaws.com"),
        (called_by("AssumedRole", "signin.amazonaws.com"), "console", ""),
        (called_by("AWSService", "config.amazonaws.com"), "aws", ""),
        ({"eventType": "AwsServiceEvent"}, "aws", ""),
    ],
)
def test_the_channel(changes: dict[str, Any], channel: str, via: str) -> None:
    use = settle(observe(event(**changes)))
    assert (use.channel, use.via) == (channel, via)


def test_denied_calls_keep_their_message_without_what_nobody_can_read() -> None:
    text = "You are not authorized to perform this operation. Encoded authorization failure message: AbC-_9"
    use = settle(observe(event(errorCode="Client.UnauthorizedOperation", errorMessage=text)))
    assert use.outcome == "denied"
    assert use.message.endswith("Encoded authorization failure message")
    other = settle(observe(event(errorCode="NoSuchKey", errorMessage="The key does not exist.")))
    assert (other.outcome, other.error, other.message) == ("error", "", "")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("AccessDenied", "denied"),
        ("AccessDeniedException", "denied"),
        ("Client.UnauthorizedOperation", "denied"),
        ("UnauthorizedAccess", "denied"),
        ("KMS.NotAuthorizedException", "denied"),
        ("VpceAccessDenied", "denied"),
        ("ForbiddenException", "denied"),
        ("AuthorizationError", "denied"),
        ("Client.DryRunOperation", "error"),
        ("ThrottlingException", "error"),
        ("AuthorizationNotFound", "error"),
        ("NoSuchBucketPolicy", "error"),
        ("", "ok"),
    ],
)
def test_what_came_of_it(code: str, outcome: str) -> None:
    assert settle(observe(event(errorCode=code or None))).outcome == outcome


@pytest.mark.parametrize("kind", ["AwsServiceEvent", "AwsConsoleSignIn", "AwsConsoleAction", "AwsVpceEvent"])
def test_events_that_are_no_calls_are_nobodys(kind: str) -> None:
    use = settle(observe(event(eventType=kind, vpcEndpointId="vpce-0123456789abcdef0")))
    assert (use.channel, use.person, use.resources) == ("aws", "", ())


def test_who_assumes_a_role() -> None:
    asked = {"roleArn": ROLE, "roleSessionName": "ann", "sourceIdentity": "ann@acme.example"}
    chained = event(eventSource="sts.amazonaws.com", eventName="AssumeRole", requestParameters=asked, resources=None)
    use = settle(observe(chained))
    assert use.person == "ann@acme.example"
    assert use.resources == (ROLE, "roleSessionName=ann", "sourceIdentity=ann@acme.example")
    assert use.roles == ()
    saml = event(
        userIdentity={"type": "SAMLUser", "principalId": "x:bob@acme.example", "userName": "bob@acme.example"},
        eventSource="sts.amazonaws.com",
        eventName="AssumeRoleWithSAML",
        requestParameters={"roleArn": ROLE, "roleSessionName": "bob"},
    )
    assert settle(observe(saml)).person == "bob@acme.example"


def test_a_role_that_is_handed_over() -> None:
    create = event(
        eventSource="lambda.amazonaws.com",
        eventName="CreateFunction20150331",
        requestParameters={"functionName": "f", "role": "arn:aws:iam::111122223333:role/svc/fn"},
        resources=None,
    )
    assert settle(observe(create)).roles == ("arn:aws:iam::111122223333:role/svc/fn",)


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("i-0123456789abcdef0", "i-*"),
        ("vol-0a1b2c3d", "vol-*"),
        ("task/prod/0123456789abcdef0123456789abcdef", "task/prod/*"),
        ("job-5d41402a-bc4b-2a76-b971-9d911017c592", "job-*"),
        ("run-1730000000", "run-*"),
        ("acme-logs-111122223333", "acme-logs-111122223333"),
        ("feedface-service", "feedface-service"),
        ("orders-2026", "orders-2026"),
    ],
)
def test_what_aws_made_up(name: str, left: str) -> None:
    assert made_up(name) == left
    assert made_up(left) == left


@pytest.mark.parametrize(
    ("arn", "left"),
    [
        ("arn:aws:s3:::b-20261001123456/x/y", "arn:aws:s3:::b-20261001123456/x/*"),
        ("arn:aws:s3:::b/20261001/y", "arn:aws:s3:::b/*/*"),
        ("arn:aws:s3:::b/key", "arn:aws:s3:::b/*"),
        ("arn:aws:kms:eu-west-1:111122223333:key/5d41402a-bc4b-2a76-b971-9d911017c592",) * 2,
        ("arn:aws:logs:eu-west-1:1:log-group:/a:log-stream:b/c", "arn:aws:logs:eu-west-1:1:log-group:/a:log-stream:*"),
        ("arn:aws:ec2:eu-west-1:1:instance/i-0123456789abcdef0", "arn:aws:ec2:eu-west-1:1:instance/i-*"),
    ],
)
def test_resources_are_generalised_once_and_for_all(arn: str, left: str) -> None:
    assert generalise(coarse(arn)) == left
    assert generalise(left) == left


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, True])
@pytest.mark.parametrize("name", ["userIdentity", "requestParameters", "resources", "errorCode", "eventSource"])
def test_no_shape_of_an_event_is_fatal(name: str, value: object) -> None:
    seen = observe(event(**{name: value}))
    assert all(isinstance(text, str) for text in seen)
    settle(seen)


def test_nobodys_calls_keep_little() -> None:
    seen = observe(event(eventType="AwsServiceEvent"))
    assert seen == Observation("111122223333", "eu-west-1", "s3.amazonaws.com", "GetObject", "AwsServiceEvent",
                               "AssumedRole", *[""] * 15)  # fmt: skip


def test_what_was_seen_adds_up() -> None:
    assert Seen(1, "2", "3") + Seen(4, "1", "2") == Seen(5, "1", "3")
