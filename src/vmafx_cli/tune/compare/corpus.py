"""Comparing encoders by the points of a corpus, without encoding anything."""

import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace

from vmafx_cli.tune.compare.bd import EVERYWHERE
from vmafx_cli.tune.compare.comparison import Comparison, Contender, labels
from vmafx_cli.tune.compare.encoders import CompareResult
from vmafx_cli.tune.corpus.reading import read_corpus
from vmafx_cli.tune.corpus.row import CorpusRow
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.notice import Notice, info
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement


def corpus_events(
    path: str,
    targets: tuple[Requirement, ...],
    metric: Requirement,
    wanted: Sequence[EncodeSetting] = (),
    within: tuple[float, float] = EVERYWHERE,
) -> Generator[TuneEvent[CompareResult]]:
    """Compare what a corpus holds.

    Rows are only held against each other where source and measuring are the same.

    Args:
        path: The corpus; of several rows with one setting and quality, the last one counts.
        targets: The quality at which bit rates are compared; empty for none.
        metric: What quality is on the curves.
        wanted: The encoders and presets to compare, in that order; empty for all, in the order
            in which they come.
        within: The lowest and the highest quality that counts for curves.

    Yields:
        `Told`, then `Done` with the result.

    Raises:
        InputError: The corpus cannot be read, or is none.
        UsageError: There is nothing to compare, or a metric was not measured.
    """
    began = time.monotonic()
    samples: dict[str, dict[EncodeSetting, list[CorpusRow]]] = {}
    for row in read_corpus(path):
        neutral = replace(row.point.setting, quality=0)
        samples.setdefault(row.sample, {}).setdefault(neutral, []).append(row)
    settings = dict.fromkeys(setting for found in samples.values() for setting in found)
    if wanted:
        settings = dict.fromkeys(s for named in wanted for s in settings if _is_of(named, s))
    named = dict(zip(settings, labels(tuple(settings)), strict=True))
    notices: list[Notice] = []
    comparisons: list[Comparison] = []
    for found in samples.values():
        contenders = [_read(name, s, found[s]) for s, name in named.items() if s in found]
        first = next(iter(found.values()))[0]
        _check_metrics(first, (*targets, metric))
        if len(contenders) < 2:
            text = f"{first.source.location}: has fewer than two encoders to compare"
            notices.append(info("nothing-to-compare", text))
            yield Told(notices[-1])
            continue
        comparisons.append(
            Comparison(
                source=first.source,
                windows=first.windows,
                whole=first.whole,
                contenders=tuple(contenders),
                targets=targets,
                metric=metric,
                within=within,
            )
        )
    if not comparisons:
        raise UsageError(
            f"{path}: has no source on which two of the encoders were measured",
            "Measure another with 'vmafx tune corpus'.",
        )
    yield Done(
        CompareResult(
            comparisons=tuple(comparisons),
            notices=tuple(notices),
            seconds=time.monotonic() - began,
        )
    )


def _is_of(wanted: EncodeSetting, setting: EncodeSetting) -> bool:
    preset = wanted.preset or find_encoder(wanted.encoder).default_preset
    return (wanted.encoder, preset) == (setting.encoder, setting.preset)


def _check_metrics(row: CorpusRow, wanted: Iterable[Requirement]) -> None:
    for requirement in wanted:
        name, measured = requirement.metric, row.point.metrics
        if name != "vmaf" and name not in measured:
            raise UsageError(
                f"{row.source.location}: {name} was not measured for the corpus",
                f"There are: {', '.join(measured)}.",
            )


def _read(name: str, setting: EncodeSetting, rows: Iterable[CorpusRow]) -> Contender:
    """A contender of a corpus: all of its points are on its curve."""
    coarser = find_encoder(setting.encoder).knob.coarser
    by_quality = {coarser * row.point.setting.quality: row.point for row in rows}
    points = tuple(by_quality[quality] for quality in sorted(by_quality))
    return Contender(name=name, setting=setting, points=points, curve=points)
