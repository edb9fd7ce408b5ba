"""LangSmith deployments as Pulumi resources."""
