"""The files of a folder that are left out of its archive.

Left out are, besides what is never part of an agent (``ALWAYS_LEFT_OUT``):

- what a ``.gitignore`` names: in the folder, in any folder below it, and above it up to the root of
  the repository, as git reads them. A folder that the repository itself ignores is generated, and
  then only its own ignore files count.
- what the folder's ``.dockerignore`` names, read with the patterns of git, as the vendor's command
  line does.

Files of one machine, such as a user's global ignore file, do not count, because every machine has
to pack the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec, PathSpec
from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

from .errors import FolderError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ALWAYS_LEFT_OUT = (
    ".git",
    # Environments and caches, which a build makes anew.
    ".venv/",
    "venv/",
    "node_modules/",
    "__pycache__/",
    "*.py[cod]",
    ".tox/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".DS_Store",
    # The local server's threads and checkpoints.
    ".langgraph_api/",
    # The program's own settings and state, with encrypted secrets.
    ".pulumi/",
    ".pulumi-offline/",
    "Pulumi.yaml",
    "Pulumi.*.yaml",
    # Secrets, which belong into `secrets=`.
    ".env",
    ".env.*",
    ".envrc",
)
"""Patterns that no ignore file can take back."""

_GITIGNORE = ".gitignore"
_DOCKERIGNORE = ".dockerignore"


class IgnoreRules:
    """The ignore rules of one folder; paths are relative to it, with slashes."""

    def __init__(self, root: Path) -> None:
        """Read the rules that hold for the whole folder; those below are read when needed."""
        self._root = root
        self._always = GitIgnoreSpec.from_lines(ALWAYS_LEFT_OUT)
        docker = _lines(root / _DOCKERIGNORE)
        self._docker = _compiled(PathSpec, root / _DOCKERIGNORE, GitIgnoreBasicPattern, docker)
        self._git_spec = lru_cache(maxsize=None)(self._read_git_spec)
        self._is_left_out = lru_cache(maxsize=None)(self._decide)
        self._above = self._specs_above()

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Return True if a path, or a folder that contains it, is left out."""
        name = f"{path}/" if is_folder else path
        ends = [index + 1 for index, letter in enumerate(name) if letter == "/"]
        return any(self._is_left_out(name[:end]) for end in {*ends, len(name)})

    def _decide(self, name: str) -> bool:
        """Return True if a path itself is left out; that of a folder ends with a slash."""
        if self._always.match_file(name) or self._docker.match_file(name):
            return True
        return self._is_git_ignored(name)

    def _is_git_ignored(self, name: str) -> bool:
        """Return the decision of the nearest ``.gitignore`` that has one."""
        parts = name.rstrip("/").split("/")
        for depth in range(len(parts) - 1, -1, -1):
            spec = self._git_spec("/".join(parts[:depth]))
            decision = spec.check_file(name.split("/", depth)[depth]).include
            if decision is not None:
                return bool(decision)
        above = (spec.check_file(f"{prefix}{name}").include for spec, prefix in self._above)
        return bool(next((decision for decision in above if decision is not None), False))

    def _read_git_spec(self, folder: str) -> GitIgnoreSpec:
        file = self._root / folder / _GITIGNORE
        spec: GitIgnoreSpec = _compiled(GitIgnoreSpec, file, _lines(file))
        return spec

    def _specs_above(self) -> list[tuple[GitIgnoreSpec, str]]:
        """Return the rules between the folder and its repository's root, with its path from there.

        There are none outside of a repository.
        """
        if (self._root / ".git").exists():
            return []
        above: list[tuple[GitIgnoreSpec, str]] = []
        for outer in self._root.parents:
            prefix = f"{self._root.relative_to(outer).as_posix()}/"
            file = outer / _GITIGNORE
            above.append((_compiled(GitIgnoreSpec, file, _lines(file)), prefix))
            if (outer / ".git").exists():
                is_ignored = any(spec.match_file(path) for spec, path in above)
                return [] if is_ignored else above
        return []


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines() if file.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(f"has an ignore file that cannot be read: {file.name}") from error


def _compiled(kind: Any, file: Path, *arguments: Any) -> Any:
    try:
        return kind.from_lines(*arguments)
    except GitIgnorePatternError as error:
        raise FolderError(f"has a malformed pattern in {file.name}: {error}") from error
