"""What is known of a request against what a condition asks for: whether it surely holds, and whether it can.

Used where nobody has the request itself, but somebody says what to take as known: `check` blocks and `iamc explain`.
"""

from __future__ import annotations

from iamc.model import Atom, Condition

_EXACT = frozenset({"StringEquals", "Bool", "ArnEquals", "NumericEquals"})


def surely(condition: Condition, known: Condition) -> bool:
    """Whether what is known names all that the condition asks for."""
    return all(any(_implies(each, atom) for each in known.atoms) for atom in condition.atoms)


def possibly(condition: Condition, known: Condition) -> bool:
    """Whether the condition can hold: only another value for plain equality on the same key rules it out."""
    return not any(_excludes(each, atom) for atom in condition.atoms for each in known.atoms)


def _implies(known: Atom, atom: Atom) -> bool:
    return _same(known, atom) and set(known.values) <= set(atom.values)


def _excludes(known: Atom, atom: Atom) -> bool:
    if not _same(known, atom) or atom.operator not in _EXACT or not set(known.values).isdisjoint(atom.values):
        return False
    # Of a value with a policy variable, or of a pattern, nobody knows here what it matches.
    unknown = ("${", "*", "?") if atom.operator == "ArnEquals" else ("${",)
    return not any(sign in value for value in (*known.values, *atom.values) for sign in unknown)


def _same(one: Atom, other: Atom) -> bool:
    return (one.operator, one.key.lower()) == (other.operator, other.key.lower())
