"""One self-contained HTML page that shows who may do what: no network, no server, safe to mail.

The page is a template, a style sheet and a few small scripts, which stand beside this module as files. What the
organisation wrote enters as JSON inside a data element and reaches the document as text only, so no name can become
markup. A content security policy that names the hashes of exactly this style and script forbids all else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

SCRIPTS = ("model.js", "dom.js", "graph.js", "heat.js", "tables.js", "panel.js", "main.js")
"""Joined in this order into one script."""


def page(data: Mapping[str, Any]) -> str:
    """The page for what `iamc.report.data.report_data` gathered."""
    style = _file("style.css")
    script = '"use strict";\n(() => {\n' + "".join(_file(name) for name in SCRIPTS) + "})();\n"
    parts = {
        "TITLE": escape(f"Access report, {data['today']}"),
        "POLICY": f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'",
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _inert_json(data),
    }
    return re.sub(r"@(TITLE|POLICY|STYLE|SCRIPT|DATA)@", lambda match: parts[match[1]], _file("page.html"))


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inert_json(data: Mapping[str, Any]) -> str:
    """JSON in ASCII without `<`, `>` and `&`: no text in it can end the element that holds it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
