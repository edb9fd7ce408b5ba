"""What can go wrong in the engine, as a tree.

OfflineError            anything the user is told in one message
├── NeedsPulumi         the program asks for something only the Pulumi CLI does
├── WrongPassphrase     the state or configuration was encrypted with another passphrase
├── StackLocked         another operation on the same stack is running
├── StepFailed          one operation on one resource failed; the message is on its row
├── Stopped             the operation has failed elsewhere and said why; nothing more is begun
└── Interrupted         the user or the system asked to stop; what was running is unsettled
"""

from __future__ import annotations


class OfflineError(Exception):
    """Anything the user is told in one message."""


class NeedsPulumi(OfflineError):
    """The program asks for something only the Pulumi CLI does."""

    def __init__(self, feature: str) -> None:
        super().__init__(f"needs the Pulumi CLI: {feature} (the offline engine does not do it)")


class WrongPassphrase(OfflineError):
    """The state or configuration was encrypted with another passphrase."""


class StackLocked(OfflineError):
    """Another operation on the same stack is running."""


class StepFailed(OfflineError):
    """One operation on one resource failed; the message is on its row."""

    def __init__(self, urn: str, message: str) -> None:
        super().__init__(message)
        self.urn = urn


class Stopped(OfflineError):
    """The operation has failed elsewhere and said why; nothing more is begun."""


class Interrupted(OfflineError):
    """The user or the system asked to stop; what was running is unsettled."""
