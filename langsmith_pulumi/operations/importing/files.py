"""The files of a written project."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from langsmith_pulumi.operations.connection import OperationError

from .names import project_name
from .source_code import program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .declarations import Declarations

_PACKAGE = "langsmith-pulumi"


def project_files(folder: Path, declarations: Declarations) -> dict[str, str]:
    """Return the files of the project by name."""
    name = project_name(folder.resolve().name)
    return {
        "Pulumi.yaml": (
            f'name: "{name}"\nruntime: python\ndescription: Deployments of LangSmith\n'
        ),
        "__main__.py": program(declarations),
        "requirements.txt": f"{_PACKAGE}~={version(_PACKAGE)}\n",
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files; raise ``OperationError`` if one of them exists with another content.

    The same content is no error, so that a command that failed afterwards can be repeated.
    """
    different = [name for name, text in files.items() if not _may_write(folder / name, text)]
    if different:
        raise OperationError(
            f"{folder} contains {', '.join(different)} already, and nothing is overwritten. Give "
            "another folder with --out."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in (folder / name for name in files):
            if not file.exists():
                with file.open("xb") as written:
                    written.write(files[file.name].encode())
    except OSError as error:
        raise OperationError(f"The project cannot be written into {folder}: {error}.") from error


def _may_write(file: Path, text: str) -> bool:
    try:
        return not file.exists() or file.read_bytes() == text.encode()
    except OSError:
        return False
