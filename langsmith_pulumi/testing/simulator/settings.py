"""The settings of a simulator."""

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
    """A cluster that runs deployments of images, and the namespaces it serves."""

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
    """Return a random key in the format of the service."""
    return f"lsv2_pt_{secrets.token_hex(16)}"


@dataclass(kw_only=True)
class Settings:
    """The settings of a simulator, which may change while it runs.

    Args:
        api_key: the only accepted key, in `X-Api-Key` or as a bearer token; random by default.
        hosting: `cloud` builds from repositories and accepts images only with a listener;
            `self-hosted` accepts images only; `any`, the default, accepts both, and applies the
            rules of Cloud to repositories and those of self-hosted to images.
        workspace_id: the only workspace that `X-Tenant-Id` may name; None accepts any.
        requires_workspace: the key belongs to an organization, so `X-Tenant-Id` must be sent.
        enabled: False if the organization has not enabled deployments.
        revision_seconds: the duration of a revision; with 0 it is done at the next request.
        deletion_seconds: the duration of a deletion; that of a revision by default.
        reads: count reads instead of seconds: each status lasts this many reads of the deployment.
            Set it before the first deployment is made: a deployment keeps its kind of time.
        listeners: clusters of the workspace; if there are any, an image must name one.
        integrations: GitHub integrations. With None the built-in one is listed, and any id works.
        one_per_agent_environment: reject a second deployment of one repository and config path.
        commands_make_revisions: a changed install or build command alone makes a revision.
        as_built: show the newest revision as it was built (a commit for the branch, an image).
        fixed_repo_url: reject a changed `repo_url`, as older and self-hosted services do.
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
    fixed_repo_url: bool = False
    omitted: frozenset[str] = frozenset()
