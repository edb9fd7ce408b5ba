"""Keeps secret values out of whatever is told: messages of providers and programs included."""

from __future__ import annotations

import dataclasses
import json
import threading
from typing import TYPE_CHECKING

from .events import Diagnostic, Event, Listener, Status
from .values import BLINDED

if TYPE_CHECKING:
    from collections.abc import Iterable

# Shorter ones would blot out half of every message.
_SHORTEST = 3
_SHORTEST_LINE = 6


class Masker:
    """Passes events on with every known secret in their messages replaced."""

    def __init__(self, listener: Listener, secrets: Iterable[str]) -> None:
        self._listener = listener
        self._telling = threading.Lock()
        self._lock = threading.Lock()
        self._secrets: list[str] = []
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these from now on, however they are quoted and broken into lines."""
        new: set[str] = set().union(*(_forms(text) for text in secrets if len(text) >= _SHORTEST))
        with self._lock:
            self._secrets = sorted({*self._secrets, *new}, key=len, reverse=True)

    def mask(self, message: str) -> str:
        """The message without any known secret."""
        for text in self._secrets:
            message = message.replace(text, BLINDED)
        return message

    def __call__(self, event: Event) -> None:
        """Pass an event on; one at a time, whatever the thread."""
        if isinstance(event, Diagnostic | Status):
            event = dataclasses.replace(event, message=self.mask(event.message))
        with self._telling:
            self._listener(event)


def _forms(text: str) -> set[str]:
    # What a program prints arrives line by line.
    lines = {line for line in text.splitlines() if len(line) >= _SHORTEST_LINE}
    quoted = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
    return {text} | lines | quoted
