"""Random lives of a stack whose resources are adopted, renamed, moved and replaced by force.

Beside the promises of `test_histories.py`, one rule holds after every step: no deployment is gone
that nobody declared gone, and no variable has vanished that the plan did not name. The suite plays
a few steps, `make grid` more. ``HISTORIES=500 pytest -m grid tests/histories/test_moves.py`` plays
that many, from another seed each time.
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

    from tests.support.engines import Outcome

Arguments = dict[str, Any]
Live = dict[str, dict[str, str]]
"""The variables of each live deployment, by its id."""

MOST = 4
"""Resources in a program."""
MORE = int(os.environ.get("HISTORIES", "120"))
SEED = int(
    os.environ.get("HISTORIES_SEED")
    or (randomness.randbelow(1_000_000) if "HISTORIES" in os.environ else 7)
)


class Life:
    """One stack, the program as it is, and what the world has that the stack does not manage."""

    def __init__(self, home: Path, simulator: Simulator, elsewhere: Simulator, seed: int) -> None:
        self.chance = random.Random(seed)
        self.simulator = simulator
        self.elsewhere = elsewhere
        self.program: dict[str, Arguments] = {}
        self.strangers: set[str] = set()
        """Live deployments that no resource of the stack manages."""
        self.told: list[str] = []
        """What was done so far, for whoever reads a failure."""
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
        """The id of the deployment that a resource manages."""
        entry = self._entry(resource)
        return str(entry["id"])

    def urn(self, resource: str) -> str:
        return str(self._entry(resource)["urn"])

    def fresh(self) -> str:
        self._names += 1
        return f"d{self._names}"

    def resource(self) -> str:
        return self.chance.choice(sorted(self.program))

    def make_by_hand(self) -> tuple[str, str]:
        """Make a deployment as somebody else would; return its name and id."""
        name = self.fresh()
        listed = [{"name": "OPENAI_API_KEY", "value": "theirs"}, {"name": "EXTRA", "value": "x-1"}]
        body = {**github(), "name": name, "secrets": listed}
        made = self._ask("POST", "", json=body).raise_for_status().json()
        self.strangers.add(made["id"])
        return name, str(made["id"])

    def delete_by_hand(self, identifier: str) -> None:
        self._ask("DELETE", f"/{identifier}", params={"delete_tracing_project": "true"})

    def does(
        self,
        program: dict[str, Arguments],
        *,
        gone: set[str] | None = None,
        replace: tuple[str, ...] = (),
    ) -> None:
        """Bring a program up that is to succeed; ``gone`` are the deployments it declares gone."""
        before = self.live()
        self._declare(program)
        self.simulator.clear_requests()
        preview = self.engine.preview(replace=replace)
        self._counted(program)
        assert preview.ok, (self.told, preview.errors)
        outcome = self.engine.up(replace=replace)
        assert outcome.ok, (self.told, outcome.errors)
        self.program = program
        self._nothing_is_lost(before, gone or set(), preview)
        assert self.engine.preview().ops == {}, self.told

    def is_refused(
        self, program: dict[str, Arguments], *, replace: tuple[str, ...] = (), at_up: bool = False
    ) -> None:
        """Try a program that is refused at preview, or fails in `up`; then take it back."""
        before = self.live()
        self._declare(program)
        self.simulator.clear_requests()
        preview = self.engine.preview(replace=replace)
        self._counted(program)
        assert preview.ok is at_up, (self.told, program, preview.errors)
        refused = self.engine.up(replace=replace)
        # Only the plan can refuse `--replace` of an adopted one that is made first.
        left_alone = self.told[-1] == "force" and "left alone" in refused.text
        assert not refused.ok or left_alone, (self.told, program)
        assert "Traceback" not in refused.text, refused.errors
        assert self.live() == before, self.told
        self._declare(self.program)
        assert self.engine.up().ok, self.told
        assert self.engine.preview().ops == {}, self.told
        assert self.live() == before, self.told

    def looks_elsewhere(self) -> None:
        """Run each operation with settings that lead to another control plane."""
        before = self.live()
        self._environ.update(self.elsewhere.env)
        self.engine._environ.update(self.elsewhere.env)
        for operation in (self.engine.preview, self.engine.refresh, self.engine.up):
            assert not operation().ok, self.told
        self.engine._environ.update(self.simulator.env)
        assert self.elsewhere.deployments() == {}
        assert self.live() == before
        assert self.engine.preview().ops == {}, self.told

    def ends(self) -> None:
        """Destroy the stack: what it does not manage stays."""
        assert self.engine.destroy().ok
        assert set(self.live()) == self.strangers

    def _nothing_is_lost(self, before: Live, gone: set[str], preview: Outcome) -> None:
        after = self.live()
        assert before.keys() - after.keys() <= gone, (self.told, before, after)
        assert set(after) == {*map(self.managed, self.program), *self.strangers}, self.told
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
            assert lost <= announced, (self.told, resource, lost, announced, report)

    def _counted(self, program: dict[str, Arguments]) -> None:
        """Assert that a preview has read nothing but what the program adopts, once each."""
        sent = [(request.method, request.path) for request in self.simulator.requests]
        adopted = {given.get("opts", {}).get("import_") for given in program.values()}
        allowed = {("GET", f"/v2/deployments/{identifier}") for identifier in adopted}
        assert len(sent) == len(set(sent)), (self.told, sent)
        assert set(sent) <= allowed, (self.told, sent)

    def _declare(self, program: dict[str, Arguments]) -> None:
        self._file.write_text(json.dumps(program))

    def _entry(self, resource: str) -> dict[str, Any]:
        return next(
            entry
            for entry in self.engine.state()
            if entry["type"].endswith(":Deployment") and entry["urn"].endswith(f"::{resource}")
        )

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        url = f"{self.simulator.url}/v2/deployments{path}"
        return httpx.request(method, url, headers={"X-Api-Key": API_KEY}, **options)


def arguments(life: Life, name: str) -> Arguments:
    return github(name=name, delete_tracing_project=life.chance.random() < 0.5)


def without_opts(given: Arguments) -> Arguments:
    return {key: deepcopy(value) for key, value in given.items() if key != "opts"}


def make(life: Life) -> None:
    name = life.fresh()
    life.does({**life.program, name: arguments(life, name)})


def edit(life: Life) -> None:
    resource = life.resource()
    given = deepcopy(life.program[resource])
    change = life.chance.choice(["rotate", "add", "remove", "ref", "label"])
    secrets = given["secrets"]
    if change == "rotate":
        secrets["OPENAI_API_KEY"] = f"value-{life.chance.random()}"
    elif change == "add":
        secrets[f"V{life.chance.randrange(3)}"] = "added-value"
    elif change == "remove":
        given["secrets"] = {"OPENAI_API_KEY": secrets["OPENAI_API_KEY"]}
    elif change == "ref":
        given["source_revision_config"]["repo_ref"] = life.chance.choice(["main", "v2", "v3"])
    else:
        given["display_name"] = life.chance.choice(["One", "Two"])
    life.does({**life.program, resource: given})


def drop(life: Life) -> None:
    resource = life.resource()
    gone = {life.managed(resource)}
    life.does({name: given for name, given in life.program.items() if name != resource}, gone=gone)


def adopt(life: Life) -> None:
    name, identifier = life.make_by_hand()
    given = arguments(life, name)
    if life.chance.random() < 0.5:
        given["secrets"] = {"OPENAI_API_KEY": "theirs", "EXTRA": "x-1"}
    given["opts"] = {"import_": identifier}
    life.strangers.discard(identifier)
    life.does({**life.program, life.fresh(): given})


def forget_import(life: Life) -> None:
    resource = life.resource()
    life.does({**life.program, resource: without_opts(life.program[resource])})


def rename_with_alias(life: Life) -> None:
    resource, renamed = life.resource(), life.fresh()
    given = {**without_opts(life.program[resource]), "opts": {"aliases": [{"name": resource}]}}
    life.does(_renamed(life, resource, renamed, given))


def rename_with_import(life: Life) -> None:
    resource, renamed = life.resource(), life.fresh()
    opts = {"import_": life.managed(resource)}
    given = {**without_opts(life.program[resource]), "opts": opts}
    life.does(_renamed(life, resource, renamed, given))


def rename_alone(life: Life) -> None:
    resource, renamed = life.resource(), life.fresh()
    given = without_opts(life.program[resource])
    life.is_refused(_renamed(life, resource, renamed, given), at_up=True)


def _renamed(life: Life, old: str, new: str, given: Arguments) -> dict[str, Arguments]:
    kept = {name: other for name, other in life.program.items() if name != old}
    return {**kept, new: given}


def adopt_twice(life: Life) -> None:
    resource = life.resource()
    given = github(name=life.fresh(), opts={"import_": life.managed(resource)})
    life.is_refused({**life.program, life.fresh(): given})


def force(life: Life) -> None:
    resource = life.resource()
    given = deepcopy(life.program[resource])
    opts = given.setdefault("opts", {})
    if life.chance.random() < 0.7:
        opts["delete_before_replace"] = True
    before, urn = life.managed(resource), life.urn(resource)
    program = {**life.program, resource: given}
    may = opts.get("delete_before_replace") and given["delete_tracing_project"]
    if may and opts.get("import_") != before:
        life.does(program, gone={before}, replace=(urn,))
    else:
        life.is_refused(program, replace=(urn,))


def lose(life: Life) -> None:
    resource = life.resource()
    identifier = life.managed(resource)
    life.delete_by_hand(identifier)
    assert life.engine.refresh().ok
    given = without_opts(life.program[resource])
    life.does({**life.program, resource: given}, gone={identifier})


def look_elsewhere(life: Life) -> None:
    life.looks_elsewhere()


STEPS: tuple[Callable[[Life], None], ...] = (
    edit,
    edit,
    drop,
    adopt,
    forget_import,
    rename_with_alias,
    rename_with_import,
    rename_alone,
    adopt_twice,
    force,
    force,
    lose,
    look_elsewhere,
)


@pytest.mark.parametrize("steps", [6, pytest.param(MORE, marks=pytest.mark.grid)])
def test_nothing_is_lost_that_nobody_gave_up(steps: int, tmp_path: Path) -> None:
    """Whatever a stack goes through, deployments and variables go only as declared."""
    with Simulator(api_key=API_KEY) as simulator, Simulator(api_key=API_KEY) as elsewhere:
        life = Life(tmp_path, simulator, elsewhere, SEED)
        life.told.append(f"HISTORIES_SEED={SEED}")
        make(life)
        for _ in range(steps):
            few = len(life.program) < 2
            step = make if few else life.chance.choice(STEPS)
            if step is adopt and len(life.program) >= MOST:
                step = drop
            life.told.append(step.__name__)
            step(life)
        life.ends()
