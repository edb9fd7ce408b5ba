"""Write ``report.schema.json``, the schema of the report's JSON, from its models.

Run it from the project's root when the models have changed::

    python docs/make_report_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path

from langsmith_pulumi.review import schema

FILE = Path(__file__).parents[1] / "langsmith_pulumi/review/report.schema.json"


if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
