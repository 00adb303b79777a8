"""One result in all its forms, made by the module of its algorithm."""

from dataclasses import dataclass
from typing import Any

from vmafx_core.report.views.blocks import Block, Printed
from vmafx_core.report.views.datatable import DataTable


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a result is shown.

    Attributes:
        kind: What was searched: "crf", "ladder", ...: the kind of its JSON document.
        title: The heading of the page.
        printed: What a terminal shows, from its top.
        table: The table that CSV has.
        body: The result as plain data, for JSON.
        blocks: What the page shows, from its top.
    """

    kind: str
    title: str
    printed: tuple[Printed, ...]
    table: DataTable
    body: dict[str, Any]
    blocks: tuple[Block, ...]
