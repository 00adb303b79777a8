"""What `tune encode` made, in all forms."""

from typing import Any

from vmafx_cli.tune.encode.whole import TOLERANCE, EncodeResult, Verdict
from vmafx_cli.tune.report.crf import crf_view
from vmafx_cli.tune.report.points import quality_name, target_name
from vmafx_core.report.account import Line, frames
from vmafx_core.report.plain import plain
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import Facts
from vmafx_core.report.views.blocks import Verdict as Said
from vmafx_core.report.views.view import View


def encode_view(result: EncodeResult) -> View:
    """How the result of `tune encode` is shown."""
    search = crf_view(result.search)
    made = result.verdict
    if made is None:
        return View(
            kind="encode",
            title=search.title,
            printed=search.printed,
            table=search.table,
            body=_body(result, search),
            blocks=search.blocks,
        )
    missed = " and ".join(result.missed)
    what = f"is not written: the whole misses {missed}" if missed else "is written"
    said = Said(f"{result.output} {what}", _told(result, made), good=result.met)
    facts = Facts("What came out", tuple(_facts(result, made)))
    rest = tuple(block for block in search.blocks if not isinstance(block, Said))
    shown = [b for b in rest if isinstance(b, Facts)]
    return View(
        kind="encode",
        title=f"{result.output.name}: {search.title}",
        printed=(said, facts, *shown),
        table=search.table,
        body=_body(result, search),
        blocks=(said, facts, *rest),
    )


def _told(result: EncodeResult, made: Verdict) -> str:
    scores = ", ".join(
        f"{target_name(t)} {words.score(made.value(t))}" for t in result.search.request.targets
    )
    return f"{quality_name(made.point)}, {scores} over all frames"


def _facts(result: EncodeResult, made: Verdict) -> list[Line]:
    lines = [
        ("found", result.search.found.why),
        ("video", f"{frames(made.pair.frames.scored)}, {words.bit_rate(made.bit_rate)}"),
        ("size", _size(result, made)),
    ]
    for target in result.search.request.targets:
        whole, sampled = made.value(target), made.point.value(target)
        told = (
            f"{words.score(whole)}; {words.score(sampled)} on the sample ({whole - sampled:+.2f})"
        )
        lines.append((target_name(target), told))
    if result.corrections:
        lines.append(("encoded", f"{result.corrections + 1} times: the sample promised too much"))
    if not result.met:
        missed = " and ".join(result.missed)
        lines.append(("missed", f"{missed}, by more than {TOLERANCE:.1%}"))
    return lines


def _size(result: EncodeResult, made: Verdict) -> str:
    rate = result.search.source_bit_rate
    share = f", {100 * made.bit_rate / rate:.0f} % of the source's video" if rate else ""
    return f"{words.size(made.video_bytes)} of video{share}"


def _body(result: EncodeResult, search: View) -> dict[str, Any]:
    made, targets = result.verdict, result.search.request.targets
    verified = made and {
        "frames": made.pair.frames.scored,
        "video_bytes": made.video_bytes,
        "bit_rate": made.bit_rate,
        "duration": made.seconds,
        "values": [plain(made.value(t)) for t in targets],
        "sampled": [plain(made.point.value(t)) for t in targets],
    }
    return {
        "output": str(result.output),
        "met": result.met,
        "tolerance": TOLERANCE,
        "corrections": result.corrections,
        "verified": verified,
        "search": search.body,
        "seconds": plain(result.seconds),
    }
