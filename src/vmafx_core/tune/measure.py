"""Measuring a setting: encode the sample in memory, score it from there."""

import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encode import encode
from vmafx_core.encoders.encoded import Encoded
from vmafx_core.errors import WorkError
from vmafx_core.media.frames import FramesSource
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.inputs import ReadyInputs
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import Metric, PairResult
from vmafx_core.tune.events import Probed, Sampled, TuneEvent
from vmafx_core.tune.points import Point
from vmafx_core.tune.request import Measuring
from vmafx_core.tune.sample import Sample, SampleWindow, Window, load_sample


class Measurer:
    """Measures settings on one sample.

    Args:
        sample: What is encoded and measured.
        measuring: How.
    """

    def __init__(self, sample: Sample, measuring: Measuring) -> None:
        self.sample = sample
        self._measuring = measuring
        self._points: list[Point] = []

    def probe(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        """Encode and measure, or find in the cache; returns the point.

        Yields:
            `Advanced` while it works, and `Probed` at the end.

        Raises:
            UsageError: The encoder cannot follow the setting.
            ComponentError: The encoder is not usable here.
            WorkError: Encoding or scoring failed.
        """
        encoded: list[Encoded] = []
        pairs: list[PairResult] = []
        score_seconds = 0.0
        with ThreadPoolExecutor(1, thread_name_prefix="vmafx-encode") as pool_:
            # The next window is encoded while this one is scored.
            running = [pool_.submit(self._encode, w, setting) for w in self.sample.windows]
            try:
                for window, future in zip(self.sample.windows, running, strict=True):
                    encoded.append(future.result())
                    began = time.monotonic()
                    pairs.append(self._score(window, encoded[-1].data))
                    score_seconds += time.monotonic() - began
            finally:
                for future in running:
                    future.cancel()
        rate = float(self.sample.info.frame_rate or 25)
        frames = sum(e.frames for e in encoded)
        point = Point(
            setting=setting,
            pix_fmt=encoded[0].pix_fmt,
            metrics=_joined(pairs),
            frames=frames,
            duration=frames / rate,
            video_bytes=sum(e.video_bytes for e in encoded),
            encode_seconds=sum(e.seconds for e in encoded),
            score_seconds=score_seconds,
            cached=False,
            encoder_version=encoded[0].version,
        )
        self._points.append(point)
        yield Probed(point)
        return point

    def known(self, setting: EncodeSetting) -> tuple[Point, ...]:
        """Points measured before on this sample with the same setting but for its quality."""
        return tuple(
            p for p in self._points if replace(p.setting, quality=setting.quality) == setting
        )

    def _encode(self, window: SampleWindow, setting: EncodeSetting) -> Encoded:
        return encode(window.pictures, self.sample.info, setting)

    def _score(self, window: SampleWindow, data: bytes) -> PairResult:
        reference = FramesSource(window.spec, self.sample.info, window.pictures)
        name = InputSpec(location="the encode")
        request = ScoreRequest(
            reference=window.spec,
            distorted=(name,),
            models=self._measuring.models,
            features=self._measuring.features,
            size=self._measuring.display,
        )
        distorted = VideoSource(name, threads=0, data=data)
        for event in score_events(request, ReadyInputs(reference, [distorted])):
            if isinstance(event, Finished):
                return event.result.pairs[0]
        raise WorkError("scoring ended without a result")


def _joined(pairs: Sequence[PairResult]) -> dict[str, Metric]:
    """The metrics of all windows together."""
    joined = {}
    for name, first in pairs[0].metrics.items():
        values = np.concatenate([p.metrics[name].values for p in pairs])
        pooled = pool(values, lower_is_better=first.lower_is_better)
        joined[name] = Metric(name, first.kind, values, pooled)
    return joined


def prepared(
    source: InputSpec, measuring: Measuring, windows: tuple[Window, ...] | None = None
) -> Generator[TuneEvent[Any], None, Measurer]:
    """Decode the sample of a source; returns what measures settings on it.

    Args:
        source: The source.
        measuring: How settings are measured.
        windows: The windows to use; None to choose them as `measuring` says.

    Yields:
        `Advanced`, `Told`, then `Sampled`.

    Raises:
        InputError: The source cannot be read.
    """
    sample = load_sample(source, windows or (Window(0.0, None),))
    yield Sampled(sample)
    return Measurer(sample, measuring)
