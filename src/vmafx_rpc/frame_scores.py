"""The scores of a run of frames, which are told together, as those of single frames."""

from collections.abc import Iterator

from vmafx_rpc.messages import result, scoring


def one_by_one(run: result.FrameScores) -> Iterator[scoring.FrameScore]:
    """The scores of each frame of a run, in order; the leading one is the first metric's."""
    names = [metric.name for metric in run.metrics]
    rows = zip(*(metric.values for metric in run.metrics), strict=True)
    for index, row in enumerate(rows, run.first):
        features = dict(zip(names, row, strict=True))
        yield scoring.FrameScore(frame_index=index, score=row[0], features=features)
