"""The resource ``Deployment``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource

from ._arguments import (
    all_plain,
    all_secret,
    names_of,
    options_of,
    remove_internals,
    urn_of,
    warn_of_options,
    with_secret_headers,
    with_types,
    without_unset,
)
from ._interrupts import hide_interrupts
from ._outputs import custom_url_of, may_name_url, status_of, url_output
from .provider import DeploymentProvider
from .provider.folder.difference import FOLDER, PATH
from .provider.properties import (
    OPTIONS,
    READ_ONLY,
    VARIABLE_NAMES,
    WAITS,
)
from .provider.variables import ENVIRONMENT_VARIABLES, FINGERPRINTS
from .rollout import REVISION_INPUTS, Rollout, part_of_revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from . import inputs

__all__ = ["Deployment"]


@with_types
class Deployment(Resource, module="langsmith", name="Deployment"):
    """An agent that the LangSmith control plane deploys.

    Example usage::

        import pulumi
        import langsmith_pulumi as langsmith

        config = pulumi.Config()
        agent = langsmith.Deployment(
            "support-agent",
            source="github",
            source_config={
                "integration_id": config.require("integrationId"),
                "repo_url": "https://github.com/langchain-ai/react-agent",
                "deployment_type": "dev",
            },
            source_revision_config={
                "repo_ref": "main",
                "langgraph_config_path": "langgraph.json",
            },
            secrets={"OPENAI_API_KEY": config.require_secret("openaiApiKey")},
        )
        pulumi.export("url", agent.url)

    The plan shows the impact of a change: ``~ Deployment`` alone is in place; ``~ Deployment`` with
    ``~ Rollout`` is a new revision; ``+-`` on both is a replacement, which loses the deployment's
    database and threads. Each argument below states its impact.

    Fields that a program leaves out are not managed, so a default of the service is no change.

    ``ResourceOptions(import_=ID)`` adopts an existing deployment: a fixed field that differs is
    refused, and all other fields are patched where they differ.
    """

    name: pulumi.Output[str]
    """The name of the deployment and of its tracing project."""
    display_name: pulumi.Output[str | None]
    """The name shown in the dashboard."""
    source: pulumi.Output[str]
    """The source of the agent."""
    source_config: pulumi.Output[Mapping[str, Any]]
    """The deployment-wide configuration, as the program wrote it."""
    source_revision_config: pulumi.Output[Mapping[str, Any]]
    """The configuration of the newest revision, as the program wrote it."""
    secrets: pulumi.Output[Mapping[str, str]]
    """The environment variables of ``secrets``, as the program wrote them; always secret."""
    environment_variables: pulumi.Output[Mapping[str, str] | None]
    """The environment variables that the program gives in clear."""
    secret_fingerprints: pulumi.Output[Mapping[str, str]]
    """A keyed hash of each variable of both maps, by which a plan names the changed ones."""
    secret_references: pulumi.Output[Sequence[Any] | None]
    """The environment variables that come from Kubernetes Secrets."""
    revision_source: pulumi.Output[str | None]
    """The source of the newest revision, where it differs from the deployment's."""
    tracked_packages: pulumi.Output[Sequence[str] | None]
    """Packages recorded with the newest revision."""
    route_through_gateway: pulumi.Output[bool | None]
    """Whether model calls go through the vendor's gateway."""
    triggers: pulumi.Output[Any]
    """Values whose change requests a new revision."""
    path: pulumi.Output[str | None]
    """The folder that is uploaded, as the program wrote it."""
    folder: pulumi.Output[Mapping[str, Any] | None]
    """The contents of that folder: ``digest``, ``count`` and, up to 2,000, ``files`` with a short
    digest each."""
    compute_size: pulumi.Output[str | None]
    """The size of its replicas on Cloud, as the program wrote it."""
    database_size: pulumi.Output[str | None]
    """The size of its database on Cloud, as the program wrote it."""
    workspace_id: pulumi.Output[str | None]
    """The workspace that the program names, instead of that of the settings."""
    status: pulumi.Output[str]
    """The last status of the deployment, from the rollout or a refresh.

    ``READY`` does not mean that the newest revision is deployed.
    """
    latest_revision_id: pulumi.Output[str]
    """The newest revision, of any status, requested by anyone."""
    requested_revision_id: pulumi.Output[str]
    """The revision that the last change of this program requested."""
    tenant_id: pulumi.Output[str]
    """The workspace of the deployment."""
    control_plane_url: pulumi.Output[str]
    """The URL of the deployment's control plane."""
    created_at: pulumi.Output[str]
    """The time of its creation (ISO 8601)."""
    updated_at: pulumi.Output[str]
    """The time of its last change (ISO 8601)."""

    rollout: Rollout
    """The rollout of the newest revision, for ``depends_on`` of a resource that needs the agent."""
    url: pulumi.Output[str]
    """The URL of the agent. Resources that use it wait for the rollout."""
    active_revision_id: pulumi.Output[str]
    """The active revision."""
    repo_commit_sha: pulumi.Output[str | None]
    """The commit that was built (``github`` only)."""
    image_version: pulumi.Output[str | None]
    """The version of the agent server in the image."""

    def __init__(  # noqa: PLR0913 - the arguments are the resource's fields
        self,
        resource_name: str,
        *,
        source: pulumi.Input[inputs.DeploymentSource],
        source_config: pulumi.Input[inputs.SourceConfigArgs | inputs.SourceConfigArgsDict]
        | None = None,
        source_revision_config: pulumi.Input[
            inputs.SourceRevisionConfigArgs | inputs.SourceRevisionConfigArgsDict
        ]
        | None = None,
        secrets: inputs.SecretsMap | None = None,
        environment_variables: inputs.EnvironmentVariablesMap | None = None,
        secret_references: pulumi.Input[
            Sequence[pulumi.Input[inputs.SecretReferenceArgs | inputs.SecretReferenceArgsDict]]
        ]
        | None = None,
        name: pulumi.Input[str] | None = None,
        display_name: pulumi.Input[str] | None = None,
        revision_source: pulumi.Input[inputs.RevisionSource] | None = None,
        tracked_packages: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        route_through_gateway: pulumi.Input[bool] | None = None,
        compute_size: pulumi.Input[inputs.DeploymentSize] | None = None,
        database_size: pulumi.Input[inputs.DeploymentSize] | None = None,
        triggers: pulumi.Input[Mapping[str, Any] | Sequence[Any]] | None = None,
        path: pulumi.Input[str] | None = None,
        wait_for_rollout: pulumi.Input[bool] = True,
        rollout_timeout: pulumi.Input[float] | None = None,
        interrupt_stuck: pulumi.Input[bool] = False,
        health_check: pulumi.Input[bool | inputs.HealthCheckArgs | inputs.HealthCheckArgsDict]
        | None = None,
        delete_tracing_project: pulumi.Input[bool] = False,
        workspace_id: pulumi.Input[str] | None = None,
        control_plane_url: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a deployment.

        Args:
            name: The deployment's name: lower-case letters, digits and dashes. A change replaces.
            resource_name: Its name in the program, and the deployment's name unless ``name`` says otherwise.
            source: ``github``, ``external_docker``, ``internal_docker``, ``internal_source`` or ``internal_template``; see ``inputs.DeploymentSource``. A change replaces.
            source_config: Deployment-wide configuration; see ``SourceConfigArgs`` for what a change of each field does.
            source_revision_config: What a revision is built from. A change makes a new revision.
            secrets: Environment variables, by name; every value is treated as a secret. Together with ``environment_variables`` they are owned as one set: a variable that neither names is removed. A change makes a new revision. With both left out, the variables are not managed.
            environment_variables: Environment variables whose values may be seen: they stand in clear in the state, plans and reports, and so does a live value that somebody else gives such a variable. A value that is a Pulumi secret is refused. A change makes a new revision; moving a name from or to ``secrets`` with its value changes the state alone.
            secret_references: Environment variables from Kubernetes Secrets (``external_docker`` only). A change makes a new revision.
            display_name: The name that people see. Changes in place; cannot be cleared.
            revision_source: Source of the revision, where it differs from ``source``: ``github``, ``internal_docker`` or ``internal_source``. A change makes a new revision.
            tracked_packages: Packages to record with the revision, as ``name:version``. A change makes a new revision.
            route_through_gateway: Send model calls through the vendor's gateway (Cloud only). What the service does on a change is not documented; planned as a new revision.
            compute_size: Size of each replica on Cloud: ``small``, ``medium`` or ``large`` (vendor's guide to Cloud features; the figures are in ``langsmith_pulumi/provider/sizes.py``). A change makes a new revision, which keeps threads, checkpoints and URL; it is sent by a request of its own. Left out, the size is not managed.
            database_size: Size of the database of a ``dedicated`` deployment, as ``compute_size``.
            triggers: Any values; a change of one requests a new revision of the same configuration. For an agent in a monorepo, the output of ``git rev-parse HEAD:<folder>`` changes only with the content of its folder.
            path: A folder to upload (``internal_source`` only), relative to the program's, with ``langgraph.json`` in it. Absolute in an inline program of the Automation API, whose folder is where its script is started, or a temporary one. A change of its contents makes a new revision; times and owners do not count. Left out is what ``.gitignore`` and ``.dockerignore`` name, and always ``.git``, environments, caches, Pulumi's files and ``.env*``, for secrets belong into ``secrets``. At most 209,715,200 bytes when packed (vendor's CLI). With ``ignore_changes=["path"]`` the folder is not read again, and stays as it was built.
            wait_for_rollout: Whether ``up`` waits until the revision serves, and fails if it does not. Without the wait a failed revision goes unnoticed by Pulumi. Default true.
            rollout_timeout: Seconds to wait for a revision, for a deletion (also one under way that keeps the name of a new deployment), and for the end of a revision that blocks a change (the service then answers 409). Default 1800. Changes in place, without a request; ``custom_timeouts`` never reach a dynamic provider.
            interrupt_stuck: Whether the rollout interrupts an older revision that has held the requested one in ``QUEUED`` for 15 minutes; the vendor calls the effect of an interruption undefined. Never the newest revision, and each one once at most. Where the service tells the times, those before this ``up`` count too. Default false. Changes in place, without a request.
            health_check: Whether the rollout asks the agent's own URL after the deployment, and fails unless it answers well several times in a row; True, or an object with its settings, see ``HealthCheckArgs``. The machine that runs ``up`` must reach the agent. Needs ``wait_for_rollout``. Default none. Changes in place, without a request.
            delete_tracing_project: Whether deleting the deployment deletes its tracing project and traces too. Needed to replace a deployment under the same name, for the project keeps the name. Default false. Changes in place, without a request.
            workspace_id: The workspace (UUID) to deploy into, where it is not that of the settings. A change replaces.
            control_plane_url: The control plane to deploy to, where it is not that of the settings, such as ``https://eu.api.host.langchain.com``. Its API key is the one that ``langsmith:apiKeys`` has for this URL; the key of the settings is never sent to it, and neither is their workspace. A change replaces; the name is free there, so the new deployment is created first.
            opts: Resource options. ``import_`` adopts an existing deployment by its id; ``id`` only reads one that is managed elsewhere.
        """  # noqa: E501 - an editor shows one line of an argument's description
        hide_interrupts()
        opts = pulumi.ResourceOptions.merge(opts, None)
        warn_of_options(resource_name, opts)
        import_id, opts.import_ = opts.import_, None
        has_variables = secrets is not None or environment_variables is not None
        health_check = with_secret_headers(health_check)
        interrupts = None if interrupt_stuck is False else interrupt_stuck
        has_wait_settings = health_check is not None or interrupts is not None
        props: dict[str, Any] = {
            "name": name,
            "default_name": resource_name if name is None else None,
            "display_name": display_name,
            "source": source,
            "source_config": source_config,
            "source_revision_config": source_revision_config,
            "secrets": all_secret(secrets),
            ENVIRONMENT_VARIABLES: all_plain(environment_variables),
            "secret_salt": pulumi.Output.secret("") if has_variables else None,
            VARIABLE_NAMES: names_of(secrets),
            "secret_references": secret_references,
            "revision_source": revision_source,
            "tracked_packages": tracked_packages,
            "route_through_gateway": route_through_gateway,
            "compute_size": compute_size,
            "database_size": database_size,
            "triggers": triggers,
            PATH: path,
            "rollout_timeout": rollout_timeout,
            "interrupt_stuck": interrupt_stuck,
            "health_check": health_check,
            WAITS: wait_for_rollout if has_wait_settings else None,
            "delete_tracing_project": delete_tracing_project,
            "workspace_id": workspace_id,
            "control_plane_url": control_plane_url,
            "import_id": import_id,
            READ_ONLY: True if opts.id is not None else None,
            OPTIONS: options_of(opts),
            "progress_urn": urn_of(Deployment, resource_name, opts.parent),
        }
        given = {key for key, value in props.items() if value is not None}
        if has_variables:
            given.add(FINGERPRINTS)
        if path is not None:
            # The provider adds the contents of the folder, and the default of its configuration.
            given |= {FOLDER, "source_revision_config"}
        props = without_unset({**dict.fromkeys(_OUTPUTS), **props}, Deployment.__annotations__)
        super().__init__(DeploymentProvider(), resource_name, props, opts)
        custom_url = (
            self.source_config.apply(custom_url_of) if may_name_url(source_config) else None
        )
        self.rollout = Rollout(
            resource_name,
            self,
            given,
            revision_id=self.requested_revision_id,
            custom_url=custom_url,
            wait=wait_for_rollout,
            timeout=rollout_timeout,
            interrupt_stuck=interrupts,
            health_check=health_check,
            read_id=opts.id,
        )
        if wait_for_rollout is True and not opts.ignore_changes and opts.id is None:
            warn_if_not_waited_for(self, self.rollout, given)
        remove_internals(self)
        self.status = status_of(self.status, self.rollout)
        self.url = url_output(self.source_config, self.rollout, custom_url)
        self.active_revision_id = self.rollout.active_revision_id
        self.repo_commit_sha = self.rollout.repo_commit_sha
        self.image_version = self.rollout.image_version


_OUTPUTS = (
    FINGERPRINTS,
    FOLDER,
    "status",
    "latest_revision_id",
    "requested_revision_id",
    "tenant_id",
    "control_plane_url",
    "created_at",
    "updated_at",
)


def warn_if_not_waited_for(
    deployment: Deployment, rollout: Rollout, given: AbstractSet[str]
) -> None:
    """Warn if a change makes a revision and the operation does not include its rollout.

    That happens with ``--target`` on a deployment alone: the engine returns the old rollout.
    """
    comparison = _warn_of_other_revision(deployment, rollout, given)
    _: pulumi.Output[None] = pulumi.Output.from_input(comparison)  # which the SDK waits for


async def _warn_of_other_revision(
    deployment: Deployment, rollout: Rollout, given: AbstractSet[str]
) -> None:
    """Warn if the rollout is that of another revision, as far as all of it is known.

    It awaits the outputs instead of combining them, since each combined output takes time.
    """
    fields = [key for key in REVISION_INPUTS if key in given]
    if not pulumi.runtime.is_dry_run():
        pairs = [("", deployment.requested_revision_id, rollout.__dict__["revision_id"])]
    else:
        pairs = [(key, getattr(deployment, key), getattr(rollout, key)) for key in fields]
    differs = False
    for key, wanted, seen in pairs:
        if not (await wanted.is_known() and await seen.is_known()):
            return
        new, old = await wanted.future(), await seen.future()
        differs |= part_of_revision(key, new) != part_of_revision(key, old)
    if differs:
        pulumi.log.warn(
            "This makes a new revision, and nobody waits for it, for its rollout is not part of "
            f"this operation: add `--target '{await rollout.urn.future()}'`, or run `pulumi up` "
            "afterwards.",
            resource=deployment,
        )
