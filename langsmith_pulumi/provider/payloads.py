"""Request bodies from inputs and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.models import (
    DeploymentCreateRequest,
    DeploymentPatchRequest,
    ResourceTiersRequest,
)

from .changes import (
    BUILD_ON_PUSH,
    FIELDS,
    REPO_REF,
    RESOURCE_SPEC,
    REVISION_CONFIG,
    ChangedField,
    Impact,
    with_impact,
)
from .fingerprints import restore_live_text
from .folder.difference import ARCHIVE_PATH, DIGEST, PATH
from .properties import get_path, set_path, without_nulls
from .sizes import sent_type, tiers
from .variables import SECRETS, VARIABLE_MAPS, all_variables

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .properties import Properties

_CREATED_WITH = (
    "name",
    "source",
    "source_config",
    REVISION_CONFIG,
    "secret_references",
    "route_through_gateway",
)

_CREATE_DEFAULTS: dict[str, dict[str, Any]] = {
    # The service requires them on create; a program may leave them out.
    "github": {BUILD_ON_PUSH: False},
    "external_docker": {RESOURCE_SPEC: {}},
}

_WITH_FREE_TEXT = ("source_config", REVISION_CONFIG)
"""Objects in which a marker may stand for a live value."""


def create_request(props: Properties) -> DeploymentCreateRequest:
    """Return the POST that creates a deployment."""
    body: Properties = {"source_config": {}, REVISION_CONFIG: {}}
    body |= {key: without_nulls(props[key]) for key in _CREATED_WITH if props.get(key) is not None}
    for path, default in _CREATE_DEFAULTS.get(props["source"], {}).items():
        if get_path(body, path) is None:
            set_path(body, path, default)
    if props.get(PATH) is not None:
        _take_out_revision(body)
    tier = body["source_config"].get("deployment_type")
    if tier is not None:
        body["source_config"]["deployment_type"] = sent_type(tier)
    body[SECRETS] = _secret_list(all_variables(props) or {})
    return DeploymentCreateRequest.model_validate(body)


def _take_out_revision(body: Properties) -> None:
    """Take out what belongs to the first revision, which a PATCH makes after the upload."""
    body[REVISION_CONFIG] = {}
    for command in ("install_command", "build_command"):
        body["source_config"].pop(command, None)


def display_name_request(display_name: str) -> DeploymentPatchRequest:
    """Return the PATCH that names a new deployment."""
    return DeploymentPatchRequest.model_validate({"display_name": display_name})


def resize_request(news: Properties) -> ResourceTiersRequest:
    """Return the PATCH that sets the sizes of a deployment on Cloud."""
    return ResourceTiersRequest.model_validate(tiers(news))


def patch_request(
    news: Properties,
    changed: list[ChangedField],
    live_spec: Properties,
    live: LiveDeployment | None = None,
) -> DeploymentPatchRequest:
    """Return the PATCH that contains the changes and nothing else.

    A revision whose cause is not part of a PATCH (``triggers``), or makes none by itself (a build
    command), is made by sending the revision's configuration again, unchanged. Without such a
    configuration it takes a redeploy as well. ``live`` has the values kept by ``ignore_changes``.
    """
    body: Properties = {}
    for path in _paths_to_send(news, changed):
        set_path(body, path, get_path(news, path))
    if RESOURCE_SPEC in _fields(changed):
        body["source_config"]["resource_spec"] = {**live_spec, **get_path(news, RESOURCE_SPEC)}
    if not _fields(changed).keys().isdisjoint(VARIABLE_MAPS):
        body[SECRETS] = _secret_list(all_variables(news) or {})
    if with_impact(changed, Impact.REVISION) and not _makes_revision(body):
        body[REVISION_CONFIG] = news.get(REVISION_CONFIG) or None
    shown = {key: getattr(live, key) for key in _WITH_FREE_TEXT} if live else {}
    body |= restore_live_text({key: body[key] for key in _WITH_FREE_TEXT if key in body}, shown)
    return DeploymentPatchRequest.model_validate(without_nulls(body))


def makes_revision(request: DeploymentPatchRequest) -> bool:
    """Return True if the service makes a revision for a PATCH, by the table of changes."""
    return _makes_revision(request.payload())


def _makes_revision(body: Properties) -> bool:
    # An empty list of secrets means "keep", any other empty value is a change.
    return any(
        value is not None and not (field.path == SECRETS and not value)
        for field in FIELDS
        if field.makes_revision
        for value in [get_path(body, field.path)]
    )


def _paths_to_send(news: Properties, changed: list[ChangedField]) -> list[str]:
    fields = _fields(changed)
    apart = (*VARIABLE_MAPS, DIGEST)
    paths = [path for path, sent in fields.items() if sent and path not in apart]
    is_uploaded = get_path(news, ARCHIVE_PATH) is not None and news.get(PATH) is not None
    if is_uploaded or any(path.startswith(f"{REVISION_CONFIG}.") for path in fields):
        paths.append(REVISION_CONFIG)
    if REPO_REF in fields and get_path(news, BUILD_ON_PUSH) is not None:
        # The service validates both together, so a new ref would be checked with the old flag.
        paths.append(BUILD_ON_PUSH)
    return paths


def _fields(changed: list[ChangedField]) -> dict[str, bool]:
    return {change.field.path: change.field.sent for change in changed}


def _secret_list(values: Properties) -> list[Properties]:
    return [{"name": name, "value": value} for name, value in sorted(values.items())]
