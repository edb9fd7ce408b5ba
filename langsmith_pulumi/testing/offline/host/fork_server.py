# ruff: noqa: INP001 - a script, run by its path
"""Forks children that run a host script, with Pulumi's SDK imported beforehand.

Standard input is a socket. Each message brings five file descriptors: the pipe with the request
(JSON), the child's standard input, output and error, and its status pipe. The child's supervisor
writes the child's process id to the status pipe and, when the child has ended, its exit code.
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

import pulumi.dynamic  # imported here so that the children need not
import pulumi.runtime.proto.provider_pb2_grpc  # noqa: F401 - likewise

DESCRIPTORS = 5


def serve() -> None:
    """Fork at each request until the engine's end of the socket is closed."""
    with socket.socket(fileno=os.dup(0)) as connection:
        while True:
            message, descriptors, _, _ = socket.recv_fds(connection, 64, DESCRIPTORS)
            if not message:
                return None
            if os.fork() == 0:
                connection.detach()
                return supervise(*descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            reap_children()


def reap_children() -> None:
    """Reap the supervisors that have ended, so that they do not stay as zombies."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def supervise(request_pipe: int, stdin: int, stdout: int, stderr: int, status: int) -> None:
    """Fork the child and report its exit code; in the child, run the requested script."""
    child = os.fork()
    if child == 0:
        os.close(status)
        for number, descriptor in enumerate((stdin, stdout, stderr)):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.setsid()
        with os.fdopen(request_pipe, encoding="utf-8") as file:
            return run(**json.load(file))
    for descriptor in (request_pipe, stdin, stdout, stderr, 0, 1, 2):
        os.close(descriptor)
    os.write(status, f"{child}\n".encode())
    _, wait_status = os.waitpid(child, 0)
    os.write(status, f"{os.waitstatus_to_exitcode(wait_status)}\n".encode())
    os._exit(0)


def run(script: str, arguments: list[str], cwd: str, environ: dict[str, str]) -> None:
    """Run a host script as a new interpreter would."""
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sys.argv = [script, *arguments]
    sys.path[0] = str(Path(script).parent)
    runpy.run_path(script, run_name="__main__")


for _module in sys.argv[1:]:
    with contextlib.suppress(ImportError):  # the project's interpreter may have another version
        importlib.import_module(_module)
gc.freeze()  # keeps the children's collections from copying memory shared with this process
serve()
