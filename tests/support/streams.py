"""Streams of raw pairs to a daemon, and the pictures for them."""

import queue
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import grpc

from vmafx_core import InputSpec, ScoreRequest, score_events
from vmafx_core.errors import VmafxError
from vmafx_core.libvmaf.specs import parse_feature, parse_model
from vmafx_core.media.pixels import pixels
from vmafx_core.media.types import Chroma
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.result import PairResult
from vmafx_core.testing import picture
from vmafx_rpc.client import Client
from vmafx_rpc.messages import scoring

WIDTH, HEIGHT = 160, 120
_CHROMA = {Chroma.C420: (2, 2), Chroma.C422: (2, 1), Chroma.C444: (1, 1)}

Pair = tuple[bytes, bytes]
Request = scoring.ScoreStreamRequest
Response = scoring.ScoreStreamResponse


class Talk:
    """A stream to a daemon: what is said when, and what is answered.

    Args:
        client: To the daemon.
        said: What is said at once.
        seconds: The deadline.
    """

    def __init__(self, client: Client, *said: Request, seconds: float = 60) -> None:
        self._said: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self.call = client.scoring.ScoreStream(iter(self._said.get, None), timeout=seconds)
        self._client = client
        self.say(*said)

    def say(self, *said: Request) -> None:
        """Say something more."""
        for request in said:
            self._said.put(request)

    def end(self) -> None:
        """Say that no more comes."""
        self._said.put(None)

    def cancel(self) -> None:
        """Break off."""
        self.call.cancel()
        self.end()

    def answer(self) -> Response:
        """The next answer."""
        answer: Response = next(self.call)
        return answer

    def answers(self) -> list[Response]:
        """All that is answered, once nothing more is said."""
        self.end()
        return list(self.call)

    def failure(self) -> tuple[grpc.StatusCode, VmafxError]:
        """How it is refused."""
        try:
            answers = list(self.call)
        except grpc.RpcError as failure:
            return failure.code(), self._client.error(failure)
        finally:
            self.end()
        raise AssertionError(f"it is not refused: {answers}")


def config(**fields: Any) -> Request:
    """The first thing that is said: what the pairs are."""
    size = {"width": WIDTH, "height": HEIGHT}
    return Request(config=scoring.StreamConfig(**size | fields))


def frames(pairs: Iterable[Pair], first: int = 0) -> Iterator[Request]:
    """The pairs as they are said."""
    for i, (reference, distorted) in zip(count(first), pairs):
        pair = scoring.FramePair(frame_index=i, raw_reference=reference, raw_distorted=distorted)
        yield Request(frame_pair=pair)


def made_pairs(
    number: int, pix_fmt: str = "yuv420p", width: int = WIDTH, height: int = HEIGHT
) -> list[Pair]:
    """Moving pictures, and the same of fewer shades."""
    known = pixels(pix_fmt)
    sizes = [(width, height)]
    if known.chroma in _CHROMA:
        narrower, lower = _CHROMA[known.chroma]
        sizes += 2 * [(-(-width // narrower), -(-height // lower))]
    pairs = []
    for i in range(number):
        planes = [
            picture(i + 7 * p, *size, peak=(1 << known.depth) - 1) for p, size in enumerate(sizes)
        ]
        step = 1 << (known.depth - 4)
        coarse = [plane // step * step for plane in planes]
        pairs.append((_bytes(planes), _bytes(coarse)))
    return pairs


def _bytes(planes: Iterable[Any]) -> bytes:
    return b"".join(plane.tobytes() for plane in planes)


def scored_here(
    folder: Path,
    pairs: Iterable[Pair],
    pix_fmt: str = "yuv420p",
    width: int = WIDTH,
    height: int = HEIGHT,
    *,
    models: Iterable[str],
    features: Iterable[str] = (),
) -> PairResult:
    """What scoring in this process makes of the same frames in raw files."""
    specs = []
    for name, side in zip(("reference", "distorted"), zip(*pairs, strict=True), strict=True):
        path = folder / f"{name}.yuv"
        path.write_bytes(b"".join(side))
        specs.append(InputSpec(location=str(path), width=width, height=height, pix_fmt=pix_fmt))
    request = ScoreRequest(
        reference=specs[0],
        distorted=(specs[1],),
        models=tuple(map(parse_model, models)),
        features=tuple(map(parse_feature, features)),
    )
    *_, last = score_events(request)
    assert isinstance(last, Finished)
    return last.result.pairs[0]
