"""The local folders of a program: what is written beside it, and what an upload has to contain."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_pulumi.testing.simulator import Simulator

    from .history import Program
    from .impacts import Flat

CONFIG_PATHS = ("langgraph.json", "a/langgraph.json")
GONE = "gone"
"""The contents of a folder that somebody has removed."""
UPLOAD = "UPLOAD"
"""A request for an upload URL, as a write of the oracle; an upload has one."""

_CONFIG = json.dumps({"graphs": {"agent": "./graph.py:graph"}})
_AGENT = {
    **dict.fromkeys(CONFIG_PATHS, _CONFIG),
    "graph.py": "graph = 1\n",
    "a/graph.py": "graph = 1\n",
}
CONTENTS: dict[str, dict[str, str]] = {
    "first": _AGENT,
    "edited": {**_AGENT, "graph.py": "graph = 2\n"},
    "grown": {**_AGENT, "a/tools.py": ""},
}
"""The files of a folder by the name of its contents."""


def as_given(resource: str, flat: Flat) -> Flat:
    """Return the arguments with the place of the folder, and without its contents."""
    given = {path: value for path, value in flat.items() if path != "folder"}
    return {**given, "path": _place_of(resource, flat)} if "path" in flat else given


def _place_of(resource: str, flat: Flat) -> str:
    return f"./folders/{resource}/{flat['path']}"


def write_folders(home: Path, program: Program) -> None:
    """Write all folders of a program anew, so that also an unchanged file has another time."""
    root = home / "folders"
    shutil.rmtree(root, ignore_errors=True)
    for resource, flat in program.items():
        if "path" in flat:
            for path, text in CONTENTS.get(flat["folder"], {}).items():
                file = home / _place_of(resource, flat) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)


def method_of_write(method: str, path: str) -> str:
    """Return the word of the oracle for a request."""
    return UPLOAD if path.endswith("/upload-url") else method


def assert_is_archive(simulator: Simulator, place: str, contents: str) -> None:
    """Assert that the archive at a place has exactly these contents."""
    archive = simulator.archive(place)
    assert archive is not None, place
    with tarfile.open(fileobj=io.BytesIO(archive)) as found:
        files = {one.name: found.extractfile(one) for one in found}
        texts = {name: file.read().decode() for name, file in files.items() if file}
    assert texts == CONTENTS[contents], (place, contents, texts.keys())
