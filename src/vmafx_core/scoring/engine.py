"""Carrying a request out: one decode of each input, events as scores become known."""

import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack

from vmafx_core.libvmaf.library import load
from vmafx_core.libvmaf.log import CAPTURE
from vmafx_core.media.convert import Converter
from vmafx_core.media.reader import FrameReader
from vmafx_core.notice import Level, Notice
from vmafx_core.scoring.events import Event, Finished, Progress, Started, Told
from vmafx_core.scoring.inputs import Inputs, ReadyInputs
from vmafx_core.scoring.pair import PairRun, frames_left
from vmafx_core.scoring.plan import Plan, check_request, make_plan
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import ScoreResult
from vmafx_core.scoring.versions import versions

_PROGRESS_EVERY = 0.2
_LOOK_EVERY = 0.1
_MOST_LOG_NOTICES = 5

# libvmaf says this of every flat picture; it means nothing for the score.
_HARMLESS = frozenset({"est_params: covariance matrix is singular"})


def score_events(
    request: ScoreRequest, inputs: Inputs | ReadyInputs | None = None
) -> Generator[Event]:
    """Score, telling what happens; closing the iterator cancels and frees everything.

    Args:
        request: What is asked for.
        inputs: Its inputs, where somebody has already begun to open them; taken over.

    Yields:
        `Started`, then `Told`, `Progress` and `FrameScores` as they come, then `Finished`.

    Raises:
        UsageError: If the request contradicts itself.
        InputError: If an input cannot be read or decoded to its end.
        MismatchError: If inputs do not fit together, or have no frame in common.
        ComponentError: If libvmaf or a model is missing.
        WorkError: If libvmaf fails.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        if inputs:
            stack.enter_context(inputs)
        check_request(request)
        if not inputs:
            inputs = stack.enter_context(Inputs(request.reference, request.distorted))
        load()
        stack.enter_context(CAPTURE)
        plan = make_plan(request, inputs)
        yield Started(
            reference=plan.reference.info,
            distorted=tuple(p.source.info for p in plan.pairs),
            pictures=tuple(p.match.picture for p in plan.pairs),
            expected_frames=plan.expected_frames,
            threads=plan.threads,
        )
        yield from (Told(notice) for notice in plan.notices)
        for i, pair in enumerate(plan.pairs):
            yield from (Told(notice, i) for notice in pair.notices)
        yield from _Run(request, plan, stack, began).events()


class _Run:
    """One request being carried out."""

    def __init__(self, request: ScoreRequest, plan: Plan, stack: ExitStack, began: float) -> None:
        self._request = request
        self._plan = plan
        self._began = self._told = began
        self._said: Counter[str] = Counter()
        # Pairs that want the reference in the same form share one conversion of it.
        matches = [p.match for p in plan.pairs]
        forms = list(dict.fromkeys((m.reference_filters, m.picture) for m in matches))
        self._form_of_pair = [forms.index((m.reference_filters, m.picture)) for m in matches]
        converters = [Converter(plan.reference.info, filters, p) for filters, p in forms]
        self._reader = stack.enter_context(FrameReader(plan.reference, converters))
        self._converters = converters
        self._pairs = [
            stack.enter_context(PairRun(request, plan, i)) for i in range(len(plan.pairs))
        ]
        self._read = 0
        self._versions = versions()  # takes a moment, in which the readers decode ahead

    def events(self) -> Iterator[Event]:
        """Score everything."""
        ended = False
        rows = iter(self._reader)
        while not all(pair.done for pair in self._pairs):
            while not self._reader.awaited(_LOOK_EVERY):
                yield from self._meanwhile()
            row = next(rows, None)
            if row is None:
                ended = True
                break
            while not all(pair.done or pair.awaited(_LOOK_EVERY) for pair in self._pairs):
                yield from self._meanwhile()
            for form, pair in zip(self._form_of_pair, self._pairs, strict=True):
                if not pair.done:
                    pair.feed(self._read, row[form])
                    there = self._reader.awaited(0.0) and pair.awaited(0.0)
                    yield from pair.scored(idle=not (pair.done or there))
            self._read += 1
            self._said += CAPTURE.drain()
            yield from self._progress()
        yield from self._finish(ended=ended)

    def _meanwhile(self) -> Iterator[Event]:
        """What is known, which need not wait for a picture that comes slowly."""
        for pair in self._pairs:
            yield from pair.scored(idle=True)
        yield from self._progress()

    def _progress(self) -> Iterator[Progress]:
        """How far it is, if that has not been said for a while."""
        now = time.monotonic()
        if not self._read or now - self._told < _PROGRESS_EVERY:
            return
        self._told = now
        seconds = now - self._began
        frames = min(pair.fed for pair in self._pairs if not pair.done or pair.fed == self._most())
        yield Progress(frames, self._plan.expected_frames, frames / seconds, seconds)

    def _most(self) -> int:
        return max(pair.fed for pair in self._pairs)

    def _finish(self, *, ended: bool) -> Iterator[Event]:
        for pair in self._pairs:
            yield from pair.flush()
        reference_total = self._read
        if not ended and not all(pair.limited for pair in self._pairs):
            reference_total += frames_left(self._plan.reference, self._reader, self._read)
        results = []
        for i, pair in enumerate(self._pairs):
            result = pair.result(reference_total, time.monotonic() - self._began)
            yield from (Told(n, i) for n in result.notices if n not in self._plan.pairs[i].notices)
            results.append(result)
        changes = (notice for c in self._converters for notice in c.notices)
        seen = (*self._plan.notices, *self._plan.reference.notices, *changes)
        notices = tuple(dict.fromkeys((*seen, *self._log_notices())))
        yield from (Told(n) for n in notices if n not in self._plan.notices)
        yield Finished(
            ScoreResult(
                reference=self._plan.reference.info,
                pairs=tuple(results),
                versions=self._versions,
                threads=self._plan.threads,
                notices=notices,
                seconds=time.monotonic() - self._began,
            )
        )

    def _log_notices(self) -> list[Notice]:
        """What libvmaf printed, each line once."""
        self._said += CAPTURE.drain()
        notices = []
        for line, count in self._said.most_common(_MOST_LOG_NOTICES):
            level = Level.INFO if line in _HARMLESS else Level.WARNING
            times = f" ({count} times)" if count > 1 else ""
            whose = "" if CAPTURE.alone else ", in this run or in one beside it"
            notices.append(Notice("libvmaf", f"libvmaf{whose}: {line}{times}", level))
        return notices
