"""Deployments from a local folder: what is uploaded, when, and what a plan says before."""

from __future__ import annotations

import io
import json
import os
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.scenarios.crashes import Crash, hold_request, lose_response
from tests.scenarios.test_crashes import assert_next_up_recovers, kill_during
from tests.support.processes import kill_tree
from tests.support.scenario import (
    CANARY,
    CREATE,
    IN_PLACE,
    NOTHING,
    REVISION,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_pulumi.testing.simulator import Simulator
    from langsmith_pulumi.testing.simulator.traffic import FaultKind
    from tests.support.engines import OperationResult
    from tests.support.scenario import ScenarioRunner

CONFIG = {"graphs": {"agent": "./src/agent.py:graph"}, "dependencies": ["."]}
UPLOAD = ["POST", "PUT", "PATCH"]
"""The requests that make a revision of a folder, the one for the upload URL first."""


def local(**changes: Any) -> dict[str, Any]:
    """Return a program with one deployment from the folder beside it."""
    base: dict[str, Any] = {
        "source": "internal_source",
        "source_config": {"deployment_type": "dev"},
        "path": "./agent",
        "secrets": {"OPENAI_API_KEY": CANARY},
        "delete_tracing_project": True,
    }
    return {"agent": {**base, **changes}}


@pytest.fixture
def folder(runner: ScenarioRunner) -> Path:
    """Return the folder of a small agent, beside the program."""
    root = runner.engine.home / "program" / "agent"
    write(root, "langgraph.json", json.dumps(CONFIG))
    write(root, "src/agent.py", "graph = 1\n")
    write(root, "pyproject.toml", "[project]\nname = 'agent'\n")
    return root


def write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def up(runner: ScenarioRunner, program: dict[str, Any] | None = None) -> OperationResult:
    """Bring the program up; the preview after it is empty."""
    runner.write(program or local())
    result = runner.engine.up()
    assert result.ok, result.errors
    assert runner.engine.preview().ops == NOTHING
    return result


def archive(simulator: Simulator) -> dict[str, bytes]:
    """Return the files in the archive of the newest revision."""
    place = simulator.deployment("agent")["source_revision_config"]["source_tarball_path"]
    content = simulator.archive(place)
    assert content is not None
    with tarfile.open(fileobj=io.BytesIO(content)) as found:
        return {one.name: found.extractfile(one).read() for one in found}  # type: ignore[union-attr]


def writes(simulator: Simulator) -> list[str]:
    """Return the requests that change something, those to the upload's host among them."""
    sent = [one for one in simulator.requests if one.method != "GET"]
    return [one.method for one in sorted([*sent, *uploads(simulator)], key=lambda one: one.time)]


def uploads(simulator: Simulator) -> list[Any]:
    return [one for one in simulator.external_requests if one.method == "PUT"]


def test_the_life_of_a_folder(runner: ScenarioRunner, folder: Path) -> None:
    """A new content is a new revision, and nothing else is: no time, no other name, no refresh."""
    simulator = runner.simulator
    up(runner)
    assert writes(simulator) == ["POST", *UPLOAD]
    assert archive(simulator)["src/agent.py"] == b"graph = 1\n"
    assert simulator.deployment("agent")["secrets"]

    os.utime(folder / "src" / "agent.py", (0, 0))
    runner.run(Step(local(), NOTHING))

    write(folder, "src/agent.py", "graph = 2\n")
    write(folder, "src/tools.py", "")
    (folder / "pyproject.toml").unlink()
    simulator.clear_requests()
    preview = runner.engine.preview()
    assert (preview.ops, simulator.requests) == (named(REVISION), [])
    assert "1 file changed, 1 added, 1 removed: src/agent.py, src/tools.py" in preview.text
    assert up(runner).ops == named(REVISION)
    assert writes(simulator) == UPLOAD
    assert archive(simulator).keys() == {"langgraph.json", "src/agent.py", "src/tools.py"}

    assert runner.engine.refresh().ok
    runner.run(Step(local(), NOTHING))
    folder.rename(folder.with_name("renamed"))
    runner.run(Step(local(path="renamed"), IN_PLACE))
    assert len(simulator.revisions("agent")) == 2


def named(ops: dict[str, str]) -> dict[str, str]:
    return {f"{kind} agent": op for kind, op in ops.items()}


def test_a_folder_that_is_gone(runner: ScenarioRunner, folder: Path) -> None:
    """A clear error and no request; what was deployed can still be refreshed and destroyed."""
    up(runner)
    runner.simulator.clear_requests()
    folder.rename(folder.with_name("elsewhere"))
    for result in (runner.engine.preview(), runner.engine.up()):
        assert not result.ok
        assert any("does not exist: 'agent'" in error for error in result.errors), result.errors
        assert "Traceback" not in result.text
    assert runner.simulator.requests == []
    assert runner.engine.refresh().ok
    assert runner.engine.destroy().ok
    assert runner.simulator.deployments() == {}


def test_the_state_is_the_same_on_every_machine(runner: ScenarioRunner, folder: Path) -> None:
    """It holds the path as the program wrote it, and short digests, but no path of this machine."""
    up(runner)
    resources = [one for one in runner.engine.state() if "langsmith:" in one["type"]]
    assert str(runner.engine.home) not in json.dumps(resources)
    (deployment,) = [one for one in resources if one["type"].endswith("Deployment")]
    assert deployment["inputs"]["path"] == "./agent"
    assert set(deployment["inputs"]["folder"]["files"]) == set(archive(runner.simulator))


IGNORING: dict[str, dict[str, Any]] = {
    "path": {"display_name": "A"},
    'folder["digest"]': {"secrets": {"OPENAI_API_KEY": "another"}},
    "*": {},
}
"""What ignores the contents, and what the program changes beside them."""


@pytest.mark.parametrize("ignored", IGNORING)
def test_ignored_contents_stay_as_they_were_built(
    runner: ScenarioRunner, folder: Path, ignored: str
) -> None:
    """They are neither read nor uploaded, whatever else changes, also if the first upload fails."""
    runner.simulator.fail("PUT", "/_uploads/*", "status", status=403, times=1)
    opts = {"ignore_changes": [ignored]}
    runner.write(local(opts=opts))
    assert not runner.engine.up().ok
    write(folder, "src/agent.py", "graph = 2\n")
    assert up(runner, local(opts=opts)).ops == {"Rollout agent": "create"}
    folder.rename(folder.with_name("elsewhere"))
    changes = IGNORING[ignored]
    plan = NOTHING if not changes else REVISION if "secrets" in changes else IN_PLACE
    requests = ["PATCH"] if changes else []
    runner.run(Step(local(opts=opts, **changes), plan, requests))


def test_another_revision_is_built_from_a_new_upload(runner: ScenarioRunner, folder: Path) -> None:
    """Nobody says how long the service keeps an archive, so none is used twice."""
    up(runner)
    runner.simulator.clear_requests()
    other = local(secrets={"OPENAI_API_KEY": "another"}, triggers={"prompt": 2})
    assert up(runner, other).ops == named(REVISION)
    assert writes(runner.simulator) == UPLOAD
    assert runner.simulator.revisions("agent")[0]["status"] == "DEPLOYED"
    up(
        runner,
        local(secrets={"OPENAI_API_KEY": "another"}, triggers={"prompt": 2}, display_name="A"),
    )
    assert writes(runner.simulator) == [*UPLOAD, "PATCH"]


CUTS: list[FaultKind] = ["drop_request", "drop_response", "status"]


@pytest.mark.parametrize("kind", CUTS)
def test_an_upload_that_was_cut_is_done_again(
    runner: ScenarioRunner, folder: Path, kind: FaultKind
) -> None:
    """As a whole and to a new URL; the deployment is built once."""
    runner.simulator.fail("PUT", "/_uploads/*", kind, status=503, times=2)
    up(runner)
    assert len(runner.simulator.uploads("agent")) == 3
    assert len(runner.simulator.revisions("agent")) == 1
    assert archive(runner.simulator)


def test_an_upload_that_never_succeeds(runner: ScenarioRunner, folder: Path) -> None:
    """The deployment is in the state, nothing is built, and the next up does the rest."""
    simulator = runner.simulator
    simulator.fail("PUT", "/_uploads/*", "status", status=503, times=99)
    runner.run(
        Step(
            local(),
            CREATE,
            ["POST", *["POST"] * 4],
            error="PUT of the archive to",
            up={"Deployment": "create"},
        )
    )
    simulator.clear_faults()
    simulator.clear_requests()
    runner.write(local())
    assert runner.engine.preview().ops == {"Rollout agent": "create"}
    up(runner)
    assert writes(simulator) == UPLOAD
    write(folder, "src/agent.py", "graph = 2\n")
    simulator.fail("PUT", "/_uploads/*", "status", status=403, times=1)
    runner.run(Step(local(), REVISION, ["POST"], error="answered 403", up=NOTHING))
    up(runner)
    assert archive(simulator)["src/agent.py"] == b"graph = 2\n"


def test_a_build_that_failed_is_retried(runner: ScenarioRunner, folder: Path) -> None:
    """The error is told, and a corrected folder is a revision of its own."""
    simulator = runner.simulator
    simulator.outcome("agent", "BUILD_FAILED")
    runner.write(local())
    failed = runner.engine.up()
    assert not failed.ok
    write(folder, "src/agent.py", "graph = 2\n")
    result = up(runner)
    assert result.ops == {"Deployment agent": "update", "Rollout agent": "create"}
    assert [one["status"] for one in simulator.revisions("agent")] == ["DEPLOYED", "BUILD_FAILED"]


INVALID: list[tuple[str, Callable[[Path], object], dict[str, Any], str]] = [
    ("another source", lambda _: None, {"source": "internal_docker"}, "only of internal_source"),
    (
        "two places",
        lambda _: None,
        {"source_revision_config": {"source_tarball_path": "x"}},
        "source_tarball_path has to be left out",
    ),
    ("a file", lambda _: None, {"path": "agent/langgraph.json"}, "names a file"),
    (
        "no config",
        lambda root: (root / "langgraph.json").unlink(),
        {},
        "has no file langgraph.json",
    ),
    ("no JSON", lambda root: write(root, "langgraph.json", "{,"), {}, "is no JSON"),
    ("no graphs", lambda root: write(root, "langgraph.json", "{}"), {}, "names no graph"),
    ("no such graph", lambda root: (root / "src/agent.py").unlink(), {}, "graph 'agent' is in"),
    (
        "an ignored graph",
        lambda root: write(root, ".gitignore", "agent.py"),
        {},
        "a file that is not there or left out",
    ),
    (
        "a dependency elsewhere",
        lambda root: write(
            root, "langgraph.json", json.dumps({**CONFIG, "dependencies": ["../shared"]})
        ),
        {},
        "dependency ../shared is not in the folder",
    ),
    (
        "variables in a file",
        lambda root: write(root, "langgraph.json", json.dumps({**CONFIG, "env": ".env"})),
        {"secrets": None},
        "env names the file '.env'",
    ),
    (
        "a link that leads out",
        lambda root: (root / "out").symlink_to("/etc/hosts"),
        {},
        "a symbolic link that leads out of it: out",
    ),
    (
        "a pipe",
        lambda root: os.mkfifo(root / "pipe"),
        {},
        "something that is neither a file nor a folder: pipe",
    ),
]


@pytest.mark.parametrize(
    ("edit", "changes", "reason"), [row[1:] for row in INVALID], ids=[row[0] for row in INVALID]
)
def test_what_cannot_be_built_is_refused_at_preview(
    runner: ScenarioRunner,
    folder: Path,
    edit: Callable[[Path], object],
    changes: dict[str, Any],
    reason: str,
) -> None:
    """In one sentence each, before any request."""
    edit(folder)
    program = local(**changes)
    runner.write({"agent": {key: value for key, value in program["agent"].items() if value}})
    preview = runner.engine.preview()
    assert not preview.ok
    assert any(reason in error for error in preview.errors), preview.errors
    assert "Traceback" not in preview.text
    assert runner.simulator.requests == []


def test_variables_in_a_file_are_warned_about(runner: ScenarioRunner, folder: Path) -> None:
    """Where the program gives variables, the file may be that of local runs; it is never sent."""
    write(folder, "langgraph.json", json.dumps({**CONFIG, "env": ".env"}))
    write(folder, ".env", CANARY)
    runner.write(local())
    preview = runner.engine.preview()
    assert preview.ok
    assert "env names the file '.env'" in preview.text
    up(runner)
    assert ".env" not in archive(runner.simulator)


def test_a_size_is_set_after_the_first_revision(runner: ScenarioRunner, folder: Path) -> None:
    """There is nothing to resize before, and the rollout waits for the last revision."""
    program = local(source_config={"deployment_type": "dedicated"}, compute_size="medium")
    up(runner, program)
    assert writes(runner.simulator) == ["POST", *UPLOAD, "PATCH"]
    first, second = reversed(runner.simulator.revisions("agent"))
    assert first["status"] == second["status"] == "DEPLOYED"


def test_an_adoption_uploads(runner: ScenarioRunner, folder: Path) -> None:
    """Nothing proves that the live deployment was built from this folder."""
    up(runner, {"other": local(name="agent", opts={"retain_on_delete": True})["agent"]})
    identifier = runner.simulator.deployment("agent")["id"]
    runner.write({})
    assert runner.engine.up().ok
    runner.simulator.clear_requests()
    up(runner, local(opts={"import_": identifier}))
    assert writes(runner.simulator) == UPLOAD


def test_a_plain_internal_source_gets_a_folder(runner: ScenarioRunner, folder: Path) -> None:
    """And one whose folder is taken out of the program keeps running, unmanaged."""
    plain = local()
    del plain["agent"]["path"]
    up(runner, plain)
    assert up(runner).ops == named(REVISION)
    assert up(runner, plain).ops == named(IN_PLACE)
    assert runner.simulator.revisions("agent")[0]["status"] == "DEPLOYED"


def test_a_path_from_an_output(runner: ScenarioRunner, folder: Path) -> None:
    """A path that is known only during up is a change until then."""
    up(runner, {"first": local(name="first")["agent"]})
    both = {"first": local(name="first")["agent"], **local(path={"after": ["first", "agent"]})}
    up(runner, both)
    assert archive(runner.simulator)


UPDATED = local(triggers={"prompt": 2})
CRASHES = [
    Crash("create: before it has an upload URL", local(), hold_request("POST", "*/upload-url")),
    Crash("create: in the upload", local(), hold_request("PUT", "/_uploads/*")),
    Crash("create: the answer to the upload is lost", local(), lose_response("PUT", "/_uploads/*")),
    Crash("create: before the PATCH", local(), hold_request("PATCH")),
    Crash(
        "create: the answer to the PATCH is lost",
        local(),
        lose_response("PATCH"),
        lambda simulator: bool(simulator.revisions("agent")),
    ),
    Crash("update: in the upload", UPDATED, hold_request("PUT", "/_uploads/*"), before=local()),
    Crash("update: before the PATCH", UPDATED, hold_request("PATCH"), before=local()),
    Crash(
        "update: the answer to the PATCH is lost",
        UPDATED,
        lose_response("PATCH"),
        lambda simulator: len(simulator.revisions("agent")) > 1,
        before=local(),
    ),
]


@pytest.mark.parametrize(
    "crash",
    [
        pytest.param(one, id=one.name, marks=[pytest.mark.grid] if " before " in one.name else [])
        for one in CRASHES
    ],
)
def test_a_crash_is_settled_by_the_next_up(
    crash: Crash, runner: ScenarioRunner, folder: Path
) -> None:
    """The id is in the state before the upload begins, so no deployment has to be adopted."""
    kill_during(crash, runner, kill_tree)
    assert_next_up_recovers(crash, runner)
