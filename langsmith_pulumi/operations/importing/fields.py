"""The fields of a live deployment as arguments of ``Deployment``, without variables.

Only what a person would write is returned: no defaults of the service, nothing that it fills in by
itself, and no field that a program cannot set for the source. The others are named in notes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langsmith_pulumi.control_plane.comparison import live_values
from langsmith_pulumi.control_plane.models import (
    ResourceSpec,
    SecretReference,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
    Volume,
)
from langsmith_pulumi.control_plane.text import printable
from langsmith_pulumi.inputs import SourceConfigArgsDict, SourceRevisionConfigArgsDict
from langsmith_pulumi.provider.normalize import nested_models, wire_names
from langsmith_pulumi.provider.sizes import (
    COMPUTE_SIZE,
    DATABASE_SIZE,
    DEPLOYMENT_TYPE,
    SIZES,
    family,
)
from langsmith_pulumi.provider.sources import FIELDS_OF_SOURCES, PUSHED_LATER, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from langsmith_pulumi.control_plane.responses import LiveDeployment

Arguments = dict[str, Any]

_DEFAULTS: dict[type[BaseModel], dict[str, Any]] = {
    SourceConfigRequest: {"build_on_push": False},
    ResourceSpec: {"min_scale": 1, "max_scale": 1, "cpu": 1, "memory_mb": 2048},
}
"""Values that the service fills in where a program says nothing (vendor's Terraform provider)."""

_OF_THE_SERVICE = {
    "source_config.repo_branch",
    "source_config.compute_tier",
    "source_config.database_tier",
    "source_config.custom_url",
    "source_config.deployment_type",
    "source_config.build_on_push",
    "source_revision_config.repo_commit_sha",
    "source_revision_config.tracked_packages",
    "source_revision_config.image_uri",
    "source_revision_config.repo_ref",
}
"""Fields that the service shows by itself, for sources too that do not take them."""

_PUSHED = ("image_uri", "source_tarball_path")
_USER_OF_URL = re.compile(r"(?<=://)(?!git@)[^/@\s]+@")


def arguments(live: LiveDeployment) -> tuple[Arguments, list[str]]:
    """Return the arguments of a deployment of a known source, and notes on what they lack."""
    notes: list[str] = []
    found = {
        "display_name": live.display_name if live.display_name != live.name else None,
        "source": live.source,
        "source_config": _source_config(live, notes),
        "source_revision_config": _revision_config(live, notes),
        **_sizes(live),
        "route_through_gateway": live.route_through_gateway or None,
        "secret_references": _references(live, notes),
    }
    return {name: value for name, value in found.items() if value not in (None, "", {}, [])}, notes


def _source_config(live: LiveDeployment, notes: list[str]) -> Arguments:
    shown = dict(live.source_config)
    if _is_made_by_the_service(live, shown.get("custom_url")):
        del shown["custom_url"]
    url = shown.get("repo_url")
    if isinstance(url, str) and _USER_OF_URL.search(url):
        shown["repo_url"] = _USER_OF_URL.sub("", url)
        notes.append("source_config.repo_url contains credentials, which the program leaves out")
    found = _expressible("source_config", shown, live.source, SourceConfigRequest, notes)
    return _in_order(found, SourceConfigArgsDict)


def _is_made_by_the_service(live: LiveDeployment, url: Any) -> bool:
    """Return True for an address of the form ``https://<name>-<hash>...``."""
    host = urlsplit(url).hostname if isinstance(url, str) else None
    label = (host or "").partition(".")[0]
    return bool(re.fullmatch(rf"{re.escape(live.name)}-[0-9a-f]{{16,}}", label))


def _revision_config(live: LiveDeployment, notes: list[str]) -> Arguments:
    shown = dict(live.source_revision_config)
    if live.source == "github":
        shown["repo_ref"] = _repo_ref(live, notes)
    if live.source in PUSHED_LATER:
        pushed = [key for key in _PUSHED if shown.pop(key, None)]
        notes += [
            f"source_revision_config.{key} stays as it is: it was pushed by another tool, which "
            "goes on pushing"
            for key in pushed
        ]
    path, model = "source_revision_config", SourceRevisionConfigRequest
    found = _expressible(path, shown, live.source, model, notes)
    return _in_order(found, SourceRevisionConfigArgsDict)


def _repo_ref(live: LiveDeployment, notes: list[str]) -> Any:
    """Return the branch or tag, or the built commit if the service shows nothing else."""
    ref = live_values(live, requested={})["source_revision_config"]["repo_ref"]
    shown = live.source_revision_config.get("repo_ref")
    if not ref and shown:
        notes.append(
            f"source_revision_config.repo_ref is the commit {printable(str(shown))[:64]}, for the "
            "service shows no branch; write the branch if it follows one"
        )
    return ref or shown


def _expressible(
    part: str, shown: Arguments, source: str, model: type[BaseModel], notes: list[str]
) -> Arguments:
    """Return the fields that a program can set for the source; note the others that have values."""
    rule = SOURCES[source]
    foreign = _top_fields(FIELDS_OF_SOURCES) - _top_fields((*rule.needs, *rule.allows))
    settable = {(part, name) for name in model.model_fields} - foreign
    kept: Arguments = {}
    for key, value in shown.items():
        if (part, key) in settable:
            kept[key] = value
        elif value not in (None, "", [], {}, False) and f"{part}.{key}" not in _OF_THE_SERVICE:
            notes.append(
                f"{part}.{printable(key)} stays as it is: a program cannot set it for source "
                f"{source!r}"
            )
    named: Arguments = _in_python_names(kept, model, part, notes)
    return named


def _top_fields(paths: Iterable[str]) -> set[tuple[str, ...]]:
    """Return the first two parts of each path, such as ``source_config`` and ``repo_url``."""
    return {tuple(path.split(".")[:2]) for path in paths}


def _in_python_names(value: Any, model: type[BaseModel], path: str, notes: list[str]) -> Any:
    """Return a value with the names that programs use, without nulls and defaults."""
    if isinstance(value, list):
        return [
            _in_python_names(item, model, f"{path}[{index}]", notes)
            for index, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    names = {wire: name for name, wire in wire_names(model).items()}
    inner, found = nested_models(model), {}
    for key, item in value.items():
        if key not in names:
            notes += [_unknown(path, key)] if item is not None else []
        elif key in inner:
            found[names[key]] = _in_python_names(item, inner[key], f"{path}.{key}", notes)
        else:
            found[names[key]] = _whole(item)
    return {name: found[name] for name in names.values() if _is_meant(model, name, found.get(name))}


def _unknown(path: str, key: str) -> str:
    where, _, below = path.partition("[")
    until = f" until the program changes {where}" if below else ""
    return f"{printable(f'{path}.{key}')} stays as it is{until}: this version does not know it"


def _is_meant(model: type[BaseModel], name: str, value: Any) -> bool:
    """Return True for a value that a program has to name."""
    if value is None or value == [] or (value == {} and model is not Volume):
        return False
    default = _DEFAULTS.get(model, {}).get(name)
    return default is None or value != default


def _whole(value: Any) -> Any:
    """Return a value without nulls in objects, and with 2.0 as 2."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _in_order(found: Arguments, arguments_type: type) -> Arguments:
    return {name: found[name] for name in arguments_type.__annotations__ if name in found}


def _sizes(live: LiveDeployment) -> Arguments:
    """Return the sizes that are not the smallest, which a deployment has by default."""
    if DEPLOYMENT_TYPE not in SOURCES[live.source].needs:
        return {}
    shown = live_values(live, requested={})
    kind = family(live.source_config.get("deployment_type"))
    fields = {"Dedicated": (COMPUTE_SIZE, DATABASE_SIZE), "Serverless": (COMPUTE_SIZE,)}
    return {
        field: shown[field]
        for field in fields.get(kind or "", ())
        if shown[field] not in (None, SIZES[0])
    }


def _references(live: LiveDeployment, notes: list[str]) -> Any:
    shown = live.secret_references or []
    if shown and "secret_references" not in SOURCES[live.source].allows:
        notes.append(
            f"secret_references stay as they are: a program cannot set them for {live.source!r}"
        )
        return []
    return _in_python_names(shown, SecretReference, "secret_references", notes)
