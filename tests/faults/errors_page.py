"""docs/errors.md: every message as it is read, made by playing the situations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.faults.engine import REFUSED
from tests.faults.situations import SECTIONS

if TYPE_CHECKING:
    from tests.faults.situations import Situation
    from tests.faults.world import World

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


def page(world: World) -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for section, situations in SECTIONS.items():
        parts.append(f"## {section}\n")
        parts += [_entry(situation, message(world, situation)) for situation in situations]
    return "\n".join(parts)


def message(world: World, situation: Situation) -> str:
    """What the user reads in a situation, with ids and addresses that stay the same."""
    world.go_back()
    text = situation.play(world)
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


def _entry(situation: Situation, text: str) -> str:
    return (
        f"### {situation.title}\n\n{situation.when}\n\n```text\n{_shown(text)}\n```\n\n"
        f"{situation.do}\n"
    )


def _shown(text: str) -> str:
    """The text as Pulumi puts it: what a check refuses by field, all else behind our name."""
    if text.startswith("WARNING: "):
        return text.replace("WARNING", "warning", 1)
    if not text.startswith(REFUSED):
        return f"error: LangSmith: {text}"
    return "\n".join(f"error: {line}" for line in text.splitlines())
