"""Add an error to a plan whose preview failed, so that the report shows it and the gate refuses.

Usage: python note_failure.py PLAN STACK EXIT_CODE [PROJECT]

PROJECT is the folder of the Pulumi.yaml, this one by default.

Pulumi does not write every failure into the plan, and some previews write no plan at all. The file
then holds just the error. It names the stack, so that the comment of an earlier plan is found and
edited.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

import yaml


def note_failure(path: Path, stack: str, exit_code: str, project: str = ".") -> None:
    """Add an error to the plan in a file, or create a plan if there is none."""
    plan = _plan(path)
    plan["diagnostics"] = [*(plan.get("diagnostics") or []), _error(stack, exit_code, project)]
    path.write_text(json.dumps(plan), encoding="utf-8")


def _plan(path: Path) -> dict[str, Any]:
    try:
        plan = json.loads(path.read_bytes())
    except ValueError:
        return {}
    return cast(dict[str, Any], plan) if isinstance(plan, dict) else {}


def _error(stack: str, exit_code: str, project: str) -> dict[str, str]:
    project = yaml.safe_load(Path(project, "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    name = stack.rpartition("/")[2]
    return {
        "severity": "error",
        # No output of Pulumi: a comment is read by more people than the log.
        "message": f"The preview ended with exit code {exit_code}; see the log of its job.",
        "urn": f"urn:pulumi:{name}::{project}::pulumi:pulumi:Stack::{project}-{name}",
    }


if __name__ == "__main__":
    note_failure(Path(sys.argv[1]), *sys.argv[2:])
