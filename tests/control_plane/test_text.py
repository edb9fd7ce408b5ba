"""Foreign text is sanitized to one harmless line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langsmith_pulumi.control_plane.text import printable, sanitize

HOSTILE = {
    "a colour": "\x1b[31mred\x1b[0m",
    "a cleared screen": "\x1b[2Jred",
    "a title": "\x1b]0;title\x07red",
    "a link": "\x1b]8;;https://x.example\x1b\\red\x1b]8;;\x1b\\",
    "a reset": "\x1bcred",
    "a C1 code": "\x9b31mred",
    "a bell": "red\x07",
    "line breaks": "red\r\n\u2028",
    "a changed direction": "\u202ered\u2066",
    "half a surrogate pair": "red\ud800",
    "an unfinished code": "red\x1b[",
    "an unfinished title": "red\x1b]0;",
}


@pytest.mark.parametrize("entry", HOSTILE)
def test_control_characters_are_removed(entry: str) -> None:
    """The result can be printed, encoded and read."""
    text = sanitize(HOSTILE[entry])

    assert "red" in text
    assert text.isprintable()
    assert text.encode()
    assert "\x1b" not in text


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Ll"]), max_size=40))
def test_any_text_is_one_printable_line(text: str) -> None:
    """Any text becomes one printable line, and sanitizing is idempotent."""
    line = printable(text)

    assert line.isprintable()
    assert line == printable(line)


def test_secrets_are_redacted_before_and_after_html_decoding() -> None:
    """A page may contain a value raw or encoded as HTML."""

    def redact(text: str) -> str:
        return text.replace("a<b>c", "[secret]").replace("x&amp;y", "[secret]")

    page = "<p>a&lt;b&gt;c and a<b>c and x&amp;y</p>"
    assert sanitize(page, redact=redact) == "[secret] and [secret] and [secret]"


def test_long_text_is_truncated() -> None:
    """Truncated text ends with an ellipsis."""
    assert sanitize("word " * 1000, 20) == "word word word word…"


def test_sanitizing_imports_no_http_client() -> None:
    """The command line sanitizes text without importing an HTTP client."""
    code = (
        "import sys, langsmith_pulumi.control_plane.text; "
        "sys.exit(bool({'httpx', 'pydantic'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("text", ["##[add-mask]x", "a ##vso[task.setvariable]b", "###[group]"])
def test_runner_commands_are_neutralized(text: str) -> None:
    """No text contains a workflow command that a CI runner would execute."""
    assert "##[" not in sanitize(text)
    assert "##vso[" not in sanitize(text)
