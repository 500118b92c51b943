"""The kinds of policies, which do not take the same elements, and what every check may ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from iamc.conditions import ConditionKeys
from iamc.passes.expand.vocabulary import Vocabulary
from iamc.quotas import Quota
from iamdsl.diagnostics import Diagnostic
from iamdsl.values import dataclass

Found: TypeAlias = Iterator[Diagnostic]


@dataclass(frozen=True, slots=True)
class Kind:
    """Whether a policy of this kind says to whom it applies, and to which resources."""

    name: str
    principal: bool
    resource: bool = True


IDENTITY = Kind("identity policy", principal=False)
SCP = Kind("service control policy", principal=False)
RCP = Kind("resource control policy", principal=True)
TRUST = Kind("role trust policy", principal=True, resource=False)
RESOURCE = Kind("resource policy", principal=True)
_BY_QUOTA = {"scp": SCP, "rcp": RCP, "trust-policy": TRUST, "resource-policy": RESOURCE}


def kind_of(quota: Quota) -> Kind:
    """The kind of the policies that a row of the quota table is about."""
    return _BY_QUOTA.get(quota.name, IDENTITY)


@dataclass(frozen=True, slots=True)
class Facts:
    """What checks may ask: the actions, the condition keys and the kind of policy."""

    vocabulary: Vocabulary
    keys: ConditionKeys
    quota: Quota

    @property
    def kind(self) -> Kind:
        """The kind of policy."""
        return kind_of(self.quota)
