"""What a preview refuses: one good program, one edit a row, the field that is named."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.output import Unknown

from langsmith_pulumi.provider import properties
from langsmith_pulumi.provider.declarations import Declarations
from langsmith_pulumi.provider.normalize import normalize_inputs
from langsmith_pulumi.provider.preconditions import check_declaration
from langsmith_pulumi.provider.validation import unknown_type_warning, validate

if TYPE_CHECKING:
    from langsmith_pulumi.provider.validation_problem import ValidationProblem

UNKNOWN = Unknown()  # type: ignore[no-untyped-call]
UUID = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11"
SECRET = "a-secret-value"

GITHUB: dict[str, Any] = {
    "name": "agent",
    "source": "github",
    "source_config": {
        "integration_id": UUID,
        "repo_url": "https://github.com/acme/agents",
        "deployment_type": "dev",
    },
    "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    "secrets": {"OPENAI_API_KEY": SECRET},
    "delete_tracing_project": False,
    "progress_urn": "urn:pulumi:s::p::t::agent",
}
DOCKER: dict[str, Any] = {
    "name": "agent",
    "source": "external_docker",
    "source_config": {"resource_spec": {"min_scale": 1.0, "max_scale": 3.0, "cpu": 0.5}},
    "source_revision_config": {"image_uri": "registry.example.com/agent:v1"},
    "delete_tracing_project": False,
    "progress_urn": "urn:pulumi:s::p::t::agent",
}
SPEC = "source_config.resource_spec"


def found(inputs: dict[str, Any], olds: dict[str, Any] | None = None) -> list[ValidationProblem]:
    olds = olds or {}
    return problems(olds, normalize_inputs(olds, inputs), Declarations())


def problems(
    olds: dict[str, Any], inputs: dict[str, Any], declarations: Declarations
) -> list[ValidationProblem]:
    """Return the problems that `check` reports."""
    invalid = validate(olds, inputs)
    refused = {problem.path for problem in invalid}
    return [*invalid, *check_declaration(olds, inputs, declarations, refused)]


def edited(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    news = deepcopy(base)
    properties.set_path(news, path, value)
    return news


@pytest.mark.parametrize("base", [GITHUB, DOCKER], ids=["github", "external_docker"])
def test_a_good_program_passes(base: dict[str, Any]) -> None:
    """Nothing is said of inputs that the service takes."""
    assert found(base) == []


ROWS: list[tuple[dict[str, Any], str, Any, str]] = [
    (GITHUB, "source", "githb", "must be one of github"),
    (GITHUB, "source", 7, "string"),
    (GITHUB, "name", "Agent", "lower-case"),
    (GITHUB, "name", "my_agent", "lower-case"),
    (GITHUB, "name", "1agent", "begin with a letter"),
    (GITHUB, "name", "agent-", "dash"),
    (GITHUB, "name", "a" * 64, "at most 63"),
    (GITHUB, "name", " ", "must not be empty"),
    (GITHUB, "name", "ägent", "lower-case"),
    (GITHUB, "display_name", "", "must not be empty"),
    (GITHUB, "display_name", True, "string"),
    (GITHUB, "source_config.repo_url", "", "must not be empty"),
    (GITHUB, "source_config.repo_url", None, "is required for source 'github'"),
    (GITHUB, "source_config.integration_id", "not-a-uuid", "UUID"),
    (GITHUB, "compute_size", "huge", "'small', 'medium' or 'large'"),
    (GITHUB, "database_size", "small", "dedicated only"),
    (DOCKER, "compute_size", "small", "only of github"),
    (GITHUB, "source_config.build_on_push", "yes", "boolean"),
    (GITHUB, "source_config.repo_ulr", "x", "did you mean 'repo_url'"),
    (GITHUB, "source_config.listener_id", UUID, "only of external_docker"),
    (GITHUB, "source_config.custom_url", "https://x", "only of external_docker"),
    (GITHUB, SPEC, {"cpu": 1}, "only of external_docker"),
    (GITHUB, "source_revision_config.image_uri", "x", "only of external_docker, internal_docker"),
    (GITHUB, "source_revision_config.repo_ref", None, "is required"),
    (GITHUB, "secrets.POSTGRES_URI", "x", "reserved"),
    (GITHUB, "secrets.LANGSMITH_API_KEY", "x", "reserved"),
    (GITHUB, "secrets.EMPTY", "", "must not be empty"),
    (GITHUB, "secrets.NOTHING", None, "has no value"),
    (GITHUB, "secrets.WITH SPACE", "x", "name of an environment variable"),
    (GITHUB, "secrets.NUMBER", 5, "string"),
    (GITHUB, "environment_variables.OPENAI_API_KEY", "x", "stands in secrets too"),
    (GITHUB, "environment_variables.POSTGRES_URI", "x", "reserved"),
    (GITHUB, "environment_variables.LANGSMITH_API_KEY", "x", "reserved"),
    (GITHUB, "environment_variables.EMPTY", "", "must not be empty"),
    (GITHUB, "environment_variables.NOTHING", None, "has no value"),
    (GITHUB, "environment_variables.NOTHING", properties.NO_VALUE, "has no value"),
    (GITHUB, "environment_variables.TOKEN", properties.HIDDEN_VALUE, "Give it in secrets="),
    (GITHUB, "environment_variables.NUL", "a\0b", "NUL byte"),
    (GITHUB, "environment_variables.WITH SPACE", "x", "name of an environment variable"),
    (GITHUB, "environment_variables.NUMBER", 5, "string"),
    (DOCKER, "environment_variables.POSTGRES_URI", "x", "reserved"),
    (GITHUB, "rollout_timeout", 0, "greater than 0"),
    (GITHUB, "rollout_timeout", float("nan"), "finite"),
    (GITHUB, "workspace_id", "mine", "UUID"),
    (GITHUB, "import_id", "agent", "UUID"),
    (GITHUB, "revision_source", "gitlab", "github"),
    (DOCKER, "source_config.deployment_type", "dev", "only of github"),
    (DOCKER, "secrets.POSTGRES_URI", "x", "reserved"),
    (DOCKER, f"{SPEC}.min_scale", 5, "above max_scale, which is 3"),
    (DOCKER, f"{SPEC}.min_scale", 0, "must be at least 1: only a serverless deployment"),
    (DOCKER, f"{SPEC}.min_scale", -1, "greater than or equal to 0"),
    (DOCKER, f"{SPEC}.min_scale", 1.5, "integer"),
    (DOCKER, f"{SPEC}.min_scale", True, "integer"),
    (DOCKER, f"{SPEC}.cpu", 9, "less than or equal to 8"),
    (DOCKER, f"{SPEC}.cpu", "1", "number"),
    (DOCKER, f"{SPEC}.cpu", float("inf"), "finite"),
    (DOCKER, f"{SPEC}.memory_mb", 0, "greater than 0"),
    (DOCKER, f"{SPEC}.memory", 5, "is no field here"),
    (DOCKER, f"{SPEC}.max_scal", 5, "did you mean 'max_scale'"),
    (DOCKER, f"{SPEC}.labels", ["a"], "dictionary"),
]


@pytest.mark.parametrize(
    ("base", "path", "value", "words"), ROWS, ids=[f"{row[1]}={row[2]!r:.20}" for row in ROWS]
)
def test_bad_input_is_refused_by_name(
    base: dict[str, Any], path: str, value: Any, words: str
) -> None:
    """Each problem names the field and what is allowed."""
    reasons = [
        problem.reason for problem in found(edited(base, path, value)) if problem.path == path
    ]
    assert any(words in reason for reason in reasons), found(edited(base, path, value))


def test_problems_are_told_all_at_once() -> None:
    """A program is mended in one go."""
    inputs = edited(edited(GITHUB, "name", "No"), "compute_size", "huge")
    del inputs["source_revision_config"]
    assert {problem.path for problem in found(inputs)} == {
        "name",
        "compute_size",
        "source_revision_config.repo_ref",
        "source_revision_config.langgraph_config_path",
    }


@pytest.mark.parametrize(
    "path",
    [
        "name",
        "source",
        "source_config",
        "source_config.repo_url",
        "source_config.integration_id",
        "source_revision_config",
        "source_revision_config.repo_ref",
        "secrets",
        "secrets.OPENAI_API_KEY",
        "environment_variables",
        "environment_variables.LOG_LEVEL",
        "rollout_timeout",
        "triggers",
    ],
)
def test_what_is_unknown_is_not_judged(path: str) -> None:
    """A value that is only known during up is no missing one, at any depth."""
    assert found(edited(GITHUB, path, UNKNOWN)) == []


@pytest.mark.parametrize("path", ["secrets", "environment_variables", "source_config", "triggers"])
def test_no_problem_is_put_on_a_property_that_may_hold_secrets(path: str) -> None:
    """The engine prints the value of a top-level property that failed, secrets in clear."""
    named = [problem.path for problem in found(edited(GITHUB, path, SECRET))]
    assert path not in named
    assert not any(SECRET in problem.reason for problem in found(edited(GITHUB, path, SECRET)))


def test_kubernetes_objects_are_stored_as_the_service_spells_them() -> None:
    """Both spellings are taken, and what lies inside a foreign object stays as it is."""
    spec = {
        "volumes": [{"name": "v", "config_map": {"default_mode": 1, "name": "m"}}],
        "sidecars": [
            {"name": "s", "image": "i", "volume_mounts": [{"name": "v", "mountPath": "/x"}]}
        ],
        "labels": {"mount_path": "kept"},
    }
    inputs = normalize_inputs({}, edited(DOCKER, SPEC, spec))
    stored = properties.get_path(inputs, SPEC)
    assert stored["volumes"] == [{"name": "v", "configMap": {"default_mode": 1, "name": "m"}}]
    assert stored["sidecars"][0]["volumeMounts"] == [{"name": "v", "mountPath": "/x"}]
    assert stored["labels"] == {"mount_path": "kept"}
    assert problems({}, inputs, Declarations()) == []


def test_the_set_of_secrets_cannot_be_emptied() -> None:
    """The service takes an empty set for "unchanged", so the plan would lie."""
    olds = normalize_inputs({}, GITHUB)
    assert [problem.path for problem in found({**GITHUB, "secrets": {}}, olds)] == ["secrets.*"]
    both = {**GITHUB, "secrets": {}, "environment_variables": {}}
    assert [problem.path for problem in found(both, olds)] == ["secrets.*"]
    assert found({**both, "environment_variables": {"A": "1"}}, olds) == []
    assert found({**both, "environment_variables": UNKNOWN}, olds) == []
    plain = {**GITHUB, "environment_variables": {}}
    del plain["secrets"]
    paths = [problem.path for problem in found(plain, olds)]
    assert paths == ["environment_variables.*"]
    assert found({key: GITHUB[key] for key in GITHUB if key != "secrets"}, olds) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("compute_size", "med", ["is 'med'", "did you mean 'medium'"]),
        ("source", "Github", ["is 'Github'", "did you mean 'github'"]),
    ],
)
def test_a_typo_is_no_change(path: str, value: str, words: list[str]) -> None:
    """What is refused is the only problem: nobody is told to give up traces for a misspelt word."""
    [problem] = found(edited(GITHUB, path, value), normalize_inputs({}, GITHUB))
    assert problem.path == path
    assert all(word in problem.reason for word in words), problem.reason


@pytest.mark.parametrize("path", ["compute_size", "source", "revision_source"])
@pytest.mark.parametrize("value", ["swordfish", "hunter2-0123456789", "lsv2_pt_0123"])
def test_no_message_quotes_a_secret(path: str, value: str) -> None:
    """A refused value that is a variable's too, or no plain word, is not quoted."""
    inputs = edited(edited(GITHUB, path, value), "secrets.PASSWORD", value)
    problems_found = found(inputs, normalize_inputs({}, GITHUB))
    assert path in {problem.path for problem in problems_found}
    assert not any(value in problem.reason for problem in problems_found)


@pytest.mark.parametrize("value", ["swordfish", "hunter2-0123456789", "lsv2_pt_0123"])
def test_the_warning_of_an_unknown_type_quotes_no_secret(value: str) -> None:
    """A word that is a variable's value too, or no plain word, is not quoted."""
    inputs = edited(edited(GITHUB, "source_config.deployment_type", value), "secrets.A", value)
    assert found(inputs) == []
    warning = unknown_type_warning(inputs)
    assert "deployment_type" in warning
    assert value not in warning


def test_the_warning_of_an_unknown_type_names_a_similar_one() -> None:
    """A new word of the service passes, and a misspelt one is noticed."""
    typo = edited(GITHUB, "source_config.deployment_type", "production")
    assert "is 'production'" in unknown_type_warning(typo)
    assert "did you mean 'prod'" in unknown_type_warning(typo)
    assert unknown_type_warning(GITHUB) == ""


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("source_config.repo_ref", "it belongs into source_revision_config"),
        ("source_revision_config.build_on_push", "it belongs into source_config"),
        ("source_config.min_scale", "it belongs into source_config.resource_spec"),
        ("source_config.display_name", "it is an argument of Deployment itself"),
        ("source_config.k8s_namespace", "it belongs into source_config.listener_config"),
    ],
)
def test_a_field_under_the_wrong_parent_is_told_where_it_belongs(path: str, words: str) -> None:
    """Whoever mixes up the two halves of the configuration reads where the field goes."""
    reasons = [one.reason for one in found(edited(GITHUB, path, "x")) if one.path == path]
    assert len(reasons) == 1
    assert words in reasons[0]


@pytest.mark.parametrize(
    ("edit", "refused"),
    [
        ({"source_config.deployment_type": "prod"}, True),
        ({"source_config.deployment_type": "prod", "delete_tracing_project": True}, False),
        ({"source_config.deployment_type": "prod", "name": "other"}, False),
        ({"source_config.deployment_type": UNKNOWN}, False),
        ({"display_name": "x"}, False),
    ],
)
def test_a_replacement_under_the_same_name_needs_the_tracing_project(
    edit: dict[str, Any], *, refused: bool
) -> None:
    """The old project keeps the name, so the replacement would fail after the deletion."""
    news = deepcopy(GITHUB)
    for path, value in edit.items():
        properties.set_path(news, path, value)
    named = [problem.path for problem in found(news, normalize_inputs({}, GITHUB))]
    assert named == (["delete_tracing_project"] if refused else [])


def test_a_tag_is_not_built_on_push() -> None:
    """The service refuses the two together."""
    inputs = edited(GITHUB, "source_revision_config.repo_ref", "refs/tags/v1")
    assert found(inputs) == []
    properties.set_path(inputs, "source_config.build_on_push", True)
    assert [problem.path for problem in found(inputs)] == ["source_config.build_on_push"]


def test_a_name_declared_twice_is_refused() -> None:
    """The second declaration of a name is told of the first."""
    declarations = Declarations()
    first = {**GITHUB, "progress_urn": "urn:pulumi:s::p::t::first"}
    assert problems({}, normalize_inputs({}, first), declarations) == []
    [problem] = problems({}, normalize_inputs({}, GITHUB), declarations)
    assert problem.path == "name"
    assert "'first'" in problem.reason
