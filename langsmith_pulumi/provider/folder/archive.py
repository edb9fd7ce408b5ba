"""The archive of a folder: a ``.tar.gz`` without anything that differs between machines.

Times, owners and modes are left out, but for whether a file is executable. Two versions of zlib
compress differently, so the digest is that of the files, and not of the archive.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from langsmith_pulumi.control_plane.models.requests import MAX_ARCHIVE_BYTES

from .errors import FolderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .listing import ListedFile

_CHUNK = 1 << 20
_BLOCK = 512
_DIGEST_LENGTH = 32
_SHORT_LENGTH = 12
_CHANGED = "was changed while it was read; run again"


@dataclass(frozen=True)
class Contents:
    """The contents of a folder."""

    digest: str
    """The same for the same paths, contents and executable bits, on every machine."""
    files: dict[str, str]
    """A short digest of each file, by path."""


def read_contents(files: Iterable[ListedFile]) -> Contents:
    """Return the contents of the listed files."""
    return _contents({file.path: _hash_of(file) for file in files})


def _contents(hashes: dict[str, str]) -> Contents:
    tree = hashlib.sha256()
    for path, digest in sorted(hashes.items()):
        tree.update(f"{len(path)}:{path}{digest}".encode())
    files = {path: digest[:_SHORT_LENGTH] for path, digest in hashes.items()}
    return Contents(tree.hexdigest()[:_DIGEST_LENGTH], files)


def _hash_of(file: ListedFile) -> str:
    try:
        with file.source.open("rb") as content:
            reader = _HashingReader(content, is_executable=file.is_executable)
            while reader.read(_CHUNK):
                pass
    except OSError as error:
        raise FolderError(f"contains a file that cannot be read: {file.path}") from error
    return reader.hexdigest()


class _HashingReader(io.RawIOBase):
    """A file whose digest is computed while it is read."""

    def __init__(self, content: BinaryIO, *, is_executable: bool) -> None:
        super().__init__()
        self._content = content
        self._hash = hashlib.sha256(b"x" if is_executable else b"-")

    def read(self, size: int = -1) -> bytes:
        piece = self._content.read(size)
        self._hash.update(piece)
        return piece

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def pack(files: Sequence[ListedFile], target: BinaryIO) -> Contents:
    """Write the archive of the listed files; return the contents that are in it."""
    hashes: dict[str, str] = {}
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0, compresslevel=6) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for file in files:
            try:
                with file.source.open("rb") as content:
                    reader = _HashingReader(content, is_executable=file.is_executable)
                    archive.addfile(_entry(file), reader)
            except OSError as error:
                raise FolderError(_CHANGED) from error
            hashes[file.path] = reader.hexdigest()
    return _contents(hashes)


def _entry(file: ListedFile) -> tarfile.TarInfo:
    """Return the header of a file; the defaults have neither a time nor an owner."""
    entry = tarfile.TarInfo(file.path)
    entry.size = file.size
    entry.mode = 0o755 if file.is_executable else 0o644
    return entry


def check_size(files: Sequence[ListedFile], limit: int = MAX_ARCHIVE_BYTES) -> None:
    """Raise ``FolderError`` if the archive would be larger than the limit.

    It is packed, into nothing, only if it might be: a file that cannot be compressed grows little.
    """
    blocks = sum(_BLOCK * 4 + file.size + len(file.path.encode()) * 2 for file in files)
    if blocks + blocks // 1000 + _CHUNK <= limit:
        return
    try:
        pack(files, _Sink(limit))  # type: ignore[arg-type]
    except _TooLarge:
        largest = max(files, key=lambda file: file.size)
        raise FolderError(
            f"is larger than {limit:,} bytes when packed, the most that the service takes; name "
            "what does not belong to the agent in its .gitignore or .dockerignore (the largest "
            f"file is {largest.path}, {largest.size:,} bytes)"
        ) from None


class _TooLarge(Exception):  # noqa: N818 - says what happened
    """More bytes were written than the limit allows."""


class _Sink(io.RawIOBase):
    """A file that keeps nothing and raises ``_TooLarge`` beyond a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, piece: Any) -> int:
        self._left -= len(piece)
        if self._left < 0:
            raise _TooLarge
        return len(piece)
