"""Draw the report of a recorded plan as a terminal shows it, for the README.

Run it from the project's root::

    python -m tests.review.draw_picture report.svg
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from langsmith_pulumi.review import review

PLAN = Path(__file__).parent / "plans" / "12_mixed.json"
COMMAND = "pulumi preview --json | langsmith-pulumi review - --format text"
WIDTH = 110


def picture() -> str:
    """Return the picture as SVG, without links to fonts."""
    result = review([(PLAN.name, PLAN.read_bytes())], format="text", colour=True)
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(result.text), soft_wrap=False)
    svg = console.export_svg(title=COMMAND, unique_id="report")
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")
