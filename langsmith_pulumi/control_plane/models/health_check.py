"""The settings of a health check, which are never part of a request to the control plane."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from .fields import Figure, Model, Text, Whole

_PATH = re.compile(r"/[!-~]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[!-~]([ -~\t]*[!-~])?")


def _path(value: str) -> str:
    if not _PATH.fullmatch(value) or "#" in value:
        raise ValueError("should begin with a slash and be encoded as in a URL")
    return value


def _header_name(value: str) -> str:
    if not _HEADER_NAME.fullmatch(value):
        raise ValueError("should be the name of a header")
    return value


def _header_value(value: str) -> str:
    if not _HEADER_VALUE.fullmatch(value):
        raise ValueError("should be printable ASCII, without blanks around it")
    return value


Headers = dict[
    Annotated[Text, AfterValidator(_header_name)], Annotated[Text, AfterValidator(_header_value)]
]


class HealthCheck(Model):
    """The requests to an agent that follow its deployment."""

    path: Annotated[Text, AfterValidator(_path)] = "/ok?check_db=1"
    successes: Annotated[Whole, Field(ge=1, le=100)] = 6
    interval: Figure = 5.0
    timeout: Figure = 300.0
    headers: Headers = Field(default_factory=dict, repr=False)


def _from_flag(value: Any) -> Any:
    """Convert True to the defaults, and False to none."""
    if isinstance(value, bool):
        return {} if value else None
    return value


HealthCheckSetting = Annotated[HealthCheck | None, BeforeValidator(_from_flag)]
"""A health check as a program writes it: True, False or an object."""
