"""What a search found, as files and pipes have it: a versioned JSON document, or CSV."""

import json
from typing import Any

from vmafx_core.report.plain import plain
from vmafx_core.report.views.datatable import csv_text
from vmafx_core.report.views.view import View
from vmafx_core.scoring.versions import versions

SCHEMA = "vmafx.tune"
SCHEMA_VERSION = 1


def envelope(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """What surrounds every result: which schema and kind it is, and what made it.

    Args:
        kind: What was searched: "crf", "ladder", ...
        body: The result, as plain data.
    """
    head = {"schema": SCHEMA, "version": SCHEMA_VERSION, "kind": kind}
    return head | {"versions": plain(versions()), "result": body}


def document(kind: str, body: dict[str, Any]) -> str:
    """The document as text, ending in a newline; the arguments are those of `envelope`."""
    return json.dumps(envelope(kind, body), allow_nan=False, indent=2) + "\n"


def text(view: View, fmt: str) -> str:
    """A view as text, ending in a newline.

    Args:
        view: What is written.
        fmt: "json" or "csv".
    """
    return document(view.kind, view.body) if fmt == "json" else csv_text(view.table)
