"""Scenarios as data: edits of a program, what the plan must say, and what must happen.

The order of calls is code, and the same for all: preview, up, and then another preview, which has
to be empty. Each engine runs each scenario and is held to the same plans, deeds and requests.
"""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_pulumi.testing.simulator import Simulator
    from langsmith_pulumi.testing.simulator.traffic import RecordedRequest

    from .engines import Engine, OperationResult

Program = dict[str, dict[str, Any]]

CANARY = 'canary "7"\nüber&secret'
"""A secret with all that tends to break: quotes, a line break, Unicode, a character of URLs."""
API_KEY = "lsv2_sk_0123456789abcdef_fedcba9876"

CREATE = {"Deployment": "create", "Rollout": "create"}
IN_PLACE = {"Deployment": "update"}
REVISION = {"Deployment": "update", "Rollout": "update"}
REPLACE = {"Deployment": "replace", "Rollout": "replace"}
RETRY = {"Rollout": "update"}
DELETE = {"Deployment": "delete", "Rollout": "delete"}
NOTHING: dict[str, str] = {}


def github(**changes: Any) -> dict[str, Any]:
    """Return the arguments of a GitHub deployment; a name with ``__`` sets a nested one."""
    base: dict[str, Any] = {
        "source": "github",
        "source_config": {
            "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": "dev",
            "build_on_push": False,
        },
        "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
        "secrets": {"OPENAI_API_KEY": CANARY, "LOG_LEVEL": "info"},
    }
    return _changed(base, changes)


def docker(**changes: Any) -> dict[str, Any]:
    """Return the arguments of a deployment from an image."""
    base: dict[str, Any] = {
        "source": "external_docker",
        "source_config": {"resource_spec": {"min_scale": 1, "max_scale": 3}},
        "source_revision_config": {"image_uri": "registry.example.com/agent:v1"},
        "secrets": {"OPENAI_API_KEY": CANARY},
    }
    return _changed(base, changes)


def listener(*namespaces: str, **changes: Any) -> dict[str, Any]:
    """Return the arguments of a listener of the cluster `blue`."""
    config = {"k8s_namespaces": list(namespaces or ("agents",))}
    return _changed({"compute_id": "blue", "compute_config": config}, changes)


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = deepcopy(base)
    for path, value in changes.items():
        target = result
        *parents, last = path.split("__")
        for key in parents:
            target = target.setdefault(key, {})
        if value is None:
            target.pop(last)
        else:
            target[last] = value
    return result


@dataclass(frozen=True)
class Step:
    """One change of the program (or of the world) and what has to come of it."""

    program: Program | Callable[[Simulator], Program]
    """The program, or what makes it of the world as it is then."""
    plan: dict[str, str]
    """What the preview lists, and ``up`` then does; names alone stand for the only deployment."""
    writes: list[str] = field(default_factory=list)
    """Methods of the requests that change something, in order."""
    reads: int | None = None
    """How many GETs ``up`` sends at most, where that matters."""
    before: Callable[[Simulator], object] | None = None
    """What happens to the world before the step."""
    refresh: bool = False
    """Whether a refresh comes first."""
    error: str | None = None
    """Part of the error that ``up`` ends with."""
    preview_error: str | None = None
    """Part of the error that the preview ends with, before any request."""
    up: dict[str, str] | None = None
    """What ``up`` does, where it differs from the plan because it fails half-way."""
    live: dict[str, Any] = field(default_factory=dict)
    """What the control plane then has for the deployment ``agent``, by dotted path."""


@dataclass(frozen=True)
class Scenario:
    name: str
    steps: list[Step]
    hosting: str = "any"


class ScenarioRunner:
    """An engine and a control plane, on which the steps of a scenario are played."""

    def __init__(self, engine: Engine, simulator: Simulator, program: Path) -> None:
        self.engine = engine
        self.simulator = simulator
        self.history: list[dict[str, str]] = []
        self._program = program

    def write(self, program: Program) -> None:
        self._program.write_text(json.dumps(program))

    @staticmethod
    def matches(request: RecordedRequest, method: str, path: str) -> bool:
        return request.method == method and fnmatchcase(request.path, path)

    def run(self, step: Step) -> None:
        if step.before:
            step.before(self.simulator)
        program = step.program if isinstance(step.program, dict) else step.program(self.simulator)
        self.write(program)
        if step.refresh:
            self._assert_no_leaks(self.engine.refresh())
            self._assert_no_leaks_in_files()
        if self._preview(step, program):
            self._up(step, program)
        self._assert_no_leaks_in_files()

    @staticmethod
    def _is_adoption(arguments: dict[str, Any]) -> bool:
        return "import_" in arguments.get("opts", {})

    def _preview(self, step: Step, program: Program) -> bool:
        self.simulator.clear_requests()
        preview = self.engine.preview()
        self._assert_no_leaks(preview)
        adoptions = sum(self._is_adoption(arguments) for arguments in program.values())
        sent = [one.method for one in self.simulator.requests]
        assert sent in ([], ["GET"] * adoptions), "a preview reads only what it adopts"
        if step.preview_error:
            assert not preview.ok
            assert any(step.preview_error in error for error in preview.errors), preview.errors
            return False
        assert preview.ok, preview.errors
        assert preview.ops == _with_names(step.plan, program)
        return True

    def _up(self, step: Step, program: Program) -> None:
        result = self.engine.up()
        self._assert_no_leaks(result)
        requests = [request.method for request in self.simulator.requests]
        assert [method for method in requests if method != "GET"] == step.writes, result.errors
        assert step.reads is None or requests.count("GET") <= step.reads, self.simulator.requests
        if step.error:
            assert not result.ok
            assert any(step.error in error for error in result.errors), result.errors
            assert "Traceback" not in result.text
        else:
            assert result.ok, result.errors
        done = step.plan if step.up is None else step.up
        assert result.ops == _with_names(done, program)
        self.history.append(result.ops)
        self._assert_live(step.live)
        if not step.error:
            self._assert_no_changes()

    def _assert_no_changes(self) -> None:
        self.simulator.clear_requests()
        again = self.engine.preview()
        assert again.ok
        assert again.ops == {}, "what a preview promised, up has done"
        assert self.simulator.requests == []

    def _assert_live(self, expected: dict[str, Any]) -> None:
        for path, value in expected.items():
            found: Any = self.simulator.deployment("agent")
            for key in path.split("."):
                found = found[key]
            assert found == value, path

    def _assert_no_leaks(self, result: OperationResult) -> None:
        assert leaks(result.text) == []
        assert all(leaks(error) == [] for error in result.errors)

    def _assert_no_leaks_in_files(self) -> None:
        for file in self.engine.home.rglob("*"):
            if file.is_file():
                assert leaks(file.read_bytes().decode(errors="replace")) == [], file


def _with_names(ops: dict[str, str], program: Program) -> dict[str, str]:
    only = next(iter(program), "agent")
    return {(key if " " in key else f"{key} {only}"): op for key, op in ops.items()}


def leaks(text: str) -> list[str]:
    """Return the encodings of the canary and the key that a text contains."""
    secret = CANARY
    forms = [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret),
        base64.b64encode(secret.encode()).decode(),
        secret[:10],
        API_KEY,
    ]
    return [form for form in forms if form in text]
