"""Reading a corpus: measured points of many sources and settings, one JSON object a line.

docs/formats.md lists the keys. What is missing or no value is told by file, line and key; keys
that nobody knows are passed over.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vmafx_cli.tune.corpus.record import Record
from vmafx_cli.tune.corpus.row import MADE, SCHEMA, SCHEMA_VERSION, CorpusRow, SourceFacts
from vmafx_core.encoders.catalogue import ENCODERS
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import InputError
from vmafx_core.probing.points import Point
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.pooling import POOL_NAMES, Pooled
from vmafx_core.scoring.result import Metric, MetricKind


def read_corpus(path: str | Path) -> list[CorpusRow]:
    """Read a corpus, all of it or nothing.

    Raises:
        InputError: It cannot be read, or a line is no row; the message names line and key.
    """
    return list(rows_of(path, corpus_lines(path)))


def corpus_lines(path: str | Path) -> list[bytes]:
    """The lines of a corpus, with their line breaks.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return Path(path).read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read: {error.strerror}", "Check the path of the corpus."
        ) from error


def rows_of(path: str | Path, lines: Sequence[bytes]) -> Iterator[CorpusRow]:
    """The rows in lines; empty ones are passed over.

    Raises:
        InputError: A line is no row.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _row(Record.parse(line, f"{path}: line {number}"))


def _row(record: Record) -> CorpusRow:
    record.expect("schema", SCHEMA)
    record.expect("schema_version", SCHEMA_VERSION)
    source = SourceFacts(
        location=record.text("src"),
        sha256=record.text("src_sha256"),
        width=record.whole("width"),
        height=record.whole("height"),
        pix_fmt=record.text("pix_fmt"),
        frame_rate=record.optional("framerate", record.positive, None),
        duration=record.optional("duration_s", record.positive, None),
        transfer=record.optional("transfer", record.text, None),
    )
    return CorpusRow(
        source=source,
        point=_point(record, source),
        reading=record.inner("reading").data,
        measuring=record.inner("measuring").data,
        windows=tuple(
            Window(w.number("start"), w.optional("duration", w.positive, None))
            for w in record.records("windows")
        ),
        whole=record.text("clip_mode") == "full",
        made={key: record.text(key) for key in MADE},
    )


def _point(record: Record, source: SourceFacts) -> Point:
    size = record.whole("encode_width"), record.whole("encode_height")
    return Point(
        setting=EncodeSetting(
            encoder=record.choice("encoder", [e.name for e in ENCODERS]),
            quality=record.number("crf"),
            preset=record.text("preset"),
            options=tuple(record.assignments("extra_params")),
            pix_fmt=record.text("encode_pix_fmt"),
            size=None if size == (source.width, source.height) else size,
            keyframe_interval=record.optional("keyframe_interval", record.whole, None),
        ),
        pix_fmt=record.text("encode_pix_fmt"),
        metrics=_metrics(record.inner("metrics")),
        frames=record.whole("encode_frames"),
        duration=record.positive("encode_duration_s"),
        video_bytes=record.whole("encode_size_bytes"),
        encode_seconds=record.number("encode_time_ms") / 1000,
        score_seconds=record.number("score_time_ms") / 1000,
        cached=True,
        encoder_version=record.text("encoder_version"),
    )


def _metrics(record: Record) -> dict[str, Metric]:
    metrics = {}
    for name in record.data:
        metric = record.inner(name)
        kind = MetricKind(metric.choice("kind", [k.value for k in MetricKind]))
        pools = metric.inner("pooled")
        pooled = Pooled(
            **{pool: pools.optional(pool, pools.number, math.nan) for pool in POOL_NAMES}
        )
        metrics[name] = Metric(name, kind, np.empty(0), pooled)
    return metrics
