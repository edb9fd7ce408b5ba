"""The configuration file of a folder, ``langgraph.json``: what would let its build fail.

Only what the service certainly needs is checked; unknown keys are its own business.
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from .listing import ListedFile

_MAX_BYTES = 1 << 20


class ConfigFile:
    """The configuration file in a list of files."""

    def __init__(self, files: Collection[ListedFile], path: str) -> None:
        """Read the file at a path from the folder's root."""
        self._paths = {file.path for file in files}
        self._path = path
        self._folder = posixpath.dirname(posixpath.normpath(path))
        sources = {file.path: file.source for file in files}
        source = sources.get(posixpath.normpath(path))
        self._content: Any = None
        self._broken = "" if source else f"has no file {path} that is not left out"
        if source:
            self._content, self._broken = _read(source, path)

    def problems(self) -> list[str]:
        """Return one sentence for each problem, in words that follow the folder's."""
        if self._broken:
            return [self._broken]
        return [f"{self._path}: {problem}" for problem in (*self._graphs(), *self._dependencies())]

    def env_file(self) -> str | None:
        """Return the file of variables that ``env`` names, or None."""
        env = self._content.get("env") if isinstance(self._content, dict) else None
        return env if isinstance(env, str) and env.strip() else None

    def _graphs(self) -> Iterator[str]:
        graphs = self._content.get("graphs")
        if not isinstance(graphs, dict) or not graphs:
            yield "graphs names no graph; it is a map such as {'agent': './agent.py:graph'}"
            return
        for name, graph in graphs.items():
            place = graph.get("path") if isinstance(graph, dict) else graph
            problem = self._problem_of_graph(place)
            if problem:
                yield f"graph {name!r} {problem}"

    def _problem_of_graph(self, place: Any) -> str:
        if not isinstance(place, str) or ":" not in place:
            return "is no text such as './agent.py:graph', which names a file and a variable in it"
        file, _, variable = place.rpartition(":")
        if not file or not variable:
            return f"is {place!r}, without a file or a variable; write './agent.py:graph'"
        if "/" not in file and not posixpath.splitext(file)[1].startswith((".py", ".js", ".ts")):
            return ""  # the name of a module, which may come with a dependency
        path = self._inside(file)
        if path is None:
            return f"is in {file}, which is not in the folder"
        return "" if path in self._paths else f"is in {file}, a file that is not there or left out"

    def _dependencies(self) -> Iterator[str]:
        dependencies = self._content.get("dependencies", [])
        if not isinstance(dependencies, list):
            yield "dependencies is no list"
            return
        for dependency in dependencies:
            if not isinstance(dependency, str):
                yield f"dependency {dependency!r} is no text"
            elif dependency.startswith(("./", "../", "/")) or dependency in (".", ".."):
                yield from self._problem_of_folder(dependency)

    def _problem_of_folder(self, dependency: str) -> Iterator[str]:
        path = self._inside(dependency)
        if path is None:
            yield f"dependency {dependency} is not in the folder; give a path= that contains both"
        elif path and not any(file == path or file.startswith(f"{path}/") for file in self._paths):
            yield f"dependency {dependency} is not there, or left out"

    def _inside(self, name: str) -> str | None:
        """Return a path from the folder's root, or None if it leads out of it."""
        path = posixpath.normpath(posixpath.join("/", self._folder, name))[1:]
        direct = posixpath.normpath(posixpath.join(self._folder, name))
        is_out = name.startswith("/") or direct == ".." or direct.startswith("../")
        return None if is_out else path


def _read(source: Path, path: str) -> tuple[Any, str]:
    """Return the content of a configuration file, or the reason why it has none."""
    try:
        text = source.read_bytes()[:_MAX_BYTES].decode("utf-8-sig")
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return None, f"{path} is no JSON: {error.msg} in line {error.lineno}"
    except (ValueError, RecursionError):
        return None, f"{path} is no JSON"
    except OSError:
        return None, f"{path} cannot be read"
    if not isinstance(content, dict):
        return None, f"{path} is no JSON object"
    return content, ""
