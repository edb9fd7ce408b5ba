"""From inputs and changes to the bodies of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.models import DeploymentCreateRequest, DeploymentPatchRequest

from . import bags
from .changes import (
    BUILD_ON_PUSH,
    REPO_REF,
    RESOURCE_SPEC,
    REVISION_CONFIG,
    SECRETS,
    Change,
    Changed,
    of_kind,
)
from .markers import restore

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag

_CREATED_WITH = (
    "name",
    "source",
    "source_config",
    REVISION_CONFIG,
    "secret_references",
    "route_through_gateway",
)

_CREATE_DEFAULTS: dict[str, dict[str, Any]] = {
    # Required by the service on create, though a program need not care.
    "github": {BUILD_ON_PUSH: False},
    "external_docker": {RESOURCE_SPEC: {}},
}

_WITH_FREE_TEXT = ("source_config", REVISION_CONFIG)
"""Where a marker may stand in place of a live value."""

_MAKES_A_REVISION = (REVISION_CONFIG, SECRETS, RESOURCE_SPEC, "secret_references")
"""What the service makes a revision for; other revision fields go along with one of these."""


def create_body(props: Bag) -> DeploymentCreateRequest:
    """The POST that makes a deployment."""
    body: Bag = {"source_config": {}, REVISION_CONFIG: {}}
    body |= {key: bags.compact(props[key]) for key in _CREATED_WITH if props.get(key) is not None}
    for path, default in _CREATE_DEFAULTS.get(props["source"], {}).items():
        if bags.get(body, path) is None:
            bags.put(body, path, default)
    body[SECRETS] = _secret_list(props.get(SECRETS) or {})
    return DeploymentCreateRequest.model_validate(body)


def display_name_body(display_name: str) -> DeploymentPatchRequest:
    """The PATCH that names a new deployment."""
    return DeploymentPatchRequest.model_validate({"display_name": display_name})


def patch_body(
    news: Bag, changed: list[Changed], live_spec: Bag, live: Deployment | None = None
) -> DeploymentPatchRequest:
    """The PATCH that carries what changed and no more.

    A revision whose cause is not part of a PATCH (``triggers``), or makes none by itself (a build
    command), is made by sending the revision's configuration again, unchanged. Where there is none
    to send, it takes a redeploy besides. ``live`` has the values that ``ignore_changes`` keeps.
    """
    body: Bag = {}
    for path in _paths_to_send(news, changed):
        bags.put(body, path, bags.get(news, path))
    if RESOURCE_SPEC in _fields(changed):
        body["source_config"]["resource_spec"] = {**live_spec, **bags.get(news, RESOURCE_SPEC)}
    if SECRETS in body:
        body[SECRETS] = _secret_list(body[SECRETS])
    if of_kind(changed, Change.REVISION) and not _makes_a_revision(body):
        body[REVISION_CONFIG] = news.get(REVISION_CONFIG) or None
    body |= restore({key: body[key] for key in _WITH_FREE_TEXT if key in body}, _shown(live))
    return DeploymentPatchRequest.model_validate(bags.compact(body))


def _shown(live: Deployment | None) -> Bag:
    return {key: getattr(live, key) for key in _WITH_FREE_TEXT} if live else {}


def _paths_to_send(news: Bag, changed: list[Changed]) -> list[str]:
    fields = _fields(changed)
    paths = [path for path, sent in fields.items() if sent]
    if any(path.startswith(f"{REVISION_CONFIG}.") for path in fields):
        paths.append(REVISION_CONFIG)
    if REPO_REF in fields and bags.get(news, BUILD_ON_PUSH) is not None:
        # Checked together: a new ref would be held against the old flag.
        paths.append(BUILD_ON_PUSH)
    return paths


def _fields(changed: list[Changed]) -> dict[str, bool]:
    return {change.field.path: change.field.sent for change in changed}


def _makes_a_revision(body: Bag) -> bool:
    return any(bags.get(body, path) is not None for path in _MAKES_A_REVISION)


def _secret_list(values: Bag) -> list[Bag]:
    return [{"name": name, "value": value} for name, value in sorted(values.items())]
