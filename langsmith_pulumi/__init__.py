"""LangSmith deployments and listeners as Pulumi resources, and look-ups of what exists."""

from . import inputs
from .deployment import Deployment
from .listener import Listener
from .lookups import (
    DeploymentResult,
    GithubIntegrationResult,
    GithubRepositoryResult,
    ListenerResult,
    RevisionResult,
    get_deployment,
    get_deployment_output,
    get_github_integration,
    get_github_integration_output,
    get_listener,
    get_listener_output,
    get_revision,
    get_revision_output,
    list_deployments,
    list_deployments_output,
    list_github_repositories,
    list_github_repositories_output,
    list_listeners,
    list_listeners_output,
    list_revisions,
    list_revisions_output,
)
from .rollout import Rollout

__all__ = [
    "Deployment",
    "DeploymentResult",
    "GithubIntegrationResult",
    "GithubRepositoryResult",
    "Listener",
    "ListenerResult",
    "RevisionResult",
    "Rollout",
    "get_deployment",
    "get_deployment_output",
    "get_github_integration",
    "get_github_integration_output",
    "get_listener",
    "get_listener_output",
    "get_revision",
    "get_revision_output",
    "inputs",
    "list_deployments",
    "list_deployments_output",
    "list_github_repositories",
    "list_github_repositories_output",
    "list_listeners",
    "list_listeners_output",
    "list_revisions",
    "list_revisions_output",
]
