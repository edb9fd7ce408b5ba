"""The routes of GitHub integrations and of the repositories that they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .connection import check_id
from .retry import IDEMPOTENT

if TYPE_CHECKING:
    from .connection import Connection
    from .responses import GithubIntegration, GithubRepository

_INTEGRATIONS = "/v1/integrations/github"


class IntegrationClient:
    """The routes of integrations, over a connection that it shares with other clients."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_integrations(self) -> list[GithubIntegration]:
        """Return the workspace's GitHub integrations."""
        path, parse = f"{_INTEGRATIONS}/install", responses.parse_integrations
        return self._connection.send("GET", path, parse, IDEMPOTENT)

    def list_repositories(self, integration_id: str) -> list[GithubRepository]:
        """Return the repositories that an integration covers."""
        check_id(integration_id, "GitHub integration", _INTEGRATIONS)
        path, parse = f"{_INTEGRATIONS}/{integration_id}/repos", responses.parse_repositories
        return self._connection.send("GET", path, parse, IDEMPOTENT)
