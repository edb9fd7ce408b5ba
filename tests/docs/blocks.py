"""The blocks of a page: commands, files, programs, and what the page says of them.

A page is Markdown as MyST reads it:

- ``sh`` has commands; ``console`` has commands after ``$ ``, and what they print, in which ``...``
  stands for anything.
- A ``{code-block}`` with a ``:caption:`` is a file of that name; one of ``diff`` changes the file.
- ``python`` without a caption is run as it stands, in the names of the blocks before it.

Comments that readers do not see say more of the next block: ``<!-- exit code: 3 -->`` of its last
command, and ``<!-- checked: WHY -->`` if it is checked and not run. ``<!-- before:`` has commands
to run beforehand, one a line, up to ``-->``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

_COMMENT = re.compile(r"<!-- (exit code|checked|before):\s+(.*?)\s*-->", re.DOTALL)
_CAPTION = re.compile(r"\A:caption: (.+)\n\n")
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True)
class Command:
    """A command, and what the page shows of its output: None if it shows nothing."""

    text: str
    expected: str | None = None


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    line: int
    language: str
    text: str
    caption: str | None = None
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def commands(self) -> list[Command]:
        """Return the commands of a block of a shell."""
        text = _CONTINUED.sub("", self.text)
        if self.language == "console":
            parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
            return [Command(*part.split("\n", 1)) for part in parts]
        if self.language in ("sh", "bash"):
            lines = [re.sub(r"\s+#\s.*", "", line).strip() for line in text.splitlines()]
            return [Command(line) for line in lines if line and not line.startswith("#")]
        return []


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    return list(_blocks(MarkdownIt().parse(page.read_text(encoding="utf-8"))))


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    remarks: dict[str, str] = {}
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        for found in _COMMENT.finditer(token.content if token.type == "html_block" else ""):
            if found[1] == "before":
                yield Block(line, "sh", found[2])
            else:
                remarks[found[1]] = found[2]
        is_directive = token.info.startswith("{") and not token.info.startswith("{code-block}")
        if token.type == "fence" and not is_directive:
            yield _block(token, line, remarks)
            remarks = {}


def _block(token: Token, line: int, remarks: dict[str, str]) -> Block:
    language = token.info.strip().removeprefix("{code-block} ")
    caption = _CAPTION.match(token.content)
    text = token.content[caption.end() :] if caption else token.content
    return Block(line, language, text, caption[1] if caption else None, remarks)
