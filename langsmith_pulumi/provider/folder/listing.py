"""The files of a folder, in one order on every machine.

Symbolic links are followed, because the service may not take them: what a link leads to is packed
under the link's own path. A link that leads out of the folder, to something that is left out, or to
a folder that it is in, is refused. Empty folders are left out, as git leaves them out.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.text import printable

from .errors import FolderError
from .ignore import IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILES = 50_000
"""More files than any agent has; a folder with more is the wrong one."""
_NAMES_IN_ERROR = 3


@dataclass(frozen=True)
class ListedFile:
    """One file to pack."""

    path: str
    """Its path in the archive, with slashes."""
    source: Path
    is_executable: bool
    size: int
    """Its size in bytes."""


def list_files(root: Path) -> list[ListedFile]:
    """Return the files to pack, by path; raise ``FolderError`` if one cannot be packed."""
    resolved = _resolve(root)
    return sorted(_Walk(resolved).files(), key=lambda file: file.path)


def _resolve(root: Path) -> Path:
    try:
        resolved = root.resolve(strict=True)
    except (OSError, RuntimeError):
        raise FolderError(
            f"names a folder that does not exist: {str(root)!r} (a relative path begins at the "
            f"folder of the program, here {str(Path.cwd())!r})"
        ) from None
    if not resolved.is_dir():
        raise FolderError("names a file; give the folder that holds langgraph.json")
    return resolved


class _Walk:
    """One walk through a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rules = IgnoreRules(root)
        self._refused: dict[str, list[str]] = {}
        self._count = 0

    def files(self) -> list[ListedFile]:
        found = list(self._below(self._root, "", ()))
        if self._refused:
            raise FolderError("; ".join(map(_refusal, self._refused.items())))
        if not found:
            raise FolderError("names a folder without files, or with ignored ones only")
        return found

    def _below(self, folder: Path, prefix: str, inside: tuple[Path, ...]) -> Iterator[ListedFile]:
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            self._refuse("a folder that cannot be read", prefix)
            return
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if _is_text(path):
                yield from self._entry(entry, path, (*inside, folder))
            else:
                self._refuse("a name that is no UTF-8", path)

    def _entry(self, source: Path, path: str, inside: tuple[Path, ...]) -> Iterator[ListedFile]:
        try:
            is_folder = source.is_dir()
            if self._leaves_out(source, path, is_folder=is_folder):
                return
            target, problem = self._target(source, inside) if source.is_symlink() else (source, "")
            status = target.stat()
        except PermissionError:
            target, problem = source, "a file that cannot be read"
        except (OSError, RuntimeError):
            target, problem = source, "a symbolic link to nothing"
        if problem:
            self._refuse(problem, path)
        elif is_folder:
            yield from self._below(target, f"{path}/", inside)
        else:
            yield from self._file(target, path, status)

    def _leaves_out(self, source: Path, path: str, *, is_folder: bool) -> bool:
        """Return True if a file is left out by its path, or by the one that a link leads to."""
        real = source.relative_to(self._root).as_posix()
        return any(self._rules.leaves_out(one, is_folder=is_folder) for one in {path, real})

    def _target(self, link: Path, inside: tuple[Path, ...]) -> tuple[Path, str]:
        """Return what a link leads to, and the problem of it if there is one."""
        target = link.resolve(strict=True)
        if not target.is_relative_to(self._root):
            return target, "a symbolic link that leads out of it"
        if target in inside:
            return target, "a symbolic link to a folder that contains it"
        relative = target.relative_to(self._root).as_posix()
        is_left_out = self._rules.leaves_out(relative, is_folder=target.is_dir())
        return target, "a symbolic link to something that is left out" if is_left_out else ""

    def _file(self, source: Path, path: str, status: os.stat_result) -> Iterator[ListedFile]:
        self._count += 1
        if self._count > MAX_FILES:
            raise FolderError(
                f"names a folder with more than {MAX_FILES:,} files; name what does not belong to "
                "the agent in its .gitignore or .dockerignore"
            )
        if not stat.S_ISREG(status.st_mode):
            self._refuse("something that is neither a file nor a folder", path)
        elif not os.access(source, os.R_OK):
            self._refuse("a file that cannot be read", path)
        else:
            is_executable = bool(status.st_mode & stat.S_IXUSR)
            yield ListedFile(path, source, is_executable, status.st_size)

    def _refuse(self, reason: str, path: str) -> None:
        self._refused.setdefault(reason, []).append(path)


def _refusal(item: tuple[str, list[str]]) -> str:
    reason, paths = item
    shown = ", ".join(map(printable, paths[:_NAMES_IN_ERROR]))
    more = f" and {len(paths) - _NAMES_IN_ERROR} more" if len(paths) > _NAMES_IN_ERROR else ""
    return f"contains {reason}: {shown}{more}"


def _is_text(name: str) -> bool:
    """Return True if a name can be written as UTF-8, as state and archive do."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
