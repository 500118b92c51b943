"""Moments as IAM's dates say them: a day, an instant, or seconds since 1970."""

from __future__ import annotations

from datetime import datetime, timezone


def sortable(text: str) -> str:
    """The moment as an ISO 8601 instant (UTC), so that texts sort as the moments do; other text stays as it is."""
    if text.isdecimal():
        try:
            return datetime.fromtimestamp(int(text), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (OverflowError, ValueError, OSError):
            return text
    return text if "T" in text else f"{text}T00:00:00Z"
