"""LangSmith deployments as Pulumi resources."""

from .deployment import Deployment
from .rollout import Rollout

__all__ = ["Deployment", "Rollout"]
