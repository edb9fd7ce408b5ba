"""The resource ``Deployment`` and its child ``Rollout``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource
from pulumi.output import Unknown

from ._interrupts import hide_interrupts
from .inputs.health_check import HealthCheckArgs
from .provider import DeploymentProvider, RolloutProvider
from .provider.changes import REVISION_FIELDS
from .provider.properties import (
    HIDDEN_VALUE,
    NO_VALUE,
    OPTIONS,
    READ_ONLY,
    VARIABLE_NAMES,
    WAITS,
    url_of,
)
from .provider.variables import ENVIRONMENT_VARIABLES, FINGERPRINTS, VARIABLE_MAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from . import inputs

__all__ = ["Deployment", "Rollout"]

_CONFIG = "source_config."
_REVISION_KEYS = [
    field.path.removeprefix(_CONFIG) for field in REVISION_FIELDS if field.path.startswith(_CONFIG)
]
"""The fields of ``source_config`` that belong to a revision."""
_REVISION_INPUTS = tuple(
    dict.fromkeys(
        FINGERPRINTS if field.path in VARIABLE_MAPS else field.path.partition(".")[0]
        for field in REVISION_FIELDS
    )
)
"""The properties of a deployment that belong to a revision, and are inputs of its rollout."""

_ROLLOUT_OUTPUTS = (
    "url",
    "active_revision_id",
    "repo_commit_sha",
    "image_version",
    "status",
    "tenant_id",
)
_INTERNAL = (
    "__provider",
    "default_name",
    "import_id",
    "progress_urn",
    "secret_salt",
    VARIABLE_NAMES,
    OPTIONS,
    READ_ONLY,
    WAITS,
)
"""Properties for the provider, which an exported resource does not show."""


class Rollout(Resource, module="langsmith", name="Rollout"):
    """The wait until a deployment's newest revision is deployed; each ``Deployment`` creates one.

    In a plan it shows the impact of a change: a deployment changes in place if its rollout does not
    change, and is built and deployed again if its rollout changes. A failed revision is an error of
    the rollout, and the next ``pulumi up`` retries it.
    """

    deployment_id: pulumi.Output[str]
    """The id of the deployment."""
    url: pulumi.Output[str]
    """The URL of the agent; known when a revision has been deployed."""
    active_revision_id: pulumi.Output[str]
    """The active revision."""
    repo_commit_sha: pulumi.Output[str | None]
    """The commit that was built (``github`` only)."""
    image_version: pulumi.Output[str | None]
    """The version of the agent server in the image."""

    def __init__(  # noqa: PLR0913 - what a rollout takes from its deployment
        self,
        resource_name: str,
        deployment: Deployment,
        given: AbstractSet[str],
        *,
        custom_url: pulumi.Output[str | None] | None,
        wait: pulumi.Input[bool] | None,
        timeout: pulumi.Input[float] | None,
        interrupt_stuck: pulumi.Input[bool] | None,
        health_check: Any,
        read_id: pulumi.Input[str] | None = None,
    ) -> None:
        """Declare the rollout of a deployment, with the deployment's outputs as inputs.

        The outputs are used instead of the program's arguments, so that ``ignore_changes`` on the
        deployment holds for its rollout too. ``given`` are the inputs that the program sets: in a
        preview all other outputs are unknown, and would look like a change. ``custom_url`` is the
        URL that the program may give; as the input ``url`` it makes the output secret if it is.
        ``read_id`` is the id of a deployment that is only read. Its rollout is only read too, so it
        neither waits nor retries.
        """
        inherited = {
            key: _revision_value(key, getattr(deployment, key))
            for key in ("workspace_id", *_REVISION_INPUTS)
            if key in given
        }
        props: dict[str, Any] = {
            **dict.fromkeys(_ROLLOUT_OUTPUTS),
            **({} if custom_url is None else {"url": custom_url, "custom_url": custom_url}),
            **inherited,
            "deployment_id": deployment.id if read_id is None else read_id,
            "revision_id": deployment.requested_revision_id,
            READ_ONLY: None if read_id is None else True,
            "wait": wait,
            "timeout": timeout,
            "interrupt_stuck": interrupt_stuck,
            "health_check": health_check,
            "progress_urn": pulumi.create_urn(resource_name, _type(Rollout), deployment),
        }
        opts = pulumi.ResourceOptions(parent=deployment, id=read_id)
        super().__init__(RolloutProvider(), resource_name, props, opts)
        _remove_internals(self)


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
        wait_for_rollout: pulumi.Input[bool] = True,
        rollout_timeout: pulumi.Input[float] | None = None,
        interrupt_stuck: pulumi.Input[bool] = False,
        health_check: pulumi.Input[bool | inputs.HealthCheckArgs | inputs.HealthCheckArgsDict]
        | None = None,
        delete_tracing_project: pulumi.Input[bool] = False,
        workspace_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a deployment.

        Args:
            resource_name: Its name in the program, and the deployment's name unless ``name`` says
                otherwise.
            source: ``github``, ``external_docker``, ``internal_docker``, ``internal_source`` or
                ``internal_template``; see ``inputs.DeploymentSource``. A change replaces.
            source_config: Deployment-wide configuration; see ``SourceConfigArgs`` for what a change
                of each field does.
            source_revision_config: What a revision is built from. A change makes a new revision.
            secrets: Environment variables, by name; every value is treated as a secret. Together
                with ``environment_variables`` they are owned as one set: a variable that neither
                names is removed. A change makes a new revision. With both left out, the variables
                are not managed.
            environment_variables: Environment variables whose values may be seen: they stand in
                clear in the state, plans and reports, and so does a live value that somebody else
                gives such a variable. A value that is a Pulumi secret is refused. A change makes a
                new revision; moving a name from or to ``secrets`` with its value changes the state
                alone.
            secret_references: Environment variables from Kubernetes Secrets (``external_docker``
                only). A change makes a new revision.
            name: The deployment's name: lower-case letters, digits and dashes. A change replaces.
            display_name: The name that people see. Changes in place; cannot be cleared.
            revision_source: Source of the revision, where it differs from ``source``:
                ``github``, ``internal_docker`` or ``internal_source``. A change makes a new
                revision.
            tracked_packages: Packages to record with the revision, as ``name:version``. A change
                makes a new revision.
            route_through_gateway: Send model calls through the vendor's gateway (Cloud only). What
                the service does on a change is not documented; planned as a new revision.
            compute_size: Size of each replica on Cloud: ``small``, ``medium`` or ``large``
                (vendor's guide to Cloud features; the figures are in
                ``langsmith_pulumi/provider/sizes.py``). A change makes a new revision, which keeps
                threads, checkpoints and URL; it is sent by a request of its own. Left out, the size
                is not managed.
            database_size: Size of the database of a ``dedicated`` deployment, as ``compute_size``.
            triggers: Any values; a change of one requests a new revision of the same
                configuration.
                For an agent in a monorepo, the output of ``git rev-parse HEAD:<folder>``
                changes only with the content of its folder.
            wait_for_rollout: Whether ``up`` waits until the revision serves, and fails if it does
                not. Without the wait a failed revision goes unnoticed by Pulumi. Default true.
            rollout_timeout: Seconds to wait for a revision, for a deletion, and for the end of a
                revision that blocks a change (the service then answers 409). Default 1800. Changes
                in place, without a request; ``custom_timeouts`` never reach a dynamic provider.
            interrupt_stuck: Whether the rollout interrupts an older revision that has held the
                requested one in ``QUEUED`` for 15 minutes; the vendor calls the effect of an
                interruption undefined. Never the newest revision, and each one once at most.
                Default false. Changes in place, without a request.
            health_check: Whether the rollout asks the agent's own URL after the deployment, and
                fails unless it answers well several times in a row; True, or an object with its
                settings, see ``HealthCheckArgs``. The machine that runs ``up`` must reach the
                agent. Needs ``wait_for_rollout``. Default none. Changes in place, without a
                request.
            delete_tracing_project: Whether deleting the deployment deletes its tracing project and
                traces too. Needed to replace a deployment under the same name, for the project
                keeps the name. Default false. Changes in place, without a request.
            workspace_id: The workspace (UUID) to deploy into, where it is not that of the settings.
                A change replaces.
            opts: Resource options. ``import_`` adopts an existing deployment by its id; ``id`` only
                reads one that is managed elsewhere.
        """
        hide_interrupts()
        opts = pulumi.ResourceOptions.merge(opts, None)
        _warn_of_options(resource_name, opts)
        import_id, opts.import_ = opts.import_, None
        has_variables = secrets is not None or environment_variables is not None
        health_check = _with_secret_headers(health_check)
        interrupts = None if interrupt_stuck is False else interrupt_stuck
        has_wait_settings = health_check is not None or interrupts is not None
        props: dict[str, Any] = {
            "name": name,
            "default_name": resource_name if name is None else None,
            "display_name": display_name,
            "source": source,
            "source_config": source_config,
            "source_revision_config": source_revision_config,
            "secrets": _all_secret(secrets),
            ENVIRONMENT_VARIABLES: _all_plain(environment_variables),
            "secret_salt": pulumi.Output.secret("") if has_variables else None,
            VARIABLE_NAMES: _names(secrets),
            "secret_references": secret_references,
            "revision_source": revision_source,
            "tracked_packages": tracked_packages,
            "route_through_gateway": route_through_gateway,
            "compute_size": compute_size,
            "database_size": database_size,
            "triggers": triggers,
            "rollout_timeout": rollout_timeout,
            "interrupt_stuck": interrupt_stuck,
            "health_check": health_check,
            WAITS: wait_for_rollout if has_wait_settings else None,
            "delete_tracing_project": delete_tracing_project,
            "workspace_id": workspace_id,
            "import_id": import_id,
            READ_ONLY: True if opts.id is not None else None,
            OPTIONS: _options(opts),
            "progress_urn": _urn_of(resource_name, opts.parent),
        }
        given = {key for key, value in props.items() if value is not None}
        if has_variables:
            given.add(FINGERPRINTS)
        super().__init__(
            DeploymentProvider(), resource_name, {**dict.fromkeys(_OUTPUTS), **props}, opts
        )
        custom_url = self.source_config.apply(_custom_url) if _may_name_url(source_config) else None
        self.rollout = Rollout(
            resource_name,
            self,
            given,
            custom_url=custom_url,
            wait=wait_for_rollout,
            timeout=rollout_timeout,
            interrupt_stuck=interrupts,
            health_check=health_check,
            read_id=opts.id,
        )
        if wait_for_rollout is True and not opts.ignore_changes and opts.id is None:
            _warn_if_not_waited_for(self, self.rollout, given)
        _remove_internals(self)
        self.status = _status(self, self.rollout)
        self.url = _url(self, self.rollout, custom_url)
        self.active_revision_id = self.rollout.active_revision_id
        self.repo_commit_sha = self.rollout.repo_commit_sha
        self.image_version = self.rollout.image_version


_OUTPUTS = (
    FINGERPRINTS,
    "status",
    "latest_revision_id",
    "requested_revision_id",
    "tenant_id",
    "control_plane_url",
    "created_at",
    "updated_at",
)


def _all_secret(secrets: Any) -> Any:
    """Make each value a secret, so that plans hide it and still show its name.

    The SDK drops a variable whose value is None, so ``NO_VALUE`` is sent for it.
    """
    if isinstance(secrets, Mapping):
        return {name: _secret(value) for name, value in secrets.items()}
    if secrets is None:
        return None
    return pulumi.Output.secret(secrets).apply(_with_no_values)


def _all_plain(variables: Any) -> Any:
    """Replace each value that is a secret, which a plain map would show; the provider refuses it.

    Only the program's process knows which values are secret.
    """
    if variables is None:
        return None
    if isinstance(variables, Mapping):
        return {name: _plain(value, _or_no_value) for name, value in variables.items()}
    return _plain(
        variables, lambda found: _all_plain(found) if isinstance(found, Mapping) else found
    )


def _plain(value: Any, convert: Callable[[Any], Any]) -> Any:
    if isinstance(value, (str, int, float)) or value is None:
        return convert(value)
    output = value if isinstance(value, pulumi.Output) else pulumi.Output.from_input(value)
    is_secret: pulumi.Output[bool] = pulumi.Output.from_input(_is_secret(output))
    return is_secret.apply(lambda hidden: HIDDEN_VALUE if hidden else output.apply(convert))


async def _is_secret(output: pulumi.Output[Any]) -> Any:
    return await output.is_secret()


def _with_secret_headers(health_check: Any) -> Any:
    """Make each value of the headers a secret, or the whole if it is an output."""
    if health_check is None or isinstance(health_check, bool):
        return health_check
    names = ("path", "successes", "interval", "timeout", "headers")
    if isinstance(health_check, HealthCheckArgs):
        health_check = {name: getattr(health_check, name) for name in names}
    if not isinstance(health_check, Mapping):
        return pulumi.Output.secret(health_check)
    return {**health_check, "headers": _all_secret(health_check.get("headers"))}


def _names(secrets: Any) -> Any:
    """Return the names of the secrets, by which the provider recognizes ones added later."""
    if secrets is None:
        return None
    if isinstance(secrets, Mapping):
        return sorted(secrets)
    names = pulumi.Output.from_input(secrets).apply(lambda found: sorted(found or {}))
    return pulumi.Output.unsecret(names)


def _secret(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.secret(value).apply(_or_no_value)


def _with_no_values(secrets: Any) -> Any:
    if not isinstance(secrets, Mapping):
        return secrets
    return {name: _or_no_value(value) for name, value in secrets.items()}


def _or_no_value(value: Any) -> Any:
    return NO_VALUE if value is None else value


def _warn_of_options(resource_name: str, opts: pulumi.ResourceOptions) -> None:
    """Warn of resource options without effect, and name the alternative."""
    outputs = [name for name in opts.additional_secret_outputs or () if name in _ROLLOUT_PROPERTIES]
    if opts.custom_timeouts:
        pulumi.log.warn(
            f"Deployment {resource_name!r}: custom_timeouts never reach a dynamic provider and do "
            "nothing here; use the argument rollout_timeout (in seconds)."
        )
    if outputs:
        pulumi.log.warn(
            f"Deployment {resource_name!r}: additional_secret_outputs cannot make "
            f"{', '.join(outputs)} secret, which the rollout brings; use pulumi.Output.secret("
            f"deployment.{outputs[0]}) where it is used."
        )


_ROLLOUT_PROPERTIES = ("url", "active_revision_id", "repo_commit_sha", "image_version", "status")


def _remove_internals(resource: Resource) -> None:
    """Remove the provider's own properties from a resource, which a program may export."""
    for key in _INTERNAL:
        resource.__dict__.pop(key, None)


def _status(deployment: Deployment, rollout: Rollout) -> pulumi.Output[str]:
    """Return the rollout's status, which is newer than the deployment's own."""
    own = deployment.status
    seen: pulumi.Output[Any] = rollout.__dict__["status"]
    return seen.apply(
        lambda status: own if status is None or isinstance(status, Unknown) else status,
        run_with_unknowns=True,
    )


def _warn_if_not_waited_for(
    deployment: Deployment, rollout: Rollout, given: AbstractSet[str]
) -> None:
    """Warn if a change makes a revision and the operation does not include its rollout.

    That happens with ``--target`` on a deployment alone: the engine returns the old rollout.
    """
    fields = [key for key in _REVISION_INPUTS if key in given]
    new = [_revision_value(key, getattr(deployment, key)) for key in fields]
    old = [_revision_value(key, getattr(rollout, key)) for key in fields]
    if not pulumi.runtime.is_dry_run():
        new, old = [deployment.requested_revision_id], [rollout.__dict__["revision_id"]]

    def warn(values: list[Any]) -> None:
        wanted, seen, urn = values[: len(new)], values[len(new) : -1], values[-1]
        if wanted != seen:
            pulumi.log.warn(
                "This makes a new revision, and nobody waits for it, for its rollout is not part "
                f"of this operation: add `--target '{urn}'`, or run `pulumi up` afterwards.",
                resource=deployment,
            )

    pulumi.Output.all(*new, *old, rollout.urn).apply(warn)


def _revision_value(key: str, value: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """Return the value of a deployment's property, limited to the fields of a revision."""
    return value.apply(_revision_part) if key == "source_config" else value


def _options(opts: pulumi.ResourceOptions) -> dict[str, Any] | None:
    """Return the resource options for the provider, or None."""
    given = {
        "delete_before_replace": opts.delete_before_replace,
        "ignore_changes": opts.ignore_changes or None,
        "replace_on_changes": opts.replace_on_changes or None,
        "retain_on_delete": opts.retain_on_delete or None,
    }
    return {key: value for key, value in given.items() if value is not None} or None


def _revision_part(source_config: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields of the deployment-wide configuration that belong to a revision."""
    config = source_config or {}
    return {key: config[key] for key in _REVISION_KEYS if config.get(key) is not None}


def _may_name_url(source_config: Any) -> bool:
    """Return True if the program may give the URL, judged before outputs are known."""
    if source_config is None or isinstance(source_config, pulumi.Output):
        return source_config is not None
    if isinstance(source_config, Mapping):
        return source_config.get("custom_url") is not None
    return getattr(source_config, "custom_url", None) is not None


def _custom_url(source_config: Any) -> Any:
    """Return the URL that the program gives, None if there is none, or unknown."""
    if isinstance(source_config, Mapping):
        return source_config.get("custom_url")
    return source_config if isinstance(source_config, Unknown) else None


def _url(
    deployment: Deployment, rollout: Rollout, custom_url: pulumi.Output[str | None] | None
) -> pulumi.Output[str]:
    """Return the URL of the agent, from the program or else from the rollout.

    A preview does not know the outputs of a rollout that is due. The URL does not change with a
    revision, so it is taken from the rollout's id then.
    """

    def served(url: Any) -> Any:
        if isinstance(url, Unknown):
            return rollout.id.apply(lambda own_id: url_of(own_id) or rollout.url)
        return url or rollout.id.apply(url_of)

    def chosen(config: Any) -> Any:
        url = _custom_url(config)
        if isinstance(url, Unknown):
            return custom_url
        return url or rollout.url.apply(served, run_with_unknowns=True)

    if custom_url is None:
        return rollout.url.apply(served, run_with_unknowns=True)
    config = deployment.source_config
    return rollout.url.apply(
        lambda _url: config.apply(chosen, run_with_unknowns=True), run_with_unknowns=True
    )


def _urn_of(name: str, parent: pulumi.Resource | None) -> pulumi.Output[str]:
    """Return the URN of a deployment, which the provider needs to show progress.

    The parent's URN is used without its dependencies, because those of a component include its
    children, and so this resource.
    """
    if parent is None:
        return pulumi.create_urn(name, _type(Deployment))
    untracked: pulumi.Output[Any] = pulumi.Output.from_input(parent.urn.future())
    return pulumi.create_urn(name, _type(Deployment), untracked)


def _type(resource: type[Resource]) -> str:
    return f"pulumi-python:{resource._resource_type_name}"  # noqa: SLF001 - the SDK has no other name for it
