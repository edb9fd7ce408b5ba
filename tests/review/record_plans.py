"""Record the plans in ``plans/`` again, with the Pulumi CLI and the simulator.

Run it from the project's root when the shape of a plan has changed::

    python -m tests.review.record_plans

Each scene is a state of the stack and the service, and a program; its plan is the output of
``pulumi preview --json``. Ids, times, paths and fingerprints, which differ from run to run, are
replaced by fixed values, so that a recording without a change of behaviour changes no file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from langsmith_pulumi.testing.simulator import Simulator
from tests.review.scenes import ADOPTED, CANARY, SCENES, Program, Scene

HERE = Path(__file__).parent
PLANS = HERE / "plans"
STACK = "prod"


class Recorder:
    """One stack on the Pulumi CLI, in its own folder."""

    def __init__(self, home: Path, simulator: Simulator) -> None:
        self._simulator = simulator
        self._declared = home / "declared.json"
        self._program = shutil.copytree(HERE / "program", home / "program")
        (home / "state").mkdir()
        self._environ = {
            **os.environ,
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PLAN": str(self._declared),
            "PULUMI_BACKEND_URL": f"file://{home / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "for the recorder",
            "PULUMI_HOME": str(home / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PYTHONPATH": str(self._program),
        }
        self._run("stack", "init", STACK)

    def record(self, scene: Scene) -> dict[str, Any]:
        if scene.fails:
            scene.change_outside(self._simulator)
        if scene.before:
            up = self._pulumi(scene.before, "up", "--yes", "--skip-preview")
            assert (up.returncode == 0) is not scene.fails, up.stdout + up.stderr
        if not scene.fails:
            scene.change_outside(self._simulator)
        refresh = ["--refresh"] if scene.refresh else []
        preview = self._pulumi(scene.after, "preview", "--json", *refresh)
        return dict(json.loads(preview.stdout))

    def _pulumi(self, declared: Program, *command: str) -> subprocess.CompletedProcess[str]:
        self._declared.write_text(json.dumps(declared))
        return self._run(*command)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--cwd", str(self._program), "--non-interactive", *command],
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )


_DROPPED = {
    *("sourcePosition", "stackTrace", "created", "modified", "duration", "progress_urn"),
    *("dependencies", "propertyDependencies"),
}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX = re.compile(r"\b[0-9a-f]{16}(?:[0-9a-f]{16})?\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)?")
_KEPT = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
    ADOPTED,
}


def normalized(plan: dict[str, Any], home: Path) -> str:
    """Return the plan as text, with fixed values for all that differs from run to run."""
    text = json.dumps(_ordered(_without(plan)), indent=1, ensure_ascii=False, sort_keys=True)
    text = _TIME.sub("2026-01-01T00:00:00Z", text)
    text = _numbered(_UUID, text, "00000000-0000-4000-8000-{:012x}")
    text = _numbered(_HEX, text, "{:016x}")
    return text.replace(str(home), "/home/me") + "\n"


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without(item) for key, item in value.items() if key not in _DROPPED}
    return {**kept, "__provider": "(pickled)"} if "__provider" in kept else kept


def _ordered(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the plan with steps and messages sorted: independent resources run in any order.

    Output of the program's process is dropped, because it depends on when the process was stopped.
    """
    diagnostics = [each for each in plan.get("diagnostics", []) if "#" not in each["severity"]]
    diagnostics.sort(key=str)
    return {
        **plan,
        "diagnostics": diagnostics,
        "steps": sorted(plan["steps"], key=lambda step: str(step["urn"])),
    }


def _numbered(pattern: re.Pattern[str], text: str, form: str) -> str:
    """Replace each match by a number in order of appearance, equal matches by the same one."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        found = match.group()
        return found if found in _KEPT else numbers.setdefault(found, form.format(len(numbers) + 1))

    return pattern.sub(number, text)


def main(*names: str) -> None:
    """Record all scenes, or those whose names have one of these prefixes."""
    PLANS.mkdir(exist_ok=True)
    for scene in SCENES:
        if names and not scene.name.startswith(names):
            continue
        with tempfile.TemporaryDirectory() as home, Simulator() as simulator:
            plan = Recorder(Path(home), simulator).record(scene)
            text = normalized(plan, Path(home))
        assert CANARY not in text, f"{scene.name} holds a secret"
        (PLANS / f"{scene.name}.json").write_text(text)
        print(scene.name, plan.get("changeSummary"))


if __name__ == "__main__":
    main(*sys.argv[1:])
