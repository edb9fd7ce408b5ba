"""`OfflineStack` on a project whose stack file holds secrets that cannot be decrypted here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing import OfflineError, OfflineStack, Simulator
from langsmith_pulumi.testing.offline.secrets import Crypter
from langsmith_pulumi.testing.stacks import PRELOAD

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parent / "program"
SALT = "v1:k5hDOtdcJw4=:v1:emwuyLslMDMV+YDu:DOwFHNpMPAgTwXJ9i3iH3PgRM0+mqQ=="
CLOUD = "secretsprovider: awskms://alias/agents\nencryptedkey: AAAA\n"
CONFIG = """\
config:
  langsmith:apiKey:
    secure: v1:AAAA:BBBB
  agents:openaiApiKey:
    secure: {secret}
"""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROGRAM, tmp_path / "agents")
    return tmp_path / "agents"


def environ(simulator: Simulator, tmp_path: Path, **others: str) -> dict[str, str]:
    fixed = {"LANGSMITH_PULUMI_POLL_SECONDS": "0", "XDG_CONFIG_HOME": str(tmp_path)}
    return {**simulator.env, **fixed, **others}


@pytest.mark.parametrize(
    ("head", "given"),
    [
        (f"encryptionsalt: {SALT}\n", {"PULUMI_CONFIG_PASSPHRASE": "wrong"}),
        (CLOUD, {}),
    ],
    ids=["passphrase", "cloud"],
)
def test_no_secret_of_a_real_stack_is_needed(
    simulator: Simulator, project: Path, tmp_path: Path, head: str, given: dict[str, str]
) -> None:
    """Placeholders stand for all secrets but those that are given, in all operations."""
    (project / "Pulumi.dev.yaml").write_text(head + CONFIG.format(secret="v1:AAAA:BBBB"))
    stack = OfflineStack(
        project,
        secrets={"token": "a token"},
        environ=environ(simulator, tmp_path, **given),
        preload=PRELOAD,
    )
    done = stack.up().assert_ok()
    assert [text.rpartition(" ")[2] for text in done.warnings] == [
        "agents:openaiApiKey",
        "agents:nowhereSet",
    ]
    secrets = {
        one["name"]: one["value"] for one in simulator.deployment("support-agent")["secrets"]
    }
    assert secrets["TOKEN"] == "a token"
    assert (
        secrets["OPENAI_API_KEY"] == secrets["NOWHERE_SET"] == "a-secret-that-cannot-be-read-here"
    )
    assert stack.refresh().assert_ok().changes == {}
    assert stack.destroy().assert_ok().changes == {"support-agent": "deleted"}


def test_a_secret_that_can_be_read_is_used(
    simulator: Simulator, project: Path, tmp_path: Path
) -> None:
    """With the passphrase there are no placeholders for what the file holds."""
    secret = Crypter("test", SALT).encrypt("the real one")
    text = f"encryptionsalt: {SALT}\n" + CONFIG.format(secret=secret)
    (project / "Pulumi.dev.yaml").write_text(text)
    given = environ(simulator, tmp_path, PULUMI_CONFIG_PASSPHRASE="test")
    stack = OfflineStack(project, config=simulator.config, environ=given, preload=PRELOAD)
    stack.up().assert_ok()
    secrets = {
        one["name"]: one["value"] for one in simulator.deployment("support-agent")["secrets"]
    }
    assert secrets["OPENAI_API_KEY"] == "the real one"


def test_a_real_control_plane_gets_no_placeholder(
    simulator: Simulator, project: Path, tmp_path: Path
) -> None:
    """Where the stack's file leads elsewhere, an `up` is an error that names the way out."""
    elsewhere = "  langsmith:endpoint: https://eu.api.smith.langchain.com\n"
    text = f"encryptionsalt: {SALT}\n" + CONFIG.format(secret="v1:AAAA:BBBB") + elsewhere
    (project / "Pulumi.dev.yaml").write_text(text)
    given = environ(simulator, tmp_path)
    with pytest.raises(OfflineError, match=r"Pulumi.dev.yaml: .*config=simulator.config"):
        OfflineStack(project, environ=given).up()
    stack = OfflineStack(project, environ=given, config=simulator.config, preload=PRELOAD)
    stack.up().assert_ok()
