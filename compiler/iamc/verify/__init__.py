"""The prover: says whether two sets of IAM policies allow the same requests, with a proof or an example.

It shares no code with the rest of the compiler: its own policy reader, action database reader, glob matcher
and evaluator. What it proves, and the limits of the model, are in `compare` and `translation`.
"""

from __future__ import annotations

from iamc.verify.compare import prove_equal, prove_included
from iamc.verify.policy import Policy, PolicyError, Statement, read_policy
from iamc.verify.slow import allowed
from iamc.verify.translation import Declared, validate
from iamc.verify.universe import KnownAction, Universe
from iamc.verify.verdict import Proven, Refuted, Unproven, Verdict, Witness

__all__ = [
    "Declared",
    "KnownAction",
    "Policy",
    "PolicyError",
    "Proven",
    "Refuted",
    "Statement",
    "Universe",
    "Unproven",
    "Verdict",
    "Witness",
    "allowed",
    "prove_equal",
    "prove_included",
    "read_policy",
    "validate",
]
