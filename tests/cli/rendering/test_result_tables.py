from io import StringIO

import pytest
from rich.console import Console

from support.results import pair, result
from vmafx_cli.rendering.result_tables import render, result_tables
from vmafx_core.scoring.result import ScoreResult


def _printed(
    scored: ScoreResult, width: int, *, encoding: str = "utf-8", verbose: bool = False
) -> str:
    class Terminal(StringIO):
        @property
        def encoding(self) -> str:  # type: ignore[override]
            return encoding

    file = Terminal()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    console.print(result_tables(scored, verbose=verbose))
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 60, 40])
@pytest.mark.parametrize("several", [False, True])
def test_no_line_is_wider_than_the_terminal_and_the_mean_is_always_there(
    width: int, *, several: bool
) -> None:
    scored = result(pair("a.mp4"), pair("a/long/path/of/a_1080p_file.mp4")) if several else result()
    lines = _printed(scored, width).splitlines()
    assert max(map(len, lines)) <= width
    row = next(line for line in lines if line.startswith("vmaf "))
    assert f"{scored.pairs[0].lead.pooled.mean:.2f}" in row


def test_a_wider_terminal_shows_more_pools() -> None:
    narrow, wide = _printed(result(), 60), _printed(result(), 120)
    assert "stdev" not in narrow
    assert "stdev" in wide
    assert "worst 1%" in wide


def test_an_ascii_terminal_gets_only_ascii() -> None:
    assert _printed(result(pair(), pair("b.mp4")), 80, encoding="ascii").isascii()


def test_the_sparkline_is_drawn_in_blocks_where_the_terminal_can() -> None:
    assert "▁" in _printed(result(), 80)


def test_elementary_features_are_shown_only_when_asked_for() -> None:
    assert "integer_adm2" not in _printed(result(), 80)
    assert "integer_adm2" in _printed(result(), 80, verbose=True)


def test_several_videos_are_compared_first_and_what_they_share_is_told_once() -> None:
    text = _printed(result(pair("a.mp4", quality=90), pair("b.mp4", quality=60)), 80)
    assert text.index("vmaf:p5") < text.index("worst")
    assert text.count("disable_clip") == 1
    assert text.count("scale=1920:1080") == 1


def test_what_was_done_is_told() -> None:
    text = _printed(result(), 100)
    for words in (
        "ref.mp4: 1920x1080, yuv420p, 25 fps, h264",
        "1280x720, yuv420p",
        "scale=1920:1080:flags=bicubic",
        "by index",
        "100 scored of 100 reference and 100 distorted",
        "vmaf_v0.6.1, 0 to 100, disable_clip, adm.adm_enhn_gain_limit=1.2",
        "100 frames in 2.10 s (47.6 fps), 2 threads",
        "vmafx 0.1.0, libvmaf 3.2.0, FFmpeg 62.11.100, PyAV 19.0.0",
        "! The start of dis.mp4 looks shifted by 2 frames.",
    ):
        assert words in text


def test_file_names_are_never_read_as_markup() -> None:
    assert "[red]x[/red].mp4" in _printed(result(pair("[red]x[/red].mp4")), 80)


def test_the_table_for_a_file_is_plain_text_without_escape_codes() -> None:
    text = render(result())
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_no_line_ends_in_spaces_on_any_console() -> None:
    for width in (60, 120):
        text = StringIO()
        Console(file=text, width=width).print(result_tables(result(pair(), pair("b.mp4"))))
        assert [line for line in text.getvalue().splitlines() if line != line.rstrip()] == []
