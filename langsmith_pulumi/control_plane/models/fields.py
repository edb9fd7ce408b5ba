"""Types of values in requests. They are strict: no value is converted from another type."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from langsmith_pulumi.control_plane.text import is_uuid


class Model(BaseModel):
    """Base of all request models; it refuses unknown fields, and its errors quote no values."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", hide_input_in_errors=True)

    def payload(self) -> dict[str, Any]:
        """Return the JSON body, without nulls: null and absent both mean "keep"."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _whole(value: object) -> object:
    """Convert 3.0 to 3, because Pulumi's protocol has no integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _uuid(value: str) -> str:
    if not is_uuid(value):
        raise ValueError("should be a UUID")
    return value


Text = Annotated[str, Field(strict=True)]
NonEmpty = Annotated[str, Field(strict=True, min_length=1)]
Id = Annotated[str, Field(strict=True), AfterValidator(_uuid)]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True), BeforeValidator(_whole)]
Scale = Annotated[Whole, Field(ge=0)]
TopScale = Annotated[Whole, Field(ge=1)]
Amount = Annotated[Whole, Field(gt=0)]
Figure = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Cores = Annotated[float, Field(strict=True, ge=0.1, le=8, allow_inf_nan=False)]
CoreLimit = Annotated[float, Field(strict=True, ge=0.1, le=16, allow_inf_nan=False)]


def explain(error: ValidationError) -> list[tuple[str, str]]:
    """Return the problems as (path, reason), such as ``("resource_spec.cpu", "should be ...")``.

    They quote no values, which may be secrets.
    """
    return [
        (".".join(str(part) for part in problem["loc"]), _reason(problem["type"], problem["msg"]))
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is no field here"
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:]
