"""What the caller of the compiler chooses."""

from __future__ import annotations

from datetime import date

from iamc.quotas import Quota
from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of one run.

    `quota` names a row of the quota table, `limits` is that row where a file of the user's changes it. `documents` is
    how many documents a unit may have before wildcards are spent, 0 for what the quota allows. `wildcards` is exact,
    auto, words or tight. `sids` says whether statements are named; None is wherever there is room for it.
    `drop_unmatched` turns requests that no action answers into warnings, so that the rest compiles. `today` decides
    which grants have ended. `username` is the policy variable that stands for `${aws:username}`, such as
    `aws:SourceIdentity`, empty for none.
    """

    quota: str = "managed-policy"
    documents: int = 0
    wildcards: str = "auto"
    sids: bool | None = None
    drop_unmatched: bool = False
    today: date = date(1970, 1, 1)
    limits: Quota | None = None
    username: str = ""
