"""What the service fills in by itself."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

IMAGE_VERSION = "0.5.31"
CPU_FIGURE = re.compile(r"(.+_)?cpu(_limit)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def with_defaults(source: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a source configuration; what was said stays, but for the rounding of CPUs."""
    completed = dict(config)
    if source != "external_docker":
        completed.setdefault("build_on_push", False)
    if "resource_spec" in config:
        completed["resource_spec"] = complete_resources(config["resource_spec"])
    return completed


def complete_resources(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Fill a resource spec: one replica of 1 CPU and 2048 MB; CPUs keep one decimal."""
    least = spec.get("min_scale", 1)
    filled = {"min_scale": least, "max_scale": max(1, least), "cpu": 1, "memory_mb": 2048, **spec}
    return {
        key: round(value, 1) if CPU_FIGURE.fullmatch(key) else value
        for key, value in filled.items()
    }


def public_url(name: str, deployment_id: str, source: str) -> str:
    """Make the URL under which the service serves a deployment."""
    place = "langgraph.example.com" if source == "external_docker" else "us.langgraph.app"
    return f"https://{name}-{deployment_id.replace('-', '')}.{place}"


def commit_of(repo_url: str, ref: str) -> str:
    """Resolve a ref to a commit: itself if it is one, else always the same made-up one."""
    if _COMMIT.fullmatch(ref):
        return ref
    return hashlib.sha1(f"{repo_url}@{ref}".encode(), usedforsecurity=False).hexdigest()


def default_build_log(name: str, commit: str | None) -> list[str]:
    """Say what a build says that meets no trouble."""
    return [f"Fetching {commit or 'source'} for {name}", "Building the image", "Pushing the image"]


def default_deploy_log(name: str) -> list[str]:
    """Say what a server says when it starts."""
    return [f"Starting {name}", "Application startup complete"]
