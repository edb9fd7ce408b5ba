"""Look-ups of GitHub integrations and of the repositories that they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_pulumi.provider.error_boundary import ProviderError

from .connection import Place, look_up, plain, with_inputs
from .results import GithubIntegrationResult, GithubRepositoryResult

if TYPE_CHECKING:
    import pulumi

    from langsmith_pulumi.control_plane.client import ControlPlaneClient

_HOW_TO_MAKE_ONE = (
    "An owner of the GitHub account installs the app once, when a deployment is made in the "
    "dashboard; there is no API for it."
)


@plain
def get_github_integration(
    name: str, *, workspace_id: str | None = None, control_plane_url: str | None = None
) -> GithubIntegrationResult:
    """Return the GitHub integration of an account; its id goes into ``integration_id``.

    Args:
        name: The GitHub account, a user or an organization, in upper or lower case.
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: there is none of this account (the text lists those there are), or the
            control plane could not be asked.
    """  # noqa: E501 - an editor shows one line of an argument's description

    def ask(client: ControlPlaneClient) -> GithubIntegrationResult:
        from langsmith_pulumi.control_plane.integrations import IntegrationClient

        found = IntegrationClient(client).list_integrations()
        for one in found:
            if one.name.lower() == name.lower():
                return GithubIntegrationResult(one.id, one.name, one.installation_id)
        raise ProviderError(_no_integration(name, [one.name for one in found]))

    operation = f"looking up the GitHub integration {name!r}"
    return look_up(operation, Place(workspace_id, control_plane_url), ask)


def get_github_integration_output(
    name: pulumi.Input[str],
    *,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[GithubIntegrationResult]:
    """Return the GitHub integration of an account, which may be an output.

    See ``get_github_integration``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        get_github_integration,
        name=name,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


@plain
def list_github_repositories(
    integration_id: str, *, workspace_id: str | None = None, control_plane_url: str | None = None
) -> list[GithubRepositoryResult]:
    """Return the repositories that a GitHub integration covers.

    An integration may cover chosen repositories only, and a deployment from another one fails.

    Args:
        integration_id: The id (UUID) of the integration.
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: there is no such integration, or the control plane could not be asked.
    """  # noqa: E501 - an editor shows one line of an argument's description

    def ask(client: ControlPlaneClient) -> list[GithubRepositoryResult]:
        from langsmith_pulumi.control_plane.integrations import IntegrationClient

        found = IntegrationClient(client).list_repositories(integration_id)
        return [
            GithubRepositoryResult(one.url, one.owner, one.name, one.default_branch)
            for one in found
        ]

    operation = f"listing the repositories of the GitHub integration {integration_id!r}"
    return look_up(operation, Place(workspace_id, control_plane_url), ask)


def list_github_repositories_output(
    integration_id: pulumi.Input[str],
    *,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[list[GithubRepositoryResult]]:
    """Return the repositories that a GitHub integration covers, whose id may be an output.

    See ``list_github_repositories``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        list_github_repositories,
        integration_id=integration_id,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


def _no_integration(name: str, names: list[str]) -> str:
    there_are = ", ".join(map(repr, sorted(names)))
    others = f"those there are: {there_are}" if names else "the workspace has none"
    return f"There is no GitHub integration of the account {name!r}; {others}. {_HOW_TO_MAKE_ONE}"
