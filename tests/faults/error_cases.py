"""The situations in which users meet errors, in the order of docs/errors.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults import error_scenarios
from tests.faults.preparations import DEPLOYMENT_PATH, DEPLOYMENTS_PATH
from tests.support.scenario import API_KEY, CANARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness import Harness


@dataclass(frozen=True)
class ErrorCase:
    """A heading, when it happens, what to do beyond the message, and how to provoke it."""

    title: str
    when: str
    do: str
    run: Callable[[Harness], str]


_UNKNOWN = {
    "loc": ["body", "source_revision_config", "repo_ref"],
    "msg": "Extra inputs are not permitted",
    "type": "extra_forbidden",
}

SECTIONS: dict[str, tuple[ErrorCase, ...]] = {
    "Settings": (
        ErrorCase(
            "There is no key",
            "The first request of a preview, `up`, `refresh` or `destroy`, without a key in the "
            "stack's configuration or in the environment.",
            "In CI, look whether the secret is passed to this job: forks and scheduled jobs often "
            "get none.",
            error_scenarios.up_with_settings(),
        ),
        ErrorCase(
            "The key was copied with something else",
            "The key holds a blank in its middle, a quote or a line break. Blanks around it are "
            "cut and do no harm.",
            "Nothing was sent.",
            error_scenarios.up_with_settings(apiKey="lsv2_sk_0123 456"),
        ),
        ErrorCase(
            "The workspace is no id",
            "Somebody has set the workspace's name.",
            "Nothing was sent.",
            error_scenarios.up_with_settings(apiKey=API_KEY, workspaceId="my-team"),
        ),
        ErrorCase(
            "The address is no URL",
            "A URL with a query, a user or without a host.",
            "Nothing was sent.",
            error_scenarios.up_with_settings(
                apiKey=API_KEY, controlPlaneUrl="https://langsmith.example.com/?key=1"
            ),
        ),
        ErrorCase(
            "The key would travel in clear",
            "A control plane elsewhere is addressed with `http://`.",
            "Nothing was sent.",
            error_scenarios.up_with_settings(
                apiKey=API_KEY, controlPlaneUrl="http://langsmith.example.com/api-host"
            ),
        ),
    ),
    "The way there": (
        ErrorCase(
            "Nobody answers",
            "No connection in five attempts: refused, an unknown host, TLS, a firewall.",
            "From the machine that runs Pulumi, try `curl` with the address in the message.",
            error_scenarios.up_with_fault("connection refused", "POST", DEPLOYMENTS_PATH, new=True),
        ),
        ErrorCase(
            "Something else answers",
            "The address leads to a website, a login page or a proxy.",
            "Open the address in a browser: what you see there is what was read here.",
            error_scenarios.up_with_fault("HTML page with 200", "GET", DEPLOYMENT_PATH),
        ),
        ErrorCase(
            "The path is wrong",
            "A 404 that does not come from the control plane's own mouth. A deployment is never "
            "taken for deleted because of it.",
            "Self-hosted: does the address end in `/api-host`?",
            error_scenarios.up_with_fault("404 of the route", "GET", DEPLOYMENT_PATH),
        ),
        ErrorCase(
            "The control plane has moved",
            "An answer sends us to another address.",
            "Ask who runs the installation whether the new host is theirs.",
            error_scenarios.up_with_fault("redirect to another host", "GET", DEPLOYMENT_PATH),
        ),
    ),
    "Permission": (
        ErrorCase(
            "The key is not accepted",
            "It was revoked, or belongs to another region.",
            "Make a key in LangSmith's settings, then run the same command again.",
            error_scenarios.up_with_fault("401", "POST", DEPLOYMENTS_PATH, new=True),
        ),
        ErrorCase(
            "The key does not say which workspace",
            "An organization's key comes without a workspace.",
            "The workspace's id stands in its settings in LangSmith.",
            error_scenarios.up_with_fault(
                "403 key of an organization", "POST", DEPLOYMENTS_PATH, new=True
            ),
        ),
        ErrorCase(
            "The key is of another workspace",
            "The workspace that is named is not one of the key's.",
            "A key of a workspace needs no workspace id: leave the setting out.",
            error_scenarios.patch_answered(
                403,
                {"detail": "This API key has no access to the workspace in 'X-Tenant-Id'."},
            ),
        ),
        ErrorCase(
            "Deployments are not enabled",
            "The organization has not switched the product on.",
            "Nothing in the program can change that.",
            error_scenarios.up_with_fault(
                "403 product not enabled", "POST", DEPLOYMENTS_PATH, new=True
            ),
        ),
        ErrorCase(
            "The key may not do this",
            "The key is known, and lacks the permission.",
            "Changing needs more than reading: a key that previews well may still be refused here.",
            error_scenarios.up_with_fault("403", "PATCH", DEPLOYMENT_PATH),
        ),
    ),
    "Making a deployment": (
        ErrorCase(
            "The deployment exists already",
            "A person, or another stack, has made one of that name.",
            "If it is yours, add the line and run `up`: it is adopted as it is, not made anew. If "
            "another stack manages it, choose another name: two stacks would undo each other.",
            error_scenarios.name_taken,
        ),
        ErrorCase(
            "A tracing project keeps the name",
            "A deployment of that name was deleted, and its tracing project stayed.",
            "The project holds traces: look at it before you delete it.",
            error_scenarios.tracing_project_remains,
        ),
        ErrorCase(
            "The deployment is still being deleted",
            "Its name is free at the end only, and `rollout_timeout` (default 30 minutes) is over.",
            "A deletion that takes longer may hang: look at the deployment in LangSmith.",
            error_scenarios.name_being_deleted,
        ),
        ErrorCase(
            "The same agent is deployed already",
            "Another deployment is made from the same repository and `langgraph.json`.",
            "As above: adopt it if it is yours.",
            error_scenarios.agent_environment_taken,
        ),
        ErrorCase(
            "The answer was lost, and nothing was made",
            "The POST got no answer twice, and no deployment of that name has shown up since.",
            "Run `pulumi up` again.",
            error_scenarios.up_with_fault("502", "POST", DEPLOYMENTS_PATH, new=True),
        ),
        ErrorCase(
            "The answer was lost, and nobody could be asked",
            "The POST got no answer, and the look-up of the name got none either.",
            "Run `pulumi up` again when the control plane is back. If the deployment was made, "
            "that ends with its id and the line that adopts it; add the line and run once more.",
            error_scenarios.verification_fails,
        ),
        ErrorCase(
            "It may be somebody else's",
            "The POST got no answer, and a deployment of that name is there which this POST cannot "
            "have made, or may not have made.",
            "Never adopt what you have not looked at: `up` would change it to what you declare.",
            error_scenarios.create_outcome_unknown,
        ),
        ErrorCase(
            "It was made, and not named",
            "The display name takes a request of its own, which failed. This is a warning.",
            "The deployment is made and rolled out all the same.",
            error_scenarios.display_name_fails,
        ),
    ),
    "Changing a deployment": (
        ErrorCase(
            "The control plane refuses a value",
            "The values don't fit each other, or the place they are for; the preview cannot know "
            "everything that the service knows.",
            "The deployment is as it was.",
            error_scenarios.patch_answered(
                400, {"detail": "Branch v2 was not found in https://github.com/acme/agents."}
            ),
        ),
        ErrorCase(
            "The control plane does not know a field",
            "The service is of another version than this package, or a value has another form.",
            "The deployment is as it was.",
            error_scenarios.patch_answered(422, {"detail": [_UNKNOWN]}),
        ),
        ErrorCase(
            "The control plane quotes a secret",
            "Answers may quote what was sent. What this process has sent or seen as a secret is "
            "hidden, however it is written.",
            "The deployment is as it was.",
            error_scenarios.patch_answered(
                400, {"detail": f"OPENAI_API_KEY: cannot use {CANARY + '2'!r}."}
            ),
        ),
        ErrorCase(
            "Too many requests",
            "Five attempts were turned away, with the pauses that the service asked for.",
            "Look for other pipelines that use the same key.",
            error_scenarios.up_with_fault("429", "PATCH", DEPLOYMENT_PATH),
        ),
        ErrorCase(
            "The control plane fails",
            "The change was sent three times, nothing of it shows, and each time the answer was a "
            "failure.",
            "The old revision goes on serving.",
            error_scenarios.up_with_fault("500", "PATCH", DEPLOYMENT_PATH),
        ),
        ErrorCase(
            "The answer to a change was lost",
            "The connection broke three times, and nothing of the change shows.",
            "Should it have been carried out late, the next `up` sees that and does not build "
            "twice.",
            error_scenarios.setting_with_fault("reset before execution"),
        ),
        ErrorCase(
            "The repository is fixed",
            "`repo_url` has changed, and this version of the service does not change it in place.",
            "Nothing was replaced.",
            error_scenarios.repository_is_fixed,
        ),
        ErrorCase(
            "The deployment is gone",
            "Somebody has deleted it in LangSmith since the last `up`.",
            "After the refresh, `up` makes it anew, with an empty database. Is the workspace the "
            "right one?",
            error_scenarios.deleted_before_update,
        ),
    ),
    "Rollouts": (
        ErrorCase(
            "The build failed",
            "The newest revision could not be built. The end of its log is in the message.",
            "The old revision goes on serving. Nothing is forgotten: as long as the newest "
            "revision has failed, `up` asks for it again.",
            error_scenarios.revision_ended(
                "BUILD_FAILED", "exit code 1", "npm ERR! missing script: build", "exit code 1"
            ),
        ),
        ErrorCase(
            "The revision does not start",
            "It was built, and does not become ready.",
            "Most often a variable is missing; its name is in the log.",
            error_scenarios.revision_ended("DEPLOY_FAILED", "", "KeyError: 'TAVILY_API_KEY'"),
        ),
        ErrorCase(
            "Somebody cancelled the rollout",
            "The revision was interrupted in LangSmith.",
            "Ask why before you run `up`, which rolls it out again.",
            error_scenarios.revision_ended("INTERRUPTED"),
        ),
        ErrorCase(
            "The rollout takes longer than we wait",
            "The time in `rollout_timeout` (30 minutes by default) is over.",
            "A first revision also makes a database and takes longest.",
            error_scenarios.rollout_times_out,
        ),
        ErrorCase(
            "The rollout takes long, and the control plane is away",
            "As above, and the last look was not answered either.",
            "Passing failures don't end a wait; this one outlasted it.",
            error_scenarios.rollout_times_out_on_errors,
        ),
        ErrorCase(
            "The revision is deployed and is not the active one",
            "Half a minute after the new revision was deployed, the service still names the old "
            "one. This is a warning.",
            "Nothing is left to do for `up`. `pulumi refresh` brings the output "
            "`active_revision_id` to what serves then.",
            error_scenarios.old_revision_serves,
        ),
        ErrorCase(
            "The agent does not answer well",
            "With `health_check`, the agent's own URL was asked after the revision was deployed.",
            "No new revision is made for it. Most often the agent's log names what it lacks.",
            error_scenarios.health_check_with_fault("503, Retry-After in seconds"),
        ),
        ErrorCase(
            "The agent cannot be reached",
            "As above, and no connection was made at all.",
            "Agents in a private network are reached only from within.",
            error_scenarios.health_check_with_fault("connection refused"),
        ),
        ErrorCase(
            "The deployment was deleted during the wait",
            "Somebody has deleted it in LangSmith in these minutes.",
            "Ask who did before you make it anew.",
            error_scenarios.deleted_during_wait,
        ),
    ),
    "Deleting": (
        ErrorCase(
            "The answer to the deletion was lost",
            "The connection broke five times.",
            "Should it have been deleted all the same, the next run sees that and is content.",
            error_scenarios.delete_response_lost,
        ),
        ErrorCase(
            "The deletion takes longer than we wait",
            "The service has accepted it and is not done.",
            "The deployment stays in the state until it is gone, so nothing is lost meanwhile.",
            error_scenarios.deletion_times_out,
        ),
    ),
    "Adopting": (
        ErrorCase(
            "There is nothing to adopt",
            "`import_` names an id that this workspace does not have.",
            "The id stands in the address of the deployment's page.",
            error_scenarios.import_not_found,
        ),
        ErrorCase(
            "It cannot be adopted as it is declared",
            "A field differs that is fixed at creation.",
            "Nothing was changed.",
            error_scenarios.import_differs,
        ),
        ErrorCase(
            "The resource has a deployment already",
            "`import_` was added to a resource that manages another one.",
            "Nothing was changed.",
            error_scenarios.import_on_managed_resource,
        ),
    ),
    "Listeners": (
        ErrorCase(
            "A deployment names no listener",
            "The workspace has listeners, and one of them has to place every deployment of an "
            "image.",
            "A deployment cannot move to another listener later.",
            error_scenarios.listener_left_out,
        ),
        ErrorCase(
            "The cluster has a listener already",
            "Another resource, or somebody in LangSmith, has made one with this `compute_id`.",
            "Nothing was made.",
            error_scenarios.cluster_taken,
        ),
        ErrorCase(
            "Listeners are not in the plan",
            "The organization has no self-hosted enterprise plan, or the key lacks the permission.",
            "Nothing in the program can change that.",
            error_scenarios.listeners_not_in_plan,
        ),
        ErrorCase(
            "Deployments still use the listener",
            "Deployments of this program are deleted first; others the engine does not know.",
            "Nothing was deleted.",
            error_scenarios.listener_in_use,
        ),
    ),
    "Refused at preview": (
        ErrorCase(
            "Values that cannot be meant",
            "Before any request, each wrong field is named. Pulumi prints the value of a field at "
            "the top, and `<nil>` for one below.",
            "Those of one deployment are shown together. Pulumi stops at the first resource that "
            "has any; the offline engine shows those of all.",
            error_scenarios.check_fails(error_scenarios.INVALID_PROGRAM),
        ),
        ErrorCase(
            "Figures out of range",
            "Likewise, for resources.",
            "Nothing was sent.",
            error_scenarios.check_fails(error_scenarios.INVALID_RESOURCES),
        ),
        ErrorCase(
            "Variables cannot be emptied",
            "The program declares none, where there were some.",
            "Nothing was sent.",
            error_scenarios.secrets_emptied,
        ),
        ErrorCase(
            "A replacement under the same name",
            "A field that is fixed at creation has changed.",
            "A replacement loses the database, the threads and, with this permission, the traces.",
            error_scenarios.replaced_under_same_name,
        ),
    ),
    "Our fault": (
        ErrorCase(
            "A defect of this package",
            "Something happened that nobody thought of.",
            "The line holds no value of yours and is safe to publish.",
            error_scenarios.internal_error,
        ),
    ),
}
