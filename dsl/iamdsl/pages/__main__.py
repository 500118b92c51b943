"""`python -m iamdsl.pages > docs/codes.md`."""

from __future__ import annotations

import sys

from iamdsl.pages import reference

if __name__ == "__main__":
    sys.stdout.buffer.write(reference().encode())
