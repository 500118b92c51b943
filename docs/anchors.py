"""Where a link into a page leads."""

from __future__ import annotations

import re


def anchor(heading: str) -> str:
    """The anchor of a heading as on GitHub; that of a diagnostic code's page is the code, whatever its title."""
    code = re.match(r"IAM\d{3}(?=:)", heading)
    return code.group().lower() if code else re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
