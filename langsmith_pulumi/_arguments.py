"""Convert what a resource class gives the SDK: its arguments, options, URN and types."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

import pulumi

from .inputs.health_check import HealthCheckArgs
from .provider.properties import HIDDEN_VALUE, NO_VALUE, OPTIONS, READ_ONLY, VARIABLE_NAMES, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from pulumi.dynamic import Resource

ResourceType = TypeVar("ResourceType", bound=type[pulumi.Resource])

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
_ROLLOUT_PROPERTIES = ("url", "active_revision_id", "repo_commit_sha", "image_version", "status")


def all_secret(secrets: Any) -> Any:
    """Make each value a secret, so that plans hide it and still show its name.

    The SDK drops a variable whose value is None, so ``NO_VALUE`` is sent for it.
    """
    if isinstance(secrets, Mapping):
        return {name: _secret(value) for name, value in secrets.items()}
    if secrets is None:
        return None
    return pulumi.Output.secret(secrets).apply(_with_no_values)


def all_plain(variables: Any) -> Any:
    """Replace each value that is a secret, which a plain map would show; the provider refuses it.

    Only the program's process knows which values are secret.
    """
    if variables is None:
        return None
    if isinstance(variables, Mapping):
        return {name: _plain(value, _or_no_value) for name, value in variables.items()}
    return _plain(
        variables, lambda found: all_plain(found) if isinstance(found, Mapping) else found
    )


def _plain(value: Any, convert: Callable[[Any], Any]) -> Any:
    if isinstance(value, (str, int, float)) or value is None:
        return convert(value)
    output = value if isinstance(value, pulumi.Output) else pulumi.Output.from_input(value)
    is_secret: pulumi.Output[bool] = pulumi.Output.from_input(_is_secret(output))
    return is_secret.apply(lambda hidden: HIDDEN_VALUE if hidden else output.apply(convert))


async def _is_secret(output: pulumi.Output[Any]) -> Any:
    return await output.is_secret()


def with_secret_headers(health_check: Any) -> Any:
    """Make each value of the headers a secret, or the whole if it is an output."""
    if health_check is None or isinstance(health_check, bool):
        return health_check
    names = ("path", "successes", "interval", "timeout", "headers")
    if isinstance(health_check, HealthCheckArgs):
        health_check = {name: getattr(health_check, name) for name in names}
    if not isinstance(health_check, Mapping):
        return pulumi.Output.secret(health_check)
    return {**health_check, "headers": all_secret(health_check.get("headers"))}


def names_of(secrets: Any) -> Any:
    """Return the names of the secrets, by which the provider recognizes ones added later."""
    if secrets is None:
        return None
    if isinstance(secrets, Mapping):
        return sorted(secrets)
    names = pulumi.Output.from_input(secrets).apply(lambda found: sorted(found or {}))
    return pulumi.Output.unsecret(names)


def _secret(value: Any) -> pulumi.Output[Any]:
    if isinstance(value, str):
        return pulumi.Output.secret(value)
    return pulumi.Output.secret(value).apply(_or_no_value)


def _with_no_values(secrets: Any) -> Any:
    if not isinstance(secrets, Mapping):
        return secrets
    return {name: _or_no_value(value) for name, value in secrets.items()}


def _or_no_value(value: Any) -> Any:
    return NO_VALUE if value is None else value


def warn_of_options(resource_name: str, opts: pulumi.ResourceOptions) -> None:
    """Warn of options of a deployment without effect, and name the alternative."""
    outputs = [name for name in opts.additional_secret_outputs or () if name in _ROLLOUT_PROPERTIES]
    warn_of_timeouts(
        f"Deployment {resource_name!r}", opts, "; use the argument rollout_timeout (in seconds)"
    )
    if outputs:
        pulumi.log.warn(
            f"Deployment {resource_name!r}: additional_secret_outputs cannot make "
            f"{', '.join(outputs)} secret, which the rollout brings; use pulumi.Output.secret("
            f"deployment.{outputs[0]}) where it is used."
        )


def warn_of_timeouts(label: str, opts: pulumi.ResourceOptions, remedy: str = "") -> None:
    """Warn of ``custom_timeouts``, which have no effect, and name the alternative."""
    if opts.custom_timeouts:
        pulumi.log.warn(
            f"{label}: custom_timeouts never reach a dynamic provider and do nothing here{remedy}."
        )


def options_of(opts: pulumi.ResourceOptions) -> dict[str, Any] | None:
    """Return the resource options for the provider, or None."""
    given = {
        "delete_before_replace": opts.delete_before_replace,
        "ignore_changes": opts.ignore_changes or None,
        "replace_on_changes": opts.replace_on_changes or None,
        "retain_on_delete": opts.retain_on_delete or None,
    }
    return {key: value for key, value in given.items() if value is not None} or None


def with_types(resource: ResourceType) -> ResourceType:
    """Replace the annotations of a class, which are texts, by the types that they name.

    The SDK evaluates them anew for each resource, which takes long in a large program.
    """
    own = type(resource.__name__, (), {"__annotations__": resource.__annotations__})
    module = vars(sys.modules[resource.__module__])
    names = {"Mapping": Mapping, "Sequence": Sequence}
    resource.__annotations__ = get_type_hints(own, module, names)
    return resource


def without_unset(props: Mapping[str, Any], kept: Container[str]) -> dict[str, Any]:
    """Leave out properties that are None, but for those that a program may read.

    The SDK makes an output of each property, and outputs take most of the time of a large program.
    """
    return {key: value for key, value in props.items() if value is not None or key in kept}


def remove_internals(resource: Resource) -> None:
    """Remove the provider's own properties from a resource, which a program may export."""
    for key in _INTERNAL:
        resource.__dict__.pop(key, None)


def urn_of(
    resource: type[Resource], name: str, parent: pulumi.Resource | None
) -> pulumi.Input[str]:
    """Return the URN of a resource, which the provider needs to show progress.

    The parent's URN is used without its dependencies, because those of a component include its
    children, and so this resource.
    """
    if parent is None:
        prefix = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::"
        return f"{prefix}{type_of(resource)}::{name}"
    untracked: pulumi.Output[Any] = pulumi.Output.from_input(parent.urn.future())
    return child_urn(untracked, resource, name)


def child_urn(
    parent: pulumi.Output[str], resource: type[Resource], name: str
) -> pulumi.Output[str]:
    """Return the URN of a child; `pulumi.create_urn` makes more outputs, which take time."""
    return parent.apply(lambda urn: f"{urn.rpartition('::')[0]}${type_of(resource)}::{name}")


def type_of(resource: type[Resource]) -> str:
    return f"pulumi-python:{resource._resource_type_name}"  # noqa: SLF001 - the SDK has no other name for it
