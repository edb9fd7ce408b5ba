"""Messages of the engine, the providers and the program, cut to what a reader needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .values import without_credentials

if TYPE_CHECKING:
    from .plan import Diagnostic


def message(diagnostic: Diagnostic, length: int) -> str:
    """A message, with the resource it is about; of a long one the end, where the cause stands."""
    text = without_credentials(diagnostic.message.strip().removeprefix("error: "))
    whole = f"{diagnostic.urn.name}: {text}" if diagnostic.urn else text
    return whole if len(whole) <= length else f"{whole[: length // 4]}\n…\n{whole[-length // 2 :]}"
