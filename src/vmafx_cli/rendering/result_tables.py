"""The result as tables for a terminal, as wide as the terminal is."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
from rich.table import Table
from rich.text import Text

from vmafx_cli.rendering.sparkline import sparkline
from vmafx_cli.rendering.tables import GAP, Unpadded, lines_table, notice_text, ruled_table
from vmafx_core.report.account import clock, common_lines, number, reference_line, run_lines
from vmafx_core.report.files import writing_stdout
from vmafx_core.report.naming import short_names, shown_location
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import Metric, MetricKind, PairResult, ScoreResult

_FILE_WIDTH = 100
_COLUMNS = (
    ("mean", "mean"),
    ("p5", "p5"),
    ("min", "min"),
    ("median", "median"),
    ("harmonic_mean", "harm."),
    ("p1", "p1"),
    ("max", "max"),
    ("stdev", "stdev"),
    ("worst1", "worst 1%"),
    ("worst5", "worst 5%"),
)
"""Pools and their headings, in the order in which they get a place."""
_READING_ORDER = (
    "mean",
    "harm.",
    "median",
    "min",
    "p1",
    "p5",
    "worst 1%",
    "worst 5%",
    "max",
    "stdev",
)


@dataclass(frozen=True, slots=True)
class _ResultTables:
    """A result as something rich can print; it fits itself to the console's width.

    Attributes:
        result: What came out.
        verbose: Whether the models' elementary features are shown too.
    """

    result: ScoreResult
    verbose: bool = False

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        names = short_names([pair.distorted.location for pair in self.result.pairs])
        if len(names) > 1:
            yield _comparison(self.result.pairs, names, options)
        for name, pair in zip(names, self.result.pairs, strict=True):
            yield from _pair(name, pair, options, verbose=self.verbose)
        yield from _account(self.result, names, options)


def result_tables(result: ScoreResult, *, verbose: bool = False) -> Unpadded:
    """The result as something rich can print.

    Args:
        result: What came out.
        verbose: Whether the models' elementary features are shown too.
    """
    return Unpadded(_ResultTables(result, verbose))


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


def render(result: ScoreResult) -> str:
    """The tables as plain text for a file, without colour."""
    text = StringIO()
    Console(file=text, width=_FILE_WIDTH, color_system=None, force_terminal=False).print(
        result_tables(result)
    )
    return text.getvalue()


def _shown(pair: PairResult, *, verbose: bool) -> list[Metric]:
    return [m for m in pair.metrics.values() if verbose or m.kind is not MetricKind.ELEMENTARY]


def _table(*headings: str, ascii_only: bool) -> Table:
    table = ruled_table(ascii_only=ascii_only)
    for index, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if index else "left",
            no_wrap=bool(index),
            overflow="fold",
        )
    return table


def _comparison(
    pairs: Sequence[PairResult], names: Sequence[str], options: ConsoleOptions
) -> Table:
    """All distorted videos beside each other: the lead's low tail, then the other means."""
    lead = pairs[0].lead.name
    columns = [(lead, "mean"), (lead, "p5"), (lead, "min")]
    columns += [(m.name, "mean") for m in _shown(pairs[0], verbose=False) if m.name != lead]
    headings = [name if pool == "mean" else f"{name}:{pool}" for name, pool in columns]
    room = options.max_width - min(max(map(len, names)), options.max_width // 2)
    widths = itertools.accumulate(max(len(heading), 7) + GAP for heading in headings)
    fitting = max(1, sum(width <= room for width in widths))
    table = _table("distorted", *headings[:fitting], ascii_only=options.ascii_only)
    means = [pair.lead.pooled.mean for pair in pairs]
    best = min(means) if pairs[0].lead.lower_is_better else max(means)
    for name, pair in zip(names, pairs, strict=True):
        cells = (
            number(getattr(pair.metrics[metric].pooled, pool), pair.metrics[metric])
            for metric, pool in columns[:fitting]
        )
        table.add_row(Text(name), *cells, style="bold" if pair.lead.pooled.mean == best else "")
    return table


def _pair(
    name: str, pair: PairResult, options: ConsoleOptions, *, verbose: bool
) -> Iterator[ConsoleRenderable]:
    lead, worst = pair.lead, pair.worst[0]
    title = Text.assemble(
        (name, "bold"), "  ", (f"{lead.name} {number(lead.pooled.mean, lead)}", "bold cyan")
    )
    title.append(
        f"  worst {number(worst.score, lead)} at {clock(worst.time)} (frame {worst.index})", "dim"
    )
    yield Text()
    yield title
    yield _spark(lead, options)
    yield Text()
    metrics = _shown(pair, verbose=verbose)
    columns = _fitting(metrics, options.max_width)
    table = _table("metric", *columns.values(), ascii_only=options.ascii_only)
    for metric in metrics:
        cells = (number(getattr(metric.pooled, pool), metric) for pool in columns)
        table.add_row(Text(metric.name), *cells)
    yield table


def _spark(lead: Metric, options: ConsoleOptions) -> Text:
    low, high = f"{lead.pooled.min:.1f} ", f" {lead.pooled.max:.1f}"
    line = sparkline(
        lead.values,
        options.max_width - len(low) - len(high),
        peaks=lead.lower_is_better,
        ascii_only=options.ascii_only,
    )
    return Text.assemble((low, "dim"), (line, "cyan"), (high, "dim"))


def _fitting(metrics: Sequence[Metric], width: int) -> dict[str, str]:
    """The pools for which there is room, as pool to heading, in reading order."""
    room = width - max(len(name) for name in ("metric", *(m.name for m in metrics)))
    chosen: dict[str, str] = {}
    for pool, heading in _COLUMNS:
        numbers = (len(number(getattr(metric.pooled, pool), metric)) for metric in metrics)
        room -= GAP + max(len(heading), *numbers)
        if room < 0:
            break
        chosen[pool] = heading
    return dict(sorted(chosen.items(), key=lambda item: _READING_ORDER.index(item[1])))


def _account(
    result: ScoreResult, names: Sequence[str], options: ConsoleOptions
) -> Iterator[ConsoleRenderable]:
    shared, own = common_lines(result.pairs)
    yield Text("\nWhat was done", "bold")
    yield lines_table([reference_line(result), *shared])
    for name, lines in zip(names, own, strict=True):
        if lines:
            yield Text(name, "bold")
            yield lines_table(lines)
    yield lines_table(run_lines(result))
    for notice in result.all_notices():
        yield notice_text(notice, ascii_only=options.ascii_only)


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
