"""Generates docs/errors.md: every message as users read it, from running the error cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.faults.engine import CHECK_FAILURE_PREFIX
from tests.faults.error_cases import SECTIONS

if TYPE_CHECKING:
    from tests.faults.error_cases import ErrorCase
    from tests.faults.harness import Harness

_INTRODUCTION = """\
# What errors say

Made by the tests, which play each situation; do not edit.

An error says what was tried, on which deployment, what came back and what to do next. Two things
hold for all of them:

- **Running `pulumi up` again is safe**, at any time and after any of these. What was made is not
  made twice, and what is left is done.
- **No message holds a secret or the key**, so each may be copied into a ticket. Of values that
  the service quotes, `[secret]` is left.

With `LANGSMITH_PULUMI_DEBUG=1` each request is logged on a line of its own: method, path, status,
duration and the request id, by which the vendor's support finds it. Never a body or a header.
"""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IDS = "6f6c7b7e-0d5d-4a8c-9a52-{:012x}"
_FIXED = ("11111111-", "6f6c7b7e-", "0b1d1f9e-")


def render(harness: Harness) -> str:
    """Return the text of the page."""
    parts = [_INTRODUCTION]
    for section, cases in SECTIONS.items():
        parts.append(f"## {section}\n")
        parts += [_entry(case, message(harness, case)) for case in cases]
    return "\n".join(parts)


def message(harness: Harness, case: ErrorCase) -> str:
    """Run an error case and return its message, with stable ids and addresses."""
    harness.restore()
    text = case.run(harness)
    ids = dict.fromkeys(found.group() for found in _ID.finditer(text))
    unstable = [one for one in ids if not one.startswith(_FIXED)]
    for number, one in enumerate(unstable, start=1):
        text = text.replace(one, _IDS.format(number))
    for form, instead in _UNSTABLE:
        text = form.sub(instead, text)
    return text


_CLOSED = "Server disconnected without sending a response"
_UNSTABLE = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://langsmith.example.com"),
    (re.compile(r"127\.0\.0\.1:\d+"), "langsmith.example.com"),
    (re.compile(r"127\.0\.0\.1"), "elsewhere.example.com"),
    (re.compile(r"\[Errno \d+\] Connection refused"), "[Errno 111] Connection refused"),
    (re.compile(r"\[\w+ \d+\] Connection reset by peer"), _CLOSED),
    (re.compile(r"\w+\.py:\d+"), "rollouts.py:107"),
)


def _entry(case: ErrorCase, text: str) -> str:
    return (
        f"### {case.title}\n\n{case.when}\n\n```text\n{_as_pulumi_prints(text)}\n```\n\n{case.do}\n"
    )


def _as_pulumi_prints(text: str) -> str:
    """Return a message as Pulumi prints it."""
    if text.startswith("WARNING: "):
        return text.replace("WARNING", "warning", 1)
    if not text.startswith(CHECK_FAILURE_PREFIX):
        return f"error: LangSmith: {text}"
    return "\n".join(f"error: {line}" for line in text.splitlines())
