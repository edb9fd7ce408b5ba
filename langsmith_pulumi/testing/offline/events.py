"""The events of an operation, and the redaction of secrets in their messages.

Displays, the JSON document and results are made from events.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .steps import Step

INFO, WARNING, ERROR = "info", "warning", "error"
STDERR = "info#err"  # Pulumi's name for output of a program on standard error

# Replacing shorter texts would make messages unreadable.
_MIN_SECRET_LENGTH = 3
_MIN_LINE_LENGTH = 6


@dataclass(frozen=True)
class Diagnostic:
    """A message of the engine, a provider or the program; `urn` is empty for the stack itself."""

    urn: str
    message: str
    severity: str


@dataclass(frozen=True)
class Status:
    """The current activity of a resource, which is shown on its row and not kept."""

    urn: str
    message: str


@dataclass(frozen=True)
class StepBegan:
    """The start of a step, or of its preview."""

    step: Step


@dataclass(frozen=True)
class StepEnded:
    """The end of a step; `outcome` is the step with its actual result, None if it failed."""

    step: Step
    outcome: Step | None


Event = Diagnostic | Status | StepBegan | StepEnded
Listener = Callable[[Event], None]


class Redactor:
    """A listener that passes events on with every known secret in their messages replaced.

    It covers messages of providers and programs, too.
    """

    def __init__(self, listener: Listener, secrets: Iterable[str]) -> None:
        self._listener = listener
        self._listener_lock = threading.Lock()
        self._secrets_lock = threading.Lock()
        self._secrets: set[str] = set()
        self._longest_first: list[str] = []
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Redact these secrets from now on, also if they are quoted or split into lines."""
        long_enough = (text for text in secrets if len(text) >= _MIN_SECRET_LENGTH)
        new: set[str] = set().union(*map(_variants, long_enough))
        with self._secrets_lock:
            if not new <= self._secrets:
                self._secrets |= new
                self._longest_first = []  # sorted when a message needs it

    def redact(self, message: str) -> str:
        """Return the message with every known secret replaced."""
        for text in self._ordered():
            message = message.replace(text, REDACTED)
        return message

    def _ordered(self) -> list[str]:
        with self._secrets_lock:
            if len(self._longest_first) != len(self._secrets):
                self._longest_first = sorted(self._secrets, key=len, reverse=True)
            return self._longest_first

    def __call__(self, event: Event) -> None:
        """Pass an event on; events of all threads are passed on one at a time."""
        if isinstance(event, Diagnostic | Status):
            event = dataclasses.replace(event, message=self.redact(event.message))
        with self._listener_lock:
            self._listener(event)


def _variants(text: str) -> set[str]:
    # The output of a program arrives line by line.
    lines = {line for line in text.splitlines() if len(line) >= _MIN_LINE_LENGTH}
    quoted = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
    return {text} | lines | quoted
