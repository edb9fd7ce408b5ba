"""Look-ups: what a program asks of the control plane while it runs, in a preview as well.

They run in the program's process, and import what they need when they are called.
"""

from .deployments import (
    get_deployment,
    get_deployment_output,
    list_deployments,
    list_deployments_output,
)
from .integrations import (
    get_github_integration,
    get_github_integration_output,
    list_github_repositories,
    list_github_repositories_output,
)
from .listeners import get_listener, get_listener_output, list_listeners, list_listeners_output
from .results import (
    DeploymentResult,
    GithubIntegrationResult,
    GithubRepositoryResult,
    ListenerResult,
    RevisionResult,
)
from .revisions import get_revision, get_revision_output, list_revisions, list_revisions_output

__all__ = [
    "DeploymentResult",
    "GithubIntegrationResult",
    "GithubRepositoryResult",
    "ListenerResult",
    "RevisionResult",
    "get_deployment",
    "get_deployment_output",
    "get_github_integration",
    "get_github_integration_output",
    "get_listener",
    "get_listener_output",
    "get_revision",
    "get_revision_output",
    "list_deployments",
    "list_deployments_output",
    "list_github_repositories",
    "list_github_repositories_output",
    "list_listeners",
    "list_listeners_output",
    "list_revisions",
    "list_revisions_output",
]
