import csv
from collections.abc import Iterable, Sequence
from io import StringIO

import pytest
from rich.console import Console

from support.findings import crf_result, point
from vmafx_cli.rendering.blocks import drawn
from vmafx_cli.rendering.searches import ViewForms as Forms
from vmafx_cli.rendering.tables import DrawnTable
from vmafx_cli.tune.report.crf import crf_view
from vmafx_cli.tune.report.points import points_table
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import Printed
from vmafx_core.report.views.datatable import Column, DataTable, csv_text
from vmafx_core.scoring.requirements import parse_requirement


def shown(content: DataTable | Iterable[Printed], width: int = 80) -> list[str]:
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        made = DrawnTable(content) if isinstance(content, DataTable) else drawn(content)
        console.print(made, crop=False)
    return capture.get().splitlines()


def keys(table: DataTable) -> list[str]:
    return [column.key for column in table.columns]


def column(table: DataTable, key: str) -> list[object]:
    index = keys(table).index(key)
    return [row[index] for row in table.rows]


def test_a_table_of_tries_has_a_row_a_point_and_a_column_a_target() -> None:
    points = [point(26), point(30)]
    table = points_table(
        points, [parse_requirement("vmaf>=96"), parse_requirement("psnr_y:p5>=40")], duration=120.0
    )
    assert keys(table) == [
        "quality", "vmaf", "psnr_y:p5", "bit_rate", "predicted_bytes", "encode_fps", "met",
    ]  # fmt: skip
    assert column(table, "vmaf") == pytest.approx([97, 95])
    assert column(table, "met") == [True, False]
    assert column(table, "predicted_bytes") == [p.bit_rate * 120 / 8 for p in points]
    assert column(table, "encode_fps") == [50.0, 50.0]


def test_what_differs_between_points_has_a_column() -> None:
    alike = points_table([point(20), point(24)])
    assert keys(alike)[0] == "quality"
    assert alike.columns[0].heading == "crf"
    mixed = points_table(
        [point(20, size=(640, 360)), point(24, encoder="libx265", preset="slow"), point(24)]
    )
    assert keys(mixed)[:4] == ["encoder", "preset", "size", "quality"]
    assert column(mixed, "preset") == ["medium", "slow", "medium"]
    assert column(mixed, "size") == ["640x360", "", ""]


def test_cached_points_are_told_from_measured_ones() -> None:
    table = points_table([point(20, cached=True), point(24)])
    assert [line.split()[-1] for line in shown(table)[2:]] == ["cache", "probe"]
    assert "cached" not in keys(points_table([point(20)]))


@pytest.mark.parametrize(
    ("width", "headings"),
    [(80, ["crf", "vmaf", "bit rate", "enc. fps"]), (24, ["crf", "vmaf", "bit rate"])],
)
def test_a_narrow_terminal_goes_without_columns_that_can_be_spared(
    width: int, headings: Sequence[str]
) -> None:
    lines = shown(points_table([point(20), point(24)]), width)
    assert [h for h in ("crf", "vmaf", "bit rate", "enc. fps") if h in lines[0]] == headings
    assert max(map(len, lines)) <= width


def test_csv_has_names_for_programs_and_all_digits() -> None:
    columns = (Column("name", "Name"), Column("x", "X", words.fixed(1)), Column("ok", "OK"))
    table = DataTable(columns, (('a "b", c', 1 / 3, True), ("d", float("nan"), False)))
    rows = list(csv.reader(StringIO(csv_text(table))))
    assert rows == [["name", "x", "ok"], ['a "b", c', str(1 / 3), "true"], ["d", "", "false"]]


def test_the_pick_of_a_search_comes_first_with_its_reason_and_its_command() -> None:
    lines = shown(crf_view(crf_result()).printed)
    assert lines[0] == "crf 30 meets it; crf 31 misses"
    command = next(line for line in lines if line.startswith("ffmpeg"))
    assert "-i movie.mkv" in command
    assert "-c:v libx264 -preset medium -crf 30 -pix_fmt yuv420p movie.h264.mkv" in command
    assert sum("met" in line or "missed" in line for line in lines[6:9]) == 3


def test_where_nothing_meets_the_target_the_nearest_is_shown_and_no_command() -> None:
    lines = shown(crf_view(crf_result(pick=None)).printed)
    assert lines[0] == "nothing meets vmaf>=95, nearest is crf 26: even crf 26 misses it"
    assert not any(line.startswith("ffmpeg") for line in lines)


def test_verifying_tells_the_error_of_the_sample() -> None:
    lines = shown(crf_view(crf_result(verified=point(30, vmaf=94.6))).printed, 100)
    (line,) = (line for line in lines if line.startswith("verified"))
    assert "vmaf 94.60 over all frames, 95.00 on the sample (-0.40)" in line


def test_windows_of_the_sample_are_told() -> None:
    lines = shown(crf_view(crf_result()).printed)
    assert any("2 windows of 2 s, 100 frames: at 0:10, 1:10" in line for line in lines)


def test_a_file_has_the_same_table_without_colour() -> None:
    view = crf_view(crf_result())
    written = Forms(view).text("table")
    assert written.splitlines()[0] == "crf 30 meets it; crf 31 misses"
    assert "\x1b" not in written


@pytest.mark.parametrize(
    ("written", "words_"),
    [
        (words.bit_rate(850_400), "850 kb/s"),
        (words.bit_rate(12_500_000), "12.5 Mb/s"),
        (words.size(919_600), "920 kB"),
        (words.size(1_250_000_000), "1.25 GB"),
        (words.clock(4.23), "4.2 s"),
        (words.clock(185), "3:05"),
        (words.clock(3729), "1:02:09"),
        (words.score(0.98765), "0.9877"),
        (words.score(float("nan")), "-"),
    ],
)
def test_numbers_are_written_as_people_do(written: str, words_: str) -> None:
    assert written == words_
