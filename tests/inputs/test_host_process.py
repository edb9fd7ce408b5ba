"""Tests that a process which hosts a program (Automation API, test runner) is left alone."""

from __future__ import annotations

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


def test_a_host_keeps_its_excepthook() -> None:
    """Only the process of Pulumi's executor, which ends with the program, gets another one."""
    done = subprocess.run([sys.executable, "-c", HOST], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
