"""Choosing the rungs of a ladder from the points of a corpus, without encoding anything."""

import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import PurePath

from vmafx_cli.tune.corpus.reading import read_corpus
from vmafx_cli.tune.corpus.row import CorpusRow
from vmafx_cli.tune.ladder.build import LadderRequest, LadderResult
from vmafx_cli.tune.ladder.hull_search import ladder_of, size_of
from vmafx_cli.tune.sizes import Size, by_size, ladder_sizes
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.probing.points import Point


def ladder_of_corpus(
    path: str, source: str | None, request: LadderRequest
) -> Generator[TuneEvent[LadderResult]]:
    """Choose rungs from what a corpus holds of one source, encoder and preset.

    Args:
        path: The corpus; of several rows with one setting, the last one counts.
        source: The source's path or file name as the corpus has it; None where it has one only.
        request: What is asked for; its encoder and preset say which rows count, its resolutions
            which sizes may be used. Its source is not looked at.

    Yields:
        `Done` with the result.

    Raises:
        InputError: The corpus cannot be read, or is none.
        UsageError: It holds nothing of that source and encoder, or several that cannot be held
            against each other, or lacks the metric.
    """
    began = time.monotonic()
    rows = _of_one_sample(path, _of_encoder(path, _of_source(path, source), request.setting))
    facts = rows[0].source
    own = (facts.width, facts.height)
    points = list({(p.setting, p.pix_fmt): p for p in (_sized(r, own) for r in rows)}.values())
    if request.resolutions:
        allowed, _ = ladder_sizes(request.resolutions, facts)
        points = [p for p in points if size_of(p) in allowed]
    if not points:
        raise UsageError(
            f"{path}: has no points of these sizes", "Name others with --resolutions, or none."
        )
    metric = request.top.metric
    if metric != "vmaf" and any(metric not in p.metrics for p in points):
        raise UsageError(
            f"{path}: {metric} was not measured for all of its points",
            f"There are: {', '.join(points[0].metrics)}.",
        )
    rules = request.rules.sized(facts)
    sizes = by_size(size_of(p) for p in points)
    display = rows[0].measuring["display"]
    yield Done(
        LadderResult(
            request=replace(
                request,
                source=InputSpec(location=facts.location),
                setting=replace(points[0].setting, size=None),
            ),
            source=facts,
            windows=rows[0].windows,
            whole=rows[0].whole,
            display=(display[0], display[1]) if display else own,
            ladder=ladder_of(points, sizes, rules, request.top),
            presentation=None,
            seconds=time.monotonic() - began,
        )
    )


def _of_source(path: str, source: str | None) -> list[CorpusRow]:
    rows = read_corpus(path)
    if source is not None:
        names = {source, PurePath(source).name}
        rows = [r for r in rows if names & {r.source.location, PurePath(r.source.location).name}]
    held = dict.fromkeys(r.source.location for r in rows)
    if not held:
        what = f"nothing of {source}" if source else "no rows"
        raise UsageError(f"{path}: has {what}", "Measure it with 'vmafx tune corpus'.")
    if len({r.source.identity for r in rows}) > 1:
        raise UsageError(f"{path}: has several sources", f"Name one of {', '.join(held)}.")
    return rows


def _of_encoder(
    path: str, rows: Sequence[CorpusRow], wanted: EncodeSetting
) -> dict[EncodeSetting, list[CorpusRow]]:
    """The rows of an encoder and preset, by what their settings have in common."""
    preset = wanted.preset or find_encoder(wanted.encoder).default_preset
    found: dict[EncodeSetting, list[CorpusRow]] = {}
    for row in rows:
        setting = row.point.setting
        if (setting.encoder, setting.preset) == (wanted.encoder, preset):
            found.setdefault(replace(setting, quality=0, size=None), []).append(row)
    if not found:
        held = dict.fromkeys(f"{r.point.setting.encoder} {r.point.setting.preset}" for r in rows)
        raise UsageError(
            f"{path}: has nothing of {wanted.encoder} with preset {preset}",
            f"There is: {', '.join(held)}.",
        )
    return found


def _of_one_sample(path: str, found: dict[EncodeSetting, list[CorpusRow]]) -> list[CorpusRow]:
    """The rows, if all of them can be held against each other."""
    rows = [row for of_setting in found.values() for row in of_setting]
    if len(found) > 1 or len({row.sample for row in rows}) > 1:
        raise UsageError(
            f"{path}: its points were not all encoded with the same options and measured alike",
            "Keep what belongs together in a corpus of its own.",
        )
    return rows


def _sized(row: CorpusRow, own: Size) -> Point:
    """A row's point, whose setting says its size."""
    setting = row.point.setting
    return replace(row.point, setting=replace(setting, size=setting.size or own))
