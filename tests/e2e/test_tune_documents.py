"""What every search writes is what docs/formats.md promises of its kind."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.cli import InProcess
from support.data import ROOT
from vmafx_core.testing import write_clip

_DOCUMENT = (ROOT / "docs" / "formats.md").read_text("utf-8")
_WORDS = set(re.findall(r"`\"?([\w.-]+)\"?`", _DOCUMENT))
_KINDS = set(re.findall(r"`\"(\w+)\"`", re.findall(r"which search: (.*) \|", _DOCUMENT)[0]))


def _rows(section: str) -> dict[str, str]:
    """The names that tables of a section promise, each with the last cell of its row."""
    text = _DOCUMENT.split(section)[1].split("\n#")[0]
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line[:3] == "| `"]
    return {name: row[-1] for row in cells for name in _names(row[0])}


def _names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


# Columns that there are with several sources, or with points of earlier runs.
_SELDOM = {"source", "cached"}
# Keys that are names: of metrics, of contenders.
_BY_NAME = {"metrics", "bd"}


def _keys(value: Any) -> Iterator[str]:
    """Every key in a document, names left out."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            inside = item.values() if key in _BY_NAME and isinstance(item, dict) else [item]
            for inner in inside:
                yield from _keys(inner)


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 pictures of 160x120."""
    path = tmp_path_factory.mktemp("movie") / "movie.mkv"
    return write_clip(path, frames=20, width=160, height=120, options={"crf": "4"})


# With all that a result can hold: what was verified, packaged, encoded.
SEARCHES = {
    "crf": ["--target", 90, "--preset", "ultrafast", "--verify"],
    "encode": ["out.mkv", "--target", 90, "--preset", "ultrafast"],
    "ladder": ["--resolutions", "120,90", "--rungs", 2, "--preset", "ultrafast", "--hls", "out"],
    "compare": ["--encoders", "libx264:ultrafast,libx264:superfast", "--target", 90, "--bd-rate"],
    "shots": ["out.mkv", "--target", 90, "--preset", "ultrafast"],
}


@pytest.mark.parametrize("kind", SEARCHES)
def test_every_key_that_a_search_writes_is_documented(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))
    ended = run("tune", kind, movie, *SEARCHES[kind], "--format", "json", "--report", "page.html")
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    assert (document["schema"], document["version"], document["kind"]) == ("vmafx.tune", 1, kind)
    assert set(_keys(document)) - _WORDS == set()
    assert "<svg" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("kind", ["crf", "shots"])
def test_every_event_that_a_search_tells_is_documented(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))
    ended = run("tune", kind, movie, *SEARCHES[kind], "--format", "ndjson")
    assert ended.code == 0, ended.err
    promised = {event: _names(keys) for event, keys in _rows("### Events").items()}
    promised["probed"] = set(_rows("A **point** is"))
    promised["finished"] = set(_rows("### The document"))
    events = [json.loads(line) for line in ended.out.splitlines()]
    assert {"schema", "probing", "probed", "finished"} <= {e["event"] for e in events}
    for event in events:
        assert event.keys() - {"event"} <= promised[event["event"]], event


@pytest.mark.parametrize("kind", ["crf", "ladder", "compare", "shots"])
def test_every_column_that_a_search_writes_is_documented(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))
    ended = run("tune", kind, movie, *SEARCHES[kind], "--format", "csv")
    assert ended.code == 0, ended.err
    heading = ended.out.splitlines()[0].split(",")
    assert (
        set(heading) - {"vmaf"} - _SELDOM == _names(_rows("The columns of `csv`")[kind]) - _SELDOM
    )


def test_every_key_of_a_corpus_is_documented(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))
    output = tmp_path / "corpus.jsonl"
    wanted = ["--encoder", "libx264:ultrafast", "--crf", 30, "-o", output]
    ended = run("tune", "corpus", movie, *wanted)
    assert ended.code == 0, ended.err
    (line,) = output.read_text().splitlines()
    assert json.loads(line).keys() == _rows("### The corpus").keys()


def test_an_encode_says_why_it_has_its_quality_and_counts_what_it_wrote(
    run: InProcess, movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path / "cache"))
    wanted = ["--target", 90, "--preset", "ultrafast", "--duration", "0.04"]
    ended = run("tune", "encode", movie, tmp_path / "out.mkv", *wanted)
    assert ended.code == 0, ended.err
    assert re.search(r"found +crf \d+ meets vmaf>=90", ended.out)
    assert re.search(r"video +1 frame, \d+ kb/s", ended.out)
    assert re.search(r"size +\d+ kB of video", ended.out)


def test_every_kind_of_document_is_shown_here() -> None:
    assert set(SEARCHES) == _KINDS
