import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorTrc

from support.cli import InProcess
from vmafx_core.errors import WorkError
from vmafx_core.testing import write_clip

# Where the numbers jump, the pictures look nothing alike; the second shot stands still.
_SHOWN = (*range(20), *([2635] * 16), *range(14))
_FAST = ("--preset", "ultrafast")
_WANTED = (*_FAST, "--target", "90")


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VMAFX_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 pictures of 160x120, in three shots, unevenly timed."""
    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    timed = [3 * i + (i % 4 == 1) for i in range(50)]
    return write_clip(path, shown=_SHOWN, timed=timed, width=160, height=120, rate=75)


def _done(run: InProcess, *args: object) -> dict[str, Any]:
    ended = run("tune", "shots", *args, *_WANTED, "--format", "json")
    assert ended.code == 0, ended.err
    result: dict[str, Any] = json.loads(ended.out)["result"]
    return result


def _times(path: Path) -> list[Fraction]:
    with av.open(str(path)) as container:
        return [
            Fraction(picture.pts or 0) * Fraction(picture.time_base.num, picture.time_base.den)
            for picture in container.decode(video=0)
        ]


def _keys(path: Path) -> list[bool]:
    """Whether each picture is a key frame, in the order of display."""
    with av.open(str(path)) as container:
        return [picture.key_frame for picture in container.decode(video=0)]


def test_a_plan_says_where_shots_are_and_what_each_gets(run: InProcess, movie: Path) -> None:
    planned = _done(run, movie, "--plan")
    bounds = [(shot["start_frame"], shot["end_frame"]) for shot in planned["shots"]]
    assert bounds == [(0, 20), (20, 36), (36, 50)]
    assert all(
        {"crf", "predicted_score", "bitrate_kbps"} <= shot.keys() for shot in planned["shots"]
    )
    assert planned["met"]
    assert planned["encoded"] is None
    assert planned["totals"]["score"] >= 90
    assert planned["saving_percent"] >= 0
    assert list(movie.parent.iterdir()) == [movie]


def test_a_plan_is_a_table_for_people(run: InProcess, movie: Path) -> None:
    ended = run("tune", "shots", movie, "--plan", *_WANTED)
    assert ended.code == 0
    assert "3 shots" in ended.out
    assert "bit rate" in ended.out


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_the_video_is_what_was_planned(
    run: InProcess, movie: Path, tmp_path: Path, ending: str
) -> None:
    output = tmp_path / f"out{ending}"
    made = _done(run, movie, output, "--every-shot")
    assert len({shot["crf"] for shot in made["shots"]}) > 1
    assert made["encoded"]["frames"] == 50
    assert made["encoded"]["totals"]["score"] == pytest.approx(made["totals"]["score"], abs=0.3)
    assert made["encoded"]["totals"]["bits"] == pytest.approx(made["totals"]["bits"], rel=0.02)
    exact = Fraction(1, 1000) if ending == ".mkv" else Fraction(0)
    for ours, theirs in zip(_times(output), _times(movie), strict=True):
        assert abs(ours - theirs) <= exact
    assert [at for at, key in enumerate(_keys(output)) if key] == [0, 20, 36]
    assert list(tmp_path.iterdir()) == [output]
    scored = run("score", movie, output, "--format", "json", "--pairing", "index")
    assert scored.code == 0, scored.err
    pooled = json.loads(scored.out)["pooled_metrics"]["vmaf"]["mean"]
    assert pooled == pytest.approx(made["encoded"]["totals"]["score"], abs=0.001)


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_every_shot_carries_the_hdr10_metadata_of_the_beginning(
    run: InProcess, tmp_path: Path, encoder: str
) -> None:
    movie, output = tmp_path / "hdr.mkv", tmp_path / "out.mp4"
    display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
    hdr = f"mastering-display={display}:cll=1000,400:transfer=smpte2084:keyint=250:scenecut=0"
    write_clip(
        movie,
        shown=_SHOWN,
        width=160,
        height=120,
        pix_fmt="yuv420p10le",
        options={"x264-params": hdr},
    )
    made = _done(run, movie, output, "--every-shot", "--encoder", encoder)
    assert len({shot["crf"] for shot in made["shots"]}) > 1
    with av.open(str(output)) as container:
        pictures = list(container.decode(video=0))
    assert len(pictures) == 50
    told = [{side.type for side in picture.side_data.values()} for picture in pictures]
    wanted = {Type.MASTERING_DISPLAY_METADATA, Type.CONTENT_LIGHT_LEVEL}
    # H.264 says it with each key frame, HEVC holds on to it.
    said = [at for at, found in enumerate(told) if wanted <= found]
    assert set(said) >= {0, 20, 36}
    assert {picture.color_trc for picture in pictures} == {ColorTrc.SMPTE2084}


def test_all_is_encoded_at_once_where_shots_gain_next_to_nothing(
    run: InProcess, movie: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    made = _done(run, movie, output, "--enc", "sc_threshold=0")
    assert made["uses_single"]
    assert {shot["crf"] for shot in made["shots"]} == {made["single"]}
    assert [at for at, key in enumerate(_keys(output)) if key] == [0]
    assert len(_times(output)) == 50


def test_only_a_part_is_encoded_where_a_part_is_asked_for(
    run: InProcess, movie: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    made = _done(run, movie, output, "--start", "0.4", "--duration", "1")
    assert made["frames"] == made["encoded"]["frames"]
    times = _times(output)
    assert times[0] == 0
    assert len(times) == made["frames"] < 50
    assert all(one < other for one, other in pairwise(times))


def test_every_shot_meets_the_target_where_that_is_asked(run: InProcess, movie: Path) -> None:
    planned = _done(run, movie, "--plan", "--every-shot")
    assert min(shot["predicted_score"] for shot in planned["shots"]) >= 90


def test_the_page_shows_the_shots_over_time(run: InProcess, movie: Path, tmp_path: Path) -> None:
    page = tmp_path / "shots.html"
    assert run("tune", "shots", movie, "--plan", *_WANTED, "--report", page).code == 0
    text = page.read_text()
    assert "Shots over time" in text
    assert "shot 3: crf" in text


def test_events_stream_as_lines(run: InProcess, movie: Path) -> None:
    ended = run("tune", "shots", movie, "--plan", *_WANTED, "--format", "ndjson")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert lines[0]["event"] == "schema"
    assert {"probing", "probed"} <= {line["event"] for line in lines}
    assert lines[-1]["event"] == "finished"
    assert lines[-1]["kind"] == "shots"


def test_a_target_out_of_reach_is_told_after_the_nearest_miss(run: InProcess, movie: Path) -> None:
    ended = run("tune", "shots", movie, "--plan", *_FAST, "--target", "99.99", "--duration", "0.3")
    assert ended.code == 1
    assert "1 shot" in ended.out
    assert "the plan misses" in ended.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "there is no video to write"),
        (["out.mkv", "--plan"], "a plan writes no video"),
        (["out.mkv", "--samples", "3"], "no such option: --samples"),
        (["out.mkv", "--target", "90", "--target", "vmaf:p5>=80"], "one target"),
        (["out.mkv", "--target", "vmaf:p5>=80"], "is no mean"),
        (["out.mkv", "--target", "90", "--every-shot", "--floor", "80"], "a floor has no use"),
        (["out.webm", "--encoder", "libx264"], "does not hold h264"),
        (["out.txt"], "no container for video"),
    ],
)
def test_what_makes_no_sense_is_refused(
    run: InProcess, movie: Path, args: list[str], message: str
) -> None:
    ended = run("tune", "shots", movie, *args)
    assert ended.code == 2
    assert message in ended.err


def test_the_source_is_not_overwritten(run: InProcess, movie: Path) -> None:
    before = movie.read_bytes()
    ended = run("tune", "shots", movie, movie, *_WANTED)
    assert ended.code == 2
    assert movie.read_bytes() == before


def test_finished_shots_are_not_encoded_again(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.mp4"
    command = ("tune", "shots", movie, output, *_WANTED, "--every-shot")
    with monkeypatch.context() as patch:
        patch.setattr("vmafx_cli.tune.shots.encode.join", _interrupted)
        assert run(*command).code == 130
    assert not output.exists()
    (folder,) = tmp_path.iterdir()
    assert len(list(folder.glob("0*.mp4"))) == 3
    monkeypatch.setattr("vmafx_core.chunks.encoding.encode_file", _interrupted)
    assert run(*command).code == 0
    assert list(tmp_path.iterdir()) == [output]


def test_an_encoder_that_fails_leaves_an_older_file_as_it_was(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"older")
    monkeypatch.setattr("vmafx_core.chunks.encoding.encode_file", _failing)
    ended = run("tune", "shots", movie, output, *_WANTED)
    assert ended.code == 7
    assert "the disk is full" in ended.err
    assert output.read_bytes() == b"older"


def _failing(*_: object, **__: object) -> None:
    raise WorkError("the disk is full")


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
