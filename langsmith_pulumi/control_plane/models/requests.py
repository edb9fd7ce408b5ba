"""Bodies of the requests that create and change a deployment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from .fields import Flag, Id, Model, NonEmpty, Text
from .resources import ResourceSpec, in_wire_format

Source = Literal[
    "github", "external_docker", "internal_docker", "internal_source", "internal_template"
]

NAME_PATTERN = r"[a-z]([a-z0-9-]*[a-z0-9])?"
"""The form of a deployment's name, collected from the vendor's clients."""
MAX_NAME_LENGTH = 63
MAX_ARCHIVE_BYTES = 209_715_200
"""The largest archive that may be uploaded (vendor's command line)."""


class ListenerConfig(Model):
    """Placement within a listener."""

    k8s_namespace: NonEmpty | None = Field(
        default=None, description="Namespace to deploy into, one that the listener serves. Fixed."
    )


class ListenerComputeConfig(Model):
    """The part of its cluster that a listener serves."""

    k8s_namespaces: list[NonEmpty] | None = Field(
        default=None, description="The namespaces that it serves."
    )


class ListenerCreateRequest(Model):
    """Body of the POST that creates a listener."""

    compute_type: Literal["k8s"]
    compute_id: NonEmpty = Field(description="Name of the cluster, unique in the workspace.")
    compute_config: ListenerComputeConfig
    version: NonEmpty | None = None


class ListenerPatchRequest(Model):
    """Body of the PATCH of a listener, without the fixed fields. Absent and null mean "keep"."""

    compute_config: ListenerComputeConfig | None = None
    version: NonEmpty | None = None


class _Changeable(Model):
    """The fields of the deployment-wide configuration that a PATCH accepts."""

    repo_url: NonEmpty | None = Field(
        default=None, description="The repository. `github` only; fixed on older services."
    )
    build_on_push: Flag | None = Field(
        default=None, description="Make a revision on each push; `github` with a branch only."
    )
    custom_url: NonEmpty | None = Field(
        default=None, description="Public URL; `external_docker` only, else the service fills it."
    )
    install_command: NonEmpty | None = Field(
        default=None, description="Installs a JavaScript project, from the repository's root."
    )
    build_command: NonEmpty | None = Field(
        default=None, description="Builds it, from the folder of langgraph.json."
    )


class SourceConfigRequest(_Changeable):
    """The deployment-wide configuration at creation."""

    integration_id: Id | None = Field(
        default=None, description="The GitHub integration to build through. `github` only; fixed."
    )
    deployment_type: NonEmpty | None = Field(
        default=None, description="Tier. Cloud only, not for `external_docker`; fixed."
    )
    resource_spec: ResourceSpec | None = Field(
        default=None, description="Required, though it may be empty, for `external_docker`."
    )
    listener_id: Id | None = Field(
        default=None, description="The listener that places it. `external_docker` only; fixed."
    )
    listener_config: ListenerConfig | None = None
    template_id: NonEmpty | None = Field(
        default=None, description="The template to deploy. `internal_template` only; fixed."
    )


class SourceConfigPatch(_Changeable):
    """The deployment-wide configuration in a PATCH, without the fixed fields, which it refuses.

    ``resource_spec`` is the stored one with the changes merged in, because the service overwrites
    it as a whole.
    """

    resource_spec: Annotated[dict[str, Any], BeforeValidator(in_wire_format)] | None = Field(
        default=None, repr=False
    )


class SourceRevisionConfigRequest(Model):
    """The configuration of a revision. A PATCH with it makes a revision, even without a change."""

    repo_ref: NonEmpty | None = Field(
        default=None, description="Branch, or `refs/tags/<tag>`. `github` only."
    )
    langgraph_config_path: NonEmpty | None = Field(
        default=None, description="Path of langgraph.json. `github` and `internal_source` only."
    )
    image_uri: NonEmpty | None = Field(
        default=None, description="The image to run. `external_docker` and `internal_docker` only."
    )
    source_tarball_path: NonEmpty | None = Field(
        default=None, description="Where the service keeps the archive. `internal_source` only."
    )


class ResourceTiersRequest(Model):
    """Body of the PATCH that changes the size of a deployment on Cloud; null means "keep"."""

    compute_tier: NonEmpty | None = None
    database_tier: NonEmpty | None = None


class Secret(Model):
    """An environment variable of the deployment; its value is left out of every ``repr``."""

    name: NonEmpty
    value: Text = Field(repr=False)


class SecretReference(Model):
    """An environment variable filled from a Kubernetes secret. ``external_docker`` only."""

    name: NonEmpty
    secret_name: NonEmpty
    secret_key: NonEmpty


class DeploymentCreateRequest(Model):
    """Body of the POST that creates a deployment; it takes no display name."""

    name: Annotated[Text, Field(pattern=f"^{NAME_PATTERN}$", max_length=MAX_NAME_LENGTH)]
    source: Source
    source_config: SourceConfigRequest = Field(default_factory=SourceConfigRequest)
    source_revision_config: SourceRevisionConfigRequest = Field(
        default_factory=SourceRevisionConfigRequest
    )
    secrets: list[Secret] = Field(
        default_factory=list, description="Required, though `[]` will do."
    )
    secret_references: list[SecretReference] | None = None
    route_through_gateway: Flag | None = None


class DeploymentPatchRequest(Model):
    """Body of the PATCH. Absent and null both mean "keep"."""

    display_name: NonEmpty | None = None
    revision_source: Literal["github", "internal_docker", "internal_source"] | None = Field(
        default=None, description="Source of this one revision, where it is not the deployment's."
    )
    source_config: SourceConfigPatch | None = None
    source_revision_config: SourceRevisionConfigRequest | None = None
    secrets: list[Secret] | None = Field(
        default=None, description="Replaces the whole set; an empty list changes nothing."
    )
    secret_references: list[SecretReference] | None = Field(
        default=None, description="Replaces the whole set; an empty list removes all."
    )
    tracked_packages: list[Text] | None = None
    route_through_gateway: Flag | None = None
