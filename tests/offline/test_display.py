"""Displays: lines in a log, rows on a terminal, one document with --json."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

from rich.console import Console

from langsmith_pulumi.testing.offline import Status, Step, StepBegan, StepEnded
from langsmith_pulumi.testing.offline.command import output, run
from langsmith_pulumi.testing.offline.display import LiveTable, Rows
from langsmith_pulumi.testing.offline.state import Entry
from langsmith_pulumi.testing.offline.steps import Op
from tests.offline.toy import thing

if TYPE_CHECKING:
    import pytest

    from tests.offline.toy import Toy

URN = "urn:pulumi:dev::toy::pulumi-python:dynamic/toy:Thing::a"


def test_lines(
    toy: Toy, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal each step is a line with its changes below, and each status a line."""
    for key, value in toy.environ.items():
        monkeypatch.setenv(key, value)
    toy.on_call(update_a={"status": "BUILDING, 1m20s", "urn": URN})
    toy.declare(thing("a", value="one", secret={"hidden": "canary"}), exports={"n": 1})
    assert run("up", cwd=toy.project, config=["n=1"]) == 0
    assert " +  toy:Thing a created (" in capfd.readouterr().out

    toy.declare(thing("a", value="two", secret={"hidden": "other"}), exports={"n": 2})
    assert run("up", cwd=toy.project) == 0
    text = capfd.readouterr().out
    assert re.search(r" ~  toy:Thing a updating \([\d.]+s\): BUILDING, 1m20s\n", text)
    assert '      ~ secret: [secret] → [secret]\n      ~ value: "one" → "two"\n' in text
    assert "Outputs:\n    ~ n: 1 → 2\n" in text
    assert "Resources:\n    ~ 1 updated\n    1 unchanged\n" in text

    assert run("preview", cwd=toy.project, as_json=True) == 0
    assert json.loads(capfd.readouterr().out)["changeSummary"] == {"same": 2}
    assert run("preview", cwd=toy.project.parent) == 1
    assert "error: there is no Pulumi.yaml" in capfd.readouterr().err


def test_the_last_duration_is_shown() -> None:
    """What took long the last time has a bar while it runs, and a long status is never cut."""
    entry = Entry(urn=URN, custom=True, type="pulumi-python:dynamic/toy:Thing")
    step = Step(Op.CREATE, URN, None, entry)
    table = LiveTable(Rows(planned=False, durations={URN: 0.001}))
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    status = f"see https://smith.example.com/{'o' * 60}/end"
    table(StepBegan(step))
    table(Status(URN, status))
    with console.capture() as capture:
        console.print(table)
    text = capture.get()
    assert "of about 0.0s)" in " ".join(text.split())
    assert "━" in text
    assert "…" not in text
    assert text.count("o") > 60


def test_live_table() -> None:
    """On a terminal each resource has a row with its latest status until it is done."""
    entry = Entry(urn=URN, custom=True, type="pulumi-python:dynamic/toy:Thing")
    table = LiveTable(Rows(planned=False))
    console = Console(file=io.StringIO(), width=100, force_terminal=False)

    def rendered() -> str:
        with console.capture() as capture:
            console.print(table)
        return " ".join(capture.get().split())

    step = Step(Op.CREATE, URN, None, entry)
    table(StepBegan(step))
    table(Status(URN, "DEPLOYING"))
    assert rendered() == "+ toy:Thing a creating (0.0s) DEPLOYING"
    table(StepEnded(step, step))
    assert rendered() == "+ toy:Thing a created (0.0s)"
    table(StepBegan(step))
    table(StepEnded(step, None))
    assert rendered() == "+ toy:Thing a creating failed (0.0s)"


def test_outputs(
    toy: Toy, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`output` prints all outputs or one, whole, and a secret only if asked to."""
    for key, value in toy.environ.items():
        monkeypatch.setenv(key, value)
    url = f"https://agent.example.com/{'x' * 200}"
    toy.declare(
        thing("a", value=url, secret={"hidden": "canary"}),
        exports={"url": url, "key": {"hidden": "canary"}, "n": 1},
    )
    assert run("up", cwd=toy.project) == 0
    capfd.readouterr()

    def printed(**options: Any) -> str:
        assert output(cwd=toy.project, **options) == 0
        return capfd.readouterr().out

    assert printed() == f"key  [secret]\nn    1\nurl  {url}\n"
    assert printed(name="url") == f"{url}\n"
    assert printed(name="n") == "1\n"
    assert printed(name="url", as_json=True) == f'"{url}"\n'
    assert json.loads(printed(as_json=True)) == {"key": "[secret]", "n": 1, "url": url}
    assert json.loads(printed(as_json=True, show_secrets=True))["key"] == "canary"
    assert output(cwd=toy.project, name="nope") == 1
    assert "has no output 'nope'; it has key, n, url" in capfd.readouterr().err
    assert output(cwd=toy.project, stack="other") == 1
    assert "the offline engine has no stack 'other'" in capfd.readouterr().err
