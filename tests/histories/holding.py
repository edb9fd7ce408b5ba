"""What must hold after a preview and after an ``up``, each rule by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.review import read_plan, report_on, review

from .foretelling import NOTHING
from .leaking import keeps_secrets
from .world import is_as_wanted

if TYPE_CHECKING:
    from langsmith_pulumi.review.impact import DeploymentChange
    from tests.support.engines import Outcome

    from .costs import Flat
    from .foretelling import Foretold
    from .stack import State

Told = dict[str, "Foretold"]


@dataclass(frozen=True)
class Scene:
    """The world and the state at one moment."""

    live: dict[str, Flat]
    """What the control plane has, by id."""
    revisions: dict[str, list[dict[str, Any]]]
    state: State

    def id_of(self, resource: str) -> str:
        """The deployment that a resource manages; empty when there is none."""
        return str(self.state.deployments.get(resource, {}).get("id", ""))


@dataclass(frozen=True)
class Deed:
    """An ``up`` that has ended: what it had to do, and the scenes around it."""

    told: Told
    wanted: dict[str, Flat | None]
    outcome: Outcome
    before: Scene
    after: Scene
    writes: list[tuple[str, str]]
    """Method and path of the requests that change something."""

    def is_done(self, resource: str) -> bool:
        """Whether the resource's deployment was seen to, or needed nothing."""
        due = "Deployment" in self.told[resource].ops
        return not due or f"Deployment {resource}" in self.outcome.ops

    def made(self, resource: str) -> int:
        """How many revisions were made of what the resource manages now."""
        there = self.after.id_of(resource)
        before = self.before.revisions.get(there, [])
        return len(self.after.revisions.get(there, [])) - len(before)


def operations(told: Told) -> dict[str, str]:
    """All operations that are foretold, as outcomes list them."""
    return {
        f"{kind} {resource}": op for resource, one in told.items() for kind, op in one.ops.items()
    }


def preview_tells(preview: Outcome, promise: Told) -> None:
    """A preview lists what the documentation says; where that is a refusal, it says why."""
    refused = [told.refused for told in promise.values() if told.refused]
    if refused:
        assert not preview.ok
        assert any(refused[0] in error for error in preview.errors), preview.errors
    else:
        assert preview.ok, preview.errors
        assert preview.ops == operations(promise), (preview.ops, promise)


def report_tells(plan: dict[str, Any], promise: Told) -> None:
    """A report names each effect by the right kind, and each value that changes."""
    stacks = report_on([read_plan("plan", plan)]).stacks
    effects = {effect.name: effect for stack in stacks for effect in stack.deployments}
    touched = {resource: told for resource, told in promise.items() if told != NOTHING}
    assert effects.keys() == touched.keys(), (effects, touched)
    for resource, effect in effects.items():
        assert effect.kind.value in touched[resource].kinds, (effect, touched[resource])
        if effect.kind.value in ("revision", "in place"):
            _names_secrets(effect, touched[resource])
        if effect.kind.value in ("revision", "in place", "replaced"):
            _names_fields(effect, touched[resource])
    for style in ("markdown", "text", "json"):
        text = review([("plan", plan)], format=style).text
        keeps_secrets(text)
        assert all(resource in text for resource in touched)


def _names_secrets(effect: DeploymentChange, told: Foretold) -> None:
    named = {f"secrets.{change.name}" for change in effect.secrets}
    assert named == {path for path in told.changed if path.startswith("secrets.")}, (effect, told)


def _names_fields(effect: DeploymentChange, told: Foretold) -> None:
    """A report goes down to the leaves, so its paths begin with ours."""
    named = {change.path for change in effect.fields}
    fields = {path for path in told.changed if not path.startswith("secrets.")}
    unnamed = {path for path in fields if not any(name.startswith(path) for name in named)}
    invented = {name for name in named if not name.startswith(tuple(fields))}
    assert not unnamed, (unnamed, effect, told)
    assert not invented, (invented, effect, told)


def no_orphan(scene: Scene, errors: list[str]) -> None:
    """State and control plane have the same deployments, one to one."""
    assert scene.state.ids == sorted(scene.live), (scene.state.ids, sorted(scene.live), errors)


def did_as_told(deed: Deed, promise: Told, overridden: set[str]) -> None:
    """``up`` does what was promised; less only where a value was unknown, more by an override."""
    assert deed.outcome.ops == operations(deed.told), (deed.outcome.ops, deed.told)
    for resource, told in promise.items():
        if resource not in overridden:
            assert deed.told[resource].ops.items() <= told.ops.items(), (resource, told, deed.told)


def failed_well(deed: Deed, names: list[str]) -> None:
    """An error names a deployment that failed, and nothing was done that was not due."""
    errors = deed.outcome.errors
    assert any(name in error for name in names for error in errors), errors
    assert not any("Traceback" in error for error in errors), errors
    assert deed.outcome.ops.items() <= operations(deed.told).items(), (deed.outcome.ops, deed.told)


def made_revisions(deed: Deed) -> None:
    """As many revisions were made as was told, deployment by deployment."""
    for resource, told in deed.told.items():
        most = told.revisions if deed.is_done(resource) else 0
        # A failure elsewhere keeps a retry from being asked for.
        least = most - (told.retries and not deed.outcome.ok) if most else 0
        if deed.wanted[resource] is not None:
            assert least <= deed.made(resource) <= most, (resource, deed.made(resource), told)


def sent_writes(deed: Deed) -> None:
    """As many requests that change something were sent as was told, deployment by deployment."""
    sent: dict[str, Counter[str]] = {}
    for method, path in deed.writes:
        there = path.removeprefix("/v2/deployments").strip("/").partition("/")[0]
        sent.setdefault(there, Counter())[method] += 1
    expected = {gone: Counter(["DELETE"]) for gone in deed.before.state.leaving}
    for resource, told in deed.told.items():
        makes = told.ops.get("Deployment") in ("create", "replace")
        for method in told.writes:
            where = deed.before if method == "DELETE" else deed.after
            there = "" if method == "POST" and makes else where.id_of(resource)
            expected.setdefault(there, Counter())[method] += 1
    assert sent == expected, (sent, expected, deed.told)


def live_is_as_declared(deed: Deed) -> None:
    """What a program names is live as it says; what it leaves out is as it was."""
    for resource, wanted in deed.wanted.items():
        if wanted is None:
            continue
        there = deed.after.id_of(resource)
        live, before = deed.after.live[there], deed.before.live.get(there, {})
        for path, value in wanted.items():
            if path not in _NOT_SHOWN and not _is_hidden(path, value, deed.after.revisions[there]):
                assert is_as_wanted(path, value, live.get(path)), (resource, path, value, live)
        for path, value in before.items():
            if path not in wanted and path not in _MOVES:
                assert live.get(path) == value, (resource, path, value, live.get(path))


def _is_hidden(path: str, value: Any, revisions: list[Any]) -> bool:
    """Variables do not show before the first revision, and none cannot be asked for."""
    return path == "secrets" and not (value and revisions)


_NOT_SHOWN = (
    "triggers",
    "delete_tracing_project",
    "rollout_timeout",
    "tracked_packages",
    "revision_source",
)
_MOVES = (
    "source_config.custom_url",
    "source_revision_config.repo_commit_sha",
    "source_revision_config.tracked_packages",
)
"""What the service sets by itself with each revision."""
