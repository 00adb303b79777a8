"""`vmafx tune compare` and `vmafx tune corpus` as a user runs them."""

import csv
import json
import signal
import subprocess
import time
from io import StringIO
from pathlib import Path

import pytest

from support.cli import PROGRAM, InProcess
from vmafx_cli.tune.corpus.reading import read_corpus
from vmafx_core.testing import write_clip

_PRESETS = "libx264:ultrafast,libx264:superfast"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "source.mkv"
    return write_clip(path, frames=10, width=160, height=120, options={"crf": "4"})


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def corpus(source: Path, tmp_path: Path, run: InProcess) -> Path:
    """Two presets at four values, really measured."""
    path = tmp_path / "corpus.jsonl"
    done = run("tune", "corpus", source, "--encoder", _PRESETS, "--crf", "24-42:6", "-o", path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("8 rows added, in ")
    return path


def test_encoders_are_compared_at_a_target_in_all_formats(
    source: Path, tmp_path: Path, run: InProcess
) -> None:
    files = [tmp_path / name for name in ("c.json", "c.csv", "c.html")]
    command = ["tune", "compare", source, "--encoders", _PRESETS, "--target", "80"]
    done = run(*command, "-o", files[0], "-o", files[1], "--report", files[2])
    assert (done.code, done.err) == (0, "")
    assert "takes the fewest bits" in done.out
    body = json.loads(files[0].read_text(encoding="utf-8"))
    assert (body["schema"], body["kind"]) == ("vmafx.tune", "compare")
    [comparison] = body["result"]["comparisons"]
    assert comparison["anchor"] == "libx264:ultrafast"
    assert sorted(comparison["ranking"]) == ["libx264:superfast", "libx264:ultrafast"]
    first, second = comparison["contenders"]
    assert first["percent"] == 0
    assert first["pick"]["metrics"]["vmaf"]["pooled"]["mean"] >= 80
    assert second["bit_rate"] == pytest.approx(first["bit_rate"] * (1 + second["percent"] / 100))
    rows = list(csv.DictReader(StringIO(files[1].read_text(encoding="utf-8"))))
    assert [row["name"] for row in rows] == comparison["ranking"]
    assert float(rows[0]["bit_rate"]) <= float(rows[1]["bit_rate"])
    assert "libx264:superfast" in files[2].read_text(encoding="utf-8")


def test_curves_are_compared_as_events(source: Path, run: InProcess) -> None:
    done = run(
        *("tune", "compare", source, "--encoders", _PRESETS, "--bd-rate"),
        *("--range", "60-85", "--points", "4", "--format", "ndjson"),
    )
    assert (done.code, done.err) == (0, "")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert lines[0]["kind"] == lines[-1]["kind"] == "compare"
    probes = [line for line in lines if line["event"] == "probing"]
    assert [line["number"] for line in probes] == list(range(1, len(probes) + 1))
    second = lines[-1]["result"]["comparisons"][0]["contenders"][1]
    deltas = second["bd"]["libx264:ultrafast"]
    assert set(deltas) == {"pchip", "akima"}
    assert isinstance(deltas["pchip"]["rate"], float)
    assert len(second["points"]) >= 4


def test_a_corpus_is_compared_without_encoding(corpus: Path, run: InProcess) -> None:
    done = run("tune", "compare", "--from", corpus, "--format", "json")
    assert (done.code, done.err) == (0, "")
    [comparison] = json.loads(done.out)["result"]["comparisons"]
    assert comparison["targets"] == []
    points = [p for c in comparison["contenders"] for p in c["points"]]
    assert len(points) == 8
    assert all(p["cached"] for p in points)


def test_a_corpus_goes_on_where_it_was(source: Path, corpus: Path, run: InProcess) -> None:
    before = corpus.read_bytes()
    command = ["tune", "corpus", source, "--encoder", _PRESETS, "-o", corpus]
    done = run(*command, "--crf", "24,30,36,40,42")
    assert done.code == 0
    assert done.out.startswith("2 rows added, 8 there before, in ")
    assert corpus.read_bytes().startswith(before)
    assert len(read_corpus(corpus)) == 10


def test_a_corpus_of_two_sources_is_compared_source_by_source_and_in_the_mean(
    corpus: Path, tmp_path: Path, run: InProcess
) -> None:
    other = write_clip(tmp_path / "other.mkv", frames=8, width=160, height=120, first=50)
    command = ["tune", "corpus", other, "--encoder", _PRESETS, "--crf", "24-42:6"]
    done = run(*command, "-o", corpus, "-q")
    assert (done.code, done.out, done.err) == (0, "", "")
    done = run("tune", "compare", "--from", corpus, "--report", tmp_path / "c.html")
    assert done.code == 0
    assert "Mean over sources" in done.out
    assert all(name in done.out for name in ("source.mkv", "other.mkv"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--encoders", "libx264:fast,libx263:fast"], "unknown encoder 'libx263'"),
        (["--encoders", "libx264:fast,libx265:fastt"], "libx265 has no preset 'fastt'"),
        (["--encoders", "libx264"], "there is nothing to compare"),
        (["--encoders", _PRESETS, "--bd-rate", "--range", "90-80"], "'90-80' is not a range"),
        (["--encoders", _PRESETS, "--bd-rate", "--metric", "psnr_y"], "no range is known"),
        (["--encoders", _PRESETS, "--target", "101"], "out of the range of vmaf"),
        (["--encoders", _PRESETS, "--from", "c.jsonl"], "name a source, or a corpus"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    source: Path, run: InProcess, options: list[str], told: str
) -> None:
    done = run("tune", "compare", source, *options)
    assert (done.code, done.out) == (2, "")
    assert told in " ".join(done.err.split())


def test_where_nothing_meets_the_target_the_exit_code_says_so(corpus: Path, run: InProcess) -> None:
    done = run("tune", "compare", "--from", corpus, "--target", "99.99")
    assert done.code == 1
    assert "none meets vmaf>=99.99" in done.out
    assert "nothing meets vmaf>=99.99" in done.err


def test_a_damaged_corpus_is_told_by_file_line_and_key(corpus: Path, run: InProcess) -> None:
    lines = corpus.read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[2]) | {"crf": "thirty"}
    corpus.write_text("\n".join([*lines[:2], json.dumps(row)]) + "\n", encoding="utf-8")
    done = run("tune", "compare", "--from", corpus)
    assert done.code == 3
    assert "corpus.jsonl: line 3: 'crf' is \"thirty\", not a number" in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--crf", "nonsense"], "'nonsense' names no values"),
        (["--crf", "40-20"], "'40-20' names no values"),
        (["--crf", "20-30:0"], "'20-30:0' names no values"),
        (["--crf", "20-30:0.00001"], "names no values"),
        (["--crf", "20", "--encoder", "libx263"], "unknown encoder 'libx263'"),
        (["--crf", "99"], "crf 99 is out of the range of libx264"),
    ],
)
def test_a_grid_that_cannot_be_measured_is_refused_and_leaves_no_file(
    source: Path, tmp_path: Path, run: InProcess, options: list[str], told: str
) -> None:
    path = tmp_path / "c.jsonl"
    done = run("tune", "corpus", source, "--encoder", "libx264:ultrafast", *options, "-o", path)
    assert (done.code, done.out) == (2, "")
    assert told in " ".join(done.err.split())
    assert not path.exists()


def test_a_corpus_never_overwrites_a_source(source: Path, run: InProcess) -> None:
    before = source.read_bytes()
    done = run("tune", "corpus", source, "--encoder", "libx264", "--crf", "30", "-o", source)
    assert done.code == 2
    assert source.read_bytes() == before


def test_an_interrupted_corpus_keeps_its_rows(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    command = [PROGRAM, "tune", "corpus", source, "--encoder", "libx264:veryslow", "--crf"]
    with subprocess.Popen(
        [*map(str, command), "1-51:0.25", "-o", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not path.exists() or not path.stat().st_size:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err.count(b"Traceback")) == (b"", 0)
    rows = read_corpus(path)
    assert 0 < len(rows) < 201
    assert path.read_bytes().endswith(b"\n")
