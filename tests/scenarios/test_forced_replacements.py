"""`--replace` and taint, in which the provider's diff has no say: no deployment is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import github

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner


@pytest.mark.parametrize("how", ["replace", "taint"])
@pytest.mark.parametrize(
    ("first", "permitted", "writes"),
    [
        (False, False, []),
        (True, False, []),
        (True, True, ["DELETE", "POST"]),
    ],
    ids=["made first", "without permission", "permitted"],
)
def test_a_forced_replacement_loses_nothing(
    runner: ScenarioRunner, how: str, writes: list[str], *, first: bool, permitted: bool
) -> None:
    """It is refused with the deployment still live, or leaves exactly one of that name."""
    opts: dict[str, Any] = {"delete_before_replace": True} if first else {}
    runner.write({"agent": github(delete_tracing_project=permitted, opts=opts)})
    assert runner.engine.up().ok
    [before] = [one["id"] for one in runner.simulator.deployments().values()]
    entries = runner.engine.state()
    urn = next(str(one["urn"]) for one in entries if one["type"].endswith("Deployment"))
    if how == "taint":
        runner.engine.taint(urn)
    runner.simulator.clear_requests()
    outcome = runner.engine.up(replace=(urn,) if how == "replace" else ())
    sent = [one.method for one in runner.simulator.requests if one.method != "GET"]
    [after] = [one["id"] for one in runner.simulator.deployments().values()]
    assert "Traceback" not in outcome.text
    if writes:
        assert outcome.ok, outcome.errors
        assert sent == writes
        assert after != before
        assert runner.engine.preview().ops == {}
    else:
        assert not outcome.ok
        assert sent in ([], ["POST"]), "at most a POST that is refused for its name"
        assert after == before
