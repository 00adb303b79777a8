"""Measuring a grid of sources, encoders, presets, sizes and qualities into a corpus."""

import hashlib
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vmafx_cli.tune.corpus.file import CorpusFile
from vmafx_cli.tune.corpus.row import (
    CorpusRow,
    SourceFacts,
    measuring_dict,
    reading_dict,
    row_key,
    sample_key,
)
from vmafx_cli.tune.sizes import Resolution, ladder_sizes
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.pictures import nearest_pix_fmt
from vmafx_core.errors import ComponentError, InputError, UsageError, VmafxError, WorkError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import warning
from vmafx_core.probing.events import Advanced, Done, Probing, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.points import Point
from vmafx_core.probing.prober import Measurer, Prober
from vmafx_core.probing.request import Measuring, check_rereadable
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.versions import versions

_BLOCK = 1 << 22
_EVERY = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRequest:
    """What is measured.

    Attributes:
        sources: The videos to encode.
        settings: What to encode each with, at every quality that is wanted.
        path: The corpus, which is begun or gone on with.
        resolutions: Heights or sizes to encode at; empty for the source's alone.
        measuring: How settings are measured.
    """

    sources: tuple[InputSpec, ...]
    settings: tuple[EncodeSetting, ...]
    path: Path
    resolutions: tuple[Resolution, ...] = ()
    measuring: Measuring = field(default_factory=Measuring)


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """Something that could not be measured.

    Attributes:
        source: The source.
        encoder: The encoder; "" for the source as a whole.
        error: Why.
    """

    source: str
    encoder: str
    error: VmafxError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GridResult:
    """What came out.

    Attributes:
        request: What was asked for.
        rows: The rows that were added.
        there: How many were there already.
        failures: What could not be measured.
        seconds: Wall time.
    """

    request: GridRequest
    rows: tuple[CorpusRow, ...]
    there: int
    failures: tuple[Failure, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Task:
    """What is left to measure on one source."""

    spec: InputSpec
    facts: SourceFacts
    settings: tuple[EncodeSetting, ...]


def grid_events(
    request: GridRequest, prober: Prober = LOCAL_PROBER
) -> Generator[TuneEvent[GridResult]]:
    """Measure what the corpus does not have yet, telling what happens.

    A row is on the disk as soon as it is measured. Closing the generator cancels and frees
    everything; the next run goes on from there. What fails is left out and told.

    Args:
        request: What is measured.
        prober: Where settings are measured.

    Yields:
        The events of sampling and of every probe, then `Done` with the result.

    Raises:
        UsageError: The request contradicts itself, or another run writes the corpus.
        InputError: A source cannot be read, or the file is no corpus.
        WorkError: The corpus cannot be written.
    """
    began = time.monotonic()
    if not request.sources or not request.settings:
        raise UsageError("there is nothing to measure", "Name a source and a setting.")
    for setting in request.settings:
        find_encoder(setting.encoder).check(setting)
    with CorpusFile(request.path) as corpus:
        yield from (Told(notice) for notice in corpus.notices)
        tasks: list[_Task] = []
        wanted = 0
        for spec in request.sources:
            facts, settings = yield from _grid_of(request, spec)
            wanted += len(settings)
            left = tuple(s for key, s in settings.items() if key not in corpus.keys)
            tasks.append(_Task(spec, facts, left))
        run = _Run(request, prober, corpus, sum(len(t.settings) for t in tasks))
        there = wanted - run.likely
        for task in tasks:
            if task.settings:
                yield from run.measure(task)
    yield Done(
        GridResult(
            request=request,
            rows=tuple(run.rows),
            there=there,
            failures=tuple(run.failures),
            seconds=time.monotonic() - began,
        )
    )


class _Run:
    """The measuring of what is left, and what came out so far."""

    def __init__(
        self, request: GridRequest, prober: Prober, corpus: CorpusFile, likely: int
    ) -> None:
        self._prober = prober
        self.likely = likely
        self.rows: list[CorpusRow] = []
        self.failures: list[Failure] = []
        self._request = request
        self._corpus = corpus
        self._number = 0

    def measure(self, task: _Task) -> Generator[TuneEvent[Any]]:
        """Measure what is left on one source."""
        name = task.facts.location
        try:
            measurer = yield from self._prober.prepared(task.spec, self._request.measuring)
        except (InputError, WorkError) as error:
            yield self._failed(name, "", error)
            return
        failed: set[str] = set()
        for setting in task.settings:
            self._number += 1
            if setting.encoder in failed:
                continue
            yield Probing(setting, self._number, self.likely)
            try:
                point = yield from measurer.probe(setting)
            except (UsageError, ComponentError, WorkError) as error:
                failed.add(setting.encoder)
                yield self._failed(name, setting.encoder, error)
            else:
                row = self._row(task, measurer, point)
                self._corpus.add(row)
                self.rows.append(row)

    def _failed(self, source: str, encoder: str, error: VmafxError) -> Told:
        self.failures.append(Failure(source, encoder, error))
        what = f"{encoder} on {source}" if encoder else source
        return Told(warning("not-measured", f"{what} is left out: {error.message}"))

    def _row(self, task: _Task, measurer: Measurer, point: Point) -> CorpusRow:
        made_by = versions()
        return CorpusRow(
            source=task.facts,
            point=point,
            reading=reading_dict(task.spec),
            measuring=measuring_dict(self._request.measuring),
            windows=measurer.sampled.windows,
            whole=measurer.sampled.whole,
            made={
                "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
                "vmafx_version": made_by.vmafx,
                "libvmaf_version": made_by.libvmaf,
                "ffmpeg_version": made_by.ffmpeg,
            },
        )


def _grid_of(
    request: GridRequest, spec: InputSpec
) -> Generator[TuneEvent[Any], None, tuple[SourceFacts, dict[str, EncodeSetting]]]:
    """What is known of a source, and all settings for it by the keys of their rows."""
    check_rereadable(spec)
    with VideoSource(spec) as opened:
        info = opened.info
    facts = SourceFacts.of(info, (yield from _sha256(spec.location)))
    sample = sample_key(facts, reading_dict(spec), measuring_dict(request.measuring))
    own = info.width, info.height
    sizes: Iterable[tuple[int, int] | None] = (None,)
    if request.resolutions:
        found, notices = ladder_sizes(request.resolutions, info)
        yield from (Told(notice) for notice in notices)
        sizes = [None if size == own else size for size in found]
    everything = [replace(s, size=size) for size in sizes for s in request.settings]
    return facts, {_key(sample, setting, info): setting for setting in everything}


def _key(sample: str, setting: EncodeSetting, info: VideoInfo) -> str:
    pix_fmt = setting.pix_fmt or nearest_pix_fmt(find_encoder(setting.encoder), info)
    return row_key(sample, setting, pix_fmt, (info.width, info.height))


def _sha256(location: str) -> Generator[TuneEvent[Any], None, str]:
    """The hash of a file; "" for anything else, such as a URL."""
    path = Path(location)
    if not path.is_file():
        return ""
    digest, began = hashlib.sha256(), time.monotonic()
    told = began
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            now = time.monotonic()
            if now - told >= _EVERY:
                told = now
                yield Advanced(phase="hashing", done=0, total=None, seconds=now - began)
    return digest.hexdigest()
