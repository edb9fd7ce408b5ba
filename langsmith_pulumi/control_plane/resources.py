"""The resources of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from .fields import Amount, CoreLimit, Cores, Figure, Model, NonEmpty, Scale, Text, TopScale
from .kubernetes import (  # noqa: TC001 - pydantic reads the annotations
    Container,
    LocalObjectReference,
    Volume,
    VolumeMount,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def _about(description: str) -> Any:
    return Field(default=None, description=description)


_NOT_FOR_USE = "In the service's schema, but marked as not for use."


class ResourceSpec(Model):
    """Replicas, CPU, memory and additions of ``external_docker`` deployments.

    The service overwrites the stored object as a whole and rounds CPU figures to one decimal.
    """

    min_scale: Scale | None = _about(
        "Least number of replicas; 0 only on tiers that scale to zero."
    )
    max_scale: TopScale | None = _about("Greatest number of replicas.")
    cpu: Cores | None = _about("CPU request of each replica, in cores.")
    cpu_limit: CoreLimit | None = _about("CPU limit of each replica; twice `cpu` by default.")
    memory_mb: Amount | None = _about("Memory request of each replica, in MB.")
    memory_limit_mb: Amount | None = _about("Memory limit; twice `memory_mb` by default.")

    queue_min_scale: Scale | None = _about("Least number of queue workers; as `min_scale`.")
    queue_max_scale: TopScale | None = _about("Greatest number of queue workers; as `max_scale`.")
    queue_cpu: Cores | None = _about("CPU request of each queue worker; as `cpu` by default.")
    queue_cpu_limit: CoreLimit | None = _about("Twice `queue_cpu` by default.")
    queue_memory_mb: Amount | None = _about("Memory request of each queue worker; as `memory_mb`.")
    queue_memory_limit_mb: Amount | None = _about("Twice `queue_memory_mb` by default.")

    orchestrator_min_scale: Scale | None = _about(_NOT_FOR_USE)
    orchestrator_max_scale: TopScale | None = _about(_NOT_FOR_USE)
    orchestrator_cpu: Figure | None = _about(_NOT_FOR_USE)
    orchestrator_cpu_limit: Figure | None = _about(_NOT_FOR_USE)
    orchestrator_memory_mb: Amount | None = _about(_NOT_FOR_USE)
    orchestrator_memory_limit_mb: Amount | None = _about(_NOT_FOR_USE)
    executor_cpu: Figure | None = _about(_NOT_FOR_USE)
    executor_cpu_limit: Figure | None = _about(_NOT_FOR_USE)
    executor_memory_mb: Amount | None = _about(_NOT_FOR_USE)
    executor_memory_limit_mb: Amount | None = _about(_NOT_FOR_USE)

    redis_cpu: Cores | None = _about("CPU request of Redis, in cores.")
    redis_cpu_limit: CoreLimit | None = _about("Twice `redis_cpu` by default.")
    redis_memory_mb: Amount | None = _about("Memory request of Redis, in MB.")
    redis_memory_limit_mb: Amount | None = _about("As `redis_memory_mb` by default.")

    db_cpu: Figure | None = _about("CPU request of Postgres, in cores.")
    db_cpu_limit: Figure | None = _about("Twice `db_cpu` by default.")
    db_memory_mb: Amount | None = _about("Memory request of Postgres, in MB.")
    db_memory_limit_mb: Amount | None = _about("Twice `db_memory_mb` by default.")
    db_storage_gi: Amount | None = _about("Storage of Postgres, in GiB.")
    db_max_connections: Amount | None = _about("How many connections Postgres takes.")

    labels: dict[str, Text] | None = _about("Labels of the Kubernetes resources.")
    annotations: dict[str, Text] | None = _about("Annotations of the Kubernetes resources.")
    service_account_name: NonEmpty | None = _about("An existing service account of the namespace.")
    image_pull_secrets: list[LocalObjectReference] | None = None
    volumes: list[Volume] | None = None
    volume_mounts: list[VolumeMount] | None = None
    init_containers: list[Container] | None = None
    sidecars: list[Container] | None = None


def written(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a specification as the service writes it, whatever else it holds.

    A PATCH sends stored and managed fields together. What a newer service has stored there need
    not be known to us, and must not be lost or refused: it is passed on as it came.
    """
    return {name: _written(name, value) for name, value in spec.items() if value is not None}


def _written(name: str, value: Any) -> Any:
    try:
        return ResourceSpec.model_validate({name: value}).payload()[name]
    except ValidationError:
        return value
