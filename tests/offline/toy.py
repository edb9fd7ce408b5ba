"""The toy: a copy of the program with its cloud, and helpers to read both."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from langsmith_pulumi.testing.offline import OfflineStack, Result

PROGRAM = Path(__file__).parent / "program"


class Toy:
    """A project folder with the toy program, and the folder that is its cloud."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.cloud = folder / "cloud"
        if not self.project.exists():
            shutil.copytree(PROGRAM, self.project, ignore=shutil.ignore_patterns("__pycache__"))
            (self.cloud / "things").mkdir(parents=True)
            self.on_call()
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        self.environ = {
            **kept,
            "TOY_CLOUD": str(self.cloud),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def copy(self, folder: Path) -> Toy:
        """Return a copy of the project and its cloud."""
        shutil.copytree(self.project, folder / "project")
        shutil.copytree(self.cloud, folder / "cloud")
        return Toy(folder)

    def declare(self, *things: dict[str, Any], **rest: Any) -> None:
        """Write the program's spec."""
        spec = {"things": list(things), **rest}
        (self.project / "spec.json").write_text(json.dumps(spec), encoding="utf-8")

    def on_call(self, **behaviors: dict[str, Any]) -> None:
        """Set the behavior of provider calls, by `<operation>_<name>`."""
        by_call = {key.replace("_", " ", 1): value for key, value in behaviors.items()}
        (self.cloud / "behaviors.json").write_text(json.dumps(by_call), encoding="utf-8")

    def stack(self, name: str = "dev", **more: Any) -> OfflineStack:
        return OfflineStack(self.project, name, environ=self.environ, **more)

    def calls(self) -> list[str]:
        """Return the provider's write calls since the last time, as `<operation> <name>`."""
        log = self.cloud / "calls.jsonl"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        calls = [json.loads(line) for line in lines]
        return [f"{c['op']} {c['label']}" for c in calls if c["op"] not in ("configure", "read")]

    def live(self) -> dict[str, Any]:
        """Return the things that exist, by label."""
        files = (self.cloud / "things").glob("*.json")
        things = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        return {thing["label"]: thing for thing in things}

    @property
    def state_file(self) -> Path:
        return self.project / ".pulumi-offline" / "dev.json"

    @property
    def journal_file(self) -> Path:
        return self.state_file.with_suffix(".journal")

    def entries(self) -> dict[str, dict[str, Any]]:
        """Return the state's entries by name, without the stack and providers."""
        found = [r for r in self._state().get("resources", []) if "pulumi:pulumi" not in r["urn"]]
        return {r["urn"].rsplit("::", 1)[-1]: r for r in found if "providers" not in r["type"]}

    def pending(self) -> list[str]:
        """Return the pending operations of the state, as `<kind> <name>`."""
        operations = self._state().get("pending_operations", [])
        return [f"{o['type']} {o['resource']['urn'].rsplit('::', 1)[-1]}" for o in operations]

    def _state(self) -> dict[str, Any]:
        deployment: dict[str, Any] = self.stack().export()["deployment"]
        return deployment


def thing(name: str, opts: dict[str, Any] | None = None, /, **props: Any) -> dict[str, Any]:
    """Return a thing for the spec."""
    return {"name": name, "props": props, "opts": opts or {}}


def steps(result: Result) -> list[str]:
    """Return the steps of a result, as `<op> <name>`, without the stack."""
    return [f"{s.op.value} {s.name}" for s in result.steps if not s.is_stack]


def errors(result: Result) -> str:
    """Return all error messages of a result."""
    return "\n".join(d.message for d in result.diagnostics if d.severity == "error")
