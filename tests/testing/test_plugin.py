"""The pytest plugin, run as users run it: by pytest, on a test file of theirs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Imported here, because a run of pytest within this process forgets what it imports itself.
import langsmith_pulumi.testing.simulator
import langsmith_pulumi.testing.stacks  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

PROGRAM = Path(__file__).parent / "program"
STACK_FILE = """\
encryptionsalt: v1:k5hDOtdcJw4=:v1:emwuyLslMDMV+YDu:DOwFHNpMPAgTwXJ9i3iH3PgRM0+mqQ==
config:
  langsmith:apiKey:
    secure: v1:AAAA:BBBB
  langsmith:endpoint: https://eu.api.smith.langchain.com
  agents:openaiApiKey:
    secure: v1:AAAA:BBBB
"""


@pytest.fixture
def run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], pytest.RunResult]:
    """Return a function that runs a test file beside the project `agents` with the plugin alone."""
    shutil.copytree(PROGRAM, pytester.path / "agents")
    (pytester.path / "agents/Pulumi.dev.yaml").write_text(STACK_FILE)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("LANGSMITH_API_KEY", "a real key")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of another stack")
    options = ("-p", "pytest_langsmith_pulumi", "-W", "error", "--strict-markers")

    def run_file(source: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess(*options)

    return run_file


def test_each_test_has_a_stack_of_its_own(
    run: Callable[[str], pytest.RunResult], pytester: pytest.Pytester
) -> None:
    """Tests share neither deployments nor state, and a test goes on with its own."""
    done = run(
        """
        def test_one(langsmith_stack, langsmith_simulator):
            stack = langsmith_stack("agents")
            assert stack.up().assert_ok().changes == {"support-agent": "created"}
            assert list(langsmith_simulator.deployments()) == ["support-agent"]
            changed = langsmith_stack("agents", config={"image": "registry.example.com/agent:v2"})
            assert changed.preview().changes["support-agent"] == "revision"
            assert stack.preview().changes["support-agent"] == "unchanged"

        def test_other(langsmith_stack, langsmith_simulator):
            assert langsmith_simulator.deployments() == {}
            assert langsmith_stack("agents").preview().changes == {"support-agent": "created"}
            assert langsmith_simulator.requests == []
        """
    )
    done.assert_outcomes(passed=2)
    assert not (pytester.path / "agents/.pulumi-offline").exists()


def test_a_simulator_as_the_test_wants_it(run: Callable[[str], pytest.RunResult]) -> None:
    """A marker has the settings of one test, and a fixture of the user's takes its place."""
    done = run(
        """
        import pytest
        from langsmith_pulumi.testing import Listener, Simulator

        @pytest.mark.langsmith_simulator(behaviour="self-hosted", listeners=[Listener("blue")])
        def test_marked(langsmith_simulator):
            assert langsmith_simulator.hosting == "self-hosted"
            assert langsmith_simulator.listeners == [Listener("blue")]

        class TestOwn:
            @pytest.fixture
            def langsmith_simulator(self):
                with Simulator(api_key="own") as simulator:
                    yield simulator

            def test_own(self, langsmith_simulator, langsmith_stack):
                wrong = langsmith_stack("agents", secrets={"langsmith:apiKey": "wrong"})
                assert "Invalid API key" in wrong.up().errors[0]
                assert langsmith_simulator.requests[-1].status == 403
                assert "agents" in repr(wrong)
                assert repr(langsmith_simulator) in repr(langsmith_stack)
        """
    )
    done.assert_outcomes(passed=2)


def test_a_mistake_is_one_sentence(run: Callable[[str], pytest.RunResult]) -> None:
    """A folder without a project, and a failed operation, say what is wrong at the user's line."""
    done = run(
        """
        def test_folder(langsmith_stack):
            langsmith_stack("/")

        def test_failure(langsmith_stack):
            langsmith_stack("agents", secrets={"langsmith:apiKey": "wrong"}).up().assert_ok()
        """
    )
    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines(["E*OfflineError: there is no Pulumi.yaml in / or above it"])
    text = done.stdout.str()
    assert "Invalid API key" in text
    assert "def assert_ok" not in text


def test_without_a_fixture_nothing_is_imported() -> None:
    """Whoever has the plugin and does not use it gets neither Pulumi's SDK nor the simulator."""
    code = "import sys, pytest_langsmith_pulumi; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    roots = {module.partition(".")[0] for module in done.stdout.split()}
    assert "pytest_langsmith_pulumi" in roots
    assert not roots & {"langsmith_pulumi", "pulumi", "fastapi", "grpc", "httpx", "pydantic"}
