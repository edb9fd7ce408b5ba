"""What can go wrong in the engine, as a tree.

OfflineError                anything the user is told in one message
├── NeedsPulumiError        the program asks for something only the Pulumi CLI does
├── WrongPassphraseError    the state or configuration was encrypted with another passphrase
├── NoPassphraseError       the configuration's secrets are not encrypted with a passphrase
├── StackLockedError        another operation on the same stack is running
├── StepFailedError         one operation on one resource failed; the message is on its row
│   └── ProtectedError      the resource is protected; nothing was tried, so the rest may go on
├── CutOffError             a provider's call was cut off: whether it took effect is not known
└── StoppedError            the operation has failed elsewhere and said why; nothing more begins
"""

from __future__ import annotations


class OfflineError(Exception):
    """Anything the user is told in one message."""


class NeedsPulumiError(OfflineError):
    """The program asks for something only the Pulumi CLI does."""

    def __init__(self, feature: str) -> None:
        super().__init__(f"needs the Pulumi CLI: {feature} (the offline engine does not do it)")


class WrongPassphraseError(OfflineError):
    """The state or configuration was encrypted with another passphrase."""


class NoPassphraseError(OfflineError):
    """The configuration's secrets are not encrypted with a passphrase."""


class StackLockedError(OfflineError):
    """Another operation on the same stack is running."""


class StepFailedError(OfflineError):
    """One operation on one resource failed; the message is on its row."""

    def __init__(self, urn: str, message: str) -> None:
        super().__init__(message)
        self.urn = urn


class ProtectedError(StepFailedError):
    """The resource is protected; nothing was tried, so the rest may go on."""


class StoppedError(OfflineError):
    """The operation has failed elsewhere and said why; nothing more begins."""


class CutOffError(OfflineError):
    """A provider's call was cut off: whether it took effect is not known."""
