"""A view as text, in the formats of files and pipes."""

from io import StringIO

from rich.console import Console

from vmafx_cli.tune.report.document import document
from vmafx_core.report.unpadded import Unpadded
from vmafx_core.report.views.datatable import csv_text
from vmafx_core.report.views.view import View

_FILE_WIDTH = 100


def text(view: View, fmt: str) -> str:
    """A view as text, ending in a newline.

    Args:
        view: What is written.
        fmt: "json", "csv" or "table".
    """
    match fmt:
        case "json":
            return document(view.kind, view.body)
        case "csv":
            return csv_text(view.table)
        case _:
            return _table(view)


def _table(view: View) -> str:
    """What a terminal shows as plain text, without colour."""
    written = StringIO()
    console = Console(
        file=written, width=_FILE_WIDTH, color_system=None, force_terminal=False, highlight=False
    )
    console.print(Unpadded(view.printed), crop=False)
    return written.getvalue()
