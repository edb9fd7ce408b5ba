"""What people run into: each situation is played, and docs/errors.md shows what they then read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults import plays
from tests.faults.requests import COLLECTION, DEPLOYMENT
from tests.support.scenario import API_KEY, CANARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.world import World


@dataclass(frozen=True)
class Situation:
    """A heading, when it happens, what to do beyond what the message says, and how to get there."""

    title: str
    when: str
    do: str
    play: Callable[[World], str]


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
            plays.settings(),
        ),
        Situation(
            "The key was copied with something else",
            "The key holds a blank in its middle, a quote or a line break. Blanks around it are "
            "cut and do no harm.",
            "Nothing was sent.",
            plays.settings(apiKey="lsv2_sk_0123 456"),
        ),
        Situation(
            "The workspace is no id",
            "Somebody has set the workspace's name.",
            "Nothing was sent.",
            plays.settings(apiKey=API_KEY, workspaceId="my-team"),
        ),
        Situation(
            "The address is no URL",
            "A URL with a query, a user or without a host.",
            "Nothing was sent.",
            plays.settings(apiKey=API_KEY, controlPlaneUrl="https://langsmith.example.com/?key=1"),
        ),
        Situation(
            "The key would travel in clear",
            "A control plane elsewhere is addressed with `http://`.",
            "Nothing was sent.",
            plays.settings(apiKey=API_KEY, controlPlaneUrl="http://langsmith.example.com/api-host"),
        ),
    ),
    "The way there": (
        Situation(
            "Nobody answers",
            "No connection in five attempts: refused, an unknown host, TLS, a firewall.",
            "From the machine that runs Pulumi, try `curl` with the address in the message.",
            plays.struck("connection refused", "POST", COLLECTION, new=True),
        ),
        Situation(
            "Something else answers",
            "The address leads to a website, a login page or a proxy.",
            "Open the address in a browser: what you see there is what was read here.",
            plays.struck("HTML page with 200", "GET", DEPLOYMENT),
        ),
        Situation(
            "The path is wrong",
            "A 404 that does not come from the control plane's own mouth. A deployment is never "
            "taken for deleted because of it.",
            "Self-hosted: does the address end in `/api-host`?",
            plays.struck("404 of the route", "GET", DEPLOYMENT),
        ),
        Situation(
            "The control plane has moved",
            "An answer sends us to another address.",
            "Ask who runs the installation whether the new host is theirs.",
            plays.struck("redirect to another host", "GET", DEPLOYMENT),
        ),
    ),
    "Permission": (
        Situation(
            "The key is not accepted",
            "It was revoked, or belongs to another region.",
            "Make a key in LangSmith's settings, then run the same command again.",
            plays.struck("401", "POST", COLLECTION, new=True),
        ),
        Situation(
            "The key does not say which workspace",
            "An organization's key comes without a workspace.",
            "The workspace's id stands in its settings in LangSmith.",
            plays.struck("403 key of an organization", "POST", COLLECTION, new=True),
        ),
        Situation(
            "Deployments are not enabled",
            "The organization has not switched the product on.",
            "Nothing in the program can change that.",
            plays.struck("403 product not enabled", "POST", COLLECTION, new=True),
        ),
        Situation(
            "The key may not do this",
            "The key is known, and lacks the permission or belongs to another workspace.",
            "Changing needs more than reading: a key that previews well may still be refused here.",
            plays.struck("403", "PATCH", DEPLOYMENT),
        ),
    ),
    "Making a deployment": (
        Situation(
            "The deployment exists already",
            "A person, or another stack, has made one of that name.",
            "If it is yours, add the line and run `up`: it is adopted as it is, not made anew. If "
            "another stack manages it, choose another name: two stacks would undo each other.",
            plays.taken,
        ),
        Situation(
            "A tracing project keeps the name",
            "A deployment of that name was deleted, and its tracing project stayed.",
            "The project holds traces: look at it before you delete it.",
            plays.project_left_behind,
        ),
        Situation(
            "The deployment is still being deleted",
            "A deletion takes minutes, and the name is free only at its end.",
            "Wait.",
            plays.still_leaving,
        ),
        Situation(
            "The same agent is deployed already",
            "Another deployment is made from the same repository and `langgraph.json`.",
            "As above: adopt it if it is yours.",
            plays.same_agent,
        ),
        Situation(
            "The answer was lost, and nothing was made",
            "The POST got no answer twice, and no deployment of that name has shown up since.",
            "Run `pulumi up` again.",
            plays.struck("502", "POST", COLLECTION, new=True),
        ),
        Situation(
            "The answer was lost, and nobody could be asked",
            "The POST got no answer, and the look-up of the name got none either.",
            "Run `pulumi up` again when the control plane is back. If the deployment was made, "
            "that ends with its id and the line that adopts it; add the line and run once more.",
            plays.verification_error,
        ),
        Situation(
            "It may be somebody else's",
            "The POST got no answer, and a deployment of that name is there which this POST cannot "
            "have made, or may not have made.",
            "Never adopt what you have not looked at: `up` would change it to what you declare.",
            plays.unclear,
        ),
        Situation(
            "It was made, and not named",
            "The display name takes a request of its own, which failed. This is a warning.",
            "The deployment is made and rolled out all the same.",
            plays.unnamed,
        ),
    ),
    "Changing a deployment": (
        Situation(
            "The control plane refuses a value",
            "The values don't fit each other, or the place they are for; the preview cannot know "
            "everything that the service knows.",
            "The deployment is as it was.",
            plays.answered(
                400, {"detail": "Branch v2 was not found in https://github.com/acme/agents."}
            ),
        ),
        Situation(
            "The control plane does not know a field",
            "The service is of another version than this package, or a value has another form.",
            "The deployment is as it was.",
            plays.answered(422, {"detail": [_UNKNOWN]}),
        ),
        Situation(
            "The control plane quotes a secret",
            "Answers may quote what was sent. What this process has sent or seen as a secret is "
            "hidden, however it is written.",
            "The deployment is as it was.",
            plays.answered(400, {"detail": f"OPENAI_API_KEY: cannot use {CANARY + '2'!r}."}),
        ),
        Situation(
            "Too many requests",
            "Five attempts were turned away, with the pauses that the service asked for.",
            "Look for other pipelines that use the same key.",
            plays.struck("429", "PATCH", DEPLOYMENT),
        ),
        Situation(
            "The control plane fails",
            "The change was sent three times, nothing of it shows, and each time the answer was a "
            "failure.",
            "The old revision goes on serving.",
            plays.struck("500", "PATCH", DEPLOYMENT),
        ),
        Situation(
            "The answer to a change was lost",
            "The connection broke three times, and nothing of the change shows.",
            "Should it have been carried out late, the next `up` sees that and does not build "
            "twice.",
            plays.setting_struck("reset before the work"),
        ),
        Situation(
            "The deployment is gone",
            "Somebody has deleted it in LangSmith since the last `up`.",
            "After the refresh, `up` makes it anew, with an empty database. Is the workspace the "
            "right one?",
            plays.deleted_outside,
        ),
    ),
    "Rollouts": (
        Situation(
            "The build failed",
            "The newest revision could not be built. The end of its log is in the message.",
            "The old revision goes on serving. Nothing is forgotten: as long as the newest "
            "revision has failed, `up` asks for it again.",
            plays.ended(
                "BUILD_FAILED", "exit code 1", "npm ERR! missing script: build", "exit code 1"
            ),
        ),
        Situation(
            "The revision does not start",
            "It was built, and does not become ready.",
            "Most often a variable is missing; its name is in the log.",
            plays.ended("DEPLOY_FAILED", "", "KeyError: 'TAVILY_API_KEY'"),
        ),
        Situation(
            "Somebody cancelled the rollout",
            "The revision was interrupted in LangSmith.",
            "Ask why before you run `up`, which rolls it out again.",
            plays.ended("INTERRUPTED"),
        ),
        Situation(
            "The rollout takes longer than we wait",
            "The time in `rollout_timeout` (30 minutes by default) is over.",
            "A first revision also makes a database and takes longest.",
            plays.slow,
        ),
        Situation(
            "The rollout takes long, and the control plane is away",
            "As above, and the last look was not answered either.",
            "Passing failures don't end a wait; this one outlasted it.",
            plays.slow_in_a_storm,
        ),
        Situation(
            "The revision is deployed and is not the active one",
            "Half a minute after the new revision was deployed, the service still names the old "
            "one. This is a warning.",
            "Nothing is left to do for `up`. `pulumi refresh` brings the output "
            "`active_revision_id` to what serves then.",
            plays.serving_the_old_one,
        ),
        Situation(
            "The deployment was deleted during the wait",
            "Somebody has deleted it in LangSmith in these minutes.",
            "Ask who did before you make it anew.",
            plays.deleted_in_the_wait,
        ),
    ),
    "Deleting": (
        Situation(
            "The answer to the deletion was lost",
            "The connection broke five times.",
            "Should it have been deleted all the same, the next run sees that and is content.",
            plays.deletion_lost,
        ),
        Situation(
            "The deletion takes longer than we wait",
            "The service has accepted it and is not done.",
            "The deployment stays in the state until it is gone, so nothing is lost meanwhile.",
            plays.leaving_slowly,
        ),
    ),
    "Adopting": (
        Situation(
            "There is nothing to adopt",
            "`import_` names an id that this workspace does not have.",
            "The id stands in the address of the deployment's page.",
            plays.import_of_nothing,
        ),
        Situation(
            "It cannot be adopted as it is declared",
            "A field differs that is fixed at creation.",
            "Nothing was changed.",
            plays.import_of_another_kind,
        ),
        Situation(
            "The resource has a deployment already",
            "`import_` was added to a resource that manages another one.",
            "Nothing was changed.",
            plays.import_of_a_second,
        ),
    ),
    "Refused at preview": (
        Situation(
            "Values that cannot be meant",
            "Before any request, each wrong field is named. Pulumi prints each as `property ... "
            "has a problem`.",
            "Correct them all at once: none hides another.",
            plays.refused(plays.BROKEN_PROGRAM),
        ),
        Situation(
            "Figures out of range",
            "Likewise, for resources.",
            "Nothing was sent.",
            plays.refused(plays.BROKEN_RESOURCES),
        ),
        Situation(
            "Variables cannot be emptied",
            "The program declares none, where there were some.",
            "Nothing was sent.",
            plays.emptied,
        ),
        Situation(
            "A replacement under the same name",
            "A field that is fixed at creation has changed.",
            "A replacement loses the database, the threads and, with this permission, the traces.",
            plays.replaced_under_its_name,
        ),
    ),
    "Our fault": (
        Situation(
            "A defect of this package",
            "Something happened that nobody thought of.",
            "The line holds no value of yours and is safe to publish.",
            plays.defect,
        ),
    ),
}
