"""How to get into situations: each play returns the error that people then read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from langsmith_pulumi.provider import rollouts
from langsmith_pulumi.provider.session import Session
from tests.faults import network
from tests.faults.catalogue import FAULT_OF, PAGE
from tests.faults.engine import NAME
from tests.faults.requests import COLLECTION, DEPLOYMENT
from tests.support.scenario import CANARY, docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.world import World

OTHER_REF = {"source_revision_config__repo_ref": "v2"}
NOBODY = "0b1d1f9e-7a53-4a0f-8f1b-3b1f0a4f9d55"


def agent(**changes: Any) -> dict[str, Any]:
    return {**github(**changes), "rollout_timeout": 600.0}


def made(world: World) -> World:
    """A deployment is up and known to the state."""
    assert world.engine.up(agent()) == ""
    return world


def somebodys(world: World, **changes: Any) -> World:
    """A deployment is up and known to no state of ours."""
    assert world.engine.up(agent(**changes)) == ""
    world.engine.state = type(world.engine.state)()
    return world


def settings(**config: str) -> Callable[[World], str]:
    """An `up` with these settings of the stack, and none in the environment."""

    def play(world: World) -> str:
        world.engine.session = lambda: Session(config.get)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LANG")}
        with patch.dict(os.environ, kept, clear=True):
            return world.engine.up(agent())

    return play


def struck(fault: str, method: str, path: str, *, new: bool = False) -> Callable[[World], str]:
    """An `up` that changes a deployment (or makes it), of which one request always fails."""

    def play(world: World) -> str:
        if not new:
            made(world)
        FAULT_OF[fault].strike(world, method, path, times=-1, skip=0)
        return world.engine.up(agent(**OTHER_REF))

    return play


def setting_struck(fault: str) -> Callable[[World], str]:
    """An `up` that changes a setting in place, whose PATCH always fails."""

    def play(world: World) -> str:
        made(world)
        FAULT_OF[fault].strike(world, "PATCH", DEPLOYMENT, times=-1, skip=0)
        return world.engine.up(agent(display_name="Support"))

    return play


def answered(status: int, body: dict[str, Any]) -> Callable[[World], str]:
    """An `up` whose PATCH is answered like this."""

    def play(world: World) -> str:
        made(world).simulator.fail(
            "PATCH", DEPLOYMENT, "status", status=status, body=json.dumps(body)
        )
        return world.engine.up(agent(**OTHER_REF, secrets__OPENAI_API_KEY=CANARY + "2"))

    return play


def unnamed(world: World) -> str:
    FAULT_OF["403"].strike(world, "PATCH", DEPLOYMENT, times=-1, skip=0)
    assert world.engine.up(agent(display_name="Support")) == ""
    return world.told[0]


def taken(world: World) -> str:
    return somebodys(world).engine.up(agent())


def project_left_behind(world: World) -> str:
    assert made(world).engine.destroy() == ""
    return world.engine.up(agent())


def still_leaving(world: World) -> str:
    made(world).simulator.deletion_seconds = 3600.0
    plane = world.simulator._service
    plane.delete(world.id, delete_tracing_project=True, force=False)
    world.engine.state = type(world.engine.state)()
    return world.engine.up(agent())


def same_agent(world: World) -> str:
    world.simulator.one_per_agent_environment = True
    somebodys(world, name="older")
    error = world.engine.up(agent())
    world.simulator.one_per_agent_environment = False
    return error


def unclear(world: World) -> str:
    somebodys(world, secrets={"OPENAI_API_KEY": "another"})
    world.simulator.fail("POST", COLLECTION, "drop_request")
    return world.engine.up(agent())


def verification_error(world: World) -> str:
    world.simulator.fail("POST", COLLECTION, "drop_response")
    world.simulator.fail("GET", "*", "status", status=503, times=-1)
    return world.engine.up(agent())


def deleted_outside(world: World) -> str:
    plane = made(world).simulator._service
    plane.delete(world.id, delete_tracing_project=True, force=False)
    return world.engine.up(agent(display_name="Support"))


def deleted_in_the_wait(world: World) -> str:
    made(world).simulator.revision_seconds = 60.0
    fault = FAULT_OF["404 of the deployment"]
    fault.strike(world, "GET", DEPLOYMENT, times=-1, skip=3)
    return world.engine.up(agent(**OTHER_REF))


def ended(status: str, message: str = "", *log: str) -> Callable[[World], str]:
    """A revision that ends like this."""

    def play(world: World) -> str:
        made(world).simulator.outcome(NAME, status, message, log, log)
        return world.engine.up(agent(**OTHER_REF))

    return play


def slow(world: World) -> str:
    made(world).simulator.revision_seconds = 3600.0
    return world.engine.up(agent(**OTHER_REF))


def slow_in_a_storm(world: World) -> str:
    made(world).simulator.revision_seconds = 3600.0
    world.simulator.fail("GET", "*", "status", status=502, body=PAGE, times=-1, skip=4)
    return world.engine.up(agent(**OTHER_REF))


def serving_the_old_one(world: World) -> str:
    active = made(world).live["active_revision_id"]
    stays = network.rewritten(lambda answer: answer.update(active_revision_id=active))
    world.network.disturbances.append(network.Disturbance("GET", DEPLOYMENT, stays, times=-1))
    assert world.engine.up(agent(**OTHER_REF)) == ""
    return world.told[0]


def deletion_lost(world: World) -> str:
    fault = FAULT_OF["reset before the work"]
    fault.strike(made(world), "DELETE", DEPLOYMENT, times=-1, skip=0)
    return world.engine.destroy()


def leaving_slowly(world: World) -> str:
    made(world).simulator.deletion_seconds = 3600.0
    return world.engine.destroy()


def import_of_nothing(world: World) -> str:
    return world.engine.up({**agent(), "import_id": NOBODY})


def import_of_another_kind(world: World) -> str:
    somebodys(world, source_config__deployment_type="prod")
    return world.engine.up({**agent(), "import_id": world.id})


def import_of_a_second(world: World) -> str:
    return made(world).engine.up({**agent(), "import_id": NOBODY})


def refused(program: dict[str, Any]) -> Callable[[World], str]:
    """A preview that refuses what the program says."""
    return lambda world: world.engine.up(program)


def emptied(world: World) -> str:
    return made(world).engine.up(agent(secrets={}))


def replaced_under_its_name(world: World) -> str:
    assert world.engine.up({**agent(), "delete_tracing_project": False}) == ""
    prod = agent(source_config__deployment_type="prod")
    return world.engine.up({**prod, "delete_tracing_project": False})


def defect(world: World) -> str:
    def broken(*_: Any) -> None:
        raise KeyError("url")

    with patch.object(rollouts, "_wait_or_read", broken):
        return world.engine.up(agent())


BROKEN_PROGRAM = agent(
    name="My_Agent",
    source_config__build_on_push="yes",
    source_config__repo_ur="https://github.com/acme/agents",
    source_revision_config__image_uri="acme/agent:1",
    secrets__LANGSMITH_TRACING_V2="true",
)
BROKEN_RESOURCES = {
    **docker(source_config__resource_spec__cpu=99, source_config__resource_spec__min_scale=5),
    "name": NAME,
}
