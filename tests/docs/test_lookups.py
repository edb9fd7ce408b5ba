"""docs/lookups.md names every look-up and filter, and its program runs."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path

import pytest

import langsmith_pulumi as langsmith
from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import OfflineStack
from langsmith_pulumi.testing.simulator import Integration

PAGE = (Path(__file__).parents[2] / "docs/lookups.md").read_text(encoding="utf-8")
LOOKUPS = [name for name in langsmith.__all__ if name.startswith(("get_", "list_"))]
PLAIN = [name for name in LOOKUPS if not name.endswith("_output")]


def test_the_program_runs(tmp_path: Path) -> None:
    """The page's program deploys from what it has looked up."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "Pulumi.yaml").write_text("name: lookups\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(program)
    acme = Integration("acme", ("https://github.com/acme/agents",))
    with Simulator(integrations=[acme]) as simulator:
        environ = {**os.environ, **simulator.env, "PULUMI_CONFIG_PASSPHRASE": "docs"}
        stack = OfflineStack(tmp_path, environ=environ)
        assert stack.preview().ok
        first, second = stack.up(), stack.up()
    assert first.ok, first.diagnostics
    assert len(first.outputs["history"]) == 1
    assert second.outputs == {"history": ["DEPLOYED"], "deployments": ["support-agent"]}


@pytest.mark.parametrize("name", PLAIN)
def test_each_lookup_is_described(name: str) -> None:
    """The page has each function, and each has a variant with the same parameters."""
    plain, output = (getattr(langsmith, found) for found in (name, f"{name}_output"))
    assert f"`{name}(" in PAGE
    assert list(inspect.signature(plain).parameters) == list(inspect.signature(output).parameters)
    for parameter in inspect.signature(plain).parameters:
        assert f"{parameter}: " in str(plain.__doc__)
        assert parameter in PAGE


def test_each_lookup_has_its_variant() -> None:
    """There is no function without the variant that takes inputs, and no variant alone."""
    assert sorted(LOOKUPS) == sorted([*PLAIN, *(f"{name}_output" for name in PLAIN)])
