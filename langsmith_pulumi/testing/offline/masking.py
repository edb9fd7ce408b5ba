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

_SHORTEST = 3  # shorter ones would blot out half of every message


class Masker:
    """Passes events on with every known secret in their messages replaced."""

    def __init__(self, listener: Listener, secrets: Iterable[str]) -> None:
        self._listener = listener
        self._lock = threading.Lock()
        self._secrets: list[str] = []
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these from now on, and what they look like inside JSON."""
        new = {text for text in secrets if len(text) >= _SHORTEST}
        escaped = {json.dumps(text)[1:-1] for text in new}
        with self._lock:
            known = {*self._secrets, *new, *escaped}
            self._secrets = sorted(known, key=len, reverse=True)

    def mask(self, message: str) -> str:
        """The message without any known secret."""
        for text in self._secrets:
            message = message.replace(text, BLINDED)
        return message

    def __call__(self, event: Event) -> None:
        """Pass an event on."""
        if isinstance(event, Diagnostic | Status):
            event = dataclasses.replace(event, message=self.mask(event.message))
        self._listener(event)
