"""The results of look-ups. They hold the names of variables, never their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - readers of the types need it
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DeploymentResult:
    """A deployment as the control plane shows it.

    A field is None where the service shows nothing: some versions lack some of them.
    """

    id: str
    """The id (UUID), for ``ResourceOptions(import_=...)`` too."""
    name: str
    """The name, unique in the workspace."""
    display_name: str | None
    """The name in the dashboard."""
    source: str
    """Where the code comes from, such as ``github``."""
    status: str
    """The status of the deployment itself, such as ``READY``; it does not tell whether the newest
    revision is deployed."""
    url: str | None
    """The URL of the agent; None until it is deployed."""
    workspace_id: str | None
    """The workspace (UUID) of the deployment."""
    control_plane_url: str
    """The control plane that was asked."""
    dashboard_url: str
    """The page of the deployment in the dashboard."""
    latest_revision_id: str | None
    """The newest revision, in any status."""
    active_revision_id: str | None
    """The revision that serves."""
    repo_commit_sha: str | None
    """The commit that the newest revision was built from; ``github`` only."""
    image_version: str | None
    """The version of the agent server that runs."""
    is_preview: bool
    """True for a deployment that the service has made for a pull request of another one."""
    compute_size: str | None
    """The size of each replica on Cloud: ``small``, ``medium`` or ``large``."""
    database_size: str | None
    """The size of the database, as ``compute_size``."""
    variable_names: Sequence[str]
    """The names of the environment variables, secret or not, sorted; none before there is a
    revision."""
    created_at: str | None
    """The time of creation, in the format of ISO 8601."""
    updated_at: str | None
    """The time of the last change, likewise."""
    source_config: Mapping[str, Any] = field(repr=False)
    """The deployment-wide settings, with the API's names of the fields. Values of variables are
    left out, and credentials in commands and URLs are masked."""
    source_revision_config: Mapping[str, Any] = field(repr=False)
    """The settings of the newest revision as built, likewise; a branch may be shown as a
    commit."""


@dataclass(frozen=True)
class RevisionResult:
    """A revision: one build of a deployment's configuration."""

    id: str
    """The id (UUID)."""
    deployment_id: str
    """The id of its deployment."""
    status: str
    """The status, such as ``BUILDING``, ``DEPLOYED`` or ``BUILD_FAILED``."""
    status_message: str | None
    """The reason of a failure, where the version of the service gives one."""
    source: str | None
    """Where the code comes from, such as ``github``."""
    repo_commit_sha: str | None
    """The commit that it was built from; ``github`` only."""
    image_uri: str | None
    """The image that it runs, where the service shows it."""
    created_at: str | None
    """The time of creation, in the format of ISO 8601."""
    updated_at: str | None
    """The time of the last change of its status, likewise."""
    source_revision_config: Mapping[str, Any] = field(repr=False)
    """Its settings as built, with the API's names of the fields."""


@dataclass(frozen=True)
class ListenerResult:
    """A listener, which runs deployments in a cluster of yours."""

    id: str
    """The id (UUID), for ``source_config.listener_id``."""
    compute_id: str
    """The name of the cluster, unique in the workspace."""
    compute_type: str | None
    """The kind of the cluster; ``k8s`` is the only one known."""
    k8s_namespaces: Sequence[str]
    """The namespaces that it serves, for ``source_config.listener_config``."""
    version: str | None
    """The version of the listener."""
    created_at: str | None
    """The time of creation, in the format of ISO 8601."""
    updated_at: str | None
    """The time of the last change, likewise."""


@dataclass(frozen=True)
class GithubIntegrationResult:
    """A GitHub account in which the vendor's app is installed."""

    id: str
    """The id (UUID), for ``source_config.integration_id``."""
    name: str
    """The GitHub account: a user or an organization."""
    installation_id: int | None
    """The number of the installation at GitHub."""


@dataclass(frozen=True)
class GithubRepositoryResult:
    """A repository that a GitHub integration covers."""

    url: str
    """The URL, for ``source_config.repo_url``."""
    owner: str
    """The GitHub account that owns it."""
    name: str
    """The name, without the owner."""
    default_branch: str | None
    """The branch that GitHub shows first."""
