"""Which types one call needs together, and which are alternatives."""

from __future__ import annotations

import pytest

from compiling import compiled
from iamc.catalog import Catalog
from iamc.needs import missing


@pytest.mark.parametrize(
    ("action", "have", "lacks"),
    [
        ("ec2:RunInstances", {"instance", "image"}, ("network-interface", "security-group", "subnet")),
        ("elasticloadbalancing:ModifyListener", {"listener/app"}, ()),
        ("bedrock:InvokeModel", {"foundation-model"}, ()),
        ("medical-imaging:CopyImageSet", {"imageset"}, ("datastore",)),
        ("dynamodb:DeleteResourcePolicy", {"table"}, ()),
        ("lambda:CreateFunction", set(), ("function",)),
        ("lambda:CreateFunction", {"function"}, ()),
    ],
)
def test_what_a_call_needs_beside(action: str, have: set[str], lacks: tuple[str, ...], catalog: Catalog) -> None:
    known = catalog.action(action)
    assert known is not None
    service = catalog.service(known.service)
    assert service is not None
    assert missing(known, have, {kind.name: kind.arn for kind in service.resource_types.values()}) == lacks


def test_alternatives_are_not_asked_for(catalog: Catalog) -> None:
    arn = "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude"
    found = compiled(f"edition 1\n\nrole r {{\n  allow bedrock:InvokeModel on {arn}\n}}\n", catalog)
    assert "IAM216" not in {each.code for each in found.diagnostics}
    image = compiled("edition 1\n\nrole r {\n  allow ec2:RunInstances on arn:aws:ec2:*::image/*\n}\n", catalog)
    assert "IAM216" in {each.code for each in image.diagnostics}
