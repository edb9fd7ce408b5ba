"""Random histories of a stack whose resources are adopted, renamed, moved and force-replaced.

After every step, no deployment is deleted that the program did not delete, and no variable is
removed that the plan did not list. The suite runs a few steps, `make grid` more.
``HISTORIES=500 pytest -m grid tests/histories/test_adoption_histories.py`` runs that many, from
another seed each time.
"""

from __future__ import annotations

import json
import os
import random
import secrets as randomness
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from langsmith_pulumi.review import review
from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import ENGINES, PASSPHRASE
from tests.support.scenario import API_KEY, github

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.engines import OperationResult

Arguments = dict[str, Any]
Live = dict[str, dict[str, str]]
"""The variables of each live deployment by id."""

MAX_RESOURCES = 4
"""Resources in a program."""
GRID_STEPS = int(os.environ.get("HISTORIES", "120"))
SEED = int(
    os.environ.get("HISTORIES_SEED")
    or (randomness.randbelow(1_000_000) if "HISTORIES" in os.environ else 7)
)
pytestmark = pytest.mark.timeout(300 + 30 * GRID_STEPS)


class RandomStack:
    """A stack, its program, and the deployments that the stack does not manage."""

    def __init__(
        self, home: Path, simulator: Simulator, other_simulator: Simulator, seed: int
    ) -> None:
        self.random_source = random.Random(seed)
        self.simulator = simulator
        self.other_simulator = other_simulator
        self.program: dict[str, Arguments] = {}
        self.unmanaged: set[str] = set()
        """Ids of live deployments that no resource of the stack manages."""
        self.steps_taken: list[str] = []
        """The steps so far, shown by failures."""
        self._names = 0
        self._file = home / "program.json"
        (home / "engine").mkdir()
        self._environ = {
            **os.environ,
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "SCENARIO": str(self._file),
        }
        self.engine: Any = ENGINES["offline"](home / "engine", self._environ)

    def live(self) -> Live:
        return {
            one["id"]: {item["name"]: item["value"] for item in one["secrets"]}
            for one in self.simulator.deployments().values()
        }

    def managed(self, resource: str) -> str:
        """Return the id of the deployment that a resource manages."""
        entry = self._entry(resource)
        return str(entry["id"])

    def urn(self, resource: str) -> str:
        return str(self._entry(resource)["urn"])

    def new_name(self) -> str:
        self._names += 1
        return f"d{self._names}"

    def resource(self) -> str:
        return self.random_source.choice(sorted(self.program))

    def create_outside(self) -> tuple[str, str]:
        """Create a deployment outside of the stack; return its name and id."""
        name = self.new_name()
        listed = [{"name": "OPENAI_API_KEY", "value": "theirs"}, {"name": "EXTRA", "value": "x-1"}]
        body = {**github(), "name": name, "secrets": listed}
        made = self._request("POST", "", json=body).raise_for_status().json()
        self.unmanaged.add(made["id"])
        return name, str(made["id"])

    def delete_outside(self, identifier: str) -> None:
        self._request("DELETE", f"/{identifier}", params={"delete_tracing_project": "true"})

    def up_succeeds(
        self,
        program: dict[str, Arguments],
        *,
        gone: set[str] | None = None,
        replace: tuple[str, ...] = (),
    ) -> None:
        """Apply a program and assert that only the deployments in ``gone`` are deleted."""
        before = self.live()
        self._declare(program)
        self.simulator.clear_requests()
        preview = self.engine.preview(replace=replace)
        self._assert_reads(program)
        assert preview.ok, (self.steps_taken, preview.errors)
        outcome = self.engine.up(replace=replace)
        assert outcome.ok, (self.steps_taken, outcome.errors)
        self.program = program
        self._assert_nothing_lost(before, gone or set(), preview)
        assert self.engine.preview().ops == {}, self.steps_taken

    def assert_refused(
        self, program: dict[str, Arguments], *, replace: tuple[str, ...] = (), at_up: bool = False
    ) -> None:
        """Assert that a program fails at preview (or in `up`), then restore the program."""
        before = self.live()
        self._declare(program)
        self.simulator.clear_requests()
        preview = self.engine.preview(replace=replace)
        self._assert_reads(program)
        assert preview.ok is at_up, (self.steps_taken, program, preview.errors)
        refused = self.engine.up(replace=replace)
        # If the new one is created first, only the plan can refuse `--replace` of an adopted one.
        left_alone = self.steps_taken[-1] == "force" and "left alone" in refused.text
        assert not refused.ok or left_alone, (self.steps_taken, program)
        assert "Traceback" not in refused.text, refused.errors
        assert self.live() == before, self.steps_taken
        self._declare(self.program)
        assert self.engine.up().ok, self.steps_taken
        assert self.engine.preview().ops == {}, self.steps_taken
        assert self.live() == before, self.steps_taken

    def assert_other_control_plane_refused(self) -> None:
        """Assert that each operation fails with the settings of another control plane."""
        before = self.live()
        self._environ.update(self.other_simulator.env)
        self.engine.environ.update(self.other_simulator.env)
        for operation in (self.engine.preview, self.engine.refresh, self.engine.up):
            assert not operation().ok, self.steps_taken
        self.engine.environ.update(self.simulator.env)
        assert self.other_simulator.deployments() == {}
        assert self.live() == before
        assert self.engine.preview().ops == {}, self.steps_taken

    def destroy(self) -> None:
        """Destroy the stack and assert that unmanaged deployments stay."""
        assert self.engine.destroy().ok
        assert set(self.live()) == self.unmanaged

    def _assert_nothing_lost(self, before: Live, gone: set[str], preview: OperationResult) -> None:
        after = self.live()
        assert before.keys() - after.keys() <= gone, (self.steps_taken, before, after)
        assert set(after) == {*map(self.managed, self.program), *self.unmanaged}, self.steps_taken
        plan, _ = json.JSONDecoder().raw_decode(preview.text)
        report = json.loads(review([("plan", plan)], format="json").text)
        for resource in self.program:
            identifier = self.managed(resource)
            lost = before.get(identifier, {}).keys() - after[identifier].keys()
            announced = {
                change["name"]
                for stack in report["stacks"]
                for one in stack["deployments"]
                if one["name"] == resource
                for change in one["secrets"]
                if change["action"] == "removed"
            }
            assert lost <= announced, (self.steps_taken, resource, lost, announced, report)

    def _assert_reads(self, program: dict[str, Arguments]) -> None:
        """Assert that a preview has read nothing but what the program adopts, once each."""
        sent = [(request.method, request.path) for request in self.simulator.requests]
        adopted = {given.get("opts", {}).get("import_") for given in program.values()}
        allowed = {("GET", f"/v2/deployments/{identifier}") for identifier in adopted}
        assert len(sent) == len(set(sent)), (self.steps_taken, sent)
        assert set(sent) <= allowed, (self.steps_taken, sent)

    def _declare(self, program: dict[str, Arguments]) -> None:
        self._file.write_text(json.dumps(program))

    def _entry(self, resource: str) -> dict[str, Any]:
        return next(
            entry
            for entry in self.engine.state()
            if entry["type"].endswith(":Deployment") and entry["urn"].endswith(f"::{resource}")
        )

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        url = f"{self.simulator.url}/v2/deployments{path}"
        return httpx.request(method, url, headers={"X-Api-Key": API_KEY}, **options)


def arguments(stack: RandomStack, name: str) -> Arguments:
    return github(name=name, delete_tracing_project=stack.random_source.random() < 0.5)


def without_options(given: Arguments) -> Arguments:
    return {key: deepcopy(value) for key, value in given.items() if key != "opts"}


def create(stack: RandomStack) -> None:
    name = stack.new_name()
    stack.up_succeeds({**stack.program, name: arguments(stack, name)})


def edit(stack: RandomStack) -> None:
    resource = stack.resource()
    given = deepcopy(stack.program[resource])
    change = stack.random_source.choice(["rotate", "add", "remove", "ref", "label"])
    secrets = given["secrets"]
    if change == "rotate":
        secrets["OPENAI_API_KEY"] = f"value-{stack.random_source.random()}"
    elif change == "add":
        secrets[f"V{stack.random_source.randrange(3)}"] = "added-value"
    elif change == "remove":
        given["secrets"] = {"OPENAI_API_KEY": secrets["OPENAI_API_KEY"]}
    elif change == "ref":
        given["source_revision_config"]["repo_ref"] = stack.random_source.choice(
            ["main", "v2", "v3"]
        )
    else:
        given["display_name"] = stack.random_source.choice(["One", "Two"])
    stack.up_succeeds({**stack.program, resource: given})


def remove(stack: RandomStack) -> None:
    resource = stack.resource()
    gone = {stack.managed(resource)}
    stack.up_succeeds(
        {name: given for name, given in stack.program.items() if name != resource}, gone=gone
    )


def adopt(stack: RandomStack) -> None:
    name, identifier = stack.create_outside()
    given = arguments(stack, name)
    if stack.random_source.random() < 0.5:
        given["secrets"] = {"OPENAI_API_KEY": "theirs", "EXTRA": "x-1"}
    given["opts"] = {"import_": identifier}
    stack.unmanaged.discard(identifier)
    stack.up_succeeds({**stack.program, stack.new_name(): given})


def forget_import(stack: RandomStack) -> None:
    resource = stack.resource()
    stack.up_succeeds({**stack.program, resource: without_options(stack.program[resource])})


def rename_with_alias(stack: RandomStack) -> None:
    resource, renamed = stack.resource(), stack.new_name()
    given = {**without_options(stack.program[resource]), "opts": {"aliases": [{"name": resource}]}}
    stack.up_succeeds(_renamed(stack, resource, renamed, given))


def rename_with_import(stack: RandomStack) -> None:
    resource, renamed = stack.resource(), stack.new_name()
    opts = {"import_": stack.managed(resource)}
    given = {**without_options(stack.program[resource]), "opts": opts}
    stack.up_succeeds(_renamed(stack, resource, renamed, given))


def rename_alone(stack: RandomStack) -> None:
    resource, renamed = stack.resource(), stack.new_name()
    given = without_options(stack.program[resource])
    stack.assert_refused(_renamed(stack, resource, renamed, given), at_up=True)


def _renamed(stack: RandomStack, old: str, new: str, given: Arguments) -> dict[str, Arguments]:
    kept = {name: other for name, other in stack.program.items() if name != old}
    return {**kept, new: given}


def adopt_twice(stack: RandomStack) -> None:
    resource = stack.resource()
    given = github(name=stack.new_name(), opts={"import_": stack.managed(resource)})
    stack.assert_refused({**stack.program, stack.new_name(): given})


def force_replacement(stack: RandomStack) -> None:
    resource = stack.resource()
    given = deepcopy(stack.program[resource])
    opts = given.setdefault("opts", {})
    if stack.random_source.random() < 0.7:
        opts["delete_before_replace"] = True
    before, urn = stack.managed(resource), stack.urn(resource)
    program = {**stack.program, resource: given}
    may = opts.get("delete_before_replace") and given["delete_tracing_project"]
    if may and opts.get("import_") != before:
        stack.up_succeeds(program, gone={before}, replace=(urn,))
    else:
        stack.assert_refused(program, replace=(urn,))


def delete_outside_and_refresh(stack: RandomStack) -> None:
    resource = stack.resource()
    identifier = stack.managed(resource)
    stack.delete_outside(identifier)
    assert stack.engine.refresh().ok
    given = without_options(stack.program[resource])
    stack.up_succeeds({**stack.program, resource: given}, gone={identifier})


def use_other_control_plane(stack: RandomStack) -> None:
    stack.assert_other_control_plane_refused()


STEPS: tuple[Callable[[RandomStack], None], ...] = (
    edit,
    edit,
    remove,
    adopt,
    forget_import,
    rename_with_alias,
    rename_with_import,
    rename_alone,
    adopt_twice,
    force_replacement,
    force_replacement,
    delete_outside_and_refresh,
    use_other_control_plane,
)


@pytest.mark.parametrize("steps", [6, pytest.param(GRID_STEPS, marks=pytest.mark.grid)])
def test_deployments_and_variables_are_deleted_only_as_declared(steps: int, tmp_path: Path) -> None:
    """Deployments and variables are deleted only as the program declares."""
    with Simulator(api_key=API_KEY) as simulator, Simulator(api_key=API_KEY) as other_simulator:
        stack = RandomStack(tmp_path, simulator, other_simulator, SEED)
        stack.steps_taken.append(f"HISTORIES_SEED={SEED}")
        create(stack)
        for _ in range(steps):
            is_small = len(stack.program) < 2
            step = create if is_small else stack.random_source.choice(STEPS)
            if step is adopt and len(stack.program) >= MAX_RESOURCES:
                step = remove
            stack.steps_taken.append(step.__name__)
            step(stack)
        stack.destroy()
