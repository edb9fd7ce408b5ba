"""Secrets: encrypted on disk, redacted in results and messages, readable by provider and API."""

from __future__ import annotations

import base64
import stat
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from langsmith_pulumi.testing.offline import OfflineError
from langsmith_pulumi.testing.offline.secrets import Crypter, find_passphrase
from tests.offline.toy import thing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.offline.toy import Toy

CANARY = 'canary "7f3a"\nwith a second line'


def test_no_secret_in_clear(toy: Toy) -> None:
    """No secret is in a file that the engine writes, in a result or in a message in plain text."""
    toy.on_call(create_b={"fail": f"cannot take {CANARY}"})
    toy.declare(
        thing("a", secret={"hidden": CANARY}, tags={"deep": [{"hidden": CANARY}], "plain": 1}),
        thing("b", {"depends_on": ["a"]}),
        exports={"exported": {"hidden": CANARY}},
        print=[CANARY],
    )
    stack = toy.stack(secrets={"greeting": CANARY}, config={"plain": "in clear"})
    result = stack.up()

    assert not result.ok
    written = [path.read_text("utf-8") for path in toy.state_file.parent.iterdir()]
    displayed = [repr(result), str(result.plan), str(stack.export())]
    forms = [CANARY, repr(CANARY)[1:-1], base64.b64encode(CANARY.encode()).decode(), quote(CANARY)]
    for text in [*written, *displayed]:
        assert not [form for form in [*forms, "canary", "second line"] if form in text]

    assert toy.live()["a"]["secret"] == CANARY
    outputs = toy.entries()["a"]["outputs"]
    assert "ciphertext" in outputs["secret"]
    assert ("ciphertext" in outputs["tags"]["deep"], outputs["tags"]["plain"]) == (True, 1)
    assert stack.outputs() == {"exported": "[secret]"}
    assert stack.outputs(show_secrets=True) == {"exported": CANARY}

    toy.environ["PULUMI_CONFIG_PASSPHRASE"] = "another"
    with pytest.raises(OfflineError, match="does not open this stack's secrets"):
        stack.outputs()


def test_configuration_reaches_program_and_provider(toy: Toy) -> None:
    """Configuration of files and arguments is namespaced, and its secrets are decrypted."""
    salt = "v1:k5hDOtdcJw4=:v1:emwuyLslMDMV+YDu:DOwFHNpMPAgTwXJ9i3iH3PgRM0+mqQ=="
    hidden = Crypter("test", salt).encrypt("hi there")
    (toy.project / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {salt}\nconfig:\n  toy:greeting:\n    secure: {hidden}\n  toy:n: 3\n",
        encoding="utf-8",
    )
    settings = toy.project / "Pulumi.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}config:\n  n: 1\n  m: {{default: yes}}\n", encoding="utf-8")
    toy.declare(thing("a"))
    program = toy.project / "__main__.py"
    lines = [
        "config = pulumi.Config()",
        "pulumi.export('n', config.require_int('n'))",
        "pulumi.export('other', pulumi.Config('ns').require('k'))",
        "pulumi.export('hidden', config.require_secret('greeting'))",
    ]
    text = program.read_text(encoding="utf-8")
    program.write_text(text + "\n".join(lines), encoding="utf-8")
    result = toy.stack(config={"ns:k": "v"}).up()
    assert result.outputs == {"n": 3, "other": "v", "hidden": "[secret]"}
    assert result.plan["config"] == {
        "ns:k": "v",
        "toy:greeting": "[secret]",
        "toy:m": "true",
        "toy:n": "3",
    }
    assert '"greeting": "hi there"' in (toy.cloud / "calls.jsonl").read_text(encoding="utf-8")


def test_ciphertexts_of_the_pulumi_cli() -> None:
    """Ciphertexts of the Pulumi CLI can be decrypted, and own ciphertexts can be read back."""
    salt = "v1:k5hDOtdcJw4=:v1:emwuyLslMDMV+YDu:DOwFHNpMPAgTwXJ9i3iH3PgRM0+mqQ=="
    ciphertext = "v1:yCaRE3x7e03tWqwL:Ahi2KecJVDnBH6JTreV2X9VsSx9u+rP+XBI="
    assert Crypter("test", salt).decrypt(ciphertext) == "canary-123"
    fresh = Crypter("test")
    assert Crypter("test", fresh.salt_state).decrypt(fresh.encrypt("é")) == "é"


def test_the_passphrase_is_found_or_made(tmp_path: Path) -> None:
    """The variable takes precedence over its _FILE, and that over a generated passphrase."""
    file = tmp_path / "phrase"
    file.write_text("from a file\n", encoding="utf-8")
    named = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
    assert find_passphrase({**named, "PULUMI_CONFIG_PASSPHRASE": ""}) == ""
    assert find_passphrase(named) == "from a file"
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    made = find_passphrase(home)
    kept = tmp_path / "config" / "langsmith-pulumi" / "offline-passphrase"
    assert len(made) > 30
    assert find_passphrase(home) == made
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "salt", ["v1:k5hDOtdcJw4=:v1:emwuyLslMDMV+YDu:DOwFHNpMPAgTwXJ9i3iH3PgRM0+mqQ==", ""]
)
def test_a_preview_needs_no_passphrase(toy: Toy, salt: str) -> None:
    """Without a passphrase a preview warns and uses placeholders, and an up is an error."""
    (toy.project / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {salt!r}\nconfig:\n  toy:greeting:\n    secure: v1:AAAA:BBBB\n"
    )
    toy.declare(thing("a"))
    toy.environ["HOME"] = str(toy.project)
    del toy.environ["PULUMI_CONFIG_PASSPHRASE"]

    plan = toy.stack().preview()
    assert plan.ok
    assert [d.message for d in plan.diagnostics] == [
        "placeholders stand for secrets of the configuration that cannot be read here: toy:greeting"
    ]
    with pytest.raises(OfflineError):
        toy.stack().up()

    toy.environ["PULUMI_CONFIG_PASSPHRASE"] = "another"
    with pytest.raises(OfflineError):
        toy.stack().preview()


KEY = "lsv2_sk_0123456789abcdef_canary"


@pytest.mark.parametrize("secret", [True, False])
def test_an_api_key_is_in_no_state_and_no_plan(toy: Toy, *, secret: bool) -> None:
    """An API key is in no state and no plan, and reaches the provider in every operation."""
    values = {"toy:apiKey": KEY, "plain": "in clear"}
    toy.declare(thing("a", {}))
    stack = toy.stack(secrets={"toy:apiKey": KEY}) if secret else toy.stack(config=values)
    for operation in (stack.preview, stack.up, stack.refresh, stack.preview):
        result = operation()
        assert result.ok, result.diagnostics
        displayed = [repr(result), str(result.plan)]
        written = [path.read_text("utf-8") for path in toy.state_file.parent.glob("*")]
        assert not [text for text in (*displayed, *written) if KEY in text]
    exported = str(stack.export())
    assert "apiKey" not in exported
    assert stack.destroy().ok


def test_a_secret_key_stays_secret(toy: Toy) -> None:
    """A plain value for a key that is secret in the stack is redacted too."""
    salt = "v1:k5hDOtdcJw4=:v1:emwuyLslMDMV+YDu:DOwFHNpMPAgTwXJ9i3iH3PgRM0+mqQ=="
    hidden = Crypter("test", salt).encrypt("hi there")
    (toy.project / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {salt}\nconfig:\n  toy:greeting:\n    secure: {hidden}\n"
    )
    toy.declare(thing("a", {}))
    stack = toy.stack(config={"greeting": CANARY})
    result = stack.up()
    assert result.ok, result.diagnostics
    written = [path.read_text("utf-8") for path in toy.state_file.parent.glob("*")]
    for text in (*written, repr(result), str(result.plan)):
        assert "canary" not in text
