"""What each operation of the API does. Bodies come in checked for form, and without nulls."""

from collections.abc import Mapping
from typing import Any

from langsmith_pulumi.testing.simulator import defaults, rules
from langsmith_pulumi.testing.simulator.factory import (
    natural_outcome,
    new_deployment,
    new_revision,
)
from langsmith_pulumi.testing.simulator.lifecycle import FINAL, skip_waiting
from langsmith_pulumi.testing.simulator.records import Deployment, Outcome, Revision
from langsmith_pulumi.testing.simulator.refusals import Refusal, agent_environment_taken
from langsmith_pulumi.testing.simulator.workspace import Workspace

Body = Mapping[str, Any]

PUSHED_LATER = frozenset({"internal_docker", "internal_source"})
COMMANDS = frozenset({"install_command", "build_command"})


class ControlPlane:
    """Carries out the operations on one workspace, and what tests arrange for its future."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.outcomes: dict[str, list[Outcome]] = {}
        self.surprises: dict[str, bool] = {}

    def create(self, body: Body, tenant_id: str) -> Deployment:
        """Make a deployment, its tracing project and, if there is something to run, a revision."""
        rules.check_create(body, self.workspace.settings)
        self._require_free_environment(body)
        deployment = new_deployment(self.workspace, body, tenant_id)
        self.workspace.add(deployment)
        if deployment.source not in PUSHED_LATER or body["source_revision_config"]:
            self._add_revision(deployment, body)
        return deployment

    def patch(self, deployment_id: str, body: Body) -> Deployment:
        """Change a deployment; whether that makes a revision, the body alone decides."""
        deployment = self._find_staying(deployment_id)
        rules.check_patch(body, deployment.source, self.workspace.settings)
        self._apply(deployment, body)
        if self.surprises.pop(deployment.name, self.makes_revision(body)):
            self._add_revision(deployment, body)
        elif deployment.latest:
            deployment.latest.config.update(body.get("source_revision_config", {}))
        return deployment

    def makes_revision(self, body: Body) -> bool:
        """Tell whether this patch makes a revision: what matters is that a field is sent at all."""
        config = body.get("source_config", {})
        return bool(
            body.get("source_revision_config")
            or body.get("secrets")
            or "secret_references" in body
            or "revision_source" in body
            or "resource_spec" in config
            or (self.workspace.settings.commands_make_revisions and COMMANDS & config.keys())
        )

    def revise(self, deployment_id: str, body: Body) -> Revision:
        """Make a revision, whatever the body holds."""
        deployment = self._find_staying(deployment_id)
        rules.check_patch(body, deployment.source, self.workspace.settings)
        self._apply(deployment, body)
        return self._add_revision(deployment, body)

    def redeploy(self, deployment_id: str, revision_id: str) -> Deployment:
        """Make a revision from what an earlier one was made from."""
        self._find_staying(deployment_id)
        deployment, earlier = self.workspace.find_revision(deployment_id, revision_id)
        again = {"source_revision_config": earlier.config, "revision_source": earlier.source}
        self._add_revision(deployment, again).commit = earlier.commit
        return deployment

    def interrupt(self, deployment_id: str, revision_id: str) -> None:
        """Cancel a revision under way; one that has ended stays as it is."""
        deployment, revision = self.workspace.find_revision(deployment_id, revision_id)
        if revision.status not in FINAL:
            revision.course.end("INTERRUPTED", self.workspace.now(deployment))
            revision.updated_at = self.workspace.clock()

    def delete(self, deployment_id: str, *, delete_tracing_project: bool, force: bool) -> None:
        """Begin to delete; with force, cut short a deletion that has begun."""
        deployment = self.workspace.find(deployment_id)
        if force and not deployment.leaving:
            raise Refusal(
                400, f"Deployment ID {deployment_id} must be deleted without force first."
            )
        deployment.takes_project_along |= delete_tracing_project
        if force:
            self.workspace.remove(deployment)
        elif not deployment.leaving:
            now = self.workspace.now(deployment)
            deployment.course = self.workspace.pace.departure(now)
            deployment.updated_at = self.workspace.clock()

    def push(self, name: str, commit: str) -> Revision | None:
        """Move the branch of a deployment; with build_on_push that makes a revision."""
        deployment = self.workspace.named(name)
        ref = deployment.revision_config.get("repo_ref", "")
        deployment.branch_heads[ref] = commit
        if deployment.leaving or not deployment.source_config.get("build_on_push"):
            return None
        return self._add_revision(deployment, {})

    def _apply(self, deployment: Deployment, body: Body) -> None:
        config = deployment.source_config | body.get("source_config", {})
        revision_config = deployment.revision_config | body.get("source_revision_config", {})
        rules.check_whole(config, revision_config)
        deployment.source_config = defaults.with_defaults(deployment.source, config)
        deployment.display_name = body.get("display_name", deployment.display_name)
        deployment.secrets = body.get("secrets") or deployment.secrets
        deployment.secret_references = body.get("secret_references", deployment.secret_references)
        deployment.route_through_gateway = body.get(
            "route_through_gateway", deployment.route_through_gateway
        )
        deployment.updated_at = self.workspace.clock()

    def _add_revision(self, deployment: Deployment, body: Body) -> Revision:
        now = self.workspace.now(deployment)
        revision = new_revision(self.workspace, deployment, body, self._outcome(deployment))
        skip_waiting([earlier.course for earlier in deployment.revisions], now)
        deployment.revisions.append(revision)
        return revision

    def _outcome(self, deployment: Deployment) -> Outcome:
        arranged = self.outcomes.get(deployment.name)
        return arranged.pop(0) if arranged else natural_outcome(deployment, self.workspace.settings)

    def _find_staying(self, deployment_id: str) -> Deployment:
        deployment = self.workspace.find(deployment_id)
        if deployment.leaving:
            raise Refusal(400, f"Deployment ID {deployment_id} is being deleted.")
        return deployment

    def _require_free_environment(self, body: Body) -> None:
        self.workspace.require_free(body["name"])
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
