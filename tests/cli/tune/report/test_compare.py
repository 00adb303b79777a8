"""What a comparison looks like: in a terminal, as data, over several sources, with failures."""

import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from support.findings import point
from vmafx_cli.rendering.blocks import drawn
from vmafx_cli.tune.compare.comparison import Comparison, Contender
from vmafx_cli.tune.compare.encoders import CompareResult
from vmafx_cli.tune.corpus.row import SourceFacts
from vmafx_cli.tune.report.compare import compare_view
from vmafx_cli.tune.report.document import text
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.notice import warning
from vmafx_core.probing.targets import parse_target
from vmafx_core.probing.windows import WHOLE
from vmafx_core.report.views.blocks import RdChart, TableSection, Verdict
from vmafx_core.report.views.datatable import csv_text


def _contender(encoder: str, rate: float, *, lost: float = 0) -> Contender:
    points = tuple(
        point(q, encoder=encoder, vmaf=116 - q - lost, bit_rate=rate * 2 ** (-q / 6))
        for q in (20, 24, 28, 32)
    )
    setting = EncodeSetting(encoder=encoder, quality=23)
    return Contender(name=encoder, setting=setting, points=points, curve=points)


_X264, _X265 = _contender("libx264", 4e7), _contender("libx265", 3e7)
_SVT = _contender("libsvtav1", 2e7)
_FAILED = Contender(
    name="libvpx-vp9",
    setting=EncodeSetting(encoder="libvpx-vp9", quality=30),
    points=(),
    failure="it is not usable here",
)


def _result(
    *contenders: Contender, targets: Sequence[str] = (), sources: Sequence[str] = ("a.mkv",)
) -> CompareResult:
    comparisons = tuple(
        Comparison(
            source=SourceFacts(
                location=name,
                sha256="",
                width=320,
                height=180,
                pix_fmt="yuv420p",
                frame_rate=25.0,
                duration=4.0,
                transfer=None,
            ),
            windows=WHOLE,
            whole=True,
            contenders=contenders,
            targets=tuple(parse_target(t) for t in targets),
            metric=parse_target("vmaf>=96"),
        )
        for name in sources
    )
    return CompareResult(
        comparisons=comparisons, notices=(warning("left-out", "one is left out"),), seconds=1.5
    )


def _shown(result: CompareResult, width: int = 120) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(drawn(compare_view(result).printed), crop=False)
    return capture.get()


def _body(result: CompareResult) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(compare_view(result), "json"))["result"]
    return found


def test_the_best_comes_first_with_what_it_saves() -> None:
    shown = _shown(_result(_X264, _X265, targets=["vmaf>=90"]))
    assert shown.startswith("libx265 takes the fewest bits: 25.0 % fewer than libx264 at vmaf>=90")
    rows = [line for line in shown.splitlines() if line.startswith("libx26")][1:]
    assert [row.split()[0] for row in rows[:2]] == ["libx265", "libx264"]
    assert "-25.0 %" in rows[0]
    assert "+0.0 %" in rows[1]


def test_the_anchor_may_be_the_best() -> None:
    shown = _shown(_result(_X265, _X264))
    assert shown.startswith("libx265 takes the fewest bits: none of the others takes fewer")


def test_where_none_meets_the_target_that_is_the_verdict() -> None:
    result = _result(_X264, _X265, targets=["vmaf>=99"])
    assert _shown(result).startswith("no encoder comes first: none meets vmaf>=99")
    [verdict] = [b for b in compare_view(result).blocks if isinstance(b, Verdict)]
    assert not verdict.good


def test_where_only_the_anchor_misses_the_target_that_is_said() -> None:
    poor = _contender("libx264", 4e7, lost=10)
    shown = _shown(_result(poor, _X265, targets=["vmaf>=90"]))
    assert shown.startswith("libx265 takes the fewest bits: libx264 does not meet vmaf>=90")


def test_curves_with_nothing_in_common_have_no_difference() -> None:
    table = compare_view(_result(_X264, _contender("libx265", 1e7, lost=50))).table
    assert csv_text(table).splitlines()[2].startswith("libx265,,")
    assert table.cells(table.rows[1])[:2] == ["libx265", "-"]


def test_an_encoder_that_was_left_out_is_listed_with_its_reason() -> None:
    result = _result(_X264, _FAILED, _X265, targets=["vmaf>=90"])
    assert "left out: it is not usable here" in _shown(result)
    body = _body(result)
    last = body["comparisons"][0]["contenders"][1]
    assert (last["failure"], last["points"], last["bit_rate"]) == (
        "it is not usable here",
        [],
        None,
    )
    assert body["notices"][0]["code"] == "left-out"


def test_three_curves_are_compared_each_with_each() -> None:
    page = compare_view(_result(_X264, _X265, _SVT)).blocks
    [matrix] = [b for b in page if isinstance(b, TableSection) and b.title.startswith("BD-rate")]
    assert [row[0] for row in matrix.table.rows] == ["libx264", "libx265", "libsvtav1"]
    assert [row[1] for row in matrix.table.rows] == pytest.approx([0, -25, -50])
    assert [row[3] for row in matrix.table.rows] == pytest.approx([100, 50, 0], rel=1e-4)
    two = compare_view(_result(_X264, _X265)).blocks
    assert not [b for b in two if isinstance(b, TableSection) and b.title.startswith("BD-rate")]


def test_several_sources_have_a_mean_and_a_verdict_each() -> None:
    result = _result(_X264, _X265, sources=["in/a.mkv", "in/b.mkv"], targets=["vmaf>=90"])
    shown = _shown(result)
    assert shown.startswith("a.mkv: libx265 takes the fewest bits")
    assert "\nb.mkv: libx265 takes the fewest bits" in shown
    assert "Mean over sources" in shown
    assert [m["sources"] for m in _body(result)["means"]] == [2, 2]
    assert _body(result)["means"][1]["percent"] == pytest.approx(-25)
    charts = [b for b in compare_view(result).blocks if isinstance(b, RdChart)]
    assert [c.title for c in charts] == [f"Quality over bit rate of {n}.mkv" for n in "ab"]


def test_the_document_has_every_pair_and_both_methods() -> None:
    [comparison] = _body(_result(_X264, _X265, targets=["vmaf>=90"]))["comparisons"]
    assert comparison["anchor"] == "libx264"
    assert comparison["ranking"] == ["libx265", "libx264"]
    second = comparison["contenders"][1]
    assert second["percent"] == pytest.approx(-25)
    assert second["bd"]["libx264"]["pchip"]["rate"] == pytest.approx(-25)
    assert second["bd"]["libx264"]["akima"]["rate"] == pytest.approx(-25)
    assert second["bd"]["libx265"]["pchip"]["rate"] == pytest.approx(0)
    assert second["shared"] == pytest.approx([84, 96])
    assert second["pick"]["setting"]["quality"] == 24
    assert "quality" not in second["setting"]


def test_csv_has_a_row_a_contender_and_source() -> None:
    one = csv_text(compare_view(_result(_X264, _X265)).table).splitlines()
    assert one[0].startswith("name,bd_rate,bd_quality,bd_rate_akima,bd_quality_akima,")
    several = compare_view(_result(_X264, _X265, sources=["a.mkv", "b.mkv"])).table
    assert csv_text(several).splitlines()[1].startswith("a.mkv,libx265,-25.0")


def test_it_reads_well_on_a_narrow_terminal() -> None:
    shown = _shown(_result(_X264, _X265, _SVT, targets=["vmaf>=90"]), width=80)
    assert max(map(len, shown.splitlines())) <= 80
