"""The resource that programs declare, and its child that waits for the rollout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource
from pulumi.output import Unknown

from ._interrupts import hide_interrupts
from .provider import DeploymentProvider, RolloutProvider
from .provider.changes import REVISION_FIELDS
from .provider.options import NO_VALUE, OPTIONS, READ_ONLY, VARIABLE_NAMES
from .provider.rollout_ids import url_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from . import inputs

__all__ = ["Deployment", "Rollout"]

_CONFIG = "source_config."
_REVISION_KEYS = [
    field.path.removeprefix(_CONFIG) for field in REVISION_FIELDS if field.path.startswith(_CONFIG)
]
"""The part of ``source_config`` that a revision is made of."""

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
)
"""Properties that serve the provider; an exported resource does not show them."""


class Rollout(Resource, module="langsmith", name="Rollout"):
    """The wait until a deployment's newest revision serves; every ``Deployment`` makes its own.

    In a plan it stands for the cost of a change: a deployment changes in place when its rollout is
    untouched, and is built and deployed again when its rollout changes. A failed revision is an
    error of the rollout, and the next ``pulumi up`` retries it.
    """

    deployment_id: pulumi.Output[str]
    """The deployment that is waited for."""
    url: pulumi.Output[str]
    """Where the agent is served; known once a revision has been deployed."""
    active_revision_id: pulumi.Output[str]
    """The revision that serves."""
    repo_commit_sha: pulumi.Output[str | None]
    """The commit that was built (``github`` only)."""
    image_version: pulumi.Output[str | None]
    """Version of the agent server that the image holds."""

    def __init__(  # noqa: PLR0913 - what a rollout takes from its deployment
        self,
        resource_name: str,
        deployment: Deployment,
        given: AbstractSet[str],
        *,
        custom_url: pulumi.Output[str | None] | None,
        wait: pulumi.Input[bool] | None,
        timeout: pulumi.Input[float] | None,
        read_id: pulumi.Input[str] | None = None,
    ) -> None:
        """Made by ``Deployment``; takes what a revision is made of from its outputs.

        From the outputs and not from the program, so that ``ignore_changes`` on the deployment
        holds for its rollout too. ``given`` are the inputs that the program sets: in a preview, an
        output for any other is unknown, and would pass for a change. ``custom_url`` is the URL that
        the program may give; as the input ``url`` it makes the output as secret as it is.
        ``read_id`` is the id of a deployment that is only read: its rollout is only read too, so it
        neither waits nor retries.
        """
        taken = {
            "workspace_id": deployment.workspace_id,
            "source_config": deployment.source_config.apply(_revision_part),
            "source_revision_config": deployment.source_revision_config,
            "secret_fingerprints": deployment.secret_fingerprints,
            "secret_references": deployment.secret_references,
            "revision_source": deployment.revision_source,
            "tracked_packages": deployment.tracked_packages,
            "route_through_gateway": deployment.route_through_gateway,
            "triggers": deployment.triggers,
        }
        props: dict[str, Any] = {
            **dict.fromkeys(_ROLLOUT_OUTPUTS),
            **({} if custom_url is None else {"url": custom_url, "custom_url": custom_url}),
            **{key: value for key, value in taken.items() if key in given},
            "deployment_id": deployment.id if read_id is None else read_id,
            "revision_id": deployment.requested_revision_id,
            READ_ONLY: None if read_id is None else True,
            "wait": wait,
            "timeout": timeout,
            "progress_urn": pulumi.create_urn(resource_name, _type(Rollout), deployment),
        }
        opts = pulumi.ResourceOptions(parent=deployment, id=read_id)
        super().__init__(RolloutProvider(), resource_name, props, opts)
        _hide_internals(self)


class Deployment(Resource, module="langsmith", name="Deployment"):
    """An agent, deployed by the LangSmith control plane.

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

    The plan tells what a change costs: ``~ Deployment`` alone is in place; ``~ Deployment`` with
    ``~ Rollout`` is a new revision; ``+-`` on both is a replacement, which loses the deployment's
    database and threads. Each argument below says which it is.

    Fields that a program leaves out are not managed: what the service fills in is no change.

    ``ResourceOptions(import_=ID)`` adopts a deployment that exists: nothing is made anew, a fixed
    field that differs is refused, and the rest is patched where it differs.
    """

    name: pulumi.Output[str]
    """The deployment's name, which is its tracing project's name too."""
    display_name: pulumi.Output[str | None]
    """The name that people see in the dashboard."""
    source: pulumi.Output[str]
    """Where the agent comes from."""
    source_config: pulumi.Output[Mapping[str, Any]]
    """The deployment-wide configuration, as the program wrote it."""
    source_revision_config: pulumi.Output[Mapping[str, Any]]
    """What the newest revision is built from, as the program wrote it."""
    secrets: pulumi.Output[Mapping[str, str]]
    """The environment variables, as the program wrote them; always secret."""
    secret_fingerprints: pulumi.Output[Mapping[str, str]]
    """A keyed hash per variable, by which a plan names the one that changed."""
    secret_references: pulumi.Output[Sequence[Any] | None]
    """The environment variables that come from Kubernetes Secrets."""
    revision_source: pulumi.Output[str | None]
    """Source of the newest revision, where it differs from the deployment's."""
    tracked_packages: pulumi.Output[Sequence[str] | None]
    """Packages recorded with the newest revision."""
    route_through_gateway: pulumi.Output[bool | None]
    """Whether model calls go through the vendor's gateway."""
    triggers: pulumi.Output[Any]
    """The values whose change asks for a new revision."""
    workspace_id: pulumi.Output[str | None]
    """The workspace that the program names; without one it is that of the settings."""
    status: pulumi.Output[str]
    """State of the deployment when last seen, by the rollout or a refresh.

    ``READY`` says nothing of its newest revision.
    """
    latest_revision_id: pulumi.Output[str]
    """The newest revision, whatever its state, whoever asked for it."""
    requested_revision_id: pulumi.Output[str]
    """The revision that this program's last change asked for."""
    tenant_id: pulumi.Output[str]
    """The workspace that the deployment was made in."""
    control_plane_url: pulumi.Output[str]
    """The control plane that the deployment was made on."""
    created_at: pulumi.Output[str]
    """When it was made (ISO 8601)."""
    updated_at: pulumi.Output[str]
    """When it was last changed (ISO 8601)."""

    rollout: Rollout
    """The wait for the newest revision, for ``depends_on`` of what needs the agent to serve."""
    url: pulumi.Output[str]
    """Where the agent is served. Whatever uses it waits for the rollout."""
    active_revision_id: pulumi.Output[str]
    """The revision that serves."""
    repo_commit_sha: pulumi.Output[str | None]
    """The commit that was built (``github`` only)."""
    image_version: pulumi.Output[str | None]
    """Version of the agent server that the image holds."""

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
        secret_references: pulumi.Input[
            Sequence[pulumi.Input[inputs.SecretReferenceArgs | inputs.SecretReferenceArgsDict]]
        ]
        | None = None,
        name: pulumi.Input[str] | None = None,
        display_name: pulumi.Input[str] | None = None,
        revision_source: pulumi.Input[inputs.RevisionSource] | None = None,
        tracked_packages: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        route_through_gateway: pulumi.Input[bool] | None = None,
        triggers: pulumi.Input[Mapping[str, Any] | Sequence[Any]] | None = None,
        wait_for_rollout: pulumi.Input[bool] = True,
        rollout_timeout: pulumi.Input[float] | None = None,
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
            secrets: Environment variables, by name; every value is treated as a secret. The set is
                owned whole: a variable that is not named here is removed. A change makes a new
                revision. Left out, the variables are not managed.
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
            triggers: Any values; a change of one asks for a new revision of the same configuration.
            wait_for_rollout: Whether ``up`` waits until the revision serves, and fails if it does
                not. Without the wait a failed revision goes unnoticed by Pulumi. Default true.
            rollout_timeout: Seconds to wait for a revision, and for a deletion. Default 1800.
                Changes in place, without a request; ``custom_timeouts`` never reach a dynamic
                provider.
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
        props: dict[str, Any] = {
            "name": name,
            "default_name": resource_name if name is None else None,
            "display_name": display_name,
            "source": source,
            "source_config": source_config,
            "source_revision_config": source_revision_config,
            "secrets": _all_secret(secrets),
            "secret_salt": None if secrets is None else pulumi.Output.secret(""),
            VARIABLE_NAMES: _names(secrets),
            "secret_references": secret_references,
            "revision_source": revision_source,
            "tracked_packages": tracked_packages,
            "route_through_gateway": route_through_gateway,
            "triggers": triggers,
            "rollout_timeout": rollout_timeout,
            "delete_tracing_project": delete_tracing_project,
            "workspace_id": workspace_id,
            "import_id": import_id,
            READ_ONLY: True if opts.id is not None else None,
            OPTIONS: _options(opts),
            "progress_urn": _own_urn(resource_name, opts.parent),
        }
        given = {key for key, value in props.items() if value is not None}
        if secrets is not None:
            given.add("secret_fingerprints")
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
            read_id=opts.id,
        )
        if wait_for_rollout is True and not opts.ignore_changes and opts.id is None:
            _warn_if_not_waited_for(self, self.rollout, given)
        _hide_internals(self)
        self.status = _status(self, self.rollout)
        self.url = _url(self, self.rollout, custom_url)
        self.active_revision_id = self.rollout.active_revision_id
        self.repo_commit_sha = self.rollout.repo_commit_sha
        self.image_version = self.rollout.image_version


_OUTPUTS = (
    "secret_fingerprints",
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

    The SDK drops a value that is None, and the variable with it, so that one is marked instead.
    """
    if isinstance(secrets, Mapping):
        return {name: _secret(value) for name, value in secrets.items()}
    if secrets is None:
        return None
    return pulumi.Output.secret(secrets).apply(_with_marks)


def _names(secrets: Any) -> Any:
    """Return the names of the variables, by which the provider knows one that was added later."""
    if secrets is None:
        return None
    if isinstance(secrets, Mapping):
        return sorted(secrets)
    names = pulumi.Output.from_input(secrets).apply(lambda found: sorted(found or {}))
    return pulumi.Output.unsecret(names)


def _secret(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.secret(value).apply(_marked)


def _with_marks(secrets: Any) -> Any:
    if not isinstance(secrets, Mapping):
        return secrets
    return {name: _marked(value) for name, value in secrets.items()}


def _marked(value: Any) -> Any:
    return NO_VALUE if value is None else value


def _warn_of_options(resource_name: str, opts: pulumi.ResourceOptions) -> None:
    """Warn of resource options that would do nothing, and say what does."""
    outputs = [name for name in opts.additional_secret_outputs or () if name in _OF_THE_ROLLOUT]
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


_OF_THE_ROLLOUT = ("url", "active_revision_id", "repo_commit_sha", "image_version", "status")


def _hide_internals(resource: Resource) -> None:
    """Take the provider's own properties off a resource that a program may export whole."""
    for key in _INTERNAL:
        resource.__dict__.pop(key, None)


def _status(deployment: Deployment, rollout: Rollout) -> pulumi.Output[str]:
    """Return the status that the rollout has seen, which comes after the deployment's own."""
    own = deployment.status
    seen: pulumi.Output[Any] = rollout.__dict__["status"]
    return seen.apply(
        lambda status: own if status is None or isinstance(status, Unknown) else status,
        run_with_unknowns=True,
    )


def _warn_if_not_waited_for(
    deployment: Deployment, rollout: Rollout, given: AbstractSet[str]
) -> None:
    """Warn where a change makes a revision and its rollout is left out of the operation.

    ``--target`` on a deployment alone does so: the engine answers with the rollout's old state.
    """
    fields = [key for key in _REVISION_INPUTS if key in given]
    new = [_as_compared(key, getattr(deployment, key)) for key in fields]
    old = [_as_compared(key, getattr(rollout, key)) for key in fields]
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


def _as_compared(key: str, value: pulumi.Output[Any]) -> pulumi.Output[Any]:
    return value.apply(_revision_part) if key == "source_config" else value


_REVISION_INPUTS = (
    "source_config",
    "source_revision_config",
    "secret_fingerprints",
    "secret_references",
    "revision_source",
    "tracked_packages",
    "route_through_gateway",
    "triggers",
)


def _options(opts: pulumi.ResourceOptions) -> dict[str, Any] | None:
    """Return the resource options that the provider has to know; None if there are none."""
    given = {
        "delete_before_replace": opts.delete_before_replace,
        "ignore_changes": opts.ignore_changes or None,
        "replace_on_changes": opts.replace_on_changes or None,
        "retain_on_delete": opts.retain_on_delete or None,
    }
    return {key: value for key, value in given.items() if value is not None} or None


def _revision_part(source_config: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of the deployment-wide configuration goes into a revision."""
    config = source_config or {}
    return {key: config[key] for key in _REVISION_KEYS if config.get(key) is not None}


def _may_name_url(source_config: Any) -> bool:
    """Return whether the program gives the URL, as far as can be told before outputs are known."""
    if source_config is None or isinstance(source_config, pulumi.Output):
        return source_config is not None
    if isinstance(source_config, Mapping):
        return source_config.get("custom_url") is not None
    return getattr(source_config, "custom_url", None) is not None


def _custom_url(source_config: Any) -> Any:
    """Return the URL that the program gives, None if there is none; unknown if that is unknown."""
    if isinstance(source_config, Mapping):
        return source_config.get("custom_url")
    return source_config if isinstance(source_config, Unknown) else None


def _url(
    deployment: Deployment, rollout: Rollout, custom_url: pulumi.Output[str | None] | None
) -> pulumi.Output[str]:
    """Return where the agent is served: as the program says, or else as the rollout has seen.

    A preview knows no outputs of a rollout that is due. The URL does not change with a revision,
    so it is taken from the rollout's id then.
    """

    def served(url: Any) -> Any:
        if isinstance(url, Unknown):
            return rollout.id.apply(lambda own_id: url_in(own_id) or rollout.url)
        return url or rollout.id.apply(url_in)

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


def _own_urn(name: str, parent: pulumi.Resource | None) -> pulumi.Output[str]:
    """The URN a deployment will have, which a provider is not told and needs to show progress.

    The parent's URN is taken without its dependency: a component's includes its children, and so
    this very resource.
    """
    if parent is None:
        return pulumi.create_urn(name, _type(Deployment))
    untracked: pulumi.Output[Any] = pulumi.Output.from_input(parent.urn.future())
    return pulumi.create_urn(name, _type(Deployment), untracked)


def _type(resource: type[Resource]) -> str:
    return f"pulumi-python:{resource._resource_type_name}"  # noqa: SLF001 - the SDK has no other name for it
