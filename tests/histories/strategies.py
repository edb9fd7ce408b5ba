"""Hypothesis strategies for the arguments of a deployment, per source.

Each argument has few values, so that histories return to earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.support.scenario import CANARY

from .folders import CONFIG_PATHS, CONTENTS
from .impacts import NAMESPACE, SIZE, SPEC, Flat

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

DEFAULT_WORKSPACE = "11111111-1111-4111-8111-111111111111"
"""The workspace of a deployment that names none."""
OTHER_WORKSPACE = "99999999-9999-4999-8999-999999999999"
LISTENERS = (
    "33333333-3333-4333-8333-333333333333",
    "44444444-4444-4444-8444-444444444444",
)
NAMESPACES = ("default", "agents")
SOURCES_WITH_URL = ("github", "external_docker", "internal_template")
"""Sources whose deployments have a revision, and so a URL, from the beginning."""


def _one_of(*values: Any) -> SearchStrategy[Any]:
    return st.sampled_from(values)


@dataclass(frozen=True)
class Source:
    """The required and the optional arguments of a source."""

    required: dict[str, SearchStrategy[Any]]
    optional: dict[str, SearchStrategy[Any]] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, SearchStrategy[Any]]:
        return {**self.required, **self.optional, **COMMON}


_TIER = {"source_config.deployment_type": _one_of("dev", "prod", "dev_zero")}
_CHECK = {"health_check": _one_of(True, {"successes": 2, "interval": 0.1, "timeout": 5})}
"""Not for images, whose URL may be outside of this machine."""
_SIZE = {SIZE: _one_of("small", "medium", "large")}
_COMMANDS = {
    "source_config.install_command": _one_of("npm ci", "yarn"),
    "source_config.build_command": _one_of("make", "make all"),
}
_GRAPHS = {"source_revision_config.langgraph_config_path": _one_of(*CONFIG_PATHS)}
LOCAL_FOLDER = {"path": _one_of("one", "two"), "folder": _one_of(*CONTENTS)}
"""The place of a folder and, as the oracle's only word for it, its contents."""
_IMAGE = {
    "source_revision_config.image_uri": _one_of(*(f"r.example.com/agent:v{n}" for n in range(3)))
}
_CONTAINER = {
    "name": "proxy",
    "image": "proxy:1",
    "imagePullPolicy": "Always",
    "env": [{"name": "MODE", "value": "quiet"}],
    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
}
_SPEC = {
    "min_scale": _one_of(1, 2),
    "max_scale": _one_of(2, 3, 10),
    "cpu": _one_of(0.5, 1, 1.25, 2),
    "cpu_limit": _one_of(2, 4),
    "memory_mb": _one_of(1024, 2048),
    "queue_min_scale": _one_of(1, 2),
    "queue_max_scale": _one_of(2, 4),
    "redis_memory_mb": _one_of(512, 1024),
    "db_cpu": _one_of(0.5, 1.0),
    "db_storage_gi": _one_of(8, 16),
    "labels": _one_of({"team": "a"}, {"team": "b", "example.com/tier": "gold"}),
    "service_account_name": _one_of("agents", "robots"),
    "image_pull_secrets": _one_of([{"name": "pull"}]),
    "volumes": _one_of([{"name": "data", "emptyDir": {}}]),
    "sidecars": _one_of([_CONTAINER], [{**_CONTAINER, "image": "proxy:2"}]),
}
_REFERENCES = [{"name": f"K{n}", "secret_name": "keys", "secret_key": f"k{n}"} for n in range(2)]

SOURCES = {
    "github": Source(
        required={
            "source_config.integration_id": _one_of(
                "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11", "7f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c22"
            ),
            "source_config.repo_url": _one_of("https://github.com/acme/a", "https://g.it/acme/b"),
            "source_revision_config.repo_ref": _one_of(
                "main", "dev", "refs/tags/v1", "refs/tags/v2"
            ),
            **_TIER,
            **_GRAPHS,
        },
        optional={
            "source_config.build_on_push": st.booleans(),
            "revision_source": _one_of("github"),
            **_CHECK,
            **_SIZE,
            **_COMMANDS,
        },
    ),
    "external_docker": Source(
        required=_IMAGE,
        optional={
            "source_config.custom_url": _one_of("https://a.example.com", "https://b.example.com"),
            "secret_references": _one_of([], _REFERENCES[:1], _REFERENCES),
            **{f"{SPEC}{key}": values for key, values in _SPEC.items()},
        },
    ),
    "internal_docker": Source(
        required=_TIER, optional={"revision_source": _one_of("internal_docker"), **_IMAGE, **_CHECK}
    ),
    "internal_source": Source(
        required=_TIER,
        optional={
            "source_revision_config.source_tarball_path": _one_of("one.tgz", "two.tgz"),
            "revision_source": _one_of("internal_source"),
            **LOCAL_FOLDER,
            **_COMMANDS,
            **_GRAPHS,
        },
    ),
    "internal_template": Source(
        required={"source_config.template_id": _one_of("chat", "research"), **_TIER},
        optional={**_SIZE, **_CHECK},
    ),
}
PLACEMENT: dict[str, SearchStrategy[Any]] = {
    "source_config.listener_id": _one_of(*LISTENERS),
    NAMESPACE: _one_of(*NAMESPACES),
}
"""Arguments of an image in a workspace with listeners."""

SHOWN = ("info", "debug", "trace")
"""Values that may stand in clear, also where a program hides them."""
SECRET = _one_of(*(f"{CANARY} {number}" for number in range(4)), *SHOWN)
SECRETS = st.dictionaries(_one_of("KEY", "TOKEN", "LEVEL", "MODEL"), SECRET, max_size=4)

PLAIN_VARIABLES = st.dictionaries(_one_of("LEVEL", "MODEL", "REGION"), _one_of(*SHOWN), max_size=3)
"""Some of the names are those of secrets, too, so that they move."""

COMMON: dict[str, SearchStrategy[Any]] = {
    "display_name": _one_of("Support", "Sales", "Größe"),
    "secrets": SECRETS,
    "environment_variables": PLAIN_VARIABLES,
    "triggers": st.one_of(
        st.dictionaries(_one_of("prompt", "day"), st.integers(0, 2), max_size=2),
        st.lists(st.integers(0, 1), max_size=2),
    ),
    "tracked_packages": _one_of(["one:1"], ["one:2", "two:1"]),
    "route_through_gateway": st.booleans(),
    "delete_tracing_project": st.booleans(),
    "rollout_timeout": _one_of(60, 90),
    "interrupt_stuck": _one_of(True),
    "workspace_id": _one_of(DEFAULT_WORKSPACE, OTHER_WORKSPACE),
}

IMMUTABLE = (
    "workspace_id",
    "source_config.integration_id",
    "source_config.deployment_type",
    "source_config.template_id",
    *PLACEMENT,
)


def argument_strategies(source: str, *, listeners: bool) -> dict[str, SearchStrategy[Any]]:
    """Return a strategy for each argument of a source."""
    placed = PLACEMENT if listeners and source == "external_docker" else {}
    return {**SOURCES[source].all, **placed}


def required_arguments(source: str, *, listeners: bool) -> list[str]:
    """Return the arguments that a source requires."""
    placed = ["source_config.listener_id"] if listeners and source == "external_docker" else []
    return [*SOURCES[source].required, *placed]


def make_valid(flat: Flat) -> Flat:
    """Return the arguments without contradictions.

    Scales come in pairs, because one alone could contradict a live value that is not managed and
    that no preview reads. The same holds for a tag without ``build_on_push``. A variable is in one
    map only, and nothing counts as stuck within a short timeout. A folder excludes an archive.
    """
    result = dict(flat)
    if "path" in result:
        result.pop("source_revision_config.source_tarball_path", None)
        result.setdefault("folder", "first")
    else:
        result.pop("folder", None)
    if "rollout_timeout" in result:
        result.pop("interrupt_stuck", None)
    if "environment_variables" in result:
        hidden = result.get("secrets") or {}
        plain = result["environment_variables"]
        result["environment_variables"] = {
            name: value for name, value in plain.items() if name not in hidden
        }
    for prefix in (SPEC, f"{SPEC}queue_"):
        least, most = f"{prefix}min_scale", f"{prefix}max_scale"
        if least in result or most in result:
            ends = sorted(result[end] for end in (least, most) if end in result)
            result |= {least: ends[0], most: ends[-1]}
    ref = result.get("source_revision_config.repo_ref", "")
    if ref.startswith("refs/tags/"):
        if "source_config.build_on_push" in result:
            result["source_config.build_on_push"] = False
        else:
            result["source_revision_config.repo_ref"] = "main"
    return result


def unflatten(flat: Flat) -> dict[str, Any]:
    """Return the arguments as a program gives them."""
    result: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, last = path.split(".")
        target = result
        for key in parents:
            target = target.setdefault(key, {})
        target[last] = value
    return result
