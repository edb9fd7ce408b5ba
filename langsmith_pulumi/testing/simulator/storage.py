"""Keeps the records in a file between two runs, if a file is named."""

import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from langsmith_pulumi.testing.simulator.records import Records

_FORM = TypeAdapter(Records)


class Storage:
    """Reads records from a JSON file and writes them back; without a file it keeps nothing.

    The file holds secret values in plain text, as the service itself does, so nobody but its
    owner may read it.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._written = b""

    def load(self) -> Records:
        """Return what the last run left behind."""
        if self._file is None or not self._file.exists():
            return Records()
        try:
            return _FORM.validate_json(self._file.read_bytes())
        except ValidationError:
            # Not chained: its text repeats what it found, secrets included.
            raise ValueError(f"{self._file} is not a database of the simulator") from None

    def save(self, records: Records) -> None:
        """Write the file anew if anything has changed; it is never half written."""
        if self._file is None:
            return
        content = _FORM.dump_json(records, indent=1)
        if content != self._written:
            _replace(self._file, content)
            self._written = content


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    beside.replace(file)
