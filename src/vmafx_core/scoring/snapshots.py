"""Pictures of the worst frames: what a score of 40 looks like."""

from dataclasses import dataclass

from vmafx_core.scoring.result import WorstFrame


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One frame pair as pictures.

    Attributes:
        frame: Which frame, and its score.
        reference: The reference as it was scored, a JPEG.
        distorted: The distorted picture as it was scored, a JPEG.
        difference: Where their luma differs, amplified and coloured, a JPEG.
    """

    frame: WorstFrame
    reference: bytes
    distorted: bytes
    difference: bytes


@dataclass(frozen=True, slots=True)
class PairPictures:
    """The worst frames of one pair.

    Attributes:
        snapshots: The frames, worst first.
        reason: Why there are fewer than asked for; empty where there are all.
    """

    snapshots: tuple[Snapshot, ...]
    reason: str = ""
