"""Resources of a deployment: sizes of its parts, and Kubernetes settings."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from pulumi import Input

from ._input_type import input_type
from .containers import ContainerArgs, ContainerArgsDict
from .volumes import (
    LocalObjectReferenceArgs,
    LocalObjectReferenceArgsDict,
    VolumeArgs,
    VolumeArgsDict,
    VolumeMountArgs,
    VolumeMountArgsDict,
)


@input_type
class ResourceSpecArgs:
    """Resources of a deployment. external_docker only: a tier of Cloud has fixed sizes.

    The service chooses the fields that have no default here. A field that is left out is not
    managed, and one that is removed from the program keeps its last value. The fields of
    ``orchestrator_*`` and ``executor_*``, which the API's schema says not to use, are accepted, but
    type checkers do not know them: ``cast(ResourceSpecArgsDict, {...})``.
    """

    min_scale: Input[int] | None = None
    """Minimum number of replicas, at least 1: only tiers of Cloud, which have no ``resource_spec``,
    scale down to 0. Change: new revision."""
    max_scale: Input[int] | None = None
    """Maximum number of replicas. Change: new revision."""
    cpu: Input[float] | None = None
    """CPU request per replica, in cores: 0.1 to 8, rounded to one decimal. Change: new revision."""
    cpu_limit: Input[float] | None = None
    """CPU limit per replica, in cores: 0.1 to 16. Default: twice ``cpu``. Change: new revision."""
    memory_mb: Input[int] | None = None
    """Memory request per replica, in MB. Change: new revision."""
    memory_limit_mb: Input[int] | None = None
    """Memory limit per replica, in MB. Default: twice ``memory_mb``. Change: new revision."""
    queue_min_scale: Input[int] | None = None
    """Minimum number of queue workers, at least 1. Default: ``min_scale``. Change: new revision."""
    queue_max_scale: Input[int] | None = None
    """Maximum number of queue workers. Default: ``max_scale``. Change: new revision."""
    queue_cpu: Input[float] | None = None
    """CPU request per queue worker, in cores: 0.1 to 8. Default: ``cpu``, so one core per replica
    reserves another per queue worker. Change: new revision."""
    queue_cpu_limit: Input[float] | None = None
    """CPU limit per queue worker, in cores: 0.1 to 16. Default: twice ``queue_cpu``. Change: new
    revision."""
    queue_memory_mb: Input[int] | None = None
    """Memory request per queue worker, in MB. Default: ``memory_mb``. Change: new revision."""
    queue_memory_limit_mb: Input[int] | None = None
    """Memory limit per queue worker, in MB. Default: twice ``queue_memory_mb``. Change: new
    revision."""
    redis_cpu: Input[float] | None = None
    """CPU request of Redis, in cores: 0.1 to 8. Change: new revision."""
    redis_cpu_limit: Input[float] | None = None
    """CPU limit of Redis, in cores: 0.1 to 16. Default: twice ``redis_cpu``. Change: new
    revision."""
    redis_memory_mb: Input[int] | None = None
    """Memory request of Redis, in MB. Change: new revision."""
    redis_memory_limit_mb: Input[int] | None = None
    """Memory limit of Redis, in MB. Default: ``redis_memory_mb``. Change: new revision."""
    db_cpu: Input[float] | None = None
    """CPU request of Postgres, in cores. Change: new revision."""
    db_cpu_limit: Input[float] | None = None
    """CPU limit of Postgres, in cores. Default: twice ``db_cpu``. Change: new revision."""
    db_memory_mb: Input[int] | None = None
    """Memory request of Postgres, in MB. Change: new revision."""
    db_memory_limit_mb: Input[int] | None = None
    """Memory limit of Postgres, in MB. Default: twice ``db_memory_mb``. Change: new revision."""
    db_storage_gi: Input[int] | None = None
    """Storage of Postgres, in GiB. Change: new revision."""
    db_max_connections: Input[int] | None = None
    """Maximum number of connections to Postgres. Change: new revision."""
    labels: Input[Mapping[str, Input[str]]] | None = None
    """Labels for the Kubernetes objects of the deployment. Change: new revision."""
    annotations: Input[Mapping[str, Input[str]]] | None = None
    """Annotations for the Kubernetes objects of the deployment. Change: new revision."""
    service_account_name: Input[str] | None = None
    """Existing service account of the namespace to run as. Change: new revision."""
    image_pull_secrets: (
        Input[Sequence[Input[LocalObjectReferenceArgs | LocalObjectReferenceArgsDict]]] | None
    ) = None
    """Secrets to pull images with. Change: new revision."""
    volumes: Input[Sequence[Input[VolumeArgs | VolumeArgsDict]]] | None = None
    """Volumes that containers may mount. Change: new revision."""
    volume_mounts: Input[Sequence[Input[VolumeMountArgs | VolumeMountArgsDict]]] | None = None
    """Volumes to mount into the agent's container. Change: new revision."""
    init_containers: Input[Sequence[Input[ContainerArgs | ContainerArgsDict]]] | None = None
    """Containers that run to completion before the agent starts. Change: new revision."""
    sidecars: Input[Sequence[Input[ContainerArgs | ContainerArgsDict]]] | None = None
    """Containers that run beside the agent. Change: new revision."""
    if not TYPE_CHECKING:
        # Accepted, but not completed by an editor: the API's schema says not to use them.
        orchestrator_cpu: Input[float] | None = None
        orchestrator_cpu_limit: Input[float] | None = None
        orchestrator_memory_mb: Input[int] | None = None
        orchestrator_memory_limit_mb: Input[int] | None = None
        orchestrator_min_scale: Input[int] | None = None
        orchestrator_max_scale: Input[int] | None = None
        executor_cpu: Input[float] | None = None
        executor_cpu_limit: Input[float] | None = None
        executor_memory_mb: Input[int] | None = None
        executor_memory_limit_mb: Input[int] | None = None


# Made from ResourceSpecArgs by docs/make_inputs.py; change that, then run `make docs`.
class ResourceSpecArgsDict(TypedDict, total=False):
    """Resources of a deployment. external_docker only: a tier of Cloud has fixed sizes.

    The service chooses the fields that have no default here. A field that is left out is not
    managed, and one that is removed from the program keeps its last value. The fields of
    ``orchestrator_*`` and ``executor_*``, which the API's schema says not to use, are accepted, but
    type checkers do not know them: ``cast(ResourceSpecArgsDict, {...})``.
    """

    min_scale: Input[int] | None
    """Minimum number of replicas, at least 1: only tiers of Cloud, which have no ``resource_spec``,
    scale down to 0. Change: new revision."""
    max_scale: Input[int] | None
    """Maximum number of replicas. Change: new revision."""
    cpu: Input[float] | None
    """CPU request per replica, in cores: 0.1 to 8, rounded to one decimal. Change: new revision."""
    cpu_limit: Input[float] | None
    """CPU limit per replica, in cores: 0.1 to 16. Default: twice ``cpu``. Change: new revision."""
    memory_mb: Input[int] | None
    """Memory request per replica, in MB. Change: new revision."""
    memory_limit_mb: Input[int] | None
    """Memory limit per replica, in MB. Default: twice ``memory_mb``. Change: new revision."""
    queue_min_scale: Input[int] | None
    """Minimum number of queue workers, at least 1. Default: ``min_scale``. Change: new revision."""
    queue_max_scale: Input[int] | None
    """Maximum number of queue workers. Default: ``max_scale``. Change: new revision."""
    queue_cpu: Input[float] | None
    """CPU request per queue worker, in cores: 0.1 to 8. Default: ``cpu``, so one core per replica
    reserves another per queue worker. Change: new revision."""
    queue_cpu_limit: Input[float] | None
    """CPU limit per queue worker, in cores: 0.1 to 16. Default: twice ``queue_cpu``. Change: new
    revision."""
    queue_memory_mb: Input[int] | None
    """Memory request per queue worker, in MB. Default: ``memory_mb``. Change: new revision."""
    queue_memory_limit_mb: Input[int] | None
    """Memory limit per queue worker, in MB. Default: twice ``queue_memory_mb``. Change: new
    revision."""
    redis_cpu: Input[float] | None
    """CPU request of Redis, in cores: 0.1 to 8. Change: new revision."""
    redis_cpu_limit: Input[float] | None
    """CPU limit of Redis, in cores: 0.1 to 16. Default: twice ``redis_cpu``. Change: new
    revision."""
    redis_memory_mb: Input[int] | None
    """Memory request of Redis, in MB. Change: new revision."""
    redis_memory_limit_mb: Input[int] | None
    """Memory limit of Redis, in MB. Default: ``redis_memory_mb``. Change: new revision."""
    db_cpu: Input[float] | None
    """CPU request of Postgres, in cores. Change: new revision."""
    db_cpu_limit: Input[float] | None
    """CPU limit of Postgres, in cores. Default: twice ``db_cpu``. Change: new revision."""
    db_memory_mb: Input[int] | None
    """Memory request of Postgres, in MB. Change: new revision."""
    db_memory_limit_mb: Input[int] | None
    """Memory limit of Postgres, in MB. Default: twice ``db_memory_mb``. Change: new revision."""
    db_storage_gi: Input[int] | None
    """Storage of Postgres, in GiB. Change: new revision."""
    db_max_connections: Input[int] | None
    """Maximum number of connections to Postgres. Change: new revision."""
    labels: Input[Mapping[str, Input[str]]] | None
    """Labels for the Kubernetes objects of the deployment. Change: new revision."""
    annotations: Input[Mapping[str, Input[str]]] | None
    """Annotations for the Kubernetes objects of the deployment. Change: new revision."""
    service_account_name: Input[str] | None
    """Existing service account of the namespace to run as. Change: new revision."""
    image_pull_secrets: (
        Input[Sequence[Input[LocalObjectReferenceArgs | LocalObjectReferenceArgsDict]]] | None
    )
    """Secrets to pull images with. Change: new revision."""
    volumes: Input[Sequence[Input[VolumeArgs | VolumeArgsDict]]] | None
    """Volumes that containers may mount. Change: new revision."""
    volume_mounts: Input[Sequence[Input[VolumeMountArgs | VolumeMountArgsDict]]] | None
    """Volumes to mount into the agent's container. Change: new revision."""
    init_containers: Input[Sequence[Input[ContainerArgs | ContainerArgsDict]]] | None
    """Containers that run to completion before the agent starts. Change: new revision."""
    sidecars: Input[Sequence[Input[ContainerArgs | ContainerArgsDict]]] | None
    """Containers that run beside the agent. Change: new revision."""
