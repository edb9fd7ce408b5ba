"""The source of a deployment, its settings, and the configuration of a revision."""

from typing import Literal, TypeAlias, TypedDict

from pulumi import Input

from ._input_type import input_type
from .resources import ResourceSpecArgs, ResourceSpecArgsDict

DeploymentSource: TypeAlias = Literal[
    "github", "external_docker", "internal_docker", "internal_source", "internal_template"
]
"""Source of the agent. Change: replace.

- ``github``: Cloud builds it from a repository.
- ``external_docker``: an image of your own, self-hosted or on Cloud with a listener.
- ``internal_docker``: an image pushed to the platform's registry; Cloud.
- ``internal_source``: a local folder (``path``), or an uploaded source archive; Cloud.
- ``internal_template``: a template of the vendor; Cloud.
"""

RevisionSource: TypeAlias = Literal["github", "internal_docker", "internal_source"]
"""Source of one revision, if it differs from the deployment's. Change: new revision."""

DeploymentType: TypeAlias = (
    Literal["serverless", "dedicated", "dev", "prod", "dev_free", "dev_zero", "dev_free_zero"] | str
)
"""Tier of a deployment on Cloud. Change: replace.

``serverless`` scales down to none and shares its database; ``dedicated`` always runs and has a
database of its own. The others are the names of former pricing: ``dev_zero`` is the same as
``serverless``, and ``prod`` as ``dedicated``. Editors complete these words; another one is sent as
it is, with a warning.
"""

DeploymentSize: TypeAlias = Literal["small", "medium", "large"]
"""Size of a deployment on Cloud, of its replicas or its database. Change: new revision."""


@input_type
class ListenerConfigArgs:
    """Placement of a deployment by a listener. external_docker only."""

    k8s_namespace: Input[str] | None = None
    """Namespace to deploy into; the listener must serve it. Change: replace."""


# Made from ListenerConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class ListenerConfigArgsDict(TypedDict, total=False):
    """Placement of a deployment by a listener. external_docker only."""

    k8s_namespace: Input[str] | None
    """Namespace to deploy into; the listener must serve it. Change: replace."""


@input_type
class SourceConfigArgs:
    """Deployment-wide settings; the source decides which of them apply."""

    integration_id: Input[str] | None = None
    """ID (UUID) of the GitHub integration that reads the repository. Required for github; not
    allowed for other sources. Change: replace."""
    repo_url: Input[str] | None = None
    """URL of the repository, such as ``https://github.com/acme/agents``. Required for github; not
    allowed for other sources. The next revision is built from a changed one. Change: in place."""
    deployment_type: Input[DeploymentType] | None = None
    """Tier. Required for every source on Cloud; not allowed for external_docker. Change:
    replace."""
    build_on_push: Input[bool] | None = None
    """Make a revision on each push to ``repo_ref``. github only; must be False if ``repo_ref`` is a
    tag. Default: False. Change: in place."""
    custom_url: Input[str] | None = None
    """Public URL. external_docker only: Cloud assigns a URL itself. Once set, it can be changed but
    not cleared. Change: in place."""
    resource_spec: Input[ResourceSpecArgs | ResourceSpecArgsDict] | None = None
    """CPU, memory, replicas and Kubernetes settings. external_docker only: a tier of Cloud has
    fixed sizes. Change: new revision."""
    listener_id: Input[str] | None = None
    """ID (UUID) of the listener that runs the deployment. external_docker only; required in a
    workspace that has listeners. Change: replace."""
    listener_config: Input[ListenerConfigArgs | ListenerConfigArgsDict] | None = None
    """Placement by that listener. external_docker only. Change: replace."""
    install_command: Input[str] | None = None
    """Install command of a JavaScript build, run in the root of the repository. github and
    internal_source. Change: new revision."""
    build_command: Input[str] | None = None
    """Build command of a JavaScript build, run in the directory of ``langgraph.json``. github and
    internal_source. Change: new revision."""
    template_id: Input[str] | None = None
    """Template to deploy. Required for internal_template; not allowed for other sources. Change:
    replace."""


# Made from SourceConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class SourceConfigArgsDict(TypedDict, total=False):
    """Deployment-wide settings; the source decides which of them apply."""

    integration_id: Input[str] | None
    """ID (UUID) of the GitHub integration that reads the repository. Required for github; not
    allowed for other sources. Change: replace."""
    repo_url: Input[str] | None
    """URL of the repository, such as ``https://github.com/acme/agents``. Required for github; not
    allowed for other sources. The next revision is built from a changed one. Change: in place."""
    deployment_type: Input[DeploymentType] | None
    """Tier. Required for every source on Cloud; not allowed for external_docker. Change:
    replace."""
    build_on_push: Input[bool] | None
    """Make a revision on each push to ``repo_ref``. github only; must be False if ``repo_ref`` is a
    tag. Default: False. Change: in place."""
    custom_url: Input[str] | None
    """Public URL. external_docker only: Cloud assigns a URL itself. Once set, it can be changed but
    not cleared. Change: in place."""
    resource_spec: Input[ResourceSpecArgs | ResourceSpecArgsDict] | None
    """CPU, memory, replicas and Kubernetes settings. external_docker only: a tier of Cloud has
    fixed sizes. Change: new revision."""
    listener_id: Input[str] | None
    """ID (UUID) of the listener that runs the deployment. external_docker only; required in a
    workspace that has listeners. Change: replace."""
    listener_config: Input[ListenerConfigArgs | ListenerConfigArgsDict] | None
    """Placement by that listener. external_docker only. Change: replace."""
    install_command: Input[str] | None
    """Install command of a JavaScript build, run in the root of the repository. github and
    internal_source. Change: new revision."""
    build_command: Input[str] | None
    """Build command of a JavaScript build, run in the directory of ``langgraph.json``. github and
    internal_source. Change: new revision."""
    template_id: Input[str] | None
    """Template to deploy. Required for internal_template; not allowed for other sources. Change:
    replace."""


@input_type
class SourceRevisionConfigArgs:
    """Configuration of a revision."""

    repo_ref: Input[str] | None = None
    """Branch, or tag in the form ``refs/tags/v1.0.0``. Required for github; not allowed for other
    sources. Change: new revision."""
    langgraph_config_path: Input[str] | None = None
    """Path of ``langgraph.json`` from the root of the source. Required for github; of a local
    folder (``path``) it is ``langgraph.json`` by default; not allowed for other sources. Change:
    new revision."""
    image_uri: Input[str] | None = None
    """Image to run. Required for external_docker; for internal_docker the pushed image. Change: new
    revision."""
    source_tarball_path: Input[str] | None = None
    """Path of the uploaded source archive, as the service returned it. internal_source only, and
    not together with ``path``. Change: new revision."""


# Made from SourceRevisionConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class SourceRevisionConfigArgsDict(TypedDict, total=False):
    """Configuration of a revision."""

    repo_ref: Input[str] | None
    """Branch, or tag in the form ``refs/tags/v1.0.0``. Required for github; not allowed for other
    sources. Change: new revision."""
    langgraph_config_path: Input[str] | None
    """Path of ``langgraph.json`` from the root of the source. Required for github; of a local
    folder (``path``) it is ``langgraph.json`` by default; not allowed for other sources. Change:
    new revision."""
    image_uri: Input[str] | None
    """Image to run. Required for external_docker; for internal_docker the pushed image. Change: new
    revision."""
    source_tarball_path: Input[str] | None
    """Path of the uploaded source archive, as the service returned it. internal_source only, and
    not together with ``path``. Change: new revision."""
