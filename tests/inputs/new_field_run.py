"""What becomes of a new field: run in a copy of the project, with its folder as the argument.

Prints, as JSON, what each place shows of the field.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langsmith_pulumi.testing.offline import OfflineStack

ROOT = Path(sys.argv[1])
FIELD = sys.argv[2]
PRELOADED = ("langsmith_pulumi.provider.deployments", "langsmith_pulumi.provider.rollouts")
"""Modules that take long to import, and that each operation needs."""
PROGRAM = f"""
import pulumi
import langsmith_pulumi as langsmith

langsmith.Deployment(
    "agent",
    source="external_docker",
    source_config=langsmith.inputs.SourceConfigArgs(
        resource_spec={{}}, {FIELD}=pulumi.Config().require("level")
    ),
    source_revision_config={{"image_uri": "registry.example.com/agent:1.4.0"}},
)
"""


def documentation() -> dict[str, str]:
    """Make the pages and the generated arguments; return the lines that name the field."""
    module = ROOT / "langsmith_pulumi/inputs/source.py"
    render = runpy.run_path(str(ROOT / "docs/make_inputs.py"))["render"]
    module.write_text(render(module), encoding="utf-8")
    page = runpy.run_path(str(ROOT / "docs/make_changes.py"))["page"]
    return {"arguments": _lines(module.read_text(encoding="utf-8")), "page": _lines(page())}


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if FIELD in line)


def life() -> dict[str, Any]:
    """Create, change and import a deployment with the field."""
    from langsmith_pulumi.testing import Simulator

    project = ROOT / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: agents\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    with Simulator(revision_seconds=0) as simulator:
        created = _stack(project, simulator.env, "debug").up()
        assert created.ok, created.diagnostics
        changed = _stack(project, simulator.env, "info")
        plan = changed.preview()
        simulator.clear_requests()
        assert changed.up().ok
        writes = [one.method for one in simulator.requests if one.method != "GET"]
        live = simulator.deployment("agent")["source_config"][FIELD]
        return {
            "diff": [[step.op, step.urn.rpartition("::")[2]] for step in plan.steps],
            "report": _report(plan.plan),
            "writes": writes,
            "live": live,
            "revisions": len(simulator.revisions("agent")),
            "import": _imported(simulator.env),
        }


def _stack(project: Path, environ: dict[str, str], level: str) -> OfflineStack:
    from langsmith_pulumi.testing.offline import OfflineStack

    environ = {**os.environ, **environ, "LANGSMITH_PULUMI_POLL_SECONDS": "0"}
    return OfflineStack(project, config={"level": level}, environ=environ, preload=PRELOADED)


def _report(plan: dict[str, Any]) -> str:
    from langsmith_pulumi.review import review

    return review([("plan", json.dumps(plan).encode())], format="text").text


def _imported(environ: dict[str, str]) -> str:
    from click.testing import CliRunner

    from langsmith_pulumi.cli import main

    out = str(ROOT / "imported")
    done = CliRunner().invoke(main, ["import", "agent", "--out", out], env=environ)
    assert done.exit_code == 0, done.output
    return _lines((ROOT / "imported" / "__main__.py").read_text())


if __name__ == "__main__":
    print(json.dumps({**documentation(), **life()}))
