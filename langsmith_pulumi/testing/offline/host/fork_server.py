# ruff: noqa: INP001 - a script, run by its path
"""Forks children that run a host script, with Pulumi's SDK loaded beforehand.

Standard input is a socket: each message brings five descriptors, which are the pipe with the
request (JSON) and the child's standard input, output, error and status pipe. On the status pipe
the child's nanny writes its process id and, at the end, its exit code.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import socket
import sys
from pathlib import Path

import pulumi.dynamic  # loaded here so that the children need not
import pulumi.runtime.proto.provider_pb2_grpc  # noqa: F401 - likewise

DESCRIPTORS = 5


def serve() -> None:
    """Fork whenever asked to, until the engine's end of the socket is closed."""
    with socket.socket(fileno=os.dup(0)) as door:
        while True:
            message, descriptors, _, _ = socket.recv_fds(door, 64, DESCRIPTORS)
            if not message:
                return None
            if os.fork() == 0:
                door.detach()
                return mind(*descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            forget_the_dead()


def forget_the_dead() -> None:
    """Collect nannies that are done, so that none stays as a zombie for long."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def mind(asked: int, stdin: int, stdout: int, stderr: int, status: int) -> None:
    """Fork the child and tell how it ends; in the child, run what is asked for."""
    child = os.fork()
    if child == 0:
        os.close(status)
        for number, descriptor in enumerate((stdin, stdout, stderr)):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.setsid()
        with os.fdopen(asked, encoding="utf-8") as file:
            return run(**json.load(file))
    for descriptor in (asked, stdin, stdout, stderr, 0, 1, 2):
        os.close(descriptor)
    os.write(status, f"{child}\n".encode())
    _, ended = os.waitpid(child, 0)
    os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
    os._exit(0)


def run(script: str, arguments: list[str], cwd: str, environ: dict[str, str]) -> None:
    """Run a host script as a fresh interpreter would."""
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sys.argv = [script, *arguments]
    sys.path[0] = str(Path(script).parent)
    runpy.run_path(script, run_name="__main__")


for module in sys.argv[1:]:
    importlib.import_module(module)
gc.freeze()  # children need not look through, and so copy, what they share with this process
serve()
