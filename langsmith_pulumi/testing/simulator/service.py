"""The operations of the API, on bodies that were validated and have no nulls."""

from collections.abc import Mapping
from typing import Any

from langsmith_pulumi.testing.simulator import validation
from langsmith_pulumi.testing.simulator.error_responses import ApiError, agent_environment_taken
from langsmith_pulumi.testing.simulator.factory import (
    default_outcome,
    new_deployment,
    new_revision,
    with_defaults,
)
from langsmith_pulumi.testing.simulator.lifecycle import FINAL, skip_queued
from langsmith_pulumi.testing.simulator.records import DeploymentRecord, Outcome, RevisionRecord
from langsmith_pulumi.testing.simulator.workspace import Workspace

Body = Mapping[str, Any]

# Their first revision comes with the first push.
PUSHED_SOURCES = frozenset({"internal_docker", "internal_source"})
COMMANDS = frozenset({"install_command", "build_command"})


class Service:
    """The operations on one workspace, with the outcomes and overrides that tests have set."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.outcomes: dict[str, list[Outcome]] = {}
        self.revision_overrides: dict[str, bool] = {}

    def create(self, body: Body, tenant_id: str) -> DeploymentRecord:
        """Create a deployment, its tracing project and, unless it waits for a push, a revision."""
        validation.check_create(body, self.workspace.settings)
        self._require_free_environment(body)
        deployment = new_deployment(self.workspace, body, tenant_id)
        self.workspace.add(deployment)
        if deployment.source not in PUSHED_SOURCES or body["source_revision_config"]:
            self._add_revision(deployment, body)
        return deployment

    def patch(self, deployment_id: str, body: Body) -> DeploymentRecord:
        """Change a deployment, with a new revision if the body asks for one."""
        deployment = self._find_modifiable(deployment_id)
        validation.check_patch(body, deployment.source, self.workspace.settings)
        self._apply(deployment, body)
        if self.revision_overrides.pop(deployment.name, self.makes_revision(body)):
            self._add_revision(deployment, body)
        elif deployment.latest:
            deployment.latest.config.update(body.get("source_revision_config", {}))
        return deployment

    def makes_revision(self, body: Body) -> bool:
        """Return True if this patch makes a revision, for which the presence of fields decides."""
        config = body.get("source_config", {})
        return bool(
            body.get("source_revision_config")
            or body.get("secrets")
            or "secret_references" in body
            or "revision_source" in body
            or "resource_spec" in config
            or (self.workspace.settings.commands_make_revisions and COMMANDS & config.keys())
        )

    def create_revision(self, deployment_id: str, body: Body) -> RevisionRecord:
        """Create a revision, even from an empty body."""
        deployment = self._find_modifiable(deployment_id)
        validation.check_patch(body, deployment.source, self.workspace.settings)
        self._apply(deployment, body)
        return self._add_revision(deployment, body)

    def redeploy(self, deployment_id: str, revision_id: str) -> DeploymentRecord:
        """Create a revision with the configuration of an earlier one."""
        self._find_modifiable(deployment_id)
        deployment, earlier = self.workspace.find_revision(deployment_id, revision_id)
        body = {"source_revision_config": earlier.config, "revision_source": earlier.source}
        self._add_revision(deployment, body).commit = earlier.commit
        return deployment

    def interrupt(self, deployment_id: str, revision_id: str) -> None:
        """Interrupt a running revision; one that has ended stays as it is."""
        deployment, revision = self.workspace.find_revision(deployment_id, revision_id)
        if revision.status not in FINAL:
            revision.timeline.end("INTERRUPTED", self.workspace.now(deployment))
            revision.updated_at = self.workspace.clock()

    def delete(self, deployment_id: str, *, delete_tracing_project: bool, force: bool) -> None:
        """Begin a deletion; with `force`, end one that has begun."""
        deployment = self.workspace.find(deployment_id)
        if force and not deployment.is_deleting:
            raise ApiError(
                400, f"Deployment ID {deployment_id} must be deleted without force first."
            )
        deployment.deletes_tracing_project |= delete_tracing_project
        if force:
            self.workspace.remove(deployment)
        elif not deployment.is_deleting:
            now = self.workspace.now(deployment)
            deployment.timeline = self.workspace.timing.deletion(now)
            deployment.updated_at = self.workspace.clock()

    def push(self, name: str, commit: str) -> RevisionRecord | None:
        """Move the branch of a deployment; with `build_on_push` that makes a revision."""
        deployment = self.workspace.find_by_name(name)
        ref = deployment.revision_config.get("repo_ref", "")
        deployment.branch_heads[ref] = commit
        if deployment.is_deleting or not deployment.source_config.get("build_on_push"):
            return None
        return self._add_revision(deployment, {})

    def _apply(self, deployment: DeploymentRecord, body: Body) -> None:
        config = deployment.source_config | body.get("source_config", {})
        revision_config = deployment.revision_config | body.get("source_revision_config", {})
        validation.check_merged(config, revision_config)
        deployment.source_config = with_defaults(deployment.source, config)
        deployment.display_name = body.get("display_name", deployment.display_name)
        deployment.secrets = body.get("secrets") or deployment.secrets
        deployment.secret_references = body.get("secret_references", deployment.secret_references)
        deployment.route_through_gateway = body.get(
            "route_through_gateway", deployment.route_through_gateway
        )
        deployment.updated_at = self.workspace.clock()

    def _add_revision(self, deployment: DeploymentRecord, body: Body) -> RevisionRecord:
        now = self.workspace.now(deployment)
        revision = new_revision(self.workspace, deployment, body, self._outcome(deployment))
        skip_queued([earlier.timeline for earlier in deployment.revisions], now)
        deployment.revisions.append(revision)
        return revision

    def _outcome(self, deployment: DeploymentRecord) -> Outcome:
        planned = self.outcomes.get(deployment.name)
        return planned.pop(0) if planned else default_outcome(deployment, self.workspace.settings)

    def _find_modifiable(self, deployment_id: str) -> DeploymentRecord:
        deployment = self.workspace.find(deployment_id)
        if deployment.is_deleting:
            raise ApiError(400, f"Deployment ID {deployment_id} is being deleted.")
        return deployment

    def _require_free_environment(self, body: Body) -> None:
        self.workspace.require_free_name(body["name"])
        if not self.workspace.settings.one_per_agent_environment:
            return
        wanted = _environment(body["source_config"], body["source_revision_config"])
        for other in self.workspace.all():
            if wanted and wanted == _environment(other.source_config, other.revision_config):
                raise agent_environment_taken()


def _environment(config: Body, revision_config: Body) -> tuple[str, str] | None:
    if "repo_url" not in config:
        return None
    return config["repo_url"], revision_config.get("langgraph_config_path", "")
