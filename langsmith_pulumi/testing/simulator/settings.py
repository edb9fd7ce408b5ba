"""How one simulated control plane behaves."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

DEFAULT_WORKSPACE_ID = "11111111-1111-4111-8111-111111111111"

Hosting = Literal["any", "cloud", "self-hosted"]


@dataclass(frozen=True)
class Integration:
    """A GitHub account that has installed the vendor's app, and the repositories it covers."""

    name: str
    repositories: Sequence[str] = ()
    id: str = "22222222-2222-4222-8222-222222222222"
    installation_id: int = 1


@dataclass(frozen=True)
class Listener:
    """A cluster that takes deployments of images, and the namespaces it serves."""

    compute_id: str
    k8s_namespaces: Sequence[str] = ("default",)
    id: str = "33333333-3333-4333-8333-333333333333"


DEFAULT_INTEGRATION = Integration(
    name="langchain-ai",
    repositories=(
        "https://github.com/langchain-ai/react-agent",
        "https://github.com/langchain-ai/data-enrichment",
    ),
)


def random_api_key() -> str:
    """Make a key in the form of the service's own."""
    return f"lsv2_pt_{secrets.token_hex(16)}"


@dataclass(kw_only=True)
class Settings:
    """The switches of a simulator; they may be flipped while it runs.

    Args:
        api_key: the only key that is let in, in `X-Api-Key` or as a bearer token; a random one
            unless given.
        hosting: `cloud` builds from repositories and takes images only with a listener;
            `self-hosted` takes images only; `any`, the default, takes both, and holds each
            source to the rules of the place where it belongs.
        workspace_id: the only workspace that `X-Tenant-Id` may name; None lets any pass.
        requires_workspace: the key belongs to an organization, so `X-Tenant-Id` must be sent.
        enabled: False when the organization has not switched deployments on.
        revision_seconds: how long a revision takes; 0 means it is done at the next request.
        deletion_seconds: how long a deletion takes; as long as a revision unless given.
        reads: count reads instead of seconds: a thing moves on after this many reads of it. To
            be chosen before anything is made, for things keep the time they were made in.
        listeners: clusters of the workspace; with any, an image must name one.
        integrations: GitHub integrations. None means the built-in one is listed, and any id works.
        one_per_agent_environment: refuse a second deployment of one repository and config path.
        commands_make_revisions: a changed install or build command alone makes a revision.
        as_built: show the newest revision as it was built (a commit for the branch, an image).
        omitted: fields of `source_config` that this version of the service never returns.
    """

    api_key: str = field(default_factory=random_api_key, repr=False)
    hosting: Hosting = "any"
    workspace_id: str | None = None
    requires_workspace: bool = False
    enabled: bool = True
    revision_seconds: float = 0.0
    deletion_seconds: float | None = None
    reads: int | None = None
    listeners: Sequence[Listener] = ()
    integrations: Sequence[Integration] | None = None
    one_per_agent_environment: bool = False
    commands_make_revisions: bool = True
    as_built: bool = False
    omitted: frozenset[str] = frozenset()
