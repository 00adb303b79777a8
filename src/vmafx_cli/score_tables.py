"""Printing a result for people."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vmafx_core.report.files import writing_stdout
from vmafx_core.report.naming import shown_location
from vmafx_core.report.table import result_tables
from vmafx_core.report.unpadded import Unpadded
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import ScoreResult


def print_tables(result: ScoreResult, outcomes: Sequence[Outcome], *, verbose: bool) -> None:
    """Print a result, and how stated requirements came out.

    Raises:
        WorkError: If standard output cannot be written.
    """
    console = Console(highlight=False)
    with writing_stdout():
        console.print(result_tables(result, verbose=verbose))
        if outcomes:
            console.print("", Unpadded(_outcome_table(outcomes)))


def _outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """How every requirement came out for every distorted video."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("requirement", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("verdict")
    table.add_column("distorted", overflow="fold")
    for outcome in outcomes:
        measured = "-" if outcome.measured is None else f"{outcome.measured:.4f}"
        verdict = Text("met", "green") if outcome.met else Text(f"NOT MET: {outcome.reason}", "red")
        where = Text(shown_location(outcome.location))
        table.add_row(Text(outcome.requirement.text), measured, verdict, where)
    return table
