"""What a run of `tune corpus` added, in a table."""

from collections.abc import Sequence

from vmafx_cli.tune.compare.comparison import labels
from vmafx_cli.tune.corpus.grid import GridResult
from vmafx_cli.tune.corpus.row import CorpusRow
from vmafx_core.notice import counted
from vmafx_core.probing.points import Point
from vmafx_core.report.naming import readable, short_names
from vmafx_core.report.views import words
from vmafx_core.report.views.datatable import Column, DataTable


def corpus_summary(result: GridResult) -> tuple[str, DataTable | None]:
    """How many rows there are, and over what the new ones go; no table where there are none."""
    there = f", {result.there} there before" if result.there else ""
    added = f"{counted(len(result.rows), 'row')} added{there}, in {words.clock(result.seconds)}"
    head = f"{added}: {readable(str(result.request.path))}"
    return head, _table(result.rows) if result.rows else None


def _table(rows: Sequence[CorpusRow]) -> DataTable:
    """A row a source, encoder, preset and size, with the range of scores and bit rates."""
    locations = list(dict.fromkeys(row.source.location for row in rows))
    names = dict(zip(locations, short_names(locations), strict=True))
    groups: dict[tuple[str, str, str], list[Point]] = {}
    for row in rows:
        setting = row.point.setting
        size = setting.size or (row.source.width, row.source.height)
        key = names[row.source.location], labels([setting])[0], "{}x{}".format(*size)
        groups.setdefault(key, []).append(row.point)
    metric = next(iter(rows[0].point.metrics))
    columns = (
        Column("source", "source", words=True),
        Column("encoder", "encoder", words=True),
        Column("picture", "picture", words=True, spare=True),
        Column("rows", "rows"),
        Column("worst", metric, words.score),
        Column("best", "to", words.score),
        Column("lowest", "bit rate", words.bit_rate),
        Column("highest", "to", words.bit_rate),
    )
    cells = []
    for key, points in groups.items():
        scores = sorted(p.metrics[metric].pooled.mean for p in points)
        rates = sorted(p.bit_rate for p in points)
        cells.append((*key, len(points), scores[0], scores[-1], rates[0], rates[-1]))
    return DataTable(columns, tuple(cells))
