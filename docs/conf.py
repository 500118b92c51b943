"""How the documentation becomes a site: `python -m sphinx -W -n docs site`.

The pages are read on GitHub as well, so they are plain Markdown, and a heading has the anchor that GitHub gives it.
The site loads nothing from elsewhere, and works from a folder without a server.
"""

from __future__ import annotations

import sys
from pathlib import Path

from iamc import __version__

project = "iamc"
author = "The iamc founders"
copyright = "The iamc founders, Apache-2.0"  # noqa: A001 - the name that Sphinx reads
version = release = __version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
nitpicky = True
# The examples of mistakes cannot be highlighted without a mistake.
suppress_warnings = ["misc.highlighting_failure"]

# MyST looks for `anchors` where Python looks for modules.
sys.path.insert(0, str(Path(__file__).parent))
myst_heading_anchors = 4
myst_heading_slug_func = "anchors.anchor"

html_theme = "furo"
html_title = f"iamc {__version__}"
html_static_path = ["_static"]
html_css_files = ["iamc.css"]
html_copy_source = False
html_use_index = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5fa5", "color-brand-content": "#0b5fa5"},
    "dark_css_variables": {"color-brand-primary": "#6cb6ff", "color-brand-content": "#6cb6ff"},
}
