"""The goal state of a resource, read from the program's registration."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .aliases import Alias, read_aliases
from .errors import NeedsPulumiError
from .state import Entry
from .urns import is_dynamic_type, is_provider_type
from .values import Properties, from_struct


@dataclass(frozen=True)
class Goal:
    """The goal state of a resource."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    inputs: Properties = field(default_factory=dict)
    delete_before_replace: bool | None = None
    aliases: list[Alias] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    """The options that the state keeps, by the field names of `Entry`."""

    def entry(self, urn: str, **more: Any) -> Entry:
        """Return the goal as an entry without id and outputs."""
        given = {"parent": self.parent, "inputs": self.inputs, **self.options, **more}
        return Entry(urn=urn, custom=self.custom, type=self.type, **given)


def read_goal(request: Any) -> Goal:
    """Return the goal of a `RegisterResourceRequest`; raise an error if it is not supported."""
    _reject_unsupported(request)
    inputs = from_struct(request.object)
    chosen = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        delete_before_replace=request.deleteBeforeReplace if chosen else None,
        aliases=read_aliases(request),
        options=_options(request, inputs),
    )


def _options(request: Any, inputs: Properties) -> dict[str, Any]:
    return {
        "protect": request.protect,
        "dependencies": sorted(request.dependencies),
        "property_dependencies": _property_dependencies(request, inputs),
        "additional_secret_outputs": list(request.additionalSecretOutputs),
        "custom_timeouts": _timeouts(request.customTimeouts),
        "retain_on_delete": request.retainOnDelete,
        "deleted_with": request.deletedWith,
        "ignore_changes": list(request.ignoreChanges),
        "replace_on_changes": list(request.replaceOnChanges),
    }


def _property_dependencies(request: Any, inputs: Properties) -> dict[str, list[str]]:
    if request.propertyDependencies:
        named = request.propertyDependencies.items()
        return {key: sorted(dependencies.urns) for key, dependencies in named}
    everything = sorted(request.dependencies)
    return dict.fromkeys(inputs, everything) if everything else {}


def _timeouts(timeouts: Any) -> dict[str, float]:
    texts = {key: getattr(timeouts, key, "") for key in ("create", "update", "delete", "read")}
    return {key: _seconds(text) for key, text in texts.items() if text}


def _seconds(duration: str) -> float:
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", duration)
    return sum(float(number) * units[unit] for number, unit in parts)


def _reject_unsupported(request: Any) -> None:
    given = {field.name for field, _ in request.ListFields()}  # older SDKs lack some fields
    requested = {
        "remote components": request.remote,
        "import of existing resources": request.importId,
        "transforms": request.transforms,
        "resource hooks": "hooks" in given and request.hooks.ListFields(),
        "the option replace_with": "replace_with" in given,
        "the option replacement_trigger": "replacement_trigger" in given,
        "state migrations": "state_migrations" in given,
        "explicit providers": is_provider_type(request.type) or request.provider,
        "package references": request.packageRef,
        f"resources other than dynamic ones ({request.type})": (
            request.custom and not is_dynamic_type(request.type)
        ),
    }
    for feature, is_requested in requested.items():
        if is_requested:
            raise NeedsPulumiError(feature)
