"""A problem of one field, which the engine shows to the user."""

from __future__ import annotations

from dataclasses import dataclass

from .variables import VARIABLE_MAPS

_MAY_CONTAIN_SECRETS = {
    *VARIABLE_MAPS,
    "source_config",
    "source_revision_config",
    "secret_references",
    "triggers",
    "health_check",
}


@dataclass(frozen=True)
class ValidationProblem:
    """A field and its problem, in words that follow the field's name."""

    path: str
    reason: str

    def __post_init__(self) -> None:
        # The engine prints the value of a top-level property that failed, secrets in clear.
        if self.path in _MAY_CONTAIN_SECRETS:
            object.__setattr__(self, "path", f"{self.path}.*")
