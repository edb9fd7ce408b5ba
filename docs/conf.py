"""Settings of Sphinx for the documentation site. `make docs` builds it; nothing is downloaded."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from langsmith_pulumi._version import __version__  # noqa: E402 - found by the paths above

project = "langsmith-pulumi"
author = "the langsmith-pulumi authors"
version = release = __version__
html_title = f"langsmith-pulumi {__version__}"

extensions = ["myst_parser", "sphinx_copybutton", "site_reference"]
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["attrs_inline", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_style = "default"
pygments_dark_style = "monokai"
html_copy_source = False
html_show_copyright = False
html_theme_options = {
    "source_repository": "https://github.com/langsmith-pulumi/langsmith-pulumi/",
    "source_branch": "main",
    "source_directory": "docs/",
}

copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"
