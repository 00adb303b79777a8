"""The models that a daemon can use."""

import json
from typing import Any

import typer

from vmafx_cli.options.outputs import ListFormat
from vmafx_cli.options.remote import RemoteOptions
from vmafx_cli.rendering.tables import DrawnTable, Unpadded
from vmafx_core.report.files import writing_stdout
from vmafx_core.report.views.datatable import Column, DataTable
from vmafx_rpc import messages
from vmafx_rpc.plain import plain_message

_COLUMNS = (
    Column("name", "model", words=True),
    Column("range", "range", words=True),
    Column("distance", "distance", words=True),
    Column("purpose", "what for", words=True),
)


def print_there(remote: RemoteOptions, form: ListFormat) -> None:
    """Print the models of a daemon.

    Args:
        remote: Which one.
        form: How.

    Raises:
        RemoteError: It cannot be reached, or refuses.
    """
    with remote.client() as client:
        answer: Any = client.call(
            client.controller.ListModels, messages.controller.ListModelsRequest()
        )
    with writing_stdout():
        if form is ListFormat.JSON:
            typer.echo(json.dumps({"version": 1, **plain_message(answer)}, indent=2))
        else:
            from rich.console import Console

            rows = ((m.name, _range(m), m.distance, m.purpose) for m in answer.models)
            Console(highlight=False).print(Unpadded(DrawnTable(DataTable(_COLUMNS, tuple(rows)))))


def _range(model: messages.controller.Model) -> str:
    return f"{model.range.low:g}-{model.range.high:g}" if model.HasField("range") else ""
