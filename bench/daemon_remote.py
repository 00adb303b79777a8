"""Wall time of scoring by a daemon on this machine against scoring in the command itself."""

from collections.abc import Iterator
from functools import partial

from bench import material
from bench.daemon import running
from bench.measure import Figure, Settings, ratio, wall
from bench.programs import MODELS, ours


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios at 1080p, on ten seconds, with a worker that has worked before."""
    reference, distorted = material.hd(), material.hd_distorted(30)
    with running() as address:
        for model in MODELS:
            there = ["--remote", str(address), "--no-cache"]
            remote = partial(wall, ours(reference, distorted, model=model, options=there))
            remote()
            local = partial(wall, ours(reference, distorted, model=model))
            measured, note = ratio(remote, local, settings.rounds)
            yield Figure(f"score --remote / score, 1080p, {model}", measured, 1.03, note)
