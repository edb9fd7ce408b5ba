"""Where a deployment comes from: its source, the settings of that source, and what to build."""

from typing import Literal, TypeAlias, TypedDict

from pulumi import Input

from ._input_type import input_type
from .resources import ResourceSpecArgs, ResourceSpecArgsDict

DeploymentSource: TypeAlias = Literal[
    "github", "external_docker", "internal_docker", "internal_source", "internal_template"
]
"""Where the agent comes from. Change: replace.

- ``github``: Cloud builds it from a repository.
- ``external_docker``: an image of your own; self-hosted, or Cloud with a listener.
- ``internal_docker``: an image pushed to the platform's registry; Cloud.
- ``internal_source``: an uploaded source archive; Cloud.
- ``internal_template``: a template of the vendor; Cloud.
"""

RevisionSource: TypeAlias = Literal["github", "internal_docker", "internal_source"]
"""Where one revision comes from, if not from the deployment's source. Change: new revision."""

DeploymentType: TypeAlias = Literal["dev_free", "dev", "prod", "dev_zero", "dev_free_zero"]
"""Tier of a deployment on Cloud. Change: replace.

``dev`` and ``dev_free`` run one replica that may be preempted; ``prod`` runs up to ten;
``dev_zero`` and ``dev_free_zero`` may scale down to none.
"""


@input_type
class ListenerConfigArgs:
    """Where a listener places a deployment. external_docker only."""

    k8s_namespace: Input[str] | None = None
    """Namespace to deploy into; one of those that the listener serves. Change: replace."""


# Made from ListenerConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class ListenerConfigArgsDict(TypedDict, total=False):
    """Where a listener places a deployment. external_docker only."""

    k8s_namespace: Input[str] | None
    """Namespace to deploy into; one of those that the listener serves. Change: replace."""


@input_type
class SourceConfigArgs:
    """The settings of a deployment as a whole; which of them apply depends on its source."""

    integration_id: Input[str] | None = None
    """ID (UUID) of the GitHub integration that reads the repository. Needed for github, and for no
    other source. Change: replace."""
    repo_url: Input[str] | None = None
    """URL of the repository, such as ``https://github.com/acme/agents``. Needed for github, and for
    no other source. Change: replace."""
    deployment_type: Input[DeploymentType] | None = None
    """Tier. Needed for every source on Cloud; external_docker takes none. Change: replace."""
    build_on_push: Input[bool] | None = None
    """Whether each push to ``repo_ref`` makes a revision. github only; must be False where
    ``repo_ref`` is a tag. Default: False. Change: in place."""
    custom_url: Input[str] | None = None
    """Public URL. external_docker only: Cloud hands out a URL itself. Once set it can be
    changed but not cleared. Change: in place."""
    resource_spec: Input[ResourceSpecArgs | ResourceSpecArgsDict] | None = None
    """CPU, memory, replicas and Kubernetes settings. external_docker only: a tier of Cloud has
    fixed sizes. Change: new revision."""
    listener_id: Input[str] | None = None
    """ID (UUID) of the listener that runs the deployment. external_docker only; needed in a
    workspace that has listeners. Change: replace."""
    listener_config: Input[ListenerConfigArgs | ListenerConfigArgsDict] | None = None
    """Where that listener places the deployment. external_docker only. Change: replace."""
    install_command: Input[str] | None = None
    """Install command of a JavaScript build, run in the root of the repository. github and
    internal_source. Change: new revision."""
    build_command: Input[str] | None = None
    """Build command of a JavaScript build, run in the folder of ``langgraph.json``. github and
    internal_source. Change: new revision."""
    template_id: Input[str] | None = None
    """Template to deploy. Needed for internal_template, and for no other source.
    Change: replace."""


# Made from SourceConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class SourceConfigArgsDict(TypedDict, total=False):
    """The settings of a deployment as a whole; which of them apply depends on its source."""

    integration_id: Input[str] | None
    """ID (UUID) of the GitHub integration that reads the repository. Needed for github, and for no
    other source. Change: replace."""
    repo_url: Input[str] | None
    """URL of the repository, such as ``https://github.com/acme/agents``. Needed for github, and for
    no other source. Change: replace."""
    deployment_type: Input[DeploymentType] | None
    """Tier. Needed for every source on Cloud; external_docker takes none. Change: replace."""
    build_on_push: Input[bool] | None
    """Whether each push to ``repo_ref`` makes a revision. github only; must be False where
    ``repo_ref`` is a tag. Default: False. Change: in place."""
    custom_url: Input[str] | None
    """Public URL. external_docker only: Cloud hands out a URL itself. Once set it can be
    changed but not cleared. Change: in place."""
    resource_spec: Input[ResourceSpecArgs | ResourceSpecArgsDict] | None
    """CPU, memory, replicas and Kubernetes settings. external_docker only: a tier of Cloud has
    fixed sizes. Change: new revision."""
    listener_id: Input[str] | None
    """ID (UUID) of the listener that runs the deployment. external_docker only; needed in a
    workspace that has listeners. Change: replace."""
    listener_config: Input[ListenerConfigArgs | ListenerConfigArgsDict] | None
    """Where that listener places the deployment. external_docker only. Change: replace."""
    install_command: Input[str] | None
    """Install command of a JavaScript build, run in the root of the repository. github and
    internal_source. Change: new revision."""
    build_command: Input[str] | None
    """Build command of a JavaScript build, run in the folder of ``langgraph.json``. github and
    internal_source. Change: new revision."""
    template_id: Input[str] | None
    """Template to deploy. Needed for internal_template, and for no other source.
    Change: replace."""


@input_type
class SourceRevisionConfigArgs:
    """What a revision is built from."""

    repo_ref: Input[str] | None = None
    """Branch, or tag in the form ``refs/tags/v1.0.0``. Needed for github, and for no other source.
    Change: new revision."""
    langgraph_config_path: Input[str] | None = None
    """Path of ``langgraph.json`` from the root of the source. Needed for github and
    internal_source; other sources take none. Change: new revision."""
    image_uri: Input[str] | None = None
    """Image to run. Needed for external_docker; for internal_docker the image that was pushed.
    Change: new revision."""
    source_tarball_path: Input[str] | None = None
    """Path under which the service keeps the uploaded source archive; only paths that it handed out
    are taken. internal_source only. Change: new revision."""


# Made from SourceRevisionConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class SourceRevisionConfigArgsDict(TypedDict, total=False):
    """What a revision is built from."""

    repo_ref: Input[str] | None
    """Branch, or tag in the form ``refs/tags/v1.0.0``. Needed for github, and for no other source.
    Change: new revision."""
    langgraph_config_path: Input[str] | None
    """Path of ``langgraph.json`` from the root of the source. Needed for github and
    internal_source; other sources take none. Change: new revision."""
    image_uri: Input[str] | None
    """Image to run. Needed for external_docker; for internal_docker the image that was pushed.
    Change: new revision."""
    source_tarball_path: Input[str] | None
    """Path under which the service keeps the uploaded source archive; only paths that it handed out
    are taken. internal_source only. Change: new revision."""
