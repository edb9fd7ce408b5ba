"""What Sphinx does to a page when it reads it: parts of the reference are made from the code.

A page names one with a comment such as ``<!-- made: arguments Deployment -->``. So the reference
cannot be stale, and there is no generated file to keep.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import arguments, commands, lookups, report

if TYPE_CHECKING:
    from collections.abc import Callable

MARKER = re.compile(r"^<!-- made: (\w+)(?: (\w+))? -->$", re.MULTILINE)
_FILE = re.compile(r"^:caption: ([\w/-]*[./][\w./-]*)$", re.MULTILINE)
"""The name of a file above its text, which is no Markdown: ``__main__`` is not bold."""

_PARTS: dict[str, Callable[..., str]] = {
    "arguments": arguments.of_resource,
    "outputs": arguments.outputs,
    "inputs": arguments.of_inputs,
    "values": arguments.values,
    "lookups": lookups.functions,
    "results": lookups.results,
    "commands": commands.helps,
    "report": report.tables,
}


def fill_in(text: str) -> str:
    """Return a page with each marker replaced by what it names, and names of files as code."""
    text = _FILE.sub(r':caption: "`\1`"', text)
    return MARKER.sub(lambda found: _PARTS[found[1]](*filter(None, [found[2]])), text)


def setup(app: Any) -> dict[str, bool]:
    """Fill in the pages when Sphinx reads them."""
    app.connect("source-read", _fill_in_source)
    return {"parallel_read_safe": True}


def _fill_in_source(_app: object, _page: str, content: list[str]) -> None:
    content[0] = fill_in(content[0])
