"""Test that the offline engine's plans make the same reports as Pulumi's."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.review import review
from langsmith_pulumi.testing.offline import OfflineStack
from langsmith_pulumi.testing.simulator import Simulator
from tests.review.record_plans import HERE, PLANS, STACK, normalized
from tests.review.scenes import SCENES

if TYPE_CHECKING:
    from pathlib import Path

MIXED = next(scene for scene in SCENES if scene.name == "12_mixed")


def test_the_same_report_from_both_engines(tmp_path: Path) -> None:
    """The recorded plan of Pulumi and the plan of the offline engine make the same report."""
    declared = tmp_path / "declared.json"
    with Simulator() as simulator:
        environ = {
            **os.environ,
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PLAN": str(declared),
            "PULUMI_CONFIG_PASSPHRASE": "for this test",
            "PYTHONPATH": str(HERE / "program"),
        }
        program = shutil.copytree(HERE / "program", tmp_path / "program")
        stack = OfflineStack(program, STACK, environ=environ)
        declared.write_text(json.dumps(MIXED.before))
        assert stack.up().ok
        declared.write_text(json.dumps(MIXED.after))
        plan: dict[str, Any] = stack.preview().plan
    recorded = (PLANS / f"{MIXED.name}.json").read_bytes()
    offline = normalized(plan, tmp_path)
    for format_ in ("markdown", "text"):
        expected = review([("plan", recorded)], format=format_).text
        assert review([("plan", offline)], format=format_).text == expected
