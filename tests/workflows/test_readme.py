"""Tests that the workflows' README names the labels and requirements that are needed."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from langsmith_pulumi._version import __version__
from langsmith_pulumi.review import Report, labels, read_plan, report_on
from langsmith_pulumi.review.impact import DeploymentChange, Kind
from tests.workflows.runner import EXAMPLES

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


def test_requirements_are_compatible_releases() -> None:
    """The example's requirements allow the tested versions, and no next major version."""
    lines = (EXAMPLES / "project/requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = {r.name: r for r in map(Requirement, (x for x in lines if not x.startswith("#")))}

    assert wanted["langsmith-pulumi"].specifier.contains(__version__, prereleases=True)
    assert wanted["pulumi"].specifier.contains(version("pulumi"))
    assert not any(requirement.specifier.contains("99") for requirement in wanted.values())
