"""What an imported project leaves out, and says so; and what it may show."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_pulumi.control_plane.responses import LiveDeployment
from langsmith_pulumi.operations.connection import OperationError
from langsmith_pulumi.operations.importing.declarations import Declarations, declare
from langsmith_pulumi.operations.importing.source_code import program

LISTENER = "33333333-3333-4333-8333-333333333333"
ANSWER: dict[str, Any] = {
    "id": "1f0e7a3c-4d9b-4a5e-8f6d-0c2b1a998877",
    "name": "agent",
    "status": "READY",
    "source": "github",
    "latest_revision_id": "5",
    "active_revision_id": "5",
    "source_config": {
        "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
        "repo_url": "https://github.com/acme/agents",
        "deployment_type": "dev",
    },
    "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    "secrets": [{"name": "SECRET", "value": "hunter2"}],
}
IMAGE = {
    "source": "external_docker",
    "source_config": {"resource_spec": {"cpu": 2}},
    "source_revision_config": {"image_uri": "registry.example.com/agent:v1"},
}
COMMIT = "0a" * 20


def declared(changes: dict[str, Any], **options: Any) -> Declarations:
    return declare([LiveDeployment.model_validate(merged(ANSWER, changes))], **options)


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    if changes.get("source") and "source_config" in changes:
        return {**base, **changes}
    both = {key: (base.get(key), value) for key, value in changes.items()}
    return base | {
        key: merged(old, new) if isinstance(old, dict) and isinstance(new, dict) else new
        for key, (old, new) in both.items()
    }


def spec(**resources: Any) -> dict[str, Any]:
    return {**IMAGE, "source_config": {"resource_spec": resources}}


def variables(**values: str | None) -> dict[str, Any]:
    return {"secrets": [{"name": name, "value": value} for name, value in values.items()]}


SAID: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown source": (
        {"source": "quantum"},
        "agent: is left out: this version does not know its source 'quantum'",
        "",
    ),
    "a deletion": ({"status": "AWAITING_DELETE"}, "is left out: it is being deleted", ""),
    "a name that no program can have": ({"name": "9lives"}, "is left out: name must be", ""),
    "a needed field that is not shown": (
        {"source_config": {"deployment_type": None}},
        "is left out: source_config.deployment_type is required for source 'github'",
        "",
    ),
    "a field of another version": (
        {"source_config": {"shiny": 1}},
        "source_config.shiny stays as it is",
        "langgraph.json",
    ),
    "a field inside of a list": (
        spec(sidecars=[{"name": "s", "image": "i", "livenessProbe": {"port": 1}}]),
        "sidecars[0].livenessProbe stays as it is until the program changes source_config",
        '"image": "i"',
    ),
    "a field of another source": (
        {"source_config": {"resource_spec": {"cpu": 2}}},
        "source_config.resource_spec stays as it is: a program cannot set it",
        "langgraph.json",
    ),
    "a value that is refused": (
        spec(cpu=99, memory_mb=512),
        "source_config.resource_spec.cpu should be less than or equal to 8; it is left out",
        '"memory_mb": 512',
    ),
    "redacted variables": (
        variables(A=None, B="b"),
        "are not managed: the service does not show the values of A",
        "langgraph.json",
    ),
    "a variable that no program can have": (
        variables(**{"A B": "a"}),
        "its variables stay as they are and are not managed: secrets.A B is no name",
        "langgraph.json",
    ),
    "variables that are not shown yet": (
        {"latest_revision_id": None, "secrets": []},
        "not managed: the service shows none before the first revision",
        "langgraph.json",
    ),
    "an empty variable": (
        variables(A="", B="b"),
        "the variable A is empty, which a program cannot declare",
        '"B": config.require_secret("agentB")',
    ),
    "a commit without its branch": (
        {"source_revision_config": {"repo_ref": COMMIT, "repo_commit_sha": COMMIT}},
        f"source_revision_config.repo_ref is the commit {COMMIT}",
        f'"repo_ref": "{COMMIT}"',
    ),
    "a repository with credentials": (
        {"source_config": {"repo_url": "https://me:hunter2@github.com/acme/agents"}},
        "source_config.repo_url contains credentials, which the program leaves out",
        '"repo_url": "https://github.com/acme/agents"',
    ),
    "a newest revision that failed": (
        {"active_revision_id": "4"},
        "its newest revision is not active: `pulumi up` waits for it",
        "langgraph.json",
    ),
    "passwords beside their options": (
        spec(sidecars=[{"name": "s", "image": "i", "args": ["-v", "--password", "hunter2"]}]),
        "",
        '"args": ["-v", "--password", config.require_secret("agentSArgs")]',
    ),
    "a key of a volume": (
        spec(
            volumes=[{"name": "v", "csi": {"driver": "d", "volumeAttributes": {"aKey": "hunter2"}}}]
        ),
        "",
        '"aKey": config.require_secret("agentVolumeattributesAkey")',
    ),
    "a listener that is gone": (
        {**IMAGE, "source_config": {"listener_id": LISTENER}},
        f"its listener {LISTENER} is gone",
        f'"listener_id": "{LISTENER}"',
    ),
}


@pytest.mark.parametrize(("changes", "note", "kept"), SAID.values(), ids=SAID)
def test_what_is_left_out_is_said(changes: dict[str, Any], note: str, kept: str) -> None:
    """A note names what the program lacks; the rest of the deployment is declared."""
    found = declared(changes, missing_listeners={LISTENER})
    assert note in " | ".join(found.notes)
    source = program(found)
    assert kept in source if kept else found.deployments == []
    assert "hunter2" not in source + "".join(found.notes)


def test_what_the_service_fills_in_is_neither_written_nor_said() -> None:
    """Defaults, addresses and the values of the service's own variables are not the program's."""
    filled = {
        "display_name": "agent",
        "source_config": {
            "build_on_push": False,
            "repo_branch": "main",
            "custom_url": "https://agent-1f0e7a3c4d9b4a5e8f6d.us.langgraph.app",
            "compute_tier": "SERVERLESS_S",
            "resource_spec": None,
        },
        "source_revision_config": {
            "repo_ref": COMMIT,
            "repo_commit_sha": COMMIT,
            "image_uri": f"registry.langgraph.app/agent:{COMMIT}",
            "tracked_packages": ["langgraph:1.0"],
        },
        "secret_references": [],
        "route_through_gateway": False,
        "secrets": [*ANSWER["secrets"], {"name": "LANGSMITH_PROJECT", "value": "agent"}],
    }
    assert program(declared(filled)) == program(declared({}))
    assert declared(filled).notes == []


REFUSED = {
    "A_KEY": "x",
    "apiToken": "x",
    "accessKey": "x",
    "DB_PASSWORD": "x",
    "A": "https://me:hunter2@example.com",
    "B": "ghp_0123456789abcdefghij0123456789",
    "C": "0123456789abcdef0123456789abcdef",
}
PLAIN = {
    "MONKEYS": "three",
    "MODEL": "claude-sonnet-4-5-20250929",
    "A_URL": "https://example.com/a?b=c",
    "AN_ID": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_looks_like_a_secret_is_not_plain(name: str) -> None:
    """`--plain` is refused with the reason, and without the value."""
    with pytest.raises(OperationError, match=f"--plain does not take {name} of agent") as refused:
        declared(variables(**REFUSED), plain=[name])
    assert REFUSED[name] not in str(refused.value).partition("because")[2] or name == "A_KEY"


def test_plain_variables_stand_in_the_program() -> None:
    """The chosen ones are written in clear; a name that no deployment has is refused."""
    found = declared(variables(**PLAIN, OTHER="o"), plain=list(PLAIN))
    assert found.deployments[0].arguments["environment_variables"] == PLAIN
    assert list(found.deployments[0].arguments["secrets"]) == ["OTHER"]
    with pytest.raises(OperationError, match="--plain names NOBODY, which is no variable"):
        declared({}, plain=["NOBODY"])


def test_names_are_unique() -> None:
    """Two keys or names that would be the same get a number."""
    one = merged(ANSWER, variables(A_B="1", **{"A.B": "2"}))
    found = declare([LiveDeployment.model_validate(one)] * 2)
    assert [secret.key for secret in found.secrets] == [
        "agentAB",
        "agentAB2",
        "agentAB3",
        "agentAB4",
    ]
    assert [one.variable for one in found.deployments] == ["agent", "agent_2"]
    assert found.deployments[1].arguments["name"] == "agent"
