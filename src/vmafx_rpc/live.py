"""Scoring raw pictures at a daemon while they are made."""

from collections.abc import Buffer, Generator, Iterable, Iterator

import grpc

from vmafx_rpc.client import Client
from vmafx_rpc.frame_pairs import FramePair, write_pair
from vmafx_rpc.messages import scoring


def score_pairs(
    client: Client, config: scoring.StreamConfig, pairs: Iterable[tuple[Buffer, Buffer]]
) -> Generator[scoring.FrameScore | scoring.AggregateScore]:
    """Have pairs of pictures scored as they come; closing the generator breaks it off.

    Args:
        client: The daemon.
        config: What the pictures are, and what is measured.
        pairs: Of each frame the reference and the distorted picture: planes Y, U and V one after
            the other, tightly packed. They are asked for in a thread of their own, no faster than
            the daemon takes them.

    Yields:
        Each frame's scores, in order, then what they come to.

    Raises:
        RemoteError: The daemon cannot be reached, or goes away.
        VmafxError: It refuses what is sent, or cannot score it.
        TypeError: A picture is not in memory.
        BaseException: What the pairs raise.
    """
    failures: list[BaseException] = []

    def requests() -> Iterator[scoring.ScoreStreamRequest | bytes]:
        yield scoring.ScoreStreamRequest(config=config)
        try:
            for index, (reference, distorted) in enumerate(pairs):
                yield write_pair(FramePair(index, reference, distorted))
        except GeneratorExit:
            raise
        except BaseException as failure:  # of which gRPC would tell nobody
            failures.append(failure)
            raise RuntimeError("there are no more pairs") from failure

    call = client.scoring.ScoreStream(requests(), metadata=client.metadata)
    try:
        for response in call:
            client.meet()
            yield getattr(response, response.WhichOneof("message"))
    except grpc.RpcError as failure:
        raise (failures[0] if failures else client.error(failure)) from None
    finally:
        call.cancel()
