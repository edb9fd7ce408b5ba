"""Validation of a listener's inputs at preview, before any request.

Only known values are validated; an unknown value is validated during ``up``.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, StrictStr, ValidationError

from langsmith_pulumi.control_plane.models import ListenerComputeConfig, explain
from langsmith_pulumi.control_plane.models.fields import Id, NonEmpty

from .changes import K8S_NAMESPACES
from .properties import get_path, is_unknown, unknown_paths, without_unknowns
from .validation import check_control_plane_url
from .validation_problem import ValidationProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .properties import Properties

_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_MAX_NAMESPACE_LENGTH = 63
"""A namespace is a label of DNS (RFC 1123), as the documentation of Kubernetes says."""


class _Inputs(BaseModel):
    """The inputs of a listener, each validated alone; the rules below say more of some."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    compute_type: Literal["k8s"]
    compute_id: NonEmpty
    compute_config: ListenerComputeConfig
    version: NonEmpty | None = None
    workspace_id: Id | None = None
    control_plane_url: StrictStr | None = None
    import_id: Id | None = None


def validate_listener(inputs: Properties) -> list[ValidationProblem]:
    """Return the problems of the known inputs; a field has those of a rule or of its type."""
    rules = (_check_compute_id, _check_namespaces, check_control_plane_url)
    found = [problem for rule in rules for problem in rule(inputs)]
    reported = {problem.path for problem in found}
    return [*found, *(one for one in _check_types(inputs) if one.path not in reported)]


def _check_compute_id(inputs: Properties) -> Iterator[ValidationProblem]:
    compute_id = inputs.get("compute_id")
    if isinstance(compute_id, str) and not compute_id.strip():
        yield ValidationProblem("compute_id", "must not be empty; it is the name of the cluster")


def _check_namespaces(inputs: Properties) -> Iterator[ValidationProblem]:
    names = get_path(inputs, K8S_NAMESPACES)
    if names is None or names == []:
        yield ValidationProblem(K8S_NAMESPACES, "needs at least one namespace")
    if not isinstance(names, list):
        return
    known = [name for name in names if isinstance(name, str)]
    for index, name in enumerate(names):
        if isinstance(name, str) and not _is_namespace(name):
            yield ValidationProblem(
                f"{K8S_NAMESPACES}.{index}",
                "is no name of a Kubernetes namespace: lower-case letters, digits and dashes, at "
                f"most {_MAX_NAMESPACE_LENGTH} characters, without a dash at either end",
            )
    for name, count in Counter(known).items():
        if count > 1 and _is_namespace(name):
            yield ValidationProblem(K8S_NAMESPACES, f"names {name!r} {count} times")


def _is_namespace(name: str) -> bool:
    return bool(_NAMESPACE.fullmatch(name)) and len(name) <= _MAX_NAMESPACE_LENGTH


def _check_types(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield the problems of each field alone; an unknown field is not a missing one."""
    unknown = unknown_paths(inputs)
    try:
        _Inputs.model_validate(without_unknowns(inputs))
    except ValidationError as invalid:
        for path, reason in explain(invalid):
            if path not in unknown and not is_unknown(get_path(inputs, path)):
                yield ValidationProblem(path, reason)
