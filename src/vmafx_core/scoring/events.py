"""What a running score tells: the events that every door of the program consumes."""

from dataclasses import dataclass

from vmafx_core.media.types import PictureFormat, VideoInfo
from vmafx_core.notice import Notice
from vmafx_core.scoring.result import ScoreResult, Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Inputs are open and the plan is settled; the first event, once.

    Attributes:
        reference: What the reference turned out to be.
        distorted: What each distorted video turned out to be.
        pictures: The form in which each pair is scored.
        expected_frames: Pairs that will probably be scored; None where no container says.
        threads: Threads for libvmaf.
    """

    reference: VideoInfo
    distorted: tuple[VideoInfo, ...]
    pictures: tuple[PictureFormat, ...]
    expected_frames: int | None
    threads: int


@dataclass(frozen=True, slots=True)
class Told:
    """There is something to tell, as soon as it is known.

    Attributes:
        notice: What.
        pair: Which distorted video it is about, from 0; None for the whole run.
    """

    notice: Notice
    pair: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Frames went in; comes a few times a second.

    Attributes:
        frames: Pairs handed to libvmaf so far, for the distorted video that is least far.
        expected_frames: Pairs that will probably be scored; None where unknown.
        fps: Pairs a second so far (per distorted video).
        seconds: Wall time so far.
    """

    frames: int
    expected_frames: int | None
    fps: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class FrameScores:
    """The final scores of a run of consecutive frames of one pair.

    Attributes:
        pair: Which distorted video, from 0.
        first: Index of the first of these frames among the scored ones.
        times: Seconds of each from the reference's first picture, shape (n,).
        metrics: Every metric's values, each of shape (n,), by name, models first.
    """

    pair: int
    first: int
    times: Scores
    metrics: dict[str, Scores]


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """All is done; the last event, once."""

    result: ScoreResult


Event = Started | Told | Progress | FrameScores | Finished
