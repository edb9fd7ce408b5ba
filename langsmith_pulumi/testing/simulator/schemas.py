"""The request bodies of the API; an unknown field or a wrong type is answered with a 422."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from langsmith_pulumi.testing.simulator.records import LogLevel

Source = Literal[
    "github", "external_docker", "internal_docker", "internal_source", "internal_template"
]
DeploymentType = Literal[
    "dev_free", "dev", "prod", "dev_zero", "dev_free_zero", "serverless", "dedicated"
]
Tier = Literal[
    "SERVERLESS_S", "SERVERLESS_M", "SERVERLESS_L", "DEDICATED_S", "DEDICATED_M", "DEDICATED_L"
]
# JSON has no type for them.
Uuid = Annotated[UUID, Field(strict=False)]
Time = Annotated[datetime, Field(strict=False)]

Cpu = Annotated[float, Field(ge=0.1, le=8)]
CpuLimit = Annotated[float, Field(ge=0.1, le=16)]
Amount = Annotated[int, Field(gt=0)]
Replicas = Annotated[int, Field(ge=0)]
Object = dict[str, Any]


class StrictModel(BaseModel):
    """A model without unknown fields and without conversions of types."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False
    )

    def without_nulls(self) -> dict[str, Any]:
        """Return the fields as JSON without nulls at any depth: the API takes them for absent."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class _Kubernetes(StrictModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


class LocalObjectReference(StrictModel):
    """A secret by name, in the namespace of the deployment."""

    name: str


class Volume(_Kubernetes):
    """A volume; its source is passed on unread."""

    name: str | None = None
    config_map: Object | None = None
    secret: Object | None = None
    empty_dir: Object | None = None
    persistent_volume_claim: Object | None = None
    nfs: Object | None = None
    projected: Object | None = None
    downward_api: Annotated[Object | None, Field(alias="downwardAPI")] = None
    csi: Object | None = None


class VolumeMount(_Kubernetes):
    """The place of a volume in a container."""

    name: str | None = None
    mount_path: str | None = None
    sub_path: str | None = None
    mount_propagation: str | None = None
    sub_path_expr: str | None = None
    read_only: bool | None = None


class ResourceRequirements(_Kubernetes):
    """Limits and requests of a container."""

    limits: dict[str, str] | None = None
    requests: dict[str, str] | None = None


class EnvVar(_Kubernetes):
    """An environment variable of a container."""

    name: str
    value: str | None = None
    value_from: Object | None = None


class Container(_Kubernetes):
    """A container that runs before or beside the agent."""

    name: str
    image: str
    image_pull_policy: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    working_dir: str | None = None
    env: list[EnvVar] | None = None
    env_from: list[Object] | None = None
    resources: ResourceRequirements | None = None
    volume_mounts: list[VolumeMount] | None = None
    security_context: Object | None = None
    restart_policy: str | None = None


class ResourceSpec(StrictModel):
    """The figures of a deployment: the agent, its queue workers, Redis and Postgres."""

    min_scale: Replicas | None = None
    max_scale: Replicas | None = None
    cpu: Cpu | None = None
    cpu_limit: CpuLimit | None = None
    memory_mb: Amount | None = None
    memory_limit_mb: Amount | None = None
    queue_min_scale: Replicas | None = None
    queue_max_scale: Replicas | None = None
    queue_cpu: Cpu | None = None
    queue_cpu_limit: CpuLimit | None = None
    queue_memory_mb: Amount | None = None
    queue_memory_limit_mb: Amount | None = None
    orchestrator_cpu: float | None = None
    orchestrator_cpu_limit: float | None = None
    orchestrator_memory_mb: int | None = None
    orchestrator_memory_limit_mb: int | None = None
    orchestrator_min_scale: int | None = None
    orchestrator_max_scale: int | None = None
    executor_cpu: float | None = None
    executor_cpu_limit: float | None = None
    executor_memory_mb: int | None = None
    executor_memory_limit_mb: int | None = None
    redis_cpu: Cpu | None = None
    redis_cpu_limit: CpuLimit | None = None
    redis_memory_mb: Amount | None = None
    redis_memory_limit_mb: Amount | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    service_account_name: str | None = None
    image_pull_secrets: list[LocalObjectReference] | None = None
    volumes: list[Volume] | None = None
    volume_mounts: list[VolumeMount] | None = None
    init_containers: list[Container] | None = None
    sidecars: list[Container] | None = None
    db_cpu: float | None = None
    db_cpu_limit: float | None = None
    db_memory_mb: Amount | None = None
    db_memory_limit_mb: Amount | None = None
    db_storage_gi: Amount | None = None
    db_max_connections: Amount | None = None


class Secret(StrictModel):
    """An environment variable."""

    name: str
    value: str


class SecretReference(StrictModel):
    """An environment variable filled from a Kubernetes secret."""

    name: str
    secret_name: str
    secret_key: str


class AgentBinding(StrictModel):
    """A deployment's place among the environments of an agent."""

    agent_id: str
    environment: str


class ListenerConfig(StrictModel):
    """A namespace within a listener."""

    k8s_namespace: str | None = None


class SourceConfig(StrictModel):
    """The configuration of the deployment as a whole."""

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


class SourceRevisionConfig(StrictModel):
    """The configuration of a revision."""

    repo_ref: str | None = None
    langgraph_config_path: str | None = None
    image_uri: str | None = None
    source_tarball_path: str | None = None


class CreateRequest(StrictModel):
    """The body of a create; it has no display name, and no name where an agent takes its place."""

    name: str | None = None
    source: Source
    source_config: SourceConfig
    source_revision_config: SourceRevisionConfig
    secrets: list[Secret]
    secret_references: list[SecretReference] | None = None
    agent: AgentBinding | None = None
    route_through_gateway: bool | None = None


class RevisionRequest(StrictModel):
    """The body of a request for a revision."""

    source_config: SourceConfig | None = None
    source_revision_config: SourceRevisionConfig | None = None
    secrets: list[Secret] | None = None
    secret_references: list[SecretReference] | None = None


class PatchRequest(RevisionRequest):
    """The body of a patch; it has no name and no source."""

    display_name: Annotated[str, Field(min_length=1)] | None = None
    revision_source: Literal["github", "internal_docker", "internal_source"] | None = None
    tracked_packages: list[str] | None = None
    route_through_gateway: bool | None = None


class ResourceTiersRequest(StrictModel):
    """The body of a change of sizes; null keeps a size."""

    compute_tier: Tier | None = None
    database_tier: Tier | None = None


class UploadUrlRequest(StrictModel):
    """The body of a request for an upload URL, which older clients leave out."""

    supports_upload_headers: bool = False


class PushTokenRequest(StrictModel):
    """The body of a request for a registry token, which older clients leave out."""

    supports_registry_username: bool = False


class ListenerComputeConfig(StrictModel):
    """The namespaces that a listener serves."""

    k8s_namespaces: list[str] | None = None


class ListenerCreateRequest(StrictModel):
    """The body of a create of a listener."""

    compute_type: Literal["k8s"]
    compute_id: Annotated[str, Field(min_length=1)]
    compute_config: ListenerComputeConfig
    version: str | None = None


class ListenerPatchRequest(StrictModel):
    """The body of a patch of a listener; the cluster is not in it, for it is fixed."""

    compute_config: ListenerComputeConfig | None = None
    version: str | None = None


class LogsRequest(StrictModel):
    """A page of a log; offsets are opaque."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    order: Literal["asc", "desc"] = "asc"
    offset: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    level: LogLevel | None = None
    query: str | None = None
    start_time: Time | None = None
    end_time: Time | None = None
