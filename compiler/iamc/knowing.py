"""What is known of a request against what a condition asks for: whether it surely holds, and whether it can.

Used where nobody has the request itself, but somebody says what to take as known: `iamc explain`. The checks put the
same rules, `iamc.verify.atoms`, to the prover.
"""

from __future__ import annotations

from iamc.model import Condition
from iamc.verify.atoms import implies, rules_out


def surely(condition: Condition, known: Condition) -> bool:
    """Whether what is known says that all holds which the condition asks for."""
    return all(any(implies(each, atom) for each in known.atoms) for atom in condition.atoms)


def possibly(condition: Condition, known: Condition) -> bool:
    """Whether nothing that is known rules the condition out."""
    return not any(rules_out(each, atom) for atom in condition.atoms for each in known.atoms)
