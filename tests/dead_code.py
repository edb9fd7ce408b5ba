"""Find definitions that nothing uses: `python -m tests.dead_code`, part of `make check`.

vulture compares names. It runs twice: over the package alone, because code that only tests call is
dead too, and over everything. Annotated fields of models, input types and resources are not
reported: pydantic and the Pulumi SDK read them by name.
"""

from __future__ import annotations

import ast
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from vulture import Vulture  # type: ignore[import-untyped]

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import OfflineStack, Result

PACKAGE = ("langsmith_pulumi", "pytest_langsmith_pulumi.py", "docs", "examples")
EVERYTHING = (*PACKAGE, "tests")

REGISTERED = (
    "@*.get",
    "@*.post",
    "@*.patch",
    "@*.put",
    "@*.delete",
    "@*.command",
    "@pytest.fixture",
    "@atexit.register",
)
"""Decorators that hand a function to a library, which then calls it."""

CALLED_FROM_OUTSIDE = {
    "serialize_as_secret_always": "the Pulumi SDK reads it, of a dynamic provider",
    "method [A-Z]*": "gRPC calls it, of a servicer; named as in Pulumi's protocol",
    "__getattr__": "Python calls it, of a module",
    "attribute mode": "tarfile reads it, of an entry",
    "tracebacklimit": "Python reads it, of sys",
    "attribute _idle_semaphore": "concurrent.futures reads it, of a pool",
    "method release": "likewise, of that count",
    "main_loop": "uvicorn calls it, of a server",
    "shutdown": "likewise",
    "app_state": "uvicorn reads it, of a connection",
    "init_errors": "read from the state, and written back, by the names of the fields",
    "do_[A-Z]*": "http.server calls it",
    "handle_error": "likewise",
    "log_message": "likewise",
    "daemon_threads": "http.server reads it",
    "protocol_version": "likewise",
    "disable_nagle_algorithm": "likewise",
    "close_connection": "likewise",
    "handle_*": "html.parser calls it",
    "file_extension": "syrupy reads it, of an extension",
    "function setup": "Sphinx calls it, of an extension",
    "attribute whitespace_split": "shlex reads it, of a lexer",
    "pytest_*": "pytest calls it, of a conftest",
    "pytestmark": "pytest reads it, of a module",
    "variable_names": "users read it, of a look-up's result",
    "image_uri": "likewise",
}
"""Names that nothing here uses, with who uses them. A pattern may begin with the kind of thing."""

PUBLIC = {*dir(Simulator), *dir(OfflineStack), *dir(Result)}
"""The interface that the tests of users call."""

NEVER_RUN = ("*/typing_*.py", "*/local_folder/agent/*", "*/conf.py")
"""Modules for type checkers, for a build of the service, and for Sphinx."""


def unused(paths: tuple[str, ...]) -> list[Any]:
    """Return vulture's items for the definitions that nothing under the paths uses."""
    vulture = Vulture(ignore_decorators=REGISTERED)
    vulture.scavenge(paths)
    return [item for item in vulture.get_unused_code() if not _is_field(item)]


def _is_field(item: Any) -> bool:
    """Return True for an annotated field of a class that is not a plain dataclass."""
    tree = ast.parse(Path(item.filename).read_text(encoding="utf-8"))
    return any(
        isinstance(part, ast.AnnAssign) and part.lineno == item.first_lineno
        for cls in ast.walk(tree)
        if isinstance(cls, ast.ClassDef) and not _is_dataclass(cls)
        for part in [*cls.body, *_hidden_from_type_checkers(cls)]
    )


def _hidden_from_type_checkers(cls: ast.ClassDef) -> list[ast.stmt]:
    return [part for block in cls.body if isinstance(block, ast.If) for part in block.body]


def _is_dataclass(cls: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(decorator) for decorator in cls.decorator_list)


def main() -> int:
    """Print what is unused, and the allowed names that are not needed any more."""
    found = {str(item.get_report()): item for item in [*unused(PACKAGE), *unused(EVERYTHING)]}
    allowed = {report: _allowed_by(item) for report, item in found.items()}
    dead = [report for report, names in allowed.items() if not names]
    stale = CALLED_FROM_OUTSIDE.keys() - set().union(*allowed.values())
    print(*dead, *(f"allowed, and not needed: {name}" for name in sorted(stale)), sep="\n")
    return 1 if dead or stale else 0


def _allowed_by(item: Any) -> set[str]:
    """Return the entries that allow an unused definition."""
    if item.name in PUBLIC:
        return {"public"}
    if any(fnmatchcase(str(item.filename), pattern) for pattern in NEVER_RUN):
        return {"never run"}
    forms = (item.name, f"{item.typ} {item.name}")
    return {name for name in CALLED_FROM_OUTSIDE if any(fnmatchcase(form, name) for form in forms)}


if __name__ == "__main__":
    sys.exit(main())
