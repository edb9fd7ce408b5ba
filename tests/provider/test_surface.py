"""The names that programs and states rely on."""

from __future__ import annotations

import base64
import subprocess
import sys

from pulumi.dynamic.dynamic import serialize_provider

import langsmith_pulumi
from langsmith_pulumi import inputs
from langsmith_pulumi.control_plane import models
from langsmith_pulumi.provider import (
    DeploymentProvider,
    ListenerProvider,
    RolloutProvider,
    listeners,
)
from langsmith_pulumi.provider.changes import FIELDS, LISTENER_FIELDS
from langsmith_pulumi.provider.outputs import INPUTS


def test_all_public_names_are_there() -> None:
    """`__all__` is sorted and true."""
    assert langsmith_pulumi.__all__ == sorted(langsmith_pulumi.__all__)
    assert all(hasattr(langsmith_pulumi, name) for name in langsmith_pulumi.__all__)


def test_the_pickled_providers_are_references_that_never_change() -> None:
    """Every state holds these bytes and loads them again, in every later version."""
    kinds = (DeploymentProvider, RolloutProvider, ListenerProvider)
    pickled = {kind: serialize_provider(kind()) for kind in kinds}
    assert pickled == {
        DeploymentProvider: (
            "gASVNwAAAAAAAACMGWxhbmdzbWl0aF9wdWx1bWkucHJvdmlkZXKUjBJEZXBsb3ltZW50UHJvdmlkZXKUk5Qp"
            "gZQu"
        ),
        RolloutProvider: (
            "gASVNAAAAAAAAACMGWxhbmdzbWl0aF9wdWx1bWkucHJvdmlkZXKUjA9Sb2xsb3V0UHJvdmlkZXKUk5QpgZQu"
        ),
        ListenerProvider: (
            "gASVNQAAAAAAAACMGWxhbmdzbWl0aF9wdWx1bWkucHJvdmlkZXKUjBBMaXN0ZW5lclByb3ZpZGVylJOUKYGU"
            "Lg=="
        ),
    }
    assert b"langsmith_pulumi.provider" in base64.b64decode(pickled[RolloutProvider])


def test_the_types_are_part_of_every_urn() -> None:
    """A renamed type would replace every deployment."""
    assert langsmith_pulumi.Deployment._resource_type_name == "dynamic/langsmith:Deployment"
    assert langsmith_pulumi.Rollout._resource_type_name == "dynamic/langsmith:Rollout"
    assert langsmith_pulumi.Listener._resource_type_name == "dynamic/langsmith:Listener"


def test_a_program_stays_light() -> None:
    """The program's process imports neither an HTTP client nor a validator."""
    heavy = ("httpx", "pydantic", "tenacity", "click")
    code = (
        "import sys, langsmith_pulumi, langsmith_pulumi.inputs;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_table_knows_every_field_that_a_program_can_set() -> None:
    """Typed arguments, request models and the table of changes name the same fields."""
    listed = {field.path for field in FIELDS}
    source_config = set(models.SourceConfigRequest.model_fields) - {"listener_config"}
    revision = set(models.SourceRevisionConfigRequest.model_fields)
    assert {f"source_config.{name}" for name in source_config} <= listed
    assert {f"source_revision_config.{name}" for name in revision} <= listed
    assert {path.partition(".")[0] for path in listed} <= set(INPUTS)
    listed = {field.path.partition(".")[0] for field in LISTENER_FIELDS}
    place = {"workspace_id", "control_plane_url"}
    assert set(models.ListenerCreateRequest.model_fields) == listed - place
    assert listed <= set(listeners.INPUTS)
    for typed, model in (
        (inputs.SourceConfigArgs, models.SourceConfigRequest),
        (inputs.SourceRevisionConfigArgs, models.SourceRevisionConfigRequest),
        (inputs.ResourceSpecArgs, models.ResourceSpec),
        (inputs.ComputeConfigArgs, models.ListenerComputeConfig),
    ):
        assert set(typed.__annotations__) == set(model.model_fields)
