"""Pulumi's passphrase encryption of a stack's secrets.

The key is PBKDF2-SHA256 of the passphrase and the stack's salt; a ciphertext is
`v1:<nonce>:<AES-256-GCM>`. The text of the salt contains the encrypted word "pulumi", so that a
wrong passphrase is detected before anything else is read.
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
_CHECK_TEXT = "pulumi"


class Crypter:
    """Encryption and decryption of one stack's secrets, with a new salt unless one is given.

    The key is derived at the first use, because that takes long.
    """

    def __init__(self, passphrase: str, salt_state: str = "") -> None:
        self._passphrase = passphrase
        self._salt_state = salt_state

    def encrypt(self, text: str) -> str:
        """Return a ciphertext of the text, different at each call."""
        return _encrypt(self._cipher_and_salt[0], text)

    def decrypt(self, ciphertext: str) -> str:
        """Return the text of a ciphertext; raise `WrongPassphraseError` if it does not fit."""
        return _decrypt(self._cipher_and_salt[0], ciphertext)

    def verify(self) -> None:
        """Raise `WrongPassphraseError` if the passphrase does not match the salt."""
        _ = self._cipher_and_salt

    @property
    def salt_state(self) -> str:
        """Return the salt in the form that states and configurations keep."""
        return self._salt_state or self._cipher_and_salt[1]

    @functools.cached_property
    def _cipher_and_salt(self) -> tuple[AESGCM, str]:
        if self._salt_state:
            _, salt, check = self._salt_state.split(":", 2)
            cipher = AESGCM(_derive(self._passphrase, base64.b64decode(salt)))
            _decrypt(cipher, check)
            return cipher, self._salt_state
        fresh = _fresh_salt(self._passphrase)
        cipher = AESGCM(_derive(self._passphrase, fresh))
        return cipher, f"v1:{_text(fresh)}:{_encrypt(cipher, _CHECK_TEXT)}"


def find_passphrase(environ: Mapping[str, str]) -> str:
    """Return PULUMI_CONFIG_PASSPHRASE, the content of its _FILE, or the user's generated one."""
    if "PULUMI_CONFIG_PASSPHRASE" in environ:
        return environ["PULUMI_CONFIG_PASSPHRASE"]
    if environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return Path(environ["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text(encoding="utf-8").strip()
    return _generated_passphrase(generated_passphrase_file(environ))


def generated_passphrase_file(environ: Mapping[str, str]) -> Path:
    """Return the file of the generated passphrase, the default one."""
    return _config_home(environ) / "langsmith-pulumi" / "offline-passphrase"


def crypters_for_state(
    environ: Mapping[str, str], salt: str, configured_salt: str
) -> tuple[Crypter, Crypter]:
    """Return the crypters for reading a state with this salt, and for writing it next.

    They differ if a stack was created without a passphrase and now gets one: the generated
    passphrase decrypts the old state, and the given one encrypts the new state.
    """
    own = Crypter(find_passphrase(environ), salt or configured_salt)
    if not salt:
        return own, own
    try:
        own.verify()
    except WrongPassphraseError:
        generated = _generated_crypter(environ, salt)
        return generated, Crypter(find_passphrase(environ), configured_salt)
    return own, own


def opens(passphrase: str, salt_state: str) -> bool:
    """Return True if a passphrase matches a salt; any one does if there is no salt."""
    try:
        Crypter(passphrase, salt_state).verify()
    except WrongPassphraseError:
        return False
    return True


def _generated_crypter(environ: Mapping[str, str], salt: str) -> Crypter:
    path = generated_passphrase_file(environ)
    if not has_passphrase(environ):
        raise WrongPassphraseError(
            "the stack's state was encrypted with a passphrase, and none is given: set "
            f"PULUMI_CONFIG_PASSPHRASE to it (the generated one in {path} does not open the state)"
        )
    try:
        generated = Crypter(path.read_text(encoding="utf-8").strip(), salt)
        generated.verify()
    except (OSError, WrongPassphraseError):
        raise WrongPassphraseError(
            "the passphrase given in PULUMI_CONFIG_PASSPHRASE (or its _FILE) does not open this "
            "stack's secrets in the state, and neither does a generated one "
            f"({path}): set the one that the state was encrypted with"
        ) from None
    return generated


def has_passphrase(environ: Mapping[str, str]) -> bool:
    """Return True if the environment gives a passphrase."""
    names = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    return any(name in environ for name in names)


def _config_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _generated_passphrase(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Linked when it is complete: of two processes that start at once, one wins.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="utf-8").strip()


@functools.lru_cache(maxsize=64)
def _fresh_salt(_passphrase: str) -> bytes:
    # One salt for all new stacks of this process with the passphrase, so that one key suffices.
    return secrets.token_bytes(8)


@functools.lru_cache(maxsize=64)
def _derive(passphrase: str, salt: bytes) -> bytes:
    # Slow by design (a third of a second), so it runs once per process and salt.
    kdf = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=_ROUNDS)
    return kdf.derive(passphrase.encode())


def _encrypt(cipher: AESGCM, text: str) -> str:
    nonce = secrets.token_bytes(12)
    return f"v1:{_text(nonce)}:{_text(cipher.encrypt(nonce, text.encode(), None))}"


def _decrypt(cipher: AESGCM, ciphertext: str) -> str:
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
