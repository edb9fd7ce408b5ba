"""Record the state that the current version writes: `python -m tests.upgrades.record VERSION`."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import OfflineStack
from tests.support.engines import PASSPHRASE, PROGRAM
from tests.support.scenario import docker, github


def record(version: str) -> None:
    """Deploy a program on the offline engine and store its state under the version's name."""
    target = Path(__file__).parent / "states" / version
    target.mkdir(parents=True)
    scenario = target / "scenario.json"
    mount = {"name": "cache", "mount_path": "/cache"}
    sidecar = {"name": "proxy", "image": "proxy:1", "volume_mounts": [mount]}
    fleet = {
        "agent": github(display_name="Support", triggers={"prompt": "v1"}),
        "tool": docker(source_config__resource_spec__sidecars=[sidecar]),
        "user": github(secrets__TOOL_URL={"output": ["tool", "url"]}, rollout_timeout=60),
    }
    scenario.write_text(json.dumps(fleet, indent=2) + "\n")
    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator:
        project = Path(folder) / "program"
        shutil.copytree(PROGRAM, project)
        environ = {
            **os.environ,
            **simulator.env,
            "SCENARIO": str(scenario),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        result = OfflineStack(project, "test", environ=environ).up()
        assert result.ok, result.diagnostics
        shutil.copy(project / ".pulumi-offline/test.json", target / "state.json")


if __name__ == "__main__":
    record(sys.argv[1])
