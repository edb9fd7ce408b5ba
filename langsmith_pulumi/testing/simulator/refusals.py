"""Refusals: a status and the service's words for it.

The wording marked "seen" was met by clients of the real service; the rest is ours.
"""


class Refusal(Exception):  # noqa: N818 - an answer of the service, not an error in it
    """The service says no."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def not_found(kind: str, identifier: str) -> Refusal:
    """Say that there is no such deployment, revision or listener (seen)."""
    return Refusal(404, f"{kind} ID {identifier} not found.")


def name_taken(name: str) -> Refusal:
    """Say that a tracing project holds the name (seen)."""
    return Refusal(
        409,
        "Deployments create a tracing project in LangSmith with the same name as the deployment. "
        f"There already exists a project in LangSmith named: {name}.",
    )


def agent_environment_taken() -> Refusal:
    """Say that the repository and config path are deployed under another name (seen)."""
    return Refusal(409, "A deployment already exists for this agent environment.")


def listener_required(listener_ids: list[str]) -> Refusal:
    """Say that a workspace with listeners wants one named (seen)."""
    return Refusal(
        400,
        "Source configuration error: 'source_config.listener_id' is required for workspace "
        f"with available listener IDs: {listener_ids}",
    )


def not_enabled() -> Refusal:
    """Say that the organization has not switched the product on (seen)."""
    return Refusal(403, "LangSmith Deployment is not enabled for this organization")


def workspace_required() -> Refusal:
    """Say that the key alone does not tell the workspace (seen)."""
    return Refusal(
        403,
        "This API key is org-scoped and requires workspace specification. "
        "Please provide 'X-Tenant-ID' header.",
    )
