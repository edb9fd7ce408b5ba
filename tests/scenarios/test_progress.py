"""What a rollout shows beside its status: where to watch it, and the build log on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.scenario import CANARY, github, leaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.scenario import ScenarioRunner

AGENT = {"agent": github()}
LOG = ["Installing", f"key={CANARY}", "::error::forged"]


@pytest.mark.parametrize("shows_log", [False, True])
def test_the_page_is_named_once_and_the_log_on_request(
    make_runner: Callable[[str], ScenarioRunner],
    monkeypatch: pytest.MonkeyPatch,
    *,
    shows_log: bool,
) -> None:
    """Each line of the log once, without secrets, and none that a pipeline would obey."""
    monkeypatch.setenv("LANGSMITH_PULUMI_BUILD_LOG", "1" if shows_log else "0")
    runner = make_runner("engine")
    runner.simulator.reads = 3
    runner.simulator.outcome("agent", "DEPLOYED", build_log=LOG)
    runner.write(AGENT)
    result = runner.engine.up()
    assert result.ok, result.errors
    deployment = runner.simulator.deployment("agent")
    pages = [text for text in result.messages if f"/host/deployments/{deployment['id']}" in text]
    assert len(pages) == 1
    assert deployment["latest_revision_id"] in pages[0]
    shown = [text.strip() for text in result.messages if text.startswith("| ")]
    assert shown == (["| Installing", "| key=[secret]", "| ::error::forged"] if shows_log else [])
    assert leaks(result.text) == []
