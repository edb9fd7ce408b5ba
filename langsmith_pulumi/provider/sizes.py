"""The sizes of deployments on Cloud, and the tiers by which the control plane names them.

The figures come from the vendor's guide to Cloud features and its page on billing (2026), the names
of the tiers from the reference page of ``PATCH .../resource-tiers``. This module needs neither
httpx nor pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import SAME_TYPES

from .properties import get_path, is_unknown

if TYPE_CHECKING:
    from .properties import Properties

SIZES = ("small", "medium", "large")
DEPLOYMENT_TYPE = "source_config.deployment_type"
COMPUTE_SIZE = "compute_size"
DATABASE_SIZE = "database_size"
SIZE_FIELDS = (COMPUTE_SIZE, DATABASE_SIZE)

DEPLOYMENT_TYPES = (
    "serverless",
    "dedicated",
    "dev",
    "prod",
    "dev_free",
    "dev_zero",
    "dev_free_zero",
)
"""The known types; the first two are the present names, the others those of former pricing."""
_DEDICATED = ("dedicated", "prod")


@dataclass(frozen=True)
class Size:
    """The resources of one size."""

    vcpu: float
    """Of one replica of each container."""
    gib: float
    replicas: int
    """The greatest number of replicas."""
    database_vcpu: float | None = None
    """None where the database is shared."""
    database_gib: float | None = None


TABLE = {
    ("Serverless", "small"): Size(1.1, 2.75, 1),
    ("Serverless", "medium"): Size(4.6, 5.5, 2),
    ("Serverless", "large"): Size(9.2, 11, 2),
    ("Dedicated", "small"): Size(3, 6, 10, 1, 4),
    ("Dedicated", "medium"): Size(6, 12, 20, 2, 8),
    ("Dedicated", "large"): Size(10, 24, 40, 4, 16),
}


def sent_type(deployment_type: Any) -> Any:
    """Return the name of a deployment type in requests, which is that of the vendor's CLI."""
    is_text = isinstance(deployment_type, str)
    return SAME_TYPES.get(deployment_type, deployment_type) if is_text else deployment_type


def family(deployment_type: Any) -> str | None:
    """Return "Serverless" or "Dedicated", or None for an unknown type."""
    if not isinstance(deployment_type, str) or deployment_type not in DEPLOYMENT_TYPES:
        return None
    return "Dedicated" if deployment_type in _DEDICATED else "Serverless"


def tiers(inputs: Properties) -> dict[str, str]:
    """Return the body of ``PATCH .../resource-tiers`` for the sizes of a program."""
    name = family(get_path(inputs, DEPLOYMENT_TYPE))
    sizes = {"compute_tier": inputs.get(COMPUTE_SIZE), "database_tier": inputs.get(DATABASE_SIZE)}
    return {
        key: f"{name}_{size[0]}".upper()
        for key, size in sizes.items()
        if name and isinstance(size, str) and not is_unknown(size) and size in SIZES
    }
