"""Tests of the typed arguments as the SDK sends them to the engine."""

import asyncio
import re
import subprocess
import sys
from typing import Any

import pulumi
import pytest
from pulumi.runtime.rpc import serialize_property

from langsmith_pulumi import inputs

WIRE_NAMES: dict[type, str] = {
    # As the vendor's API reference spells them.
    inputs.ListenerConfigArgs: "k8s_namespace",
    inputs.SourceConfigArgs: (
        "integration_id repo_url deployment_type build_on_push custom_url resource_spec "
        "listener_id listener_config install_command build_command template_id"
    ),
    inputs.SourceRevisionConfigArgs: (
        "repo_ref langgraph_config_path image_uri source_tarball_path"
    ),
    inputs.ResourceSpecArgs: (
        "min_scale max_scale cpu cpu_limit memory_mb memory_limit_mb "
        "queue_min_scale queue_max_scale queue_cpu queue_cpu_limit "
        "queue_memory_mb queue_memory_limit_mb "
        "redis_cpu redis_cpu_limit redis_memory_mb redis_memory_limit_mb "
        "db_cpu db_cpu_limit db_memory_mb db_memory_limit_mb db_storage_gi db_max_connections "
        "labels annotations service_account_name image_pull_secrets "
        "volumes volume_mounts init_containers sidecars "
        "orchestrator_cpu orchestrator_cpu_limit orchestrator_memory_mb "
        "orchestrator_memory_limit_mb orchestrator_min_scale orchestrator_max_scale "
        "executor_cpu executor_cpu_limit executor_memory_mb executor_memory_limit_mb"
    ),
    inputs.LocalObjectReferenceArgs: "name",
    inputs.VolumeArgs: (
        "name configMap secret emptyDir persistentVolumeClaim nfs projected downwardAPI csi"
    ),
    inputs.VolumeMountArgs: "name mountPath subPath mountPropagation subPathExpr readOnly",
    inputs.ContainerArgs: (
        "name image imagePullPolicy command args workingDir env envFrom resources volumeMounts "
        "securityContext restartPolicy"
    ),
    inputs.EnvVarArgs: "name value valueFrom",
    inputs.ResourceRequirementsArgs: "limits requests",
    inputs.SecretReferenceArgs: "name secret_name secret_key",
    inputs.HealthCheckArgs: "path successes interval timeout headers",
    inputs.ComputeConfigArgs: "k8s_namespaces",
}


def on_the_wire(value: Any) -> Any:
    """Return a value as the SDK serializes it for the engine."""

    async def serialized() -> Any:
        return await serialize_property(value, [], None)

    return asyncio.run(serialized())


def as_in_python(wire_name: str) -> str:
    """Return the Python name of a wire name: ``mount_path`` for ``mountPath``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", wire_name).lower()


@pytest.mark.parametrize("cls", WIRE_NAMES, ids=lambda cls: cls.__name__)
def test_every_field_has_its_name_on_the_wire(cls: type) -> None:
    """A class has one field for each name of the API, in snake_case, and no other."""
    fields = {as_in_python(name): name for name in WIRE_NAMES[cls].split()}
    assert set(cls.__annotations__) == set(fields)
    assert on_the_wire(cls(**fields)) == {name: name for name in fields.values()}


def test_every_class_is_in_the_table() -> None:
    """The table above has every class of arguments."""
    public = {getattr(inputs, name) for name in inputs.__all__ if name.endswith("Args")}
    assert set(WIRE_NAMES) == public


@pytest.mark.parametrize(
    ("made", "sent"),
    [
        (inputs.SourceConfigArgs(), {}),
        (inputs.SourceConfigArgs(repo_url=None, build_on_push=False), {"build_on_push": False}),
        (inputs.ResourceSpecArgs(min_scale=0), {"min_scale": 0}),
        (inputs.VolumeArgs(empty_dir={}), {"emptyDir": {}}),
    ],
)
def test_only_what_is_set_is_sent(made: object, sent: dict[str, Any]) -> None:
    """A field that is left out or None is not sent; false, zero and empty values are."""
    assert on_the_wire(made) == sent


VOLUME = {"name": "cache", "mountPath": "/cache"}
AS_ARGS = inputs.VolumeMountArgs(name="cache", mount_path="/cache")
AS_DICT: inputs.VolumeMountArgsDict = {"name": "cache", "mount_path": "/cache"}


@pytest.mark.parametrize(
    ("mount", "sent"),
    [(AS_ARGS, VOLUME), (AS_DICT, dict(AS_DICT))],
    ids=["args", "dict"],
)
def test_both_forms_can_be_nested_in_one_another(
    mount: inputs.VolumeMountArgs | inputs.VolumeMountArgsDict, sent: dict[str, Any]
) -> None:
    """A dict in a class and a class in a dict are sent; the keys of a dict are unchanged."""
    as_args = inputs.ResourceSpecArgs(
        sidecars=[inputs.ContainerArgs(name="log", image="log:1", volume_mounts=[mount])]
    )
    as_dict: inputs.ResourceSpecArgsDict = {
        "sidecars": [{"name": "log", "image": "log:1", "volume_mounts": [mount]}]
    }
    assert on_the_wire(as_args)["sidecars"][0]["volumeMounts"] == [sent]
    assert on_the_wire(as_dict)["sidecars"][0]["volume_mounts"] == [sent]


def test_an_output_is_accepted_wherever_a_value_is() -> None:
    """Outputs are resolved at any depth, also in a list."""

    async def serialized() -> Any:
        spec = inputs.ResourceSpecArgs(
            cpu=pulumi.Output.from_input(2.0),
            volumes=[pulumi.Output.from_input(inputs.VolumeArgs(config_map={"a_key": "kept"}))],
        )
        return await serialize_property(spec, [], None)

    assert asyncio.run(serialized()) == {
        "cpu": 2.0,
        "volumes": [{"configMap": {"a_key": "kept"}}],
    }


def test_a_wrong_argument_is_reported_by_class_and_name() -> None:
    """The error at run time names the class and the missing argument."""
    incomplete: dict[str, Any] = {"name": "log"}
    with pytest.raises(TypeError, match=r"ContainerArgs.*'image'"):
        inputs.ContainerArgs(**incomplete)


def test_a_repr_shows_no_value() -> None:
    """The repr of an argument, which a traceback or debugger may print, shows no secret."""
    assert "hunter2" not in repr(inputs.EnvVarArgs(name="PASSWORD", value="hunter2"))


def test_the_arguments_need_no_client() -> None:
    """A program that declares deployments imports neither httpx nor pydantic."""
    code = "import sys, langsmith_pulumi.inputs; print({'httpx', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
