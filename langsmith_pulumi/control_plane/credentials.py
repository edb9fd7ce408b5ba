"""Masking of credentials in plain texts, such as URLs, commands and messages.

A plan marks as secret only the values that the program made secret. The patterns here are for
credentials that it did not. The maintained scanners (detect-secrets, gitleaks) bring a program or a
dozen dependencies and are tuned for audits of files; here a leaked token is worse than a masked
word. Each pattern takes linear time, because messages may be long.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MASK = "***"

_SECRET_NAME = re.compile(
    r"token|secret|passw(?:or)?d|passphrase|credential|signature|api[_-]?key"
    r"|(?:^|[_.-])(?:pass|pwd|pw|auth)[\"']?$",
    re.IGNORECASE,
)
"""A name of a secret value, such as ``DB_PASSWORD`` or ``--api-key``."""
_SECRET_NAME_IN_QUERY = re.compile(r"^(?:key|sig|code|auth)$", re.IGNORECASE)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s&;#"',]+)"""

_USER_OF_URL = re.compile(r"(?<=://)(?:[^/\s@]+(?:@[^/\s@]+)*|[^/\s@:]*:(?!\d+/)\S{0,200})(?=@)")
"""User and password of a URL, also if they hold an unescaped slash."""

_NAMED = (
    # TOKEN=..., --password='...', in a command or an environment.
    re.compile(rf"(?<![\w.-])([\w.-]+)(=)({_VALUE})"),
    # --token ..., -password ...
    re.compile(rf"(?<![\w.-])(--?[\w.-]+)([ \t]+)({_VALUE})"),
    # "password": "..." of JSON and of Python.
    re.compile(r"""(["'][\w.-]+["'])(\s*:\s*)("[^"]*"|'[^']*')"""),
)
"""Groups: a name, its separator, and the value."""
_IN_QUERY = re.compile(r"""(?<=[?&;])([\w.-]+)(=)([^\s&;#"',]+)""")
_AFTER_SCHEME = re.compile(
    rf"(?i)\b(bearer|basic|_authtoken|_password)([ \t]+|[ \t]*=[ \t]*)({_VALUE})"
)
"""``Authorization: Bearer ...``, ``npm config set _authToken ...``."""
_USER_OPTION = re.compile(
    r"""(?<![\w-])(-u|--user|--proxy-user)([ =])(["']?[^\s:"']+:[^\s"']+["']?)"""
)
"""``curl -u user:password``."""

_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"gh[pousr]_[A-Za-z0-9]{20,}"  # GitHub
    r"|github_pat_[A-Za-z0-9_]{20,}"
    r"|gl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{16,}"  # GitLab
    r"|lsv2_[A-Za-z0-9]+_[A-Za-z0-9_-]+"  # LangSmith
    r"|sk-[A-Za-z0-9_-]{16,}"  # OpenAI, Anthropic
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}"  # Slack
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"  # AWS
    r"|AIza[A-Za-z0-9_-]{30,}"  # Google
    r"|npm_[A-Za-z0-9]{30,}"
    r"|pypi-[A-Za-z0-9_-]{30,}"
    r"|pul-[a-f0-9]{32,}"  # Pulumi
    r"|hf_[A-Za-z0-9]{20,}"  # Hugging Face
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"  # JSON web tokens
    r")"
)
"""Tokens with a known prefix."""
_OPTION = re.compile(r"--?[\w.-]+")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----END)[\s\S])*"
    r"(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)


def without_credentials(text: str) -> str:
    """Replace users, passwords, tokens and private keys in a text by ``***``."""
    for pattern in (_PRIVATE_KEY, _TOKENS, _USER_OF_URL):
        text = pattern.sub(MASK, text)
    for pattern in _NAMED:
        text = pattern.sub(_masked_if(_SECRET_NAME), text)
    for pattern in (_AFTER_SCHEME, _USER_OPTION):
        text = pattern.sub(rf"\1\2{MASK}", text)
    return _IN_QUERY.sub(_masked_if(_SECRET_NAME_IN_QUERY), text)


def is_secret_after(option: object, value: str) -> bool:
    """Return True for the item of a list that its option makes a secret: ``["--password", "..."]``.

    ``option`` is the item before it.
    """
    if not isinstance(option, str) or not _OPTION.fullmatch(option):
        return False
    pairs = (f"{option} {value}", f"{option} value")
    return any(without_credentials(pair) != pair for pair in pairs)


def _masked_if(secret_name: re.Pattern[str]) -> Callable[[re.Match[str]], str]:
    def masked(named: re.Match[str]) -> str:
        return f"{named[1]}{named[2]}{MASK}" if secret_name.search(named[1]) else named[0]

    return masked
