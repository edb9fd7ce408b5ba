"""A client of pyright's language server, which answers as an editor would show it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 90.0
"""After which a server that does not answer is killed."""
_FORMATS = ["markdown"]
_CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "hover": {"contentFormat": _FORMATS},
        "completion": {"completionItem": {"documentationFormat": _FORMATS}},
    },
}


class Editor:
    """An editor with one open file."""

    def __init__(self, process: subprocess.Popen[bytes], file: Path, text: str) -> None:
        self._process = process
        self._uri = file.as_uri()
        self._text = text
        self._count = 0
        root = {"uri": file.parent.as_uri(), "name": "root"}
        opened = {"workspaceFolders": [root], "processId": os.getpid(), "rootUri": root["uri"]}
        self._ask("initialize", {**opened, "capabilities": _CAPABILITIES})
        self._send({"method": "initialized", "params": {}})
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def completions(self, after: str) -> list[str]:
        """Return what is offered where a part of the text, which occurs once, ends."""
        found = self._ask("textDocument/completion", self._position(after, len(after)))
        items = found["items"] if isinstance(found, dict) else found
        return [item["label"] for item in items or []]

    def hover(self, part: str) -> str:
        """Return what is shown of the word with which a part of the text begins."""
        found = self._ask("textDocument/hover", self._position(part, 1))
        return str(found["contents"]["value"]) if found else ""

    def _position(self, part: str, offset: int) -> dict[str, Any]:
        assert self._text.count(part) == 1, part
        before = self._text[: self._text.index(part) + offset]
        column = len(before) - before.rfind("\n") - 1
        position = {"line": before.count("\n"), "character": column}
        return {"textDocument": {"uri": self._uri}, "position": position}

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": _settings(message)})
            elif message.get("id") == self._count:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        stream = self._process.stdout
        assert stream is not None
        length = 0
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        found: dict[str, Any] = json.loads(stream.read(length))
        return found


def _settings(question: dict[str, Any]) -> Any:
    """Return the answer to a question of the server: the Python whose packages it reads."""
    if question["method"] != "workspace/configuration":
        return None
    asked = question["params"]["items"]
    python = {"pythonPath": sys.executable}
    return [python if item.get("section") == "python" else {} for item in asked]


@contextmanager
def editor(file: Path, text: str) -> Iterator[Editor]:
    """Open a text as a file that need not exist; its folder is the root of the project."""
    command = shutil.which("pyright-langserver", path=str(Path(sys.executable).parent))
    assert command, "pyright brings it"
    process = subprocess.Popen(
        [command, "--stdio"], cwd=file.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    timer = Timer(_SECONDS, process.kill)
    timer.start()
    try:
        yield Editor(process, file, text)
    finally:
        timer.cancel()
        process.kill()
        process.communicate(timeout=_SECONDS)
