"""What people run into: each situation is played, and docs/errors.md shows what they then read."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from faults.catalogue import FAULT_OF, PAGE
from faults.engine import NAME
from faults.requests import COLLECTION, DEPLOYMENT
from support.scenario import API_KEY, CANARY, docker, github

from langsmith_pulumi.provider import rollouts
from langsmith_pulumi.provider.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.world import World

OTHER_REF = {"source_revision_config__repo_ref": "v2"}
NOBODY = "0b1d1f9e-7a53-4a0f-8f1b-3b1f0a4f9d55"


@dataclass(frozen=True)
class Situation:
    """A heading, when it happens, what to do beyond what the message says, and how to get there."""

    title: str
    when: str
    do: str
    play: Callable[[World], str]


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


def settings_changed(fault: str) -> Callable[[World], str]:
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
    plane = world.simulator._plane
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


def unseen(world: World) -> str:
    world.simulator.fail("POST", COLLECTION, "drop_response")
    world.simulator.fail("GET", "*", "status", status=503, times=-1)
    return world.engine.up(agent())


def deleted_outside(world: World) -> str:
    plane = made(world).simulator._plane
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

    with patch.object(rollouts, "_settle", broken):
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

_UNKNOWN = {
    "loc": ["body", "source_revision_config", "repo_ref"],
    "msg": "Extra inputs are not permitted",
    "type": "extra_forbidden",
}

SECTIONS: dict[str, tuple[Situation, ...]] = {
    "Settings": (
        Situation(
            "There is no key",
            "The first request of a preview, `up`, `refresh` or `destroy`, without a key in the "
            "stack's configuration or in the environment.",
            "In CI, look whether the secret is passed to this job: forks and scheduled jobs often "
            "get none.",
            settings(),
        ),
        Situation(
            "The key was copied with something else",
            "The key holds a blank in its middle, a quote or a line break. Blanks around it are "
            "cut and do no harm.",
            "Nothing was sent.",
            settings(apiKey="lsv2_sk_0123 456"),
        ),
        Situation(
            "The workspace is no id",
            "Somebody has set the workspace's name.",
            "Nothing was sent.",
            settings(apiKey=API_KEY, workspaceId="my-team"),
        ),
        Situation(
            "The address is no URL",
            "A URL with a query, a user or without a host.",
            "Nothing was sent.",
            settings(apiKey=API_KEY, controlPlaneUrl="https://langsmith.example.com/?key=1"),
        ),
        Situation(
            "The key would travel in clear",
            "A control plane elsewhere is addressed with `http://`.",
            "Nothing was sent.",
            settings(apiKey=API_KEY, controlPlaneUrl="http://langsmith.example.com/api-host"),
        ),
    ),
    "The way there": (
        Situation(
            "Nobody answers",
            "No connection in five attempts: refused, an unknown host, TLS, a firewall.",
            "From the machine that runs Pulumi, try `curl` with the address in the message.",
            struck("connection refused", "POST", COLLECTION, new=True),
        ),
        Situation(
            "Something else answers",
            "The address leads to a website, a login page or a proxy.",
            "Open the address in a browser: what you see there is what was read here.",
            struck("HTML page with 200", "GET", DEPLOYMENT),
        ),
        Situation(
            "The path is wrong",
            "A 404 that does not come from the control plane's own mouth. A deployment is never "
            "taken for deleted because of it.",
            "Self-hosted: does the address end in `/api-host`?",
            struck("404 of the route", "GET", DEPLOYMENT),
        ),
        Situation(
            "The control plane has moved",
            "An answer sends us to another address.",
            "Ask who runs the installation whether the new host is theirs.",
            struck("redirect to another host", "GET", DEPLOYMENT),
        ),
    ),
    "Permission": (
        Situation(
            "The key is not accepted",
            "It was revoked, or belongs to another region.",
            "Make a key in LangSmith's settings, then run the same command again.",
            struck("401", "POST", COLLECTION, new=True),
        ),
        Situation(
            "The key does not say which workspace",
            "An organization's key comes without a workspace.",
            "The workspace's id stands in its settings in LangSmith.",
            struck("403 key of an organization", "POST", COLLECTION, new=True),
        ),
        Situation(
            "Deployments are not enabled",
            "The organization has not switched the product on.",
            "Nothing in the program can change that.",
            struck("403 product not enabled", "POST", COLLECTION, new=True),
        ),
        Situation(
            "The key may not do this",
            "The key is known, and lacks the permission or belongs to another workspace.",
            "Changing needs more than reading: a key that previews well may still be refused here.",
            struck("403", "PATCH", DEPLOYMENT),
        ),
    ),
    "Making a deployment": (
        Situation(
            "The deployment exists already",
            "A person, or another stack, has made one of that name.",
            "If it is yours, add the line and run `up`: it is adopted as it is, not made anew. If "
            "another stack manages it, choose another name: two stacks would undo each other.",
            taken,
        ),
        Situation(
            "A tracing project keeps the name",
            "A deployment of that name was deleted, and its tracing project stayed.",
            "The project holds traces: look at it before you delete it.",
            project_left_behind,
        ),
        Situation(
            "The deployment is still being deleted",
            "A deletion takes minutes, and the name is free only at its end.",
            "Wait.",
            still_leaving,
        ),
        Situation(
            "The same agent is deployed already",
            "Another deployment is made from the same repository and `langgraph.json`.",
            "As above: adopt it if it is yours.",
            same_agent,
        ),
        Situation(
            "The answer was lost, and nothing was made",
            "The POST got no answer twice, and no deployment of that name has shown up since.",
            "Run `pulumi up` again.",
            struck("502", "POST", COLLECTION, new=True),
        ),
        Situation(
            "The answer was lost, and nobody could be asked",
            "The POST got no answer, and the look-up of the name got none either.",
            "Run `pulumi up` again when the control plane is back. If the deployment was made, "
            "that ends with its id and the line that adopts it; add the line and run once more.",
            unseen,
        ),
        Situation(
            "It may be somebody else's",
            "The POST got no answer, and a deployment of that name is there which this POST cannot "
            "have made, or may not have made.",
            "Never adopt what you have not looked at: `up` would change it to what you declare.",
            unclear,
        ),
        Situation(
            "It was made, and not named",
            "The display name takes a request of its own, which failed. This is a warning.",
            "The deployment is made and rolled out all the same.",
            unnamed,
        ),
    ),
    "Changing a deployment": (
        Situation(
            "The control plane refuses a value",
            "The values don't fit each other, or the place they are for; the preview cannot know "
            "everything that the service knows.",
            "The deployment is as it was.",
            answered(400, {"detail": "Branch v2 was not found in https://github.com/acme/agents."}),
        ),
        Situation(
            "The control plane does not know a field",
            "The service is of another version than this package, or a value has another form.",
            "The deployment is as it was.",
            answered(422, {"detail": [_UNKNOWN]}),
        ),
        Situation(
            "The control plane quotes a secret",
            "Answers may quote what was sent. What this process has sent or seen as a secret is "
            "hidden, however it is written.",
            "The deployment is as it was.",
            answered(400, {"detail": f"OPENAI_API_KEY: cannot use {CANARY + '2'!r}."}),
        ),
        Situation(
            "Too many requests",
            "Five attempts were turned away, with the pauses that the service asked for.",
            "Look for other pipelines that use the same key.",
            struck("429", "PATCH", DEPLOYMENT),
        ),
        Situation(
            "The control plane fails",
            "The change was sent three times, nothing of it shows, and each time the answer was a "
            "failure.",
            "The old revision goes on serving.",
            struck("500", "PATCH", DEPLOYMENT),
        ),
        Situation(
            "The answer to a change was lost",
            "The connection broke three times, and nothing of the change shows.",
            "Should it have been carried out late, the next `up` sees that and does not build "
            "twice.",
            settings_changed("reset before the work"),
        ),
        Situation(
            "The deployment is gone",
            "Somebody has deleted it in LangSmith since the last `up`.",
            "After the refresh, `up` makes it anew, with an empty database. Is the workspace the "
            "right one?",
            deleted_outside,
        ),
    ),
    "Rollouts": (
        Situation(
            "The build failed",
            "The newest revision could not be built. The end of its log is in the message.",
            "The old revision goes on serving. Nothing is forgotten: as long as the newest "
            "revision has failed, `up` asks for it again.",
            ended("BUILD_FAILED", "exit code 1", "npm ERR! missing script: build", "exit code 1"),
        ),
        Situation(
            "The revision does not start",
            "It was built, and does not become ready.",
            "Most often a variable is missing; its name is in the log.",
            ended("DEPLOY_FAILED", "", "KeyError: 'TAVILY_API_KEY'"),
        ),
        Situation(
            "Somebody cancelled the rollout",
            "The revision was interrupted in LangSmith.",
            "Ask why before you run `up`, which rolls it out again.",
            ended("INTERRUPTED"),
        ),
        Situation(
            "The rollout takes longer than we wait",
            "The time in `rollout_timeout` (30 minutes by default) is over.",
            "A first revision also makes a database and takes longest.",
            slow,
        ),
        Situation(
            "The rollout takes long, and the control plane is away",
            "As above, and the last look was not answered either.",
            "Passing failures don't end a wait; this one outlasted it.",
            slow_in_a_storm,
        ),
        Situation(
            "The deployment was deleted during the wait",
            "Somebody has deleted it in LangSmith in these minutes.",
            "Ask who did before you make it anew.",
            deleted_in_the_wait,
        ),
    ),
    "Deleting": (
        Situation(
            "The deletion takes longer than we wait",
            "The service has accepted it and is not done.",
            "The deployment stays in the state until it is gone, so nothing is lost meanwhile.",
            leaving_slowly,
        ),
    ),
    "Adopting": (
        Situation(
            "There is nothing to adopt",
            "`import_` names an id that this workspace does not have.",
            "The id stands in the address of the deployment's page.",
            import_of_nothing,
        ),
        Situation(
            "It cannot be adopted as it is declared",
            "A field differs that is fixed at creation.",
            "Nothing was changed.",
            import_of_another_kind,
        ),
        Situation(
            "The resource has a deployment already",
            "`import_` was added to a resource that manages another one.",
            "Nothing was changed.",
            import_of_a_second,
        ),
    ),
    "Refused at preview": (
        Situation(
            "Values that cannot be meant",
            "Before any request, each wrong field is named. Pulumi prints each as `property ... "
            "has a problem`.",
            "Correct them all at once: none hides another.",
            refused(BROKEN_PROGRAM),
        ),
        Situation(
            "Figures out of range",
            "Likewise, for resources.",
            "Nothing was sent.",
            refused(BROKEN_RESOURCES),
        ),
        Situation(
            "Variables cannot be emptied",
            "The program declares none, where there were some.",
            "Nothing was sent.",
            emptied,
        ),
        Situation(
            "A replacement under the same name",
            "A field that is fixed at creation has changed.",
            "A replacement loses the database, the threads and, with this permission, the traces.",
            replaced_under_its_name,
        ),
    ),
    "Our fault": (
        Situation(
            "A defect of this package",
            "Something happened that nobody thought of.",
            "The line holds no value of yours and is safe to publish.",
            defect,
        ),
    ),
}
