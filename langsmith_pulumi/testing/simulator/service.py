"""The operations of the API, on bodies that were validated and have no nulls."""

from collections.abc import Iterable, Mapping
from typing import Any

from langsmith_pulumi.testing.simulator import validation
from langsmith_pulumi.testing.simulator.error_responses import (
    ApiError,
    agent_environment_taken,
    missing_field,
    revision_in_progress,
    unknown_archive,
)
from langsmith_pulumi.testing.simulator.factory import (
    default_outcome,
    new_deployment,
    new_preview,
    new_revision,
    with_defaults,
)
from langsmith_pulumi.testing.simulator.lifecycle import FINAL, skip_queued
from langsmith_pulumi.testing.simulator.logs import level_of, read_log
from langsmith_pulumi.testing.simulator.records import (
    DeploymentRecord,
    LogKind,
    LogLevel,
    LogLine,
    Outcome,
    RevisionRecord,
)
from langsmith_pulumi.testing.simulator.uploads import Uploads
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
        self.uploads: Uploads = Uploads(workspace)

    def create(self, body: Body, tenant_id: str) -> DeploymentRecord:
        """Create a deployment, its tracing project and, unless it waits for a push, a revision."""
        body = body if "name" in body else {**body, "name": _name_of_agent(body)}
        validation.check_create(body, self.workspace.settings, self.workspace.listeners())
        self._require_known_archive(body, None)
        self._require_free_environment(body)
        deployment = new_deployment(self.workspace, body, tenant_id)
        self.workspace.add(deployment)
        by_patch = self.workspace.settings.first_revision_by_patch
        has_config = bool(body["source_revision_config"]) and not by_patch
        if deployment.source not in PUSHED_SOURCES or has_config:
            self._add_revision(deployment, body)
        return deployment

    def patch(self, deployment_id: str, body: Body) -> DeploymentRecord:
        """Change a deployment, with a new revision if the body asks for one."""
        deployment = self._find_modifiable(deployment_id)
        validation.check_patch(body, deployment.source, self.workspace.settings)
        self._require_known_archive(body, deployment.id)
        makes_revision = self.revision_overrides.get(deployment.name, self.makes_revision(body))
        if makes_revision:
            self._require_idle(deployment)
        self._apply(deployment, body)
        self.revision_overrides.pop(deployment.name, None)
        if makes_revision:
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
        self._require_known_archive(body, deployment.id)
        self._require_idle(deployment)
        self._apply(deployment, body)
        return self._add_revision(deployment, body)

    def redeploy(self, deployment_id: str, revision_id: str) -> DeploymentRecord:
        """Create a revision with the configuration of an earlier one."""
        self._find_modifiable(deployment_id)
        deployment, earlier = self.workspace.find_revision(deployment_id, revision_id)
        self._require_idle(deployment)
        body = {"source_revision_config": earlier.config, "revision_source": earlier.source}
        self._add_revision(deployment, body).commit = earlier.commit
        return deployment

    def resize(self, deployment_id: str, body: Body) -> DeploymentRecord:
        """Change the sizes of a deployment, which makes a revision."""
        deployment = self._find_modifiable(deployment_id)
        kind = deployment.source_config.get("deployment_type")
        validation.check_tiers(body, deployment.source, kind)
        self._require_idle(deployment)
        deployment.compute_tier = body.get("compute_tier", deployment.compute_tier)
        deployment.database_tier = body.get("database_tier", deployment.database_tier)
        deployment.updated_at = self.workspace.clock()
        self._add_revision(deployment, {})
        return deployment

    def add_preview(self, name: str, number: int) -> DeploymentRecord:
        """Add the preview build of a pull request, with the configuration of its parent."""
        parent = self.workspace.find_by_name(name)
        preview = new_preview(self.workspace, parent, number)
        self.workspace.add(preview)
        config = {**parent.revision_config, "repo_ref": f"pr-{number}"}
        self._add_revision(preview, {"source_revision_config": config})
        return preview

    def interrupt(self, deployment_id: str, revision_id: str) -> None:
        """Interrupt a running revision; one that has ended stays as it is."""
        deployment, revision = self.workspace.find_revision(deployment_id, revision_id)
        if revision.status not in FINAL:
            now, resumes = (
                self.workspace.now(deployment),
                self.workspace.settings.interrupted_resumes,
            )
            revision.timeline.interrupt("INTERRUPTED", now, resumes=resumes)
            revision.updated_at = self.workspace.clock()

    def delete(self, deployment_id: str, *, delete_tracing_project: bool, force: bool) -> None:
        """Begin a deletion; with `force`, end one that has begun."""
        deployment = self.workspace.find(deployment_id)
        if force and not deployment.is_deleting:
            raise ApiError(
                400, f"Deployment ID {deployment_id} must be deleted without force first."
            )
        deployment.deletes_tracing_project |= delete_tracing_project
        for preview in self.workspace.previews_of(deployment):
            self.delete(
                preview.id, delete_tracing_project=True, force=force and preview.is_deleting
            )
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

    def add_log_lines(
        self, name: str, lines: Iterable[str], kind: LogKind, level: LogLevel | None
    ) -> None:
        """Add lines to the log of the server that runs, or of the newest build."""
        deployment = self.workspace.find_by_name(name)
        serving = deployment.active if kind == "deploy" else None
        revision = serving or deployment.latest
        if revision is None:
            raise ApiError(404, f"Deployment {name} has no revision.")
        written = read_log(self.workspace, deployment, [revision], kind)
        last = written[-1]["timestamp"] / 1000 if written else 0
        time = max(self.workspace.clock(), last)
        for line in lines:
            revision.added_lines.append(LogLine(kind, level or level_of(line), line, time))

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
        outcome = self._outcome(deployment, body)
        revision = new_revision(self.workspace, deployment, body, outcome)
        skip_queued([earlier.timeline for earlier in deployment.revisions], now)
        deployment.revisions.append(revision)
        return revision

    def _outcome(self, deployment: DeploymentRecord, body: Body) -> Outcome:
        planned = self.outcomes.get(deployment.name)
        if planned:
            return planned.pop(0)
        config = deployment.revision_config | body.get("source_revision_config", {})
        log = self.uploads.failed_build(config)
        if log:
            return Outcome("BUILD_FAILED", build_log=log)
        return default_outcome(deployment, self.workspace.settings)

    def _require_known_archive(self, body: Body, deployment_id: str | None) -> None:
        path = body.get("source_revision_config", {}).get("source_tarball_path")
        if path is None or self.workspace.settings.unknown_archives == "build":
            return
        if not self.uploads.is_promised(path, deployment_id):
            raise unknown_archive(path)

    def _find_modifiable(self, deployment_id: str) -> DeploymentRecord:
        deployment = self.workspace.find(deployment_id)
        if deployment.is_deleting:
            raise ApiError(400, f"Deployment ID {deployment_id} is being deleted.")
        return deployment

    def _require_idle(self, deployment: DeploymentRecord) -> None:
        running = deployment.in_progress
        if running and self.workspace.settings.revision_in_progress == "reject":
            raise revision_in_progress(running.id)

    def _require_free_environment(self, body: Body) -> None:
        agent = body.get("agent")
        if agent and any(agent == other.agent for other in self.workspace.all()):
            raise agent_environment_taken()
        self.workspace.require_free_name(body["name"])
        if not self.workspace.settings.one_per_agent_environment:
            return
        wanted = _environment(body["source_config"], body["source_revision_config"])
        for other in self.workspace.all():
            if wanted and wanted == _environment(other.source_config, other.revision_config):
                raise agent_environment_taken()


def _name_of_agent(body: Body) -> str:
    if "agent" not in body:
        raise missing_field("name")
    return f"{body['agent']['agent_id']}-{body['agent']['environment']}"


def _environment(config: Body, revision_config: Body) -> tuple[str, str] | None:
    if "repo_url" not in config:
        return None
    return config["repo_url"], revision_config.get("langgraph_config_path", "")
