"""Tests that the workflows' README names the labels and requirements that are needed."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from packaging.requirements import Requirement

from langsmith_pulumi._version import __version__
from langsmith_pulumi.review import Report, labels, read_plan, report_on
from langsmith_pulumi.review.impact import DeploymentChange, Kind
from tests.workflows.expressions import interpolate
from tests.workflows.runner import EXAMPLES, load

if TYPE_CHECKING:
    from collections.abc import Iterable

README = (EXAMPLES / "README.md").read_text(encoding="utf-8")


def _report(kinds: Iterable[Kind]) -> Report:
    """Return a report with every kind of change and a failure."""
    failed = {"diagnostics": [{"severity": "error", "message": "no"}]}
    (stack,) = report_on([read_plan("plan.json", failed)]).stacks
    deployments = tuple(DeploymentChange("", "", "", kind, "") for kind in kinds)
    return Report((replace(stack, deployments=deployments),))


def test_the_readme_names_every_label() -> None:
    """The README's commands create each label that a report can set, and no other."""
    (named,) = re.findall(r"for label in (.+); do\n  gh label create \"langsmith:\$label\"", README)
    created = sorted(f"langsmith:{name}" for name in named.split())
    assert created == sorted(labels(_report(Kind)))


def test_a_workflow_with_oidc_is_sound(tmp_path: Path) -> None:
    """The README's steps fit into the deployment, and their actions are pinned to commits."""
    workflow = load(EXAMPLES / "github/deploy.yml")
    job = workflow["jobs"]["up"]
    (block,) = re.findall(r"```yaml\n(.+?)```", README, re.DOTALL)
    added = yaml.safe_load(block)
    place = next(n for n, step in enumerate(job["steps"]) if step.get("name") == "Check")
    job["steps"][place:place] = added
    job["permissions"]["id-token"] = "write"
    path = tmp_path / "deploy.yml"
    path.write_text(yaml.safe_dump(workflow))

    linter = str(Path(sys.executable).parent / "check-jsonschema")
    command = [linter, "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, check=False, timeout=60)
    assert done.returncode == 0
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in added)
    # The token that a step has exported counts where no secret is set.
    token = job["steps"][place + len(added)]["env"]["PULUMI_ACCESS_TOKEN"]
    assert interpolate(token, {"env": {"PULUMI_ACCESS_TOKEN": "pul-oidc"}}) == "pul-oidc"


def test_requirements_are_compatible_releases() -> None:
    """The example's requirements allow the tested versions, and no next major version."""
    lines = (EXAMPLES / "project/requirements.in").read_text(encoding="utf-8").splitlines()
    wanted = {r.name: r for r in map(Requirement, (x for x in lines if not x.startswith("#")))}

    assert wanted["langsmith-pulumi"].specifier.contains(__version__, prereleases=True)
    assert wanted["pulumi"].specifier.contains(version("pulumi"))
    assert not any(requirement.specifier.contains("99") for requirement in wanted.values())
