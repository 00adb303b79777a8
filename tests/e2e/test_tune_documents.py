"""What every search writes is what docs/formats.md promises of its kind."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.cli import InProcess
from support.clips import write_clip

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
_WORDS = set(re.findall(r"`\"?([\w.-]+)\"?`", _DOCUMENT))
_KINDS = set(re.findall(r"`\"(\w+)\"`", re.findall(r"which search: (.*) \|", _DOCUMENT)[0]))

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


SEARCHES = {
    "crf": ["--target", 90, "--preset", "ultrafast"],
    "encode": ["out.mkv", "--target", 90, "--preset", "ultrafast"],
    "ladder": ["--resolutions", "120,90", "--rungs", 2, "--preset", "ultrafast"],
    "compare": ["--encoders", "libx264:ultrafast,libx264:superfast", "--target", 90, "--bd-rate"],
    "shots": ["--plan", "--target", 90, "--preset", "ultrafast"],
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
