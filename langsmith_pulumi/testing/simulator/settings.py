"""The settings of a simulator, and the behaviours that choose them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

DEFAULT_WORKSPACE_ID = "11111111-1111-4111-8111-111111111111"

Hosting = Literal["any", "cloud", "self-hosted"]
Behaviour = Literal["cloud", "self-hosted", "older"]
InterruptRoute = Literal["interrupt", "interruption"]

_DEFAULTS: dict[str, Any] = {
    "hosting": "any",
    "as_built": False,
    "fixed_repo_url": False,
    "omitted": frozenset(),
    "null_revision_config": False,
    "first_revision_by_patch": False,
    "images_show_type": False,
    "images_get_url": True,
    "lists_unset_resources": False,
    "empty_references": False,
    "secrets_at_once": False,
    "github_resources": False,
    "resource_tiers": True,
    "new_types": True,
    "revision_posts": True,
    "revision_logs": True,
    "redeploys": True,
    "interrupt_routes": ("interrupt", "interruption"),
    "filters_by_name": True,
    "shows_url": True,
    "shows_previews": True,
}
_VENDOR: dict[str, Any] = {
    "null_revision_config": True,
    "first_revision_by_patch": True,
    "images_show_type": True,
    "images_get_url": False,
    "lists_unset_resources": True,
    "empty_references": True,
    "secrets_at_once": True,
}
_BEHAVIOURS: dict[Behaviour | None, dict[str, Any]] = {
    None: {},
    "cloud": {**_VENDOR, "hosting": "cloud", "as_built": True, "github_resources": True},
    "self-hosted": {
        **_VENDOR,
        "hosting": "self-hosted",
        "fixed_repo_url": True,
        "resource_tiers": False,
        "shows_url": False,
    },
    "older": {
        "fixed_repo_url": True,
        "resource_tiers": False,
        "new_types": False,
        "revision_posts": False,
        "revision_logs": False,
        "redeploys": False,
        "interrupt_routes": ("interruption",),
        "filters_by_name": False,
        "shows_url": False,
        "shows_previews": False,
        "omitted": frozenset({"listener_config", "install_command", "build_command"}),
    },
}


@dataclass(frozen=True)
class Integration:
    """A GitHub account that has installed the vendor's app, and the repositories it covers."""

    name: str
    repositories: Sequence[str] = ()
    id: str = "22222222-2222-4222-8222-222222222222"
    installation_id: int = 1


@dataclass(frozen=True)
class Listener:
    """A cluster that runs deployments of images, and the namespaces it serves."""

    compute_id: str
    k8s_namespaces: Sequence[str] = ("default",)
    id: str = "33333333-3333-4333-8333-333333333333"
    version: str | None = "0.1.0"


DEFAULT_INTEGRATION = Integration(
    name="langchain-ai",
    repositories=(
        "https://github.com/langchain-ai/react-agent",
        "https://github.com/langchain-ai/data-enrichment",
    ),
)


def random_api_key() -> str:
    """Return a random key in the format of the service."""
    return f"lsv2_pt_{secrets.token_hex(16)}"


@dataclass(kw_only=True)
class Settings:
    """The settings of a simulator, which may change while it runs.

    The settings that are None by default have the value of the behaviour.

    Args:
        behaviour: `cloud` and `self-hosted` answer as the vendor's own offline backends do; `older`
            as an older version, which has fewer routes, fields and words; None as the published
            pages say.
        api_key: the only accepted key, in `X-Api-Key` or as a bearer token; random by default.
        hosting: `cloud` builds from repositories and accepts images only with a listener;
            `self-hosted` accepts images only; `any` accepts both, and applies the rules of Cloud to
            repositories and those of self-hosted to images.
        workspace_id: the only workspace that `X-Tenant-Id` may name; None accepts any.
        requires_workspace: the key belongs to an organization, so `X-Tenant-Id` must be sent.
        enabled: False if the organization has not enabled deployments.
        revision_seconds: the duration of a revision; with 0 it is done at the next request.
        deletion_seconds: the duration of a deletion; that of a revision by default.
        reads: count reads instead of seconds: each status lasts this many reads of the deployment.
            Set it before the first deployment is made: a deployment keeps its kind of time.
        listeners: clusters of the workspace; if there are any, an image must name one. Listeners
            that clients make with the API are added to them.
        listener_plan: the organization may manage listeners; a request for one is a 403 otherwise.
            With None it may, except on `cloud` without `listeners`.
        listener_in_use: `keep` answers 409 to a request to delete a listener that a deployment
            names, which is a guess; `delete` deletes it, for the reference names no refusal.
        integrations: GitHub integrations. With None the built-in one is listed, and any id works.
        one_per_agent_environment: reject a second deployment of one repository and config path.
        commands_make_revisions: a changed install or build command alone makes a revision.
        as_built: show the newest revision as it was built (a commit for the branch, an image).
        fixed_repo_url: reject a changed `repo_url`, as older and self-hosted services do.
        omitted: fields of `source_config` that this version of the service never returns.
        null_revision_config: `source_revision_config` is null before the first revision, and not an
            object of nulls.
        first_revision_by_patch: the sources that wait for a push get their first revision by a
            patch, even if they were created with a configuration.
        images_show_type: images show `deployment_type` `prod` and `build_on_push` false.
        images_get_url: an image without a `custom_url` shows an address made by the service.
        lists_unset_resources: fields of `resource_spec` that are not set are shown as null.
        empty_references: no secret references are shown as an empty list, and not as null.
        secrets_at_once: secrets are shown as soon as there is a revision, and not only when it has
            left `CREATING`.
        github_resources: repositories accept `resource_spec` and `custom_url`.
        resource_tiers: the route that changes sizes exists.
        new_types: a create accepts the types `serverless` and `dedicated`.
        shows_older_types: `serverless` is shown as `dev_zero`, and `dedicated` as `prod`.
        shows_tiers: deployments on Cloud show `compute_tier` and `database_tier`.
        scales_to_zero: False refuses `dev_zero`, as on AWS.
        revision_posts: the route that creates revisions exists.
        revision_logs: the newer routes of logs exist.
        log_end_offset: the last page of a log has an offset too, from which a client reads on; it
            is null otherwise.
        redeploys: the route that redeploys a revision exists.
        interrupt_routes: the spellings of the route that interrupts a revision.
        filters_by_name: lists of deployments know the filter `name`.
        shows_url: deployments have a top-level `url`.
        shows_previews: deployments have `is_preview`.
        revision_in_progress: `reject` answers 409 to a request for a revision while another one is
            in progress; `queue` accepts it.
        interrupted_resumes: an interrupted revision goes on after `INTERRUPTED`.
        serve_agents: the URL of a deployment is one of the simulator, which answers `/ok` there.
        upload_limit: the largest archive in bytes.
        unknown_archives: `refuse` answers 400 to a `source_tarball_path` that no upload URL of the
            deployment came with; `build` builds from it, as if an archive were there.
        upload_headers: an upload URL comes with the headers to send, if the client supports it.
    """

    behaviour: Behaviour | None = None

    api_key: str = field(default_factory=random_api_key, repr=False)
    hosting: Hosting | None = None
    workspace_id: str | None = None
    requires_workspace: bool = False
    enabled: bool = True
    revision_seconds: float = 0.0
    deletion_seconds: float | None = None
    reads: int | None = None
    listeners: Sequence[Listener] = ()
    listener_plan: bool | None = None
    listener_in_use: Literal["delete", "keep"] = "delete"
    integrations: Sequence[Integration] | None = None
    one_per_agent_environment: bool = False
    commands_make_revisions: bool = True
    as_built: bool | None = None
    fixed_repo_url: bool | None = None
    omitted: frozenset[str] | None = None
    null_revision_config: bool | None = None
    first_revision_by_patch: bool | None = None
    images_show_type: bool | None = None
    images_get_url: bool | None = None
    lists_unset_resources: bool | None = None
    empty_references: bool | None = None
    secrets_at_once: bool | None = None
    github_resources: bool | None = None
    resource_tiers: bool | None = None
    new_types: bool | None = None
    shows_older_types: bool = False
    shows_tiers: bool = False
    scales_to_zero: bool = True
    revision_posts: bool | None = None
    revision_logs: bool | None = None
    log_end_offset: bool = False
    redeploys: bool | None = None
    interrupt_routes: Sequence[InterruptRoute] | None = None
    filters_by_name: bool | None = None
    shows_url: bool | None = None
    shows_previews: bool | None = None
    revision_in_progress: Literal["queue", "reject"] = "queue"
    interrupted_resumes: bool = False
    serve_agents: bool = False
    upload_limit: int = 209_715_200
    unknown_archives: Literal["refuse", "build"] = "refuse"
    upload_headers: bool = True

    def __post_init__(self) -> None:
        """Give the settings that are None the value of the behaviour."""
        for name, value in (_DEFAULTS | _BEHAVIOURS[self.behaviour]).items():
            if getattr(self, name) is None:
                setattr(self, name, value)

    @property
    def manages_listeners(self) -> bool:
        """Return True if the plan of the organization includes listeners."""
        if self.listener_plan is None:
            return self.hosting != "cloud" or bool(self.listeners)
        return self.listener_plan

    @property
    def url(self) -> str:
        """Return the base URL of the server, empty without one."""
        return ""
