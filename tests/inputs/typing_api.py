"""Right and wrong uses of the typed arguments, for the type checkers; this module is never run.

Every ``type: ignore`` below marks a mistake that a checker has to find: it reports the comment as
unused if it does not.
"""

from typing import cast

import pulumi

import langsmith_pulumi as langsmith
from langsmith_pulumi import (
    Deployment,
    DeploymentResult,
    Listener,
    get_deployment,
    get_deployment_output,
    get_github_integration_output,
    get_listener,
    get_revision_output,
    list_deployments,
    list_deployments_output,
    list_github_repositories_output,
    list_listeners_output,
    list_revisions,
)
from langsmith_pulumi.inputs import (
    ComputeConfigArgs,
    ComputeConfigArgsDict,
    ComputeType,
    ContainerArgs,
    DeploymentSize,
    DeploymentSource,
    EnvironmentVariablesMap,
    EnvVarArgs,
    ListenerConfigArgs,
    ResourceSpecArgs,
    ResourceSpecArgsDict,
    SecretReferenceArgs,
    SecretReferenceArgsDict,
    SecretsMap,
    SourceConfigArgs,
    SourceConfigArgsDict,
    SourceRevisionConfigArgs,
    VolumeArgs,
    VolumeMountArgs,
)

config = pulumi.Config("langsmith")


def plain_dicts() -> None:
    Deployment(
        "agent",
        source="github",
        source_config={
            "integration_id": config.require("integrationId"),
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": "prod",
            "build_on_push": False,
        },
        source_revision_config={"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
        revision_source="internal_docker",
        secrets={"OPENAI_API_KEY": config.require_secret("openaiApiKey"), "LOG_LEVEL": "info"},
        environment_variables={
            "REGION": config.require("region"),
            "TEAM": pulumi.Output.from_input("a"),
        },
    )


def classes() -> None:
    Deployment(
        "agent",
        source="external_docker",
        source_config=SourceConfigArgs(
            listener_id=config.require("listenerId"),
            listener_config=ListenerConfigArgs(k8s_namespace="agents"),
            resource_spec=ResourceSpecArgs(
                cpu=1,
                volumes=[VolumeArgs(name="cache", empty_dir={})],
                volume_mounts=[VolumeMountArgs(name="cache", mount_path="/cache")],
            ),
        ),
        source_revision_config=SourceRevisionConfigArgs(image_uri="registry/agent:1"),
    )


def mixed(image: pulumi.Output[str], secrets: pulumi.Output[dict[str, str]]) -> None:
    Deployment(
        "agent",
        source=cast("DeploymentSource", config.require("source")),
        source_config={
            "resource_spec": ResourceSpecArgs(
                sidecars=[
                    {"name": "log", "image": image, "env": [EnvVarArgs(name="A", value="b")]},
                    ContainerArgs(name="proxy", image=image, args=["--port", image]),
                ],
                labels={"team": image},
            ),
            "custom_url": None,
        },
        source_revision_config={"image_uri": image},
        secrets=secrets,
    )


def listeners(namespace: pulumi.Output[str]) -> None:
    listener = Listener("cluster", compute_id=namespace, compute_config={"k8s_namespaces": ["a"]})
    Listener(
        "other",
        compute_type=cast("ComputeType", config.require("computeType")),
        compute_id="green",
        compute_config=ComputeConfigArgs(k8s_namespaces=[namespace, "agents"]),
        version="1",
        workspace_id=config.require("workspaceId"),
        control_plane_url=config.require("controlPlaneUrl"),
    )
    Deployment(
        "agent",
        source="external_docker",
        source_config={"listener_id": listener.id, "listener_config": {"k8s_namespace": "a"}},
    )


def outputs(spec: pulumi.Output[ResourceSpecArgs], source: pulumi.Output[DeploymentSource]) -> None:
    Deployment(
        "agent",
        source=source,
        source_config=SourceConfigArgs(resource_spec=spec),
        source_revision_config=pulumi.Output.from_input(SourceRevisionConfigArgs()),
    )


def values_of_the_configuration() -> None:
    SourceConfigArgs(deployment_type=config.require("deploymentType"))
    SourceConfigArgs(deployment_type="prod" if pulumi.get_stack() == "prod" else "dev")
    source = cast("DeploymentSource", config.require("source"))
    Deployment("agent", source=source, compute_size=cast("DeploymentSize", config.require("size")))


def the_whole_package(folder: str) -> None:
    spec = langsmith.inputs.ResourceSpecArgs(cpu=1)
    agent = langsmith.Deployment("agent", source="external_docker", path=folder)
    unusual = cast("ResourceSpecArgsDict", {"orchestrator_cpu": 1})
    langsmith.inputs.SourceConfigArgs(resource_spec=unusual)
    del spec, agent


def right_folders(folder: pulumi.Output[str]) -> None:
    Deployment("agent", source="internal_source", path="./agent")
    contents = Deployment("agent", source="internal_source", path=folder).folder
    del contents


def fields_have_their_types(config: SourceConfigArgs, reference: SecretReferenceArgs) -> None:
    url: pulumi.Input[str] | None = config.repo_url
    name: pulumi.Input[str] = reference.name
    config.build_on_push = True
    del url, name


def lookups(agent: Deployment) -> None:
    found: DeploymentResult = get_deployment("agent")
    url: str | None = get_deployment(deployment_id=found.id).url
    previews = [one.is_preview for one in list_deployments(name_contains="a", status="READY")]
    namespaces = list(get_listener(listener_id="an-id", workspace_id="another").k8s_namespaces)
    newest: str = list_revisions(found.id, limit=1)[0].status
    later: pulumi.Output[DeploymentResult] = get_deployment_output(deployment_id=agent.id)
    listed = list_deployments_output(deployment_ids=[agent.id, "an-id"], include_previews=True)
    names: pulumi.Output[list[str]] = listed.apply(lambda all_: [one.name for one in all_])
    account = get_github_integration_output(config.require_secret("account"))
    list_github_repositories_output(account.id)
    get_revision_output(agent.id, agent.latest_revision_id, control_plane_url=None)
    list_listeners_output(workspace_id=config.get("workspace"))
    del url, previews, namespaces, newest, later, names


def wrong_in_the_resource(secrets: dict[str, int]) -> None:
    Deployment("agent", source="githubb")  # type: ignore[arg-type]
    Deployment("agent", source=config.require("source"))  # type: ignore[arg-type]
    Deployment("agent")  # type: ignore[call-arg]
    Deployment("agent", source="internal_source", path=1)  # type: ignore[arg-type]
    Deployment("agent", source="github", repo="x")  # type: ignore[call-arg]
    Deployment("agent", source="github", revision_source="external_docker")  # type: ignore[arg-type]
    Deployment("agent", source="github", secrets=secrets)  # type: ignore[arg-type]
    Deployment("agent", source="github", source_config={"repo": "x"})  # type: ignore[arg-type]
    Deployment("agent", source="github", source_config=ResourceSpecArgs())  # type: ignore[arg-type]


def wrong_in_lookups(agent: Deployment, found: DeploymentResult) -> None:
    get_deployment(agent.name)  # type: ignore[arg-type]
    get_deployment(id="an-id")  # type: ignore[call-arg]
    list_revisions()  # type: ignore[call-arg]
    list_deployments(deployment_type=1)  # type: ignore[arg-type]
    list_deployments_output(limit=1)  # type: ignore[call-arg]
    found.name = "other"  # type: ignore[misc]


def wrong_in_a_listener(served: ComputeConfigArgs) -> None:
    Listener("cluster", compute_config=served)  # type: ignore[call-arg]
    Listener("cluster", compute_id="blue")  # type: ignore[call-arg]
    Listener("cluster", compute_type="ecs", compute_id="blue", compute_config=served)  # type: ignore[arg-type]
    Listener("cluster", compute_id="blue", compute_config={"namespaces": ["a"]})  # type: ignore[arg-type]
    Listener("cluster", compute_id="blue", compute_config={"k8s_namespaces": "a b"}, version=1)  # type: ignore[arg-type]
    missing: ComputeConfigArgsDict = {}  # type: ignore[typeddict-item]
    del missing


def wrong_in_classes() -> None:
    SourceConfigArgs(repository="x")  # type: ignore[call-arg]
    SourceConfigArgs("x")  # type: ignore[call-arg]
    SourceConfigArgs(build_on_push="yes")  # type: ignore[arg-type]
    SourceConfigArgs(deployment_type=1)  # type: ignore[arg-type]
    SourceConfigArgs(resource_spec={"cpus": 1})  # type: ignore[arg-type]
    SourceConfigArgs(listener_config=ResourceSpecArgs())  # type: ignore[arg-type]
    ContainerArgs(name="log")  # type: ignore[call-arg]
    VolumeMountArgs(mountPath="/cache")  # type: ignore[call-arg]
    ResourceSpecArgs(cpu="500m")  # type: ignore[arg-type]
    ResourceSpecArgs(orchestrator_cpu=1)  # type: ignore[call-arg]
    ResourceSpecArgs(labels={"team": 1})  # type: ignore[dict-item]
    ResourceSpecArgs(volumes=VolumeArgs(name="cache"))  # type: ignore[arg-type]


def wrong_in_dicts() -> None:
    source: SourceConfigArgsDict = {"repository": "x"}  # type: ignore[typeddict-unknown-key]
    tier: SourceConfigArgsDict = {"deployment_type": 1}  # type: ignore[typeddict-item]
    spec: ResourceSpecArgsDict = {"cpu": "500m"}  # type: ignore[typeddict-item]
    reference: SecretReferenceArgsDict = {"name": "A"}  # type: ignore[typeddict-item]
    secrets: SecretsMap = {"PORT": 8080}  # type: ignore[dict-item]
    variables: EnvironmentVariablesMap = {"PORT": 8080}  # type: ignore[dict-item]
    del source, tier, spec, reference, secrets, variables
