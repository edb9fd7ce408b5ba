"""A runner of the shell steps of GitHub workflows and GitLab jobs."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.workflows.expressions import as_text, condition_holds, interpolate

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/workflows"
ACTION = ROOT / "action.yml"
OWN_ACTION = "langsmith-pulumi/langsmith-pulumi@"
GITHUB = sorted((EXAMPLES / "github").glob("*.yml"))
GITLAB = EXAMPLES / "gitlab/.gitlab-ci.yml"


def load(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


@dataclass
class JobResult:
    """The result of a job."""

    outcomes: dict[str, str] = field(default_factory=dict)
    """The outcome of each shell step by its name: success, failure or skipped."""
    log: str = ""
    commands: list[str] = field(default_factory=list)
    """The commands in the log that the runner has executed."""
    summary: str = ""

    @property
    def status(self) -> str:
        return "failure" if "failure" in self.outcomes.values() else "success"

    @property
    def failed(self) -> list[str]:
        return [name for name, outcome in self.outcomes.items() if outcome == "failure"]


_COMMAND = re.compile(r"\s*::(?P<name>[\w-]+)[^:]*::(?P<value>.*)")
_OLD_COMMAND = re.compile(r"##\[[\w-]+[^\]]*\]")


def executed_commands(log: str) -> list[str]:
    """Return the commands in a log that a runner executes: lines, and the older form anywhere."""
    found, token = [], ""
    for line in log.splitlines():
        command = _COMMAND.match(line)
        if token:
            token = "" if line.strip() == f"::{token}::" else token
        elif command and command["name"] == "stop-commands":
            token = command["value"].strip()
        elif command or _OLD_COMMAND.search(line):
            found.append(line)
    return found


@dataclass
class GitHubRun:
    """One run of a workflow on GitHub."""

    path: Path
    context: dict[str, Any]
    """The contexts of expressions: ``github``, ``secrets``, ``matrix``, ``vars``."""
    environ: dict[str, str]
    """The variables of the machine."""
    cwd: Path
    overrides: dict[str, str] = field(default_factory=dict)
    """Variables that override the workflow's own."""
    inputs: dict[str, str] = field(default_factory=dict)
    """Inputs that override those the workflow gives our action."""

    def job(self, name: str) -> JobResult | None:
        """Run a job and return its result, or None if its condition does not hold."""
        workflow = load(self.path)
        job = workflow["jobs"][name]
        context = {**self.context, "steps": {}, "env": {}}
        if not condition_holds(job.get("if", "success()"), context, "success"):
            return None
        context["env"] = self._env({**workflow.get("env", {}), **job.get("env", {})}, context)
        defaults = job.get("defaults", {}).get("run", {})
        return _Job(self, context, defaults.get("working-directory", ".")).run(job["steps"])

    @staticmethod
    def _env(env: dict[str, Any], context: dict[str, Any]) -> dict[str, str]:
        return {key: interpolate(value, context) for key, value in env.items()}


class _Job:
    def __init__(self, run: GitHubRun, context: dict[str, Any], folder: str) -> None:
        self._run = run
        self._context = context
        self._folder = folder
        self._result = JobResult()
        self._files = run.cwd.parent / f"{run.cwd.name}.runner"
        self._files.mkdir(exist_ok=True)
        for name in ("output", "path", "summary", "env"):
            (self._files / name).write_text("")

    def run(self, steps: list[dict[str, Any]]) -> JobResult:
        for step in steps:
            if step.get("uses", "").startswith(OWN_ACTION):
                self._use(step["with"])
            elif "run" in step:
                self._note(step)
        self._result.summary = (self._files / "summary").read_text()
        return self._result

    def _use(self, given: dict[str, str]) -> None:
        """Run the steps of our own action, with the inputs that a workflow gives."""
        action = load(ACTION)
        values = {name: spec.get("default", "") for name, spec in action["inputs"].items()}
        assert set(given) <= set(values)
        values |= given | self._run.inputs
        inputs = {name: interpolate(value, self._context) for name, value in values.items()}
        self._context["inputs"] = inputs
        for step in action["runs"]["steps"]:
            if "run" in step:
                self._note(step)

    def _note(self, step: dict[str, Any]) -> None:
        outcome = self._step(step)
        self._result.outcomes[step["name"]] = outcome
        facts = {"outcome": outcome, "outputs": self._pairs("output")}
        self._context["steps"][step.get("id", step["name"])] = facts

    def _step(self, step: dict[str, Any]) -> str:
        if not condition_holds(step.get("if", "success()"), self._context, self._result.status):
            return "skipped"
        self._result.log += f"##[{step['name']}]\n"
        script = self._files / "step.sh"
        script.write_text(interpolate(step["run"], self._context))
        # The command of `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        folder = interpolate(step.get("working-directory", self._folder), self._context)
        done = subprocess.run(
            command,
            cwd=self._run.cwd / folder,
            env=self._environ(step),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        self._result.log += done.stdout
        self._result.commands += executed_commands(done.stdout)
        return "success" if done.returncode == 0 else "failure"

    def _environ(self, step: dict[str, Any]) -> dict[str, str]:
        own = {
            key: interpolate(value, self._context, self._result.status)
            for key, value in step.get("env", {}).items()
        }
        added = (self._files / "path").read_text().split()
        files = {
            "GITHUB_ENV": "env",
            "GITHUB_OUTPUT": "output",
            "GITHUB_PATH": "path",
            "GITHUB_STEP_SUMMARY": "summary",
        }
        return {
            **self._run.environ,
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self._run.cwd),
            "PATH": ":".join([*reversed(added), self._run.environ["PATH"]]),
            **{key: str(self._files / name) for key, name in files.items()},
            **self._context["env"],
            **self._pairs("env"),
            **own,
            **self._run.overrides,
        }

    def _pairs(self, name: str) -> dict[str, str]:
        lines = (self._files / name).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


def run_gitlab(name: str, environ: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a job's scripts in one shell, as GitLab does, without checking its rules."""
    document = load(GITLAB)
    job: dict[str, Any] = {}
    for base in document[name].get("extends", []):
        job |= document[base]
    job |= document[name]
    script = [*document["default"]["before_script"], *job["script"]]
    first = {key: values[0] for key, values in _matrix(job).items()}
    own = {**job.get("variables", {}), **first, "CI_PROJECT_DIR": str(cwd), **environ}
    variables = {
        key: _expanded(value, own) for key, value in {**document["variables"], **own}.items()
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(script)],
        cwd=cwd,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )


def _matrix(job: dict[str, Any]) -> dict[str, list[str]]:
    """Return the variables that a job is repeated for."""
    (matrix,) = job.get("parallel", {}).get("matrix", [{}])
    return dict(matrix)


def _expanded(value: Any, known: dict[str, Any]) -> str:
    text = as_text(value["value"] if isinstance(value, dict) else value)
    for key, other in known.items():
        text = text.replace(f"${key}", as_text(other))
    return text
