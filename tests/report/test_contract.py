"""docs/formats.md is a contract: what is written there is what is written out."""

import json
import re
from collections.abc import Iterator
from typing import Any

from support.data import ROOT
from support.results import pair, result
from vmafx_cli.rendering.formats import ENDINGS, FORMATS, stream
from vmafx_core.errors import InputError
from vmafx_core.report import ndjson
from vmafx_core.scoring import requirements
from vmafx_core.scoring.events import Progress

_TEXT = (ROOT / "docs" / "formats.md").read_text("utf-8")
_DOCUMENT = _TEXT.partition("## The formats of vmafx tune")[0]
_WORDS = set(re.findall(r"`\"?([\w.]+)\"?`", _DOCUMENT))

# Keys that are names of metrics, which are the user's choice.
_BY_NAME = {"metrics", "overrides"}


def _keys(value: Any) -> Iterator[str]:
    """Every key in a document, names of metrics and options left out."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            inside = item.values() if key in _BY_NAME and isinstance(item, dict) else [item]
            for inner in inside:
                yield from _keys(inner)


def _outcomes() -> tuple[requirements.Outcome, ...]:
    return requirements.check_requirements([requirements.parse_requirement("vmaf>=99")], result())


def test_every_format_and_every_ending_is_documented() -> None:
    assert set(FORMATS) <= _WORDS
    assert set(ENDINGS) <= _WORDS


def test_every_key_of_our_part_of_the_json_document_is_documented() -> None:
    document = json.loads("".join(stream(result(pair(), pair("b.mp4")), "json", _outcomes())))
    assert set(_keys(document["vmafx"])) - _WORDS == set()
    assert document["vmafx"]["schema_version"] == 1


def test_every_event_and_every_key_of_it_is_documented_in_its_row() -> None:
    lines = "".join(stream(result(), "ndjson", _outcomes())).splitlines()
    lines.append(ndjson.event_line(Progress(frames=1, expected_frames=2, fps=3.0, seconds=4.0)))
    lines.append(ndjson.failed_line(InputError("x", "y")))
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", _DOCUMENT, re.MULTILINE))
    seen = set()
    for line in lines:
        event = json.loads(line)
        name = event.pop("event")
        seen.add(name)
        if name != "finished":
            assert set(event) == set(re.findall(r"`(\w+)`", rows[name])) - {"null"}
    assert seen == {
        "schema", "started", "notice", "progress", "frames", "finished", "requirements", "failed",
    }  # fmt: skip


def test_a_file_of_events_has_as_many_frames_in_one_as_is_documented() -> None:
    most = int(re.findall(r"`frames` event for every (\d+) frames", _DOCUMENT)[0])
    lines = "".join(stream(result(pair(frames=2 * most + 1)), "ndjson")).splitlines()
    blocks = [event for line in lines if (event := json.loads(line))["event"] == "frames"]
    assert [(block["first"], len(block["times"])) for block in blocks] == [
        (0, most),
        (most, most),
        (2 * most, 1),
    ]
    assert "progress" not in {json.loads(line)["event"] for line in lines}
