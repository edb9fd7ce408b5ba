"""A problem with an input."""

from __future__ import annotations

from dataclasses import dataclass

_MAY_HOLD_SECRETS = {
    "secrets",
    "source_config",
    "source_revision_config",
    "secret_references",
    "triggers",
}


@dataclass(frozen=True)
class Problem:
    """A field and what is wrong with it, in words that go on from the field's name."""

    path: str
    reason: str

    def __post_init__(self) -> None:
        # The engine prints the value of a top-level property that failed, secrets in clear.
        if self.path in _MAY_HOLD_SECRETS:
            object.__setattr__(self, "path", f"{self.path}.*")
