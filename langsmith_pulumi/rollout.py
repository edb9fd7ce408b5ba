"""The resource ``Rollout``, the child of each ``Deployment``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource

from ._arguments import child_urn, remove_internals, with_types, without_unset
from .provider import RolloutProvider
from .provider.changes import REVISION_FIELDS
from .provider.folder.difference import FOLDER
from .provider.properties import READ_ONLY
from .provider.variables import FINGERPRINTS, VARIABLE_MAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

_CONFIG = "source_config."
_REVISION_KEYS = [
    field.path.removeprefix(_CONFIG) for field in REVISION_FIELDS if field.path.startswith(_CONFIG)
]
"""The fields of ``source_config`` that belong to a revision."""
REVISION_INPUTS = tuple(
    dict.fromkeys(
        FINGERPRINTS if field.path in VARIABLE_MAPS else field.path.partition(".")[0]
        for field in REVISION_FIELDS
    )
)
"""The properties of a deployment that belong to a revision, and are inputs of its rollout."""

_ROLLOUT_OUTPUTS = (
    "url",
    "active_revision_id",
    "repo_commit_sha",
    "image_version",
    "status",
    "tenant_id",
)


@with_types
class Rollout(Resource, module="langsmith", name="Rollout"):
    """The wait until a deployment's newest revision is deployed; each ``Deployment`` creates one.

    In a plan it shows the impact of a change: a deployment changes in place if its rollout does not
    change, and is built and deployed again if its rollout changes. A failed revision is an error of
    the rollout, and the next ``pulumi up`` retries it.
    """

    deployment_id: pulumi.Output[str]
    """The id of the deployment."""
    url: pulumi.Output[str]
    """The URL of the agent; known when a revision has been deployed."""
    active_revision_id: pulumi.Output[str]
    """The active revision."""
    repo_commit_sha: pulumi.Output[str | None]
    """The commit that was built (``github`` only)."""
    image_version: pulumi.Output[str | None]
    """The version of the agent server in the image."""

    def __init__(  # noqa: PLR0913 - what a rollout takes from its deployment
        self,
        resource_name: str,
        deployment: Resource,
        given: AbstractSet[str],
        *,
        revision_id: pulumi.Output[str],
        custom_url: pulumi.Output[str | None] | None,
        wait: pulumi.Input[bool] | None,
        timeout: pulumi.Input[float] | None,
        interrupt_stuck: pulumi.Input[bool] | None,
        health_check: Any,
        read_id: pulumi.Input[str] | None = None,
    ) -> None:
        """Declare the rollout of a deployment, with the deployment's outputs as inputs.

        The outputs are used instead of the program's arguments, so that ``ignore_changes`` on the
        deployment holds for its rollout too. ``given`` are the inputs that the program sets: in a
        preview all other outputs are unknown, and would look like a change. ``revision_id`` is the
        revision that the deployment's last change requested. ``custom_url`` is the
        URL that the program may give; as the input ``url`` it makes the output secret if it is.
        ``read_id`` is the id of a deployment that is only read. Its rollout is only read too, so it
        neither waits nor retries.
        """
        inherited = {
            key: revision_value(key, getattr(deployment, key))
            for key in ("workspace_id", "control_plane_url", *REVISION_INPUTS)
            if key in given
        }
        props: dict[str, Any] = {
            **dict.fromkeys(_ROLLOUT_OUTPUTS),
            **({} if custom_url is None else {"url": custom_url, "custom_url": custom_url}),
            **inherited,
            "deployment_id": deployment.id if read_id is None else read_id,
            "revision_id": revision_id,
            READ_ONLY: None if read_id is None else True,
            "wait": wait,
            "timeout": timeout,
            "interrupt_stuck": interrupt_stuck,
            "health_check": health_check,
            "progress_urn": child_urn(deployment.urn, Rollout, resource_name),
        }
        opts = pulumi.ResourceOptions(parent=deployment, id=read_id)
        super().__init__(
            RolloutProvider(), resource_name, without_unset(props, _ROLLOUT_OUTPUTS), opts
        )
        remove_internals(self)


def revision_value(key: str, value: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """Return the value of a deployment's property, limited to the fields of a revision."""
    return value.apply(_PARTS[key]) if key in _PARTS else value


def part_of_revision(key: str, value: Any) -> Any:
    """Return the known value of a deployment's property, limited to the fields of a revision."""
    return _PARTS[key](value) if key in _PARTS else value


def _digest_part(folder: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what tells one folder from another, without its files."""
    return {"digest": folder["digest"]} if folder else {}


def revision_part(source_config: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields of the deployment-wide configuration that belong to a revision."""
    config = source_config or {}
    return {key: config[key] for key in _REVISION_KEYS if config.get(key) is not None}


_PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "source_config": revision_part,
    FOLDER: _digest_part,
}
