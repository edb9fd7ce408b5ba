"""One cell of the matrix: a request of an operation is disturbed; what becomes of it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.engine import NAME, State

if TYPE_CHECKING:
    from tests.faults.catalogue import Fault
    from tests.faults.requests import Program, Request
    from tests.faults.world import Kept, World

ONCE, ALWAYS = 1, -1


@dataclass(frozen=True)
class Ending:
    """How an operation ended."""

    error: str
    sent: int
    """Requests."""
    waited: float
    """Seconds."""


def disturbed(world: World, request: Request, fault: Fault, times: int) -> Ending:
    """Run the operation with that request disturbed, then let the world be calm again."""
    fault.strike(world, request.method, request.path, times=times, skip=request.skip)
    started, sent = world.time.now, world.network.sent
    error = operate(world, request)
    ending = Ending(error, world.network.sent - sent, world.time.now - started)
    world.calm()
    return ending


def operate(world: World, request: Request) -> str:
    engine = world.engine
    if request.operation == "up":
        return engine.up(program(world, request))
    return engine.refresh() if request.operation == "refresh" else engine.destroy()


def program(world: World, request: Request) -> Program:
    return {**request.program, "import_id": world.id} if request.adopts else request.program


def prepared(world: World, request: Request, kept: dict[str, Kept]) -> None:
    """Make everything ready for the operation; what is up already is made once."""
    if request.name not in kept:
        world.go_back()
        assert request.before is None or world.engine.up(request.before) == ""
        kept[request.name] = world.keep()
    world.go_back(kept[request.name])
    request.prepare(world)


def code(world: World, request: Request, fault: Fault, ending: Ending) -> str:
    """The character of the legend that stands for an ending."""
    if request.operation == "refresh" and world.engine.state.deployment is None:
        return "d"
    if ending.error and not (request.error and request.error in ending.error):
        return next(
            (sign for words, sign in _SIGNS.items() if words in ending.error), _own(fault, ending)
        )
    return "+" if request.served(world, ending.error) else "-"


def _own(fault: Fault, ending: Ending) -> str:
    told = fault.says in ending.error and re.search(fault.advises, ending.error)
    return "!" if told else "unexpected"


_SIGNS = {
    "The rollout goes on by itself": "t",
    "after its deletion was asked for": "t",
    "deleted by somebody else": "g",
    "could not be found afterwards": "n",
    "could not be seen": "b",
    "which this workspace does not have": "r",
    "ended as BUILD_FAILED": "f",
}


def settle(world: World, request: Request) -> str:
    """What one more `up` (or `destroy`) comes to, when nothing goes wrong any more."""
    if request.operation == "destroy":
        error = world.engine.destroy()
        return error or ("settled" if gone(world) else "not gone")
    wanted = program(world, request)
    error = world.engine.up(wanted)
    if f'import_="{world.id}"' not in error:
        return error or ("settled" if settled(world, request) else "unsettled")
    error = world.engine.up({**wanted, "import_id": world.id})
    return error or ("adopted" if settled(world, request) else "unsettled")


def settled(world: World, request: Request) -> bool:
    """One deployment, known to the state, up, with as many revisions as were asked for."""
    live, state = world.live, world.engine.state
    return (
        list(world.simulator.deployments()) == [NAME]
        and state.deployment is not None
        and state.rollout is not None
        and state.deployment.id == live["id"]
        and live["active_revision_id"] == live["latest_revision_id"]
        and len(world.simulator.revisions(NAME)) == request.revisions
    )


def gone(world: World) -> bool:
    return world.engine.state == State() and world.simulator.deployments() == {}


def is_at_rest(world: World, request: Request) -> bool:
    """Whether another `up` (or `destroy`) has nothing to do and sends nothing."""
    sent = world.network.sent
    wanted = program(world, request)
    error = world.engine.destroy() if request.operation == "destroy" else world.engine.up(wanted)
    return (error, world.network.sent) == ("", sent)
