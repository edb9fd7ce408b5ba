"""Pulumi's passphrase encryption: what a stack's secrets look like on disk.

The key is PBKDF2-SHA256 of the passphrase and the stack's salt; a ciphertext is
`v1:<nonce>:<AES-256-GCM>`. The salt's own text holds the word "pulumi" encrypted, so that a wrong
passphrase is noticed before anything else is read.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from .errors import WrongPassphraseError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROUNDS = 1_000_000  # part of the format
_PROBE = "pulumi"


class Vault:
    """Encrypts and decrypts the secrets of one stack; without a salt it takes a fresh one.

    The key is derived at the first use, so what needs no secret does not wait for it.
    """

    def __init__(self, passphrase: str, salt_state: str = "") -> None:
        self._passphrase = passphrase
        self._given = salt_state

    def encrypt(self, text: str) -> str:
        """The ciphertext of a text; two calls never give the same."""
        return _seal(self._opened[0], text)

    def decrypt(self, ciphertext: str) -> str:
        """The text of a ciphertext; raises `WrongPassphraseError` unless it fits."""
        return _open(self._opened[0], ciphertext)

    def verify(self) -> None:
        """Raise `WrongPassphraseError` if the passphrase does not fit the salt."""
        _ = self._opened

    @property
    def salt_state(self) -> str:
        """The salt, in the form that states and configurations keep."""
        return self._given or self._opened[1]

    @functools.cached_property
    def _opened(self) -> tuple[AESGCM, str]:
        if self._given:
            _, salt, probe = self._given.split(":", 2)
            cipher = AESGCM(_derive(self._passphrase, base64.b64decode(salt)))
            _open(cipher, probe)
            return cipher, self._given
        fresh = _fresh_salt(self._passphrase)
        cipher = AESGCM(_derive(self._passphrase, fresh))
        return cipher, f"v1:{_text(fresh)}:{_seal(cipher, _PROBE)}"


def find_passphrase(environ: Mapping[str, str]) -> str:
    """The passphrase of PULUMI_CONFIG_PASSPHRASE, its _FILE, or the one kept for this user."""
    if "PULUMI_CONFIG_PASSPHRASE" in environ:
        return environ["PULUMI_CONFIG_PASSPHRASE"]
    if environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return Path(environ["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text(encoding="utf-8").strip()
    return _kept_passphrase(generated_passphrase_file(environ))


def generated_passphrase_file(environ: Mapping[str, str]) -> Path:
    """Return where the passphrase is kept that is used when nobody gives one."""
    return _config_home(environ) / "langsmith-pulumi" / "offline-passphrase"


def vault_of_state(
    environ: Mapping[str, str], salt: str, configured_salt: str
) -> tuple[Vault, Vault]:
    """Return what opens a state with this salt, and what encrypts it when it is written next.

    They differ for a stack that was begun without a passphrase and is continued with one: the
    generated passphrase opens it once more, and the given one takes its place.
    """
    own = Vault(find_passphrase(environ), salt or configured_salt)
    if not salt:
        return own, own
    try:
        own.verify()
    except WrongPassphraseError:
        generated = _generated_vault(environ, salt)
        return generated, Vault(find_passphrase(environ), configured_salt)
    return own, own


def _generated_vault(environ: Mapping[str, str], salt: str) -> Vault:
    path = generated_passphrase_file(environ)
    if not has_passphrase(environ):
        raise WrongPassphraseError(
            "the stack's state was encrypted with a passphrase, and none is given: set "
            f"PULUMI_CONFIG_PASSPHRASE to it (the generated one in {path} does not open the state)"
        )
    try:
        generated = Vault(path.read_text(encoding="utf-8").strip(), salt)
        generated.verify()
    except (OSError, WrongPassphraseError):
        raise WrongPassphraseError(
            "the passphrase given in PULUMI_CONFIG_PASSPHRASE (or its _FILE) does not open this "
            "stack's secrets in the state, and neither does a generated one "
            f"({path}): set the one that the state was encrypted with"
        ) from None
    return generated


def has_passphrase(environ: Mapping[str, str]) -> bool:
    """Whether somebody gave a passphrase, so that one that does not fit is a mistake."""
    names = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    return any(name in environ for name in names)


def _config_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _kept_passphrase(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Linked only once it is whole: of two processes that start at once, one wins.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="utf-8").strip()


@functools.lru_cache(maxsize=64)
def _fresh_salt(_passphrase: str) -> bytes:
    # One for all stacks this process makes with the passphrase, so that it derives one key.
    return secrets.token_bytes(8)


@functools.lru_cache(maxsize=64)
def _derive(passphrase: str, salt: bytes) -> bytes:
    # A third of a second by design, hence once per process and salt.
    kdf = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=_ROUNDS)
    return kdf.derive(passphrase.encode())


def _seal(cipher: AESGCM, text: str) -> str:
    nonce = secrets.token_bytes(12)
    return f"v1:{_text(nonce)}:{_text(cipher.encrypt(nonce, text.encode(), None))}"


def _open(cipher: AESGCM, ciphertext: str) -> str:
    _, nonce, body = ciphertext.split(":", 2)
    try:
        return cipher.decrypt(base64.b64decode(nonce), base64.b64decode(body), None).decode()
    except InvalidTag as wrong:
        raise WrongPassphraseError(
            "the passphrase does not open this stack's secrets: set PULUMI_CONFIG_PASSPHRASE (or "
            "PULUMI_CONFIG_PASSPHRASE_FILE) to the one they were encrypted with"
        ) from wrong


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
