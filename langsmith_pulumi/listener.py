"""The resource ``Listener``, for self-hosted and hybrid workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource

from ._arguments import options_of, remove_internals, urn_of, warn_of_timeouts, with_types
from ._interrupts import hide_interrupts
from .provider import ListenerProvider
from .provider.properties import OPTIONS, READ_ONLY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from . import inputs

__all__ = ["Listener"]

_OUTPUTS = ("tenant_id", "control_plane_url", "created_at", "updated_at")


@with_types
class Listener(Resource, module="langsmith", name="Listener"):
    """A listener: the place in a Kubernetes cluster of yours where deployments of images run.

    Listeners need an organization with a self-hosted enterprise plan. This resource registers the
    listener with the control plane; its program in the cluster is installed by the vendor's chart.

    Example usage::

        listener = langsmith.Listener(
            "production",
            compute_id="production-cluster",
            compute_config={"k8s_namespaces": ["agents"]},
        )
        agent = langsmith.Deployment(
            "support-agent",
            source="external_docker",
            source_config={
                "listener_id": listener.id,
                "listener_config": {"k8s_namespace": "agents"},
                "resource_spec": {},
            },
            source_revision_config={"image_uri": "registry.example.com/agent:1.4.0"},
        )

    A deployment cannot move to another listener, so where its ``listener_id`` comes from this
    resource, the engine keeps to this order: the listener is created before its deployments and
    deleted after them, and a replaced listener replaces them too, which loses their databases and
    threads. The preview shows all of it, and refuses it for deployments that keep their names
    without ``delete_tracing_project=True``. The engine knows nothing of deployments that name the
    listener's id otherwise, as those of other programs do: if the service refuses to delete the
    listener, the error says so.

    ``ResourceOptions(import_=ID)`` adopts an existing listener: ``compute_type`` and ``compute_id``
    have to be the same, and the other arguments are patched where they differ.
    """

    compute_type: pulumi.Output[str]
    """The kind of its cluster."""
    compute_id: pulumi.Output[str]
    """The name of its cluster."""
    compute_config: pulumi.Output[Mapping[str, Any]]
    """The part of the cluster that it serves, as the program wrote it."""
    version: pulumi.Output[str | None]
    """The version that the program gives."""
    workspace_id: pulumi.Output[str | None]
    """The workspace that the program names, instead of that of the settings."""
    tenant_id: pulumi.Output[str | None]
    """The workspace of the listener; None where neither the program nor the settings name one."""
    control_plane_url: pulumi.Output[str]
    """The URL of its control plane."""
    created_at: pulumi.Output[str]
    """The time of its creation (ISO 8601)."""
    updated_at: pulumi.Output[str]
    """The time of its last change (ISO 8601)."""

    def __init__(  # noqa: PLR0913 - the arguments are the resource's fields
        self,
        resource_name: str,
        *,
        compute_id: pulumi.Input[str],
        compute_config: pulumi.Input[inputs.ComputeConfigArgs | inputs.ComputeConfigArgsDict],
        compute_type: pulumi.Input[inputs.ComputeType] = "k8s",
        version: pulumi.Input[str] | None = None,
        workspace_id: pulumi.Input[str] | None = None,
        control_plane_url: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a listener.

        Args:
            resource_name: Its name in the program.
            compute_id: A name of your choice for the cluster; a workspace takes one listener for each. A change replaces, and so do the deployments that use ``id``.
            compute_config: The namespaces that it serves, as ``{"k8s_namespaces": ["agents"]}``. A change is in place; nothing is built or restarted.
            compute_type: The kind of the cluster. Default ``k8s``, the only one that the service knows. A change replaces.
            version: The version to show for the listener. Left out, it is not managed. A change is in place; it cannot be cleared.
            workspace_id: The workspace (UUID) of the listener, where it is not that of the settings. A change replaces.
            control_plane_url: The control plane of the listener, where it is not that of the settings; see ``Deployment``. A change replaces.
            opts: Resource options. ``import_`` adopts an existing listener by its id; ``id`` only reads one that is managed elsewhere.
        """  # noqa: E501 - an editor shows one line of an argument's description
        hide_interrupts()
        opts = pulumi.ResourceOptions.merge(opts, None)
        warn_of_timeouts(f"Listener {resource_name!r}", opts)
        import_id, opts.import_ = opts.import_, None
        props: dict[str, Any] = {
            **dict.fromkeys(_OUTPUTS),
            "compute_type": compute_type,
            "compute_id": compute_id,
            "compute_config": compute_config,
            "version": version,
            "workspace_id": workspace_id,
            "control_plane_url": control_plane_url,
            "import_id": import_id,
            READ_ONLY: True if opts.id is not None else None,
            OPTIONS: options_of(opts),
            "progress_urn": urn_of(Listener, resource_name, opts.parent),
        }
        super().__init__(ListenerProvider(), resource_name, props, opts)
        remove_internals(self)
