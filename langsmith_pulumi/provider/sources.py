"""The table of sources and their fields.

The facts come from the vendor's API reference, its command line and its Terraform provider.
"""

from __future__ import annotations

from dataclasses import dataclass

from .folder.difference import ARCHIVE_PATH, PATH
from .sizes import DEPLOYMENT_TYPE, SIZE_FIELDS


@dataclass(frozen=True)
class SourceRule:
    """The fields that a source needs and those it may have; it takes no others."""

    needs: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    on_cloud: bool = True
    """True if it runs on Cloud, where more names of variables are reserved."""


_REPOSITORY = (
    "source_config.integration_id",
    "source_config.repo_url",
    "source_revision_config.repo_ref",
)
_GRAPHS = "source_revision_config.langgraph_config_path"
_IMAGE = "source_revision_config.image_uri"
# Documented for external_docker alone: the tiers of Cloud have fixed sizes.
_RESOURCES = "source_config.resource_spec"
_COMMANDS = ("source_config.install_command", "source_config.build_command")
_PLACEMENT = (
    "source_config.listener_id",
    "source_config.listener_config.k8s_namespace",
    "source_config.custom_url",
)

PUSHED_LATER = ("internal_docker", "internal_source")
"""Sources whose deployment may be created before there is a revision."""

SOURCES: dict[str, SourceRule] = {
    "github": SourceRule(
        needs=(*_REPOSITORY, DEPLOYMENT_TYPE, _GRAPHS),
        allows=(*_COMMANDS, *SIZE_FIELDS, "source_config.build_on_push"),
    ),
    "external_docker": SourceRule(
        needs=(_IMAGE,),
        allows=(*_PLACEMENT, _RESOURCES, "secret_references"),
        on_cloud=False,
    ),
    "internal_docker": SourceRule(needs=(DEPLOYMENT_TYPE,), allows=(_IMAGE, *SIZE_FIELDS)),
    "internal_source": SourceRule(
        needs=(DEPLOYMENT_TYPE,),
        allows=(*_COMMANDS, *SIZE_FIELDS, _GRAPHS, ARCHIVE_PATH, PATH),
    ),
    "internal_template": SourceRule(
        needs=("source_config.template_id", DEPLOYMENT_TYPE), allows=SIZE_FIELDS
    ),
}

FIELDS_OF_SOURCES = frozenset(
    path for rule in SOURCES.values() for path in (*rule.needs, *rule.allows)
)
"""The fields that not every source has; any other field of a request is one of every source."""
