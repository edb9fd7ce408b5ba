"""Assertions that hold after every preview and every ``up``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.review import read_plan, report_on, review

from .impacts import VARIABLE_MAPS, declares_variables, variables_of
from .live_state import matches_live
from .oracle import NOTHING
from .secret_checks import assert_no_secrets

if TYPE_CHECKING:
    from langsmith_pulumi.review.impact import DeploymentChange
    from tests.support.engines import OperationResult

    from .impacts import Flat
    from .oracle import Expected
    from .stack_model import State

Expectations = dict[str, "Expected"]


@dataclass(frozen=True)
class Snapshot:
    """The control plane and the state at one moment."""

    live: dict[str, Flat]
    """The live deployments by id."""
    revisions: dict[str, list[dict[str, Any]]]
    state: State

    def id_of(self, resource: str) -> str:
        """Return the id of the deployment that a resource manages, or ""."""
        return str(self.state.deployments.get(resource, {}).get("id", ""))


@dataclass(frozen=True)
class UpRun:
    """A completed ``up``: its expected effects, its result, and snapshots before and after."""

    expected: Expectations
    wanted: dict[str, Flat | None]
    outcome: OperationResult
    before: Snapshot
    after: Snapshot
    writes: list[tuple[str, str]]
    """Method and path of the write requests."""

    def is_done(self, resource: str) -> bool:
        """Return True if the resource's deployment was processed or needed nothing."""
        rollout_pending = "Deployment" in self.expected[resource].ops
        return not rollout_pending or f"Deployment {resource}" in self.outcome.ops

    def made(self, resource: str) -> int:
        """Return the number of revisions made of the deployment that the resource manages now."""
        deployment_id = self.after.id_of(resource)
        before = self.before.revisions.get(deployment_id, [])
        return len(self.after.revisions.get(deployment_id, [])) - len(before)


def operations(expected: Expectations) -> dict[str, str]:
    """Return all expected operations in the form of a result."""
    return {
        f"{kind} {resource}": op
        for resource, one in expected.items()
        for kind, op in one.ops.items()
    }


def assert_preview(
    preview: OperationResult, promised: Expectations, listener: dict[str, str]
) -> None:
    """Assert that a preview lists the expected operations, or fails with the expected reason."""
    refused = [expected.refused for expected in promised.values() if expected.refused]
    if refused:
        assert not preview.ok
        found = any(reason in error for reason in refused for error in preview.errors)
        assert found, (refused, preview.errors)
    else:
        assert preview.ok, preview.errors
        expected = operations(promised) | listener
        assert preview.ops == expected, (preview.ops, promised, listener)


def assert_report(plan: dict[str, Any], promised: Expectations) -> None:
    """Assert that a report gives each effect the right kind and lists each changed value."""
    stacks = report_on([read_plan("plan", plan)]).stacks
    effects = {effect.name: effect for stack in stacks for effect in stack.deployments}
    touched = {resource: expected for resource, expected in promised.items() if expected != NOTHING}
    assert effects.keys() == touched.keys(), (effects, touched)
    for resource, effect in effects.items():
        assert effect.kind.value in touched[resource].report_kinds, (effect, touched[resource])
        if effect.kind.value in ("revision", "in place", "drift"):
            _assert_secrets_listed(effect, touched[resource])
            assert {one.name for one in effect.moved} == set(touched[resource].moved), effect
        if effect.kind.value in ("revision", "in place", "drift", "replaced"):
            _assert_fields_listed(effect, touched[resource])
    for style in ("markdown", "text", "json"):
        text = review([("plan", plan)], format=style).text
        assert_no_secrets(text)
        assert all(resource in text for resource in touched)


def _assert_secrets_listed(effect: DeploymentChange, expected: Expected) -> None:
    named = {f"secrets.{change.name}" for change in effect.secrets}
    assert named == {path for path in expected.changed if path.startswith("secrets.")}, (
        effect,
        expected,
    )


def _assert_fields_listed(effect: DeploymentChange, expected: Expected) -> None:
    """Assert that each changed field is listed; a report's paths go down to the leaves."""
    named = {change.path for change in effect.fields}
    fields = {path for path in expected.changed if not path.startswith("secrets.")}
    unnamed = {path for path in fields if not any(name.startswith(path) for name in named)}
    invented = {name for name in named if not name.startswith(tuple(fields))}
    assert not unnamed, (unnamed, effect, expected)
    assert not invented, (invented, effect, expected)


def assert_no_orphan(scene: Snapshot, errors: list[str]) -> None:
    """Assert that state and control plane have the same deployments."""
    assert scene.state.ids == sorted(scene.live), (scene.state.ids, sorted(scene.live), errors)


def assert_operations(run: UpRun, promised: Expectations, overridden: set[str]) -> None:
    """Assert the expected operations; fewer than previewed only for unknowns or overrides."""
    assert run.outcome.ops == operations(run.expected), (run.outcome.ops, run.expected)
    for resource, expected in promised.items():
        if resource not in overridden:
            assert run.expected[resource].ops.items() <= expected.ops.items(), (
                resource,
                expected,
                run.expected,
            )


def assert_failure_reported(run: UpRun, names: list[str]) -> None:
    """Assert that an error names a failed deployment and nothing unexpected was done."""
    errors = run.outcome.errors
    assert any(name in error for name in names for error in errors), errors
    assert not any("Traceback" in error for error in errors), errors
    assert run.outcome.ops.items() <= operations(run.expected).items(), (
        run.outcome.ops,
        run.expected,
    )


def assert_revisions(run: UpRun) -> None:
    """Assert the number of new revisions of each deployment."""
    for resource, expected in run.expected.items():
        most = expected.revisions if run.is_done(resource) else 0
        # A failure of another resource can prevent the retry.
        least = most - (expected.retries and not run.outcome.ok) if most else 0
        if run.wanted[resource] is not None:
            assert least <= run.made(resource) <= most, (resource, run.made(resource), expected)


def assert_writes(run: UpRun) -> None:
    """Assert the write requests for each deployment."""
    sent: dict[str, Counter[str]] = {}
    for method, path in run.writes:
        deployment_id = path.removeprefix("/v2/deployments").strip("/").partition("/")[0]
        sent.setdefault(deployment_id, Counter())[method] += 1
    due = {gone: Counter(["DELETE"]) for gone in run.before.state.pending_deletion}
    for resource, expected in run.expected.items():
        makes = expected.ops.get("Deployment") in ("create", "replace")
        for method in expected.writes:
            where = run.before if method == "DELETE" else run.after
            deployment_id = "" if method == "POST" and makes else where.id_of(resource)
            due.setdefault(deployment_id, Counter())[method] += 1
    assert sent == due, (sent, due, run.expected)


def assert_live_values(run: UpRun) -> None:
    """Assert that declared arguments are live and that others have not changed."""
    for resource, wanted in run.wanted.items():
        if wanted is None:
            continue
        deployment_id = run.after.id_of(resource)
        live, before = run.after.live[deployment_id], run.before.live.get(deployment_id, {})
        for path, value in wanted.items():
            if path not in _NOT_LIVE:
                assert matches_live(path, value, live.get(path)), (resource, path, value, live)
        _assert_live_variables(wanted, live, run.after.revisions[deployment_id])
        unmanaged = before.keys() - wanted.keys() - {*_SET_BY_SERVICE}
        unmanaged -= {"secrets"} if declares_variables(wanted) else set()
        unmanaged -= {ARCHIVE} if "path" in wanted else set()
        for path in unmanaged:
            assert live.get(path) == before[path], (resource, path, before[path], live.get(path))


def _assert_live_variables(wanted: Flat, live: Flat, revisions: list[Any]) -> None:
    """Assert the set of variables, which is hidden before the first revision, or if it is empty."""
    declared = variables_of(wanted)
    if declared and revisions:
        assert live.get("secrets") == declared, (declared, live)


ARCHIVE = "source_revision_config.source_tarball_path"
_NOT_LIVE = (
    *VARIABLE_MAPS,
    "triggers",
    "path",
    "folder",
    "delete_tracing_project",
    "rollout_timeout",
    "interrupt_stuck",
    "health_check",
    "tracked_packages",
    "revision_source",
    "compute_size",
)
_SET_BY_SERVICE = (
    "source_config.custom_url",
    "source_revision_config.repo_commit_sha",
    "source_revision_config.tracked_packages",
)
"""Values that the service sets with each revision."""
