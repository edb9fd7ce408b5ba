"""The bodies the API takes; an unknown field or a wrong type is refused with a 422."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from langsmith_pulumi.testing.simulator.resource_schemas import ResourceSpec
from langsmith_pulumi.testing.simulator.strict import Strict

Source = Literal[
    "github", "external_docker", "internal_docker", "internal_source", "internal_template"
]
DeploymentType = Literal["dev_free", "dev", "prod", "dev_zero", "dev_free_zero"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Uuid = Annotated[UUID, Field(strict=False)]  # JSON has no type for them


class Secret(Strict):
    """An environment variable."""

    name: str
    value: str


class SecretReference(Strict):
    """An environment variable that is filled from a Kubernetes secret."""

    name: str
    secret_name: str
    secret_key: str


class AgentBinding(Strict):
    """A deployment's place among the environments of an agent."""

    agent_id: str
    environment: str


class ListenerConfig(Strict):
    """A place within a listener."""

    k8s_namespace: str | None = None


class SourceConfig(Strict):
    """What belongs to the deployment as a whole."""

    integration_id: Uuid | None = None
    repo_url: str | None = None
    deployment_type: DeploymentType | None = None
    build_on_push: bool | None = None
    custom_url: str | None = None
    resource_spec: ResourceSpec | None = None
    listener_id: Uuid | None = None
    listener_config: ListenerConfig | None = None
    install_command: str | None = None
    build_command: str | None = None
    template_id: str | None = None


class SourceRevisionConfig(Strict):
    """What a revision is made from."""

    repo_ref: str | None = None
    langgraph_config_path: str | None = None
    image_uri: str | None = None
    source_tarball_path: str | None = None


class CreateRequest(Strict):
    """The body of a create; there is no display name in it."""

    name: str
    source: Source
    source_config: SourceConfig
    source_revision_config: SourceRevisionConfig
    secrets: list[Secret]
    secret_references: list[SecretReference] | None = None
    agent: AgentBinding | None = None
    route_through_gateway: bool | None = None


class RevisionRequest(Strict):
    """The body that makes a revision."""

    source_config: SourceConfig | None = None
    source_revision_config: SourceRevisionConfig | None = None
    secrets: list[Secret] | None = None
    secret_references: list[SecretReference] | None = None


class PatchRequest(RevisionRequest):
    """The body of a patch; name and source are not in it."""

    display_name: Annotated[str, Field(min_length=1)] | None = None
    revision_source: Literal["github", "internal_docker", "internal_source"] | None = None
    tracked_packages: list[str] | None = None
    route_through_gateway: bool | None = None


class LogsRequest(Strict):
    """What part of a log to show; offsets are opaque."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    order: Literal["asc", "desc"] = "asc"
    offset: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    level: LogLevel | None = None
    query: str | None = None
    start_time: str | None = None
    end_time: str | None = None
