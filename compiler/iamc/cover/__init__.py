"""Few characters for many action names: patterns that match exactly what is wanted.

Pure functions over names; nothing here knows the catalogue.
"""

from iamc.cover.globs import matches
from iamc.cover.ladder import PURITY, Step, apply, ladder
from iamc.cover.minimum import BUDGET, Cover, CoverCache, Style, cover
from iamc.cover.risk import RiskModel
from iamc.cover.words import verb, words

__all__ = [
    "BUDGET",
    "PURITY",
    "Cover",
    "CoverCache",
    "RiskModel",
    "Step",
    "Style",
    "apply",
    "cover",
    "ladder",
    "matches",
    "verb",
    "words",
]
