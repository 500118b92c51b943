"""`python -m iamdsl.highlight` writes the TextMate grammar to standard output."""

from __future__ import annotations

import sys

from iamdsl.highlight.machine import load_machine
from iamdsl.highlight.textmate import textmate_text

sys.stdout.write(textmate_text(load_machine()))
