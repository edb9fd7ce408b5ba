"""The base of every body that comes in."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Takes the fields that are written down and nothing else, without conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    def said(self) -> dict[str, Any]:
        """Return what was said: nulls count as absent, deep down as well."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
