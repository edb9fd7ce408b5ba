"""Records the plans in ``plans/`` anew, with the Pulumi CLI and the simulator.

Run it from the project's root when the shape of a plan has changed::

    python tests/review/record_plans.py

Each scene is a state of the world and a program; its plan is what ``pulumi preview --json`` prints.
What differs from run to run (ids, times, paths, fingerprints) is replaced by fixed values, so that
a recording without a change of behaviour changes no file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.testing.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
PLANS = HERE / "plans"
STACK = "prod"
CANARY = "sk-canary-of-the-recorder"
ADOPTED = "5d2f3c0e-6a55-4f0e-8a0b-2f4f1a7f9a10"

Program = dict[str, Any]


def agent(**changes: Any) -> dict[str, Any]:
    """A deployment from GitHub; a name with ``__`` sets a nested argument."""
    base = {
        "source": "github",
        "source_config": {
            "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": "prod",
            "build_on_push": False,
        },
        "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
        "secrets": {"OPENAI_API_KEY": CANARY, "TAVILY_API_KEY": CANARY},
    }
    return _with(base, changes)


def image(**changes: Any) -> dict[str, Any]:
    """A deployment from an image."""
    base = {
        "source": "external_docker",
        "source_config": {
            "resource_spec": {"min_scale": 1, "max_scale": 3, "cpu": 1, "memory_mb": 1024}
        },
        "source_revision_config": {"image_uri": "registry.acme.example/triage:1.4.0"},
        "secrets": {"OPENAI_API_KEY": CANARY},
    }
    return _with(base, changes)


def _with(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = deepcopy(base)
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = result
        for key in parents:
            target = target.setdefault(key, {})
        target[last] = value
    return result


def program(buckets: dict[str, Any] | None = None, **deployments: Any) -> Program:
    """A program with these deployments (``_`` stands for a dash) and two buckets."""
    return {
        "buckets": {"traces": {"size": 10, "region": "eu"}} if buckets is None else buckets,
        "deployments": {name.replace("_", "-"): args for name, args in deployments.items()},
    }


def rotated(**changes: str) -> dict[str, str]:
    """Secrets of which one has changed, one has gone and one has come."""
    return {"OPENAI_API_KEY": CANARY + "-2", "ANTHROPIC_API_KEY": CANARY, **changes}


@dataclass
class Scene:
    """A plan to record: the stack is brought to ``before``, then ``after`` is previewed."""

    name: str
    before: Program
    after: Program
    world: Callable[[Simulator], object] = field(default=lambda _: None)
    """What happens behind Pulumi's back between the two."""
    fails: bool = False
    """Whether bringing up ``before`` fails on purpose."""
    refresh: bool = False


def _fails_to_build(simulator: Simulator) -> None:
    simulator.outcome("support-agent", "BUILD_FAILED", build_log=["error: no such package"])


def _drifts(simulator: Simulator) -> None:
    simulator.drift("support-agent", display_name="Somebody's name for it")
    simulator.drift(
        "triage-agent",
        source_config={"resource_spec": {"min_scale": 1, "max_scale": 9, "cpu": 1}},
        secrets=[
            {"name": "OPENAI_API_KEY", "value": "set-by-hand"},
            {"name": "DEBUG", "value": "1"},
        ],
    )


_TWO = program(support_agent=agent(display_name="Support"), triage_agent=image())
_MIXED = program(
    {
        "traces": {"size": 10, "region": "eu"},
        "exports": {"size": 10, "region": "eu"},
        "old": {"size": 1, "region": "eu"},
    },
    billing_agent=agent(source_config__repo_url="https://github.com/acme/billing"),
    research_agent=agent(delete_tracing_project=True),
    support_agent=agent(display_name="Support"),
    triage_agent=image(),
    writer_agent=agent(),
)

SCENES = (
    Scene("01_first_deployment", {}, _TWO),
    Scene(
        "02_in_place",
        _TWO,
        program(
            support_agent=agent(display_name="Support (EU)", source_config__build_on_push=True),
            triage_agent=image(),
        ),
    ),
    Scene(
        "03_new_revision",
        _TWO,
        program(
            support_agent=agent(
                display_name="Support",
                source_revision_config__repo_ref="refs/tags/v2.0.0",
                secrets=rotated(),
            ),
            triage_agent=image(
                source_config__resource_spec__max_scale=10,
                source_revision_config__image_uri="registry.acme.example/triage:1.5.0",
            ),
        ),
    ),
    Scene(
        "04_replacement",
        program(
            support_agent=agent(delete_tracing_project=True), triage_agent=image(name="triage")
        ),
        program(
            support_agent=agent(
                delete_tracing_project=True,
                source_config__repo_url="https://github.com/acme/agents-next",
            ),
            triage_agent=image(name="triage-v2", secrets={"ANTHROPIC_API_KEY": CANARY}),
        ),
    ),
    Scene("05_deletion", _TWO, program({}, triage_agent=image())),
    Scene(
        "06_adoption",
        program({}, triage_agent=image()),
        program({}, triage_agent=image(), support_agent=agent(opts={"import_": ADOPTED})),
    ),
    Scene(
        "07_retry_after_a_failure",
        program(support_agent=agent()),
        program(support_agent=agent()),
        _fails_to_build,
        fails=True,
    ),
    Scene("08_drift", _TWO, _TWO, _drifts, refresh=True),
    Scene(
        "09_failed_preview",
        _TWO,
        program(
            support_agent=agent(source_config__deployment_type="huge"),
            triage_agent=image(source_config__resource_spec__min_scale=20),
        ),
    ),
    Scene("10_nothing", _TWO, _TWO),
    Scene(
        "11_no_deployments",
        program(),
        program({"traces": {"size": 20, "region": "eu"}, "exports": {"size": 1, "region": "us"}}),
    ),
    Scene(
        "12_mixed",
        _MIXED,
        program(
            {"traces": {"size": 20, "region": "eu"}, "exports": {"size": 10, "region": "us"}},
            notes_agent=image(source_revision_config__image_uri="registry.acme.example/notes:0.1"),
            research_agent=agent(
                delete_tracing_project=True,
                source_config__repo_url="https://github.com/acme/research",
            ),
            support_agent=agent(display_name="Support", secrets=rotated()),
            triage_agent=image(source_config__resource_spec__max_scale=10),
            writer_agent=agent(display_name="Writer"),
        ),
    ),
)


class Recorder:
    """One stack on the Pulumi CLI, in a folder of its own."""

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
            scene.world(self._simulator)
        if scene.before:
            up = self._pulumi(scene.before, "up", "--yes", "--skip-preview")
            assert (up.returncode == 0) is not scene.fails, up.stdout + up.stderr
        if not scene.fails:
            scene.world(self._simulator)
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


_DROPPED = ("sourcePosition", "stackTrace", "created", "modified", "duration", "progress_urn")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX = re.compile(r"\b[0-9a-f]{16}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)?")
_KEPT = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
    ADOPTED,
}


def scrubbed(plan: dict[str, Any], home: Path) -> str:
    """The plan without what differs from run to run."""
    text = json.dumps(_without(plan), indent=1, ensure_ascii=False)
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


def _numbered(pattern: re.Pattern[str], text: str, form: str) -> str:
    """Each match replaced by a number, the same for the same, in the order of appearance."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        found = match.group()
        return found if found in _KEPT else numbers.setdefault(found, form.format(len(numbers) + 1))

    return pattern.sub(number, text)


def main(*names: str) -> None:
    """Record all scenes, or those whose names begin as given."""
    PLANS.mkdir(exist_ok=True)
    for scene in SCENES:
        if names and not scene.name.startswith(names):
            continue
        with tempfile.TemporaryDirectory() as home, Simulator() as simulator:
            plan = Recorder(Path(home), simulator).record(scene)
            text = scrubbed(plan, Path(home))
        assert CANARY not in text, f"{scene.name} holds a secret"
        (PLANS / f"{scene.name}.json").write_text(text)
        print(scene.name, plan.get("changeSummary"))  # noqa: T201 - a script


if __name__ == "__main__":
    main(*sys.argv[1:])
