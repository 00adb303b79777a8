"""Scoring a finished encode against its source, from the first frame to the last."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from vmafx_core.errors import WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Advanced, TuneEvent
from vmafx_core.probing.request import Measuring
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished, Progress
from vmafx_core.scoring.request import Pairing, ScoreRequest
from vmafx_core.scoring.result import PairResult


def verified(
    source: InputSpec, encoded: Path, frames: int, measuring: Measuring
) -> Generator[TuneEvent[Any], None, PairResult]:
    """Decode and score all of an encode; returns the scores.

    Args:
        source: What was encoded.
        encoded: The encode.
        frames: Frames that it has to have.
        measuring: How it is scored; its sampling is of no concern.

    Yields:
        `Advanced`.

    Raises:
        InputError: The encode cannot be decoded to its end.
        WorkError: It does not have these frames.
    """
    request = ScoreRequest(
        reference=source,
        distorted=(InputSpec(location=str(encoded)),),
        models=measuring.models,
        features=measuring.features,
        size=measuring.display,
        pairing=Pairing.INDEX,
        threads=measuring.threads,
    )
    pair: PairResult | None = None
    with closing(score_events(request)) as events:
        for event in events:
            if isinstance(event, Progress):
                yield Advanced(
                    phase="verifying", done=event.frames, total=frames, seconds=event.seconds
                )
            elif isinstance(event, Finished):
                pair = event.result.pairs[0]
    if pair is None or {pair.frames.scored, pair.frames.reference_read, frames} != {frames}:
        raise WorkError(
            f"{encoded.name}: does not have the {frames} frames of the source",
            "Run the command again; if that does not help, choose another encoder.",
        )
    return pair
