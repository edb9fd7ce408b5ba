"""Right and wrong uses of `langsmith_pulumi.testing`, for the type checkers; never run.

Every ``type: ignore`` below marks a mistake that a checker has to find, as in `typing_api.py`.
"""

# pyright: strict

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_pulumi.testing import (
    ALWAYS,
    Behaviour,
    ChangeKind,
    Event,
    EventListener,
    Integration,
    Listener,
    OfflineStack,
    RecordedRequest,
    Result,
    Simulator,
    StackFactory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def simulators() -> Iterator[Simulator]:
    behaviour: Behaviour = "cloud"
    listeners = [Listener("blue", ("agents",))]
    with Simulator(behaviour=behaviour, listeners=listeners, revision_seconds=1.5) as simulator:
        yield simulator
    yield Simulator(integrations=[Integration("acme")], clock=lambda: 0.0, reads=2)
    yield Simulator(behaviour="clod")  # type: ignore[arg-type]


def faults(simulator: Simulator) -> list[RecordedRequest]:
    simulator.fail("POST", "/v2/deployments", "status", status=503, times=ALWAYS)
    simulator.fail("POST", "*", "stauts")  # type: ignore[arg-type]
    simulator.fail("POST", "*", "delay", second=1)  # type: ignore[call-arg]
    return simulator.requests


def test_stack(langsmith_stack: StackFactory, langsmith_simulator: Simulator) -> None:
    stack: OfflineStack = langsmith_stack("agents", "prod", config={"image": "agent:v1"})
    langsmith_stack(Path("agents"), listener=print_event, secrets={"token": "x"})
    langsmith_stack("agents", config={"replicas": 3})  # type: ignore[dict-item]
    OfflineStack("agents", config=langsmith_simulator.config, environ=langsmith_simulator.env)

    result: Result = stack.preview(target=["urn"]).assert_ok()
    kind: ChangeKind = result.changes["support-agent"]
    assert kind == "revision"
    assert result.changes == {"support-agent": "in place"}
    if result.changes["support-agent"] == "revison":  # type: ignore[comparison-overlap]
        print(result.errors[0])


def print_event(event: Event) -> None:
    print(event)


listener: EventListener = print_event
