"""Draw the pictures of the README from what the commands really print.

Run it from the project's root: ``python docs/make_pictures.py``. It draws into ``docs/pictures``

- ``plan.svg``: a preview on the offline engine;
- ``rollout.svg``: a rollout in progress, as it stands on a terminal;
- ``comment.png``: a report as a comment on a pull request, in a browser (needs ``chromium``
  and a font with emoji).
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyte
from markdown_it import MarkdownIt
from rich.console import Console
from rich.text import Text

from langsmith_pulumi.review import review
from langsmith_pulumi.testing import Simulator

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
PLAN = ROOT / "tests" / "review" / "plans" / "12_mixed.json"
STYLE = ROOT / "docs" / "comment.css"
COLUMNS, ROWS = 104, 60
COMMENT_SIZE = (900, 1500)

PROGRAM = """\
import langsmith_pulumi as langsmith
import pulumi

config = pulumi.Config()

for name in ("support-agent", "research-agent", "billing-agent"):
    agent = langsmith.Deployment(
        name,
        source="github",
        source_config={
            "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
            "repo_url": f"https://github.com/acme/{name}",
            "deployment_type": "dev",
        },
        source_revision_config={
            "repo_ref": config.require(f"{name}-ref"),
            "langgraph_config_path": "langgraph.json",
        },
        secrets={"OPENAI_API_KEY": config.require_secret("openaiApiKey")},
        environment_variables={"LOG_LEVEL": config.require("logLevel")},
        display_name=name.replace("-", " ").capitalize(),
    )
    pulumi.export(f"{name}-url", agent.url)
"""
CONFIG = {
    "support-agent-ref": "v1.4.0",
    "research-agent-ref": "main",
    "billing-agent-ref": "main",
    "logLevel": "info",
    "openaiApiKey": "not a real key",
}
CHANGES = {"support-agent-ref": "v1.5.0", "openaiApiKey": "another one"}


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Simulator(revision_seconds=6) as simulator:
        project = Path(folder)
        (project / "Pulumi.yaml").write_text("name: agents\nruntime: python\n")
        (project / "__main__.py").write_text(PROGRAM)
        environ = {**os.environ, **simulator.env, "LANGSMITH_PULUMI_POLL_SECONDS": "0.2"}
        offline(project, environ, "up", CONFIG)
        changed = CONFIG | CHANGES
        draw("plan", "preview", offline(project, environ, "preview", changed))
        screen = offline(project, environ, "up", changed, until="BUILDING")
        draw("rollout", "up", screen)
    draw_comment()


def offline(
    project: Path, environ: dict[str, str], operation: str, config: dict[str, str], until: str = ""
) -> pyte.Screen:
    """Run an operation on a terminal; return its screen at the end, or when it shows a text."""
    settings = [item for pair in config.items() for item in ("--config", "=".join(pair))]
    command = [sys.executable, "-m", "langsmith_pulumi.cli", "offline", operation, *settings]
    return run_on_terminal(command, project, environ, until)


def run_on_terminal(
    command: list[str], folder: Path, environ: dict[str, str], until: str
) -> pyte.Screen:
    """Return the screen of a terminal after a command, or while it shows a text."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    ours, theirs = pty.openpty()
    size = {"COLUMNS": str(COLUMNS), "LINES": str(ROWS), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        command, cwd=folder, env=environ | size, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        while chunk := _read(ours):
            stream.feed(chunk)
            if until and any(until in line for line in screen.display):
                break
    finally:
        process.terminate()
        process.wait(60)
        os.close(ours)
    return screen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux reports the end of a terminal so
        return b""


def draw(name: str, operation: str, screen: pyte.Screen) -> None:
    """Write a screen as SVG, without links to fonts."""
    lines = [_line(screen, row) for row in range(ROWS)]
    while lines and not lines[-1].plain.strip():
        lines.pop()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        for line in lines:
            console.print(line, soft_wrap=True)
    svg = console.export_svg(title=f"langsmith-pulumi offline {operation}", unique_id=name)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


def _line(screen: pyte.Screen, row: int) -> Text:
    text = Text()
    for column in range(COLUMNS):
        character = screen.buffer[row][column]
        text.append(character.data, f"{'bold ' if character.bold else ''}{_colour(character.fg)}")
    text.rstrip()
    return text


def _colour(name: str) -> str:
    """Return the name that rich has for a colour of the terminal."""
    known = {"default": "", "brown": "yellow"}
    return f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else known.get(name, name)


def draw_comment() -> None:
    """Write a picture of a report as a browser shows it on a pull request."""
    browser = shutil.which("chromium")
    if browser is None:
        print("chromium is not on PATH: comment.png stays as it is")  # noqa: T201 - a script
        return
    report = review([(PLAN.name, PLAN.read_bytes())], format="markdown").text
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "comment.html"
        page.write_text(_page(report), encoding="utf-8")
        width, height = COMMENT_SIZE
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        output = f"--screenshot={PICTURES / 'comment.png'}"
        subprocess.run(
            [browser, *options, f"--window-size={width},{height}", output, page.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )


def _page(report: str) -> str:
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(report)
    caution = r"<blockquote>\n<p>\[!CAUTION\]\n"
    body = re.sub(caution, '<blockquote class="caution"><p class="title">Caution</p><p>', body)
    style = STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html><meta charset="utf-8"><style>{style}</style>'
        '<div class="comment"><div class="head"><b>github-actions</b> <i>bot</i> commented</div>'
        f'<div class="body">{body}</div></div>'
    )


if __name__ == "__main__":
    main()
