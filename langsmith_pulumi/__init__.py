"""LangSmith deployments as Pulumi resources."""

from .deployment import Deployment, Rollout

__all__ = ["Deployment", "Rollout"]
