"""The scenes whose plans are recorded: a stack, a change outside Pulumi, and a program."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator import Simulator

CANARY = "sk-canary-of-the-recorder"
ADOPTED = "5d2f3c0e-6a55-4f0e-8a0b-2f4f1a7f9a10"

Program = dict[str, Any]


def agent(**changes: Any) -> dict[str, Any]:
    """Return a deployment from GitHub; a name with ``__`` sets a nested argument."""
    base = {
        "source": "github",
        "source_config": {
            "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": "prod",
            "build_on_push": False,
        },
        "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
        "secrets": {"OPENAI_API_KEY": CANARY, "TAVILY_API_KEY": CANARY},
    }
    return _with(base, changes)


def image(**changes: Any) -> dict[str, Any]:
    """Return a deployment from an image."""
    base = {
        "source": "external_docker",
        "source_config": {
            "resource_spec": {"min_scale": 1, "max_scale": 3, "cpu": 1, "memory_mb": 1024}
        },
        "source_revision_config": {"image_uri": "registry.acme.example/triage:1.4.0"},
        "secrets": {"OPENAI_API_KEY": CANARY},
    }
    return _with(base, changes)


def _with(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = deepcopy(base)
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = result
        for key in parents:
            target = target.setdefault(key, {})
        target[last] = value
    return result


def program(buckets: dict[str, Any] | None = None, **deployments: Any) -> Program:
    """Return a program with these deployments (``_`` means a dash) and two buckets."""
    return {
        "buckets": {"traces": {"size": 10, "region": "eu"}} if buckets is None else buckets,
        "deployments": {name.replace("_", "-"): args for name, args in deployments.items()},
    }


def rotated(**changes: str) -> dict[str, str]:
    """Return secrets of which one is changed, one is removed and one is added."""
    return {"OPENAI_API_KEY": CANARY + "-2", "ANTHROPIC_API_KEY": CANARY, **changes}


@dataclass
class Scene:
    """A plan to record: the stack is brought to ``before``, then ``after`` is previewed."""

    name: str
    before: Program
    after: Program
    change_outside: Callable[[Simulator], object] = field(default=lambda _: None)
    """Changes the service outside Pulumi between the two."""
    fails: bool = False
    """True if bringing up ``before`` is meant to fail."""
    refresh: bool = False


def _fails_to_build(simulator: Simulator) -> None:
    simulator.outcome("support-agent", "BUILD_FAILED", build_log=["error: no such package"])


def _drifts(simulator: Simulator) -> None:
    simulator.drift("support-agent", display_name="Somebody's name for it")
    simulator.drift(
        "triage-agent",
        source_config={"resource_spec": {"min_scale": 1, "max_scale": 9, "cpu": 1}},
        secrets=[
            {"name": "OPENAI_API_KEY", "value": "set-by-hand"},
            {"name": "DEBUG", "value": "1"},
        ],
    )


_TWO = program(support_agent=agent(display_name="Support"), triage_agent=image())
_MIXED = program(
    {
        "traces": {"size": 10, "region": "eu"},
        "exports": {"size": 10, "region": "eu"},
        "old": {"size": 1, "region": "eu"},
    },
    billing_agent=agent(source_config__repo_url="https://github.com/acme/billing"),
    research_agent=agent(delete_tracing_project=True),
    support_agent=agent(display_name="Support"),
    triage_agent=image(),
    writer_agent=agent(),
)

SCENES = (
    Scene("01_first_deployment", {}, _TWO),
    Scene(
        "02_in_place",
        _TWO,
        program(
            support_agent=agent(display_name="Support (EU)", source_config__build_on_push=True),
            triage_agent=image(),
        ),
    ),
    Scene(
        "03_new_revision",
        _TWO,
        program(
            support_agent=agent(
                display_name="Support",
                source_revision_config__repo_ref="refs/tags/v2.0.0",
                secrets=rotated(),
            ),
            triage_agent=image(
                source_config__resource_spec__max_scale=10,
                source_revision_config__image_uri="registry.acme.example/triage:1.5.0",
            ),
        ),
    ),
    Scene(
        "04_replacement",
        program(
            support_agent=agent(delete_tracing_project=True), triage_agent=image(name="triage")
        ),
        program(
            support_agent=agent(
                delete_tracing_project=True,
                source_config__deployment_type="dev",
            ),
            triage_agent=image(name="triage-v2", secrets={"ANTHROPIC_API_KEY": CANARY}),
        ),
    ),
    Scene(
        "14_repository",
        program(support_agent=agent(), triage_agent=image()),
        program(
            support_agent=agent(source_config__repo_url="https://github.com/acme/agents-next"),
            triage_agent=image(),
        ),
    ),
    Scene("05_deletion", _TWO, program({}, triage_agent=image())),
    Scene(
        "06_adoption",
        program({}, triage_agent=image()),
        program({}, triage_agent=image(), support_agent=agent(opts={"import_": ADOPTED})),
    ),
    Scene(
        "07_retry_after_a_failure",
        program(support_agent=agent()),
        program(support_agent=agent()),
        _fails_to_build,
        fails=True,
    ),
    Scene("08_drift", _TWO, _TWO, _drifts, refresh=True),
    Scene(
        "09_failed_preview",
        _TWO,
        program(
            support_agent=agent(display_name="Support"),
            triage_agent=image(
                source_config__resource_spec__min_scale=20, secrets={"POSTGRES_URI": CANARY}
            ),
        ),
    ),
    Scene("10_nothing", _TWO, _TWO),
    Scene(
        "11_no_deployments",
        program(),
        program({"traces": {"size": 20, "region": "eu"}, "exports": {"size": 1, "region": "us"}}),
    ),
    Scene(
        "12_mixed",
        _MIXED,
        program(
            {"traces": {"size": 20, "region": "eu"}, "exports": {"size": 10, "region": "us"}},
            notes_agent=image(source_revision_config__image_uri="registry.acme.example/notes:0.1"),
            research_agent=agent(
                delete_tracing_project=True,
                source_config__deployment_type="dev",
            ),
            support_agent=agent(display_name="Support", secrets=rotated()),
            triage_agent=image(source_config__resource_spec__max_scale=10),
            writer_agent=agent(display_name="Writer"),
        ),
    ),
)
