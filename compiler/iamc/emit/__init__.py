"""Back ends: compiled units to files."""

from __future__ import annotations

from collections.abc import Mapping

BACK_ENDS: Mapping[str, str] = {
    "terraform": "iamc.emit.terraform:terraform",
    "cloudformation": "iamc.emit.cloudformation:cloudformation",
    "permission-sets": "iamc.emit.sets_terraform:sets_terraform",
    "permission-sets-cloudformation": "iamc.emit.sets_cloudformation:sets_cloudformation",
    "cloudposse-sso": "iamc.emit.modules:cloudposse_sso",
    "aws-ia-permission-sets": "iamc.emit.modules:aws_ia_permission_sets",
    "aws-config": "iamc.emit.aws_config:aws_config",
    "guardrails": "iamc.emit.guardrails:guardrails",
    "inventory": "iamc.emit.inventory:inventory",
}
"""Every back end by the name of its target; policy documents are written whatever the target."""
