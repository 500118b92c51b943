"""Templates become the lines that a person would have written."""

from __future__ import annotations

from iamdsl.printing import to_iamdsl
from iamdsl.source import Source
from iamdsl.tidy import tidied
from iamdsl.yaml import parse_yaml

TEMPLATE = """\
mode: crud
read:
- arn:aws:s3:::a
- arn:aws:s3:::b
write:
- arn:aws:s3:::a
- arn:aws:s3:::b
list:
- arn:aws:s3:::a
sts:
  assume-role:
  - arn:aws:iam::111122223333:role/x
  assume-role-with-saml:
  - arn:aws:iam::111122223333:role/x
"""
WANTED = """\
edition 1

role t {
  allow read, write on arn:aws:s3:::a, arn:aws:s3:::b
  allow list on arn:aws:s3:::a
  assume arn:aws:iam::111122223333:role/x
  allow sts:AssumeRoleWithSAML on arn:aws:iam::111122223333:role/x
}
"""


def test_levels_of_equal_targets_are_one_line() -> None:
    assert to_iamdsl(tidied(parse_yaml(Source("t.yml", TEMPLATE)).file)) == WANTED


def test_a_deny_assumes_nothing() -> None:
    file = parse_yaml(Source("t.yml", "effect: Deny\n" + TEMPLATE)).file
    assert "deny sts:AssumeRole, sts:AssumeRoleWithSAML on arn:aws:iam::111122223333:role/x" in to_iamdsl(tidied(file))
