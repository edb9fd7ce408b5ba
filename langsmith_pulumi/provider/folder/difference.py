"""What changes between two recorded contents of a folder. Pure, and shared with the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langsmith_pulumi.control_plane.text import printable
from langsmith_pulumi.provider.properties import ignores

FOLDER = "folder"
"""The input with the recorded contents, which the provider computes."""
DIGEST = f"{FOLDER}.digest"
"""The path by which contents are compared."""
ARCHIVE_PATH = "source_revision_config.source_tarball_path"
"""The field that names an archive, which excludes ``path``."""
CONFIG_PATH = "source_revision_config.langgraph_config_path"
DEFAULT_CONFIG_PATH = "langgraph.json"
PATH = "path"
"""The argument that names the folder."""

MAX_RECORDED_FILES = 2000
"""Of a folder with more files the state has the digest and the number of files alone."""
_NAMES_IN_MESSAGE = 8


@dataclass(frozen=True)
class FolderChange:
    """The files of a folder that change, by path; all are empty if the files are not recorded."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    count: int = 0
    """The number of files in the new folder."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of all files that change, the changed ones first."""
        return (*self.changed, *self.added, *self.removed)

    def summary(self) -> str:
        """Return the numbers: ``3 files changed, 1 added, 1 removed``."""
        if not self.names:
            return f"its files changed ({files_in_words(self.count)} now)"
        numbers = {"changed": self.changed, "added": self.added, "removed": self.removed}
        (first, number), *rest = [(word, len(some)) for word, some in numbers.items() if some]
        return ", ".join([f"{files_in_words(number)} {first}", *(f"{n:,} {w}" for w, n in rest)])

    def sentence(self) -> str:
        """Return the numbers, and as many of the names as fit into a message."""
        shown = ", ".join(map(printable, self.names[:_NAMES_IN_MESSAGE]))
        more = len(self.names) - _NAMES_IN_MESSAGE
        rest = f" and {more:,} more" if more > 0 else ""
        return f"{self.summary()}: {shown}{rest}" if shown else self.summary()


def is_ignored(inputs: dict[str, Any]) -> bool:
    """Return True if ``ignore_changes`` covers the folder, by its argument or its contents."""
    return ignores(inputs, PATH) or ignores(inputs, FOLDER)


def record(digest: str, files: dict[str, str]) -> dict[str, Any]:
    """Return contents as the state records them."""
    recorded: dict[str, Any] = {"digest": digest, "count": len(files)}
    return {**recorded, "files": files} if len(files) <= MAX_RECORDED_FILES else recorded


def folder_change(before: Any, after: Any) -> FolderChange:
    """Return what changes between two recorded contents; of a new folder only its number."""
    count = after.get("count") if isinstance(after, dict) else None
    number = int(count) if isinstance(count, (int, float)) else 0
    olds, news = _recorded(before), _recorded(after)
    if olds is None or news is None:
        return FolderChange(count=number)
    return FolderChange(
        changed=tuple(sorted(path for path in olds.keys() & news if olds[path] != news[path])),
        added=tuple(sorted(news.keys() - olds.keys())),
        removed=tuple(sorted(olds.keys() - news.keys())),
        count=number,
    )


def files_in_words(number: int) -> str:
    """Return a number of files in words."""
    return "1 file" if number == 1 else f"{number:,} files"


def _recorded(contents: Any) -> dict[str, Any] | None:
    files = contents.get("files") if isinstance(contents, dict) else None
    return files if isinstance(files, dict) else None
