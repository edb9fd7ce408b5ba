"""The errors of the engine, as a tree.

OfflineError                an error that is reported to the user in one message
├── NeedsPulumiError        the program uses a feature that only the Pulumi CLI has
├── WrongPassphraseError    the state or configuration was encrypted with another passphrase
├── NoPassphraseError       the configuration's secrets are not encrypted with a passphrase
├── StackLockedError        another operation on the same stack is running
├── StepFailedError         one operation on one resource failed; the message is on its row
│   └── ProtectedError      the resource is protected; other steps may go on
├── CutOffError             a provider's call was cut off, and may have taken effect
└── StoppedError            the operation was stopped after an error that is already reported
"""

from __future__ import annotations


class OfflineError(Exception):
    """An error that is reported to the user in one message."""


class NeedsPulumiError(OfflineError):
    """The program uses a feature that only the Pulumi CLI has."""

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
    """The resource is protected; other steps may go on."""


class StoppedError(OfflineError):
    """The operation was stopped after an error that is already reported."""


class CutOffError(OfflineError):
    """A provider's call was cut off, and may have taken effect."""
