"""Tests that a process which hosts a program (Automation API, test runner) is left alone."""

from __future__ import annotations

import os
import subprocess
import sys

HOST = """
import sys
import pulumi

def mine(*_):
    pass

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return "an-id", args.inputs
    def call(self, args):
        return {}

pulumi.runtime.set_mocks(Mocks())

import langsmith_pulumi as langsmith
langsmith.Deployment("agent", source="github")
print(sys.excepthook is sys.__excepthook__)
"""


LOOKUPS = """
import sys
import pulumi
import langsmith_pulumi as langsmith

print([name for name in ("httpx", "pydantic") if name in sys.modules])
try:
    langsmith.list_listeners(workspace_id="no UUID")
except pulumi.RunError as error:
    print("httpx" in sys.modules, error)
"""


def test_a_host_keeps_its_excepthook() -> None:
    """Only the process of Pulumi's executor, which ends with the program, gets another one."""
    done = subprocess.run([sys.executable, "-c", HOST], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr


def test_a_program_without_lookups_imports_little() -> None:
    """A program imports httpx and pydantic with its first look-up."""
    environ = {**os.environ, "LANGSMITH_API_KEY": "a-key"}
    command = [sys.executable, "-c", LOOKUPS]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    before, _, after = done.stdout.partition("\n")
    assert before == "[]", done.stderr
    assert after.startswith("True The workspace id 'no UUID' is no UUID.")
