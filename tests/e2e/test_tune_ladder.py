"""`vmafx tune ladder`, from a clip to something that plays."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import av
import pytest

from support.cli import InProcess
from vmafx_core.chunks.workplace import workplace
from vmafx_core.testing import write_clip

_FRAMES = 50
_SMALL = (
    *("--resolutions", "120,60", "--rungs", "3", "--preset", "ultrafast", "--full"),
    *("--segment", "0.8"),
)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of 160x120."""
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    return write_clip(path, frames=_FRAMES, width=160, height=120, options={"crf": "4"})


@pytest.fixture
def ladder(run: InProcess, film: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> "Ladder":
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(cache))
    return Ladder(run, film)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests here: what one has measured, the others take from there."""
    return tmp_path_factory.mktemp("cache")


class Ladder:
    """Runs the command on the clip."""

    def __init__(self, run: InProcess, film: Path) -> None:
        self.run, self.film = run, film

    def __call__(self, *arguments: object) -> Any:
        return self.run("tune", "ladder", self.film, *_SMALL, *arguments)

    def json(self, *arguments: object) -> Any:
        """The result in the document."""
        ended = self("--format", "json", *arguments)
        assert ended.code == 0, ended.err
        return json.loads(ended.out)["result"]


def test_rungs_are_shown_with_what_they_cost_and_give(ladder: Ladder) -> None:
    ended = ladder()

    assert ended.code == 0
    assert ended.out.startswith("3 rungs: ")
    assert "160x120" in ended.out
    assert "hull" in ended.out
    assert ended.err == ""


def test_every_rung_was_measured_at_the_display_size(ladder: Ladder) -> None:
    result = ladder.json()

    assert result["display"] == [160, 120]
    assert result["sizes"] == [[160, 120], [80, 60]]
    points = [(p["setting"]["size"], p["setting"]["quality"]) for p in result["points"]]
    assert len(points) == len({str(point) for point in points}) < result["steps"] / 4
    rungs = result["rungs"]
    assert all((r["setting"]["size"], r["setting"]["quality"]) in points for r in rungs)
    assert all(r["setting"]["keyframe_interval"] == 20 for r in rungs)
    assert rungs[-1]["value"] >= 95
    rates = [r["bit_rate"] for r in rungs]
    assert rates == sorted(rates)
    assert all(r["frames"] == _FRAMES for r in rungs)


def test_a_second_run_takes_all_from_the_cache(ladder: Ladder) -> None:
    first = ladder.json()
    second = ladder.json()

    assert all(p["cached"] for p in second["points"])
    assert [p["bit_rate"] for p in second["rungs"]] == [p["bit_rate"] for p in first["rungs"]]


def test_hls_and_dash_play_in_full_and_are_cut_alike(ladder: Ladder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = ladder.json("--hls", out, "--dash", out)

    names = sorted(p.name for p in out.iterdir())
    assert names[-2:] == ["manifest.mpd", "master.m3u8"]
    assert names[:-2] == [v["name"] for v in result["presentation"]["videos"]]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
    for stream, rung in enumerate(result["rungs"]):
        with av.open(str(out / "master.m3u8")) as container:
            times, keys = [], []
            for frame in container.decode(video=stream):
                times.append(frame.time)
                keys.append(frame.key_frame)
        assert [frame.width, frame.height] == rung["setting"]["size"]
        assert times == pytest.approx([n / 25 for n in range(_FRAMES)], abs=1e-3)
        assert [n for n, key in enumerate(keys) if key] == [0, 20, 40]
    root = ET.fromstring((out / "manifest.mpd").read_text())
    assert len(root.findall(".//{*}Representation")) == len(result["rungs"])


def test_manifests_say_what_was_encoded(ladder: Ladder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = ladder.json("--hls", out)

    lines = (out / "master.m3u8").read_text().splitlines()
    for video, line in zip(
        result["presentation"]["videos"],
        [line for line in lines if line.startswith("#EXT-X-STREAM-INF")],
        strict=True,
    ):
        folder = out / video["name"]
        sizes = [p.stat().st_size for p in sorted(folder.glob("*.m4s"))]
        seconds = [Fraction(20, 25), Fraction(20, 25), Fraction(10, 25)]
        peak = max(size * 8 / length for size, length in zip(sizes, seconds, strict=True))
        assert f"BANDWIDTH={round(peak)}," in line
        assert f"AVERAGE-BANDWIDTH={sum(sizes) * 8 // 2}," in line
        assert f'CODECS="{video["codecs"]}"' in line
        with av.open(str(folder / "init.mp4")) as container:
            extradata = container.streams.video[0].codec_context.extradata or b""
        assert video["codecs"] == f"avc1.{extradata[1:4].hex().upper()}"
        assert f"RESOLUTION={video['width']}x{video['height']}" in line


def test_a_master_playlist_can_be_had_without_media(ladder: Ladder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ladder.json("--hls", out, "--dash", out, "--manifest-only")

    assert sorted(p.name for p in out.rglob("*")) == ["manifest.mpd", "master.m3u8"]
    assert "BANDWIDTH=" in (out / "master.m3u8").read_text()
    root = ET.fromstring((out / "manifest.mpd").read_text())
    assert root.get("mediaPresentationDuration") == "PT2.000S"
    assert root.find(".//{*}S") is None


def test_a_folder_with_something_in_it_is_refused_before_any_work(
    ladder: Ladder, tmp_path: Path
) -> None:
    (tmp_path / "theirs").touch()
    ended = ladder("--hls", tmp_path)

    assert ended.code == 2
    assert "is not empty" in ended.err
    assert [p.name for p in tmp_path.iterdir()] == ["theirs"]


def test_two_folders_are_refused(ladder: Ladder, tmp_path: Path) -> None:
    ended = ladder("--hls", tmp_path / "a", "--dash", tmp_path / "b")

    assert ended.code == 2
    assert "Name the same one twice: they share the media." in ended.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--resolutions", "full"), "'full' is not a resolution"),
        (("--top", "vmaf>=101"), "is out of the range of vmaf"),
        (("--spacing", "even"), "'even'"),
        (("--min-bitrate", "2M", "--max-bitrate", "1M"), "is above --max-bitrate"),
        (("--manifest-only",), "Add --hls or --dash."),
        (("--min-bitrate", "900M"), "no setting has a bit rate from 900000 kb/s"),
        (("--hls", "out", "--audio", "mp5"), "unknown audio encoder 'mp5'"),
    ],
)
def test_what_cannot_be_is_told(ladder: Ladder, arguments: tuple[str, ...], told: str) -> None:
    ended = ladder(*arguments)

    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_a_failing_encode_leaves_nothing(
    ladder: Ladder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vmafx_core.chunks.encoding.encode_file", full)
    ended = ladder("--hls", tmp_path / "out")

    assert ended.code == 7
    assert "No space left on device" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_goes_on_with_the_encodes_that_are_finished(
    ladder: Ladder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("vmafx_cli.tune.ladder.media.cut_audio", interrupted)
        assert ladder("--hls", tmp_path / "out").code == 130
    assert [p.name for p in tmp_path.iterdir()] == [".out.vmafx"]
    monkeypatch.setattr("vmafx_core.chunks.encoding.encode_file", interrupted)
    assert ladder("--hls", tmp_path / "out").code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_two_runs_do_not_make_the_same_folder(ladder: Ladder, tmp_path: Path) -> None:
    with workplace(tmp_path / "out"):
        ended = ladder("--hls", tmp_path / "out")

    assert ended.code == 2
    assert "is being written by another run" in ended.err


def test_the_page_shows_the_curves_and_the_rungs(ladder: Ladder, tmp_path: Path) -> None:
    page = tmp_path / "ladder.html"
    assert ladder("--report", page).code == 0

    text = page.read_text()
    assert "hull" in text
    assert "Rungs" in text


def test_rungs_are_chosen_from_a_corpus_without_encoding(
    ladder: Ladder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    made = ladder.run(
        *("tune", "corpus", ladder.film, "--encoders", "libx264:ultrafast", "--full"),
        *("--crf", "15-47:8", "--resolutions", "120,60", "-o", corpus),
    )
    assert made.code == 0, made.err
    monkeypatch.delattr("vmafx_core.probing.measure.SampleMeasurer.probe")

    chosen = ("--preset", "ultrafast", "--rungs", "2", "--format", "json")
    ended = ladder.run("tune", "ladder", "--from", corpus, *chosen)

    assert ended.code == 0, ended.err
    result = json.loads(ended.out)["result"]
    assert result["steps"] == len(result["points"]) == 10
    assert len(result["rungs"]) == 2
    assert result["rungs"][-1]["value"] >= 95
    named = ladder.run("tune", "ladder", "film.mkv", "--from", corpus, *chosen)
    assert json.loads(named.out)["result"]["rungs"] == result["rungs"]
    other = ladder.run("tune", "ladder", "other.mkv", "--from", corpus, *chosen)
    assert other.code == 2
    assert "has nothing of other.mkv" in other.err
    slower = ladder.run("tune", "ladder", "--from", corpus)
    assert slower.code == 2
    assert "There is: libx264 ultrafast." in slower.err


def test_no_source_and_no_corpus_is_told(ladder: Ladder) -> None:
    ended = ladder.run("tune", "ladder")

    assert ended.code == 2
    assert "Name one, or a corpus with --from." in ended.err
