"""Few characters for many action names: patterns that match exactly what is wanted.

Pure functions over names; nothing here knows the catalogue.
"""

from iamc.cover.globs import matches
from iamc.cover.minimum import BUDGET, Cover, CoverCache, Style, cover

__all__ = ["BUDGET", "Cover", "CoverCache", "Style", "cover", "matches"]
