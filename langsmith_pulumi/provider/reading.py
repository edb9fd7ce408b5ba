"""Reading a live resource for a refresh, or for the option ``id``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from langsmith_pulumi.control_plane.errors import GONE

from .error_boundary import ProviderError
from .properties import READ_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from .declarations import Declarations
    from .properties import Properties

T = TypeVar("T")


def read_live(
    read: Callable[[], T],
    declarations: Declarations,
    resource_id: str,
    props: Properties,
    workspace: str | None,
) -> T | None:
    """Return what ``read`` returns, or None if the control plane says that it is gone.

    For ``ResourceOptions(id=...)`` the engine passes the inputs of the program, which have no id
    yet; then a missing resource is an error. So is one that may be in another workspace than
    ``workspace``, which was asked.
    """
    is_declared = bool(props.get(READ_ONLY)) and "id" not in props
    if is_declared:
        declarations.read(resource_id, props.get("progress_urn"))
    try:
        return read()
    except GONE as missing:
        if is_declared:
            raise ProviderError(
                f"The option id names {declarations.noun} {resource_id}, which this workspace does "
                "not have. Check the id and the workspace (langsmith:workspaceId)."
            ) from missing
        if may_be_elsewhere(props, workspace):
            raise elsewhere(declarations, resource_id, props, workspace) from missing
        return None


def may_be_elsewhere(props: Properties, workspace: str | None) -> bool:
    """Return True if nobody knows that a resource of the state is in the workspace that is asked.

    The service does not show the workspace of a listener. One that was made without naming any is
    in that of the API key, and the settings may name another one since.
    """
    return workspace is not None and props.get("tenant_id") is None


def elsewhere(
    declarations: Declarations, resource_id: str, props: Properties, workspace: str | None
) -> ProviderError:
    """Return the error of a resource that is missing in a workspace it may never have been in."""
    name = props.get(declarations.name_field)
    return ProviderError(
        f"{declarations.noun.capitalize()} {name!r} ({resource_id}) is not in the workspace "
        f"{workspace}, which the settings name now. It was made without naming one, so it may be "
        "alive in another: set langsmith:workspaceId to that one, or unset it. If it is gone, take "
        "it out of the state with `pulumi state delete`."
    )
