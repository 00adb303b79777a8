"""A view as text, in the formats of files and pipes."""

from vmafx_cli.tune.report.document import document
from vmafx_core.report.views.datatable import csv_text
from vmafx_core.report.views.view import View


def text(view: View, fmt: str) -> str:
    """A view as text, ending in a newline.

    Args:
        view: What is written.
        fmt: "json" or "csv".
    """
    return document(view.kind, view.body) if fmt == "json" else csv_text(view.table)
