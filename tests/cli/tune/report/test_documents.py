"""What docs/formats.md promises of searches is what is written out."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from support.data import ROOT
from support.findings import crf_result, point
from support.results import video
from vmafx_cli.options.tuning import TuneFormat
from vmafx_cli.tune.report import ndjson
from vmafx_cli.tune.report.crf import crf_view
from vmafx_cli.tune.report.document import text
from vmafx_cli.tune.report.points import setting_dict
from vmafx_cli.tune.search.quality import Reason
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import InputError
from vmafx_core.notice import warning
from vmafx_core.probing.events import Advanced, Done, Probed, Probing, Sampled
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told

_DOCUMENT = (ROOT / "docs" / "formats.md").read_text("utf-8")
_WORDS = set(re.findall(r"`\"?([\w.-]+)\"?`", _DOCUMENT))


def _keys(value: Any) -> Iterator[str]:
    """Every key in a document, names of metrics left out."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            inside = item.values() if key == "metrics" and isinstance(item, dict) else [item]
            for inner in inside:
                yield from _keys(inner)


def document() -> dict[str, Any]:
    view = crf_view(crf_result(verified=point(30)))
    made: dict[str, Any] = json.loads(text(view, "json"))
    return made


def test_every_key_of_the_document_is_documented() -> None:
    assert set(_keys(document())) - _WORDS == set()


def test_every_format_and_reason_is_documented() -> None:
    assert set(TuneFormat) <= _WORDS
    assert set(Reason) <= _WORDS


def test_a_document_says_what_it_is_and_what_made_it() -> None:
    made = document()
    assert (made["schema"], made["version"], made["kind"]) == ("vmafx.tune", 1, "crf")
    assert set(made["versions"]) == {"vmafx", "libvmaf", "libvmaf_path", "ffmpeg", "pyav"}


def test_the_document_has_the_pick_with_what_it_costs() -> None:
    result = crf_result()
    pick = document()["result"]["pick"]
    assert pick["setting"]["quality"] == 30
    assert pick["setting"]["preset"] == "medium"
    assert pick["values"] == pytest.approx([95])
    assert pick["predicted_bytes"] == pick["bit_rate"] * 120 / 8
    assert pick["percent"] == pytest.approx(100 * pick["bit_rate"] / 2_500_000)
    assert len(document()["result"]["points"]) == len(result.found.points)


def test_numbers_that_json_lacks_are_null() -> None:
    unmeasured = crf_result([point(30, seconds=0.0)], pick=0)
    result = json.loads(text(crf_view(unmeasured), "json"))["result"]
    assert result["pick"]["encode_fps"] is None


def test_options_of_an_encoder_keep_their_order_and_may_repeat() -> None:
    setting = EncodeSetting(encoder="libx264", quality=20, options=(("b", "1"), ("a", "2")))
    assert setting_dict(setting)["options"] == [["b", "1"], ["a", "2"]]


def _sampled() -> Sampled:
    return Sampled(
        info=video("movie.mkv"),
        windows=(Window(1.0, 2.0),),
        whole=False,
        frames=50,
        duration=2.0,
        digest="",
    )


def test_every_event_and_every_key_of_it_is_documented_in_its_row() -> None:
    setting = EncodeSetting(encoder="libx264", quality=20)
    view = crf_view(crf_result())
    lines = [
        ndjson.header_line("crf"),
        ndjson.event_line(_sampled()),
        ndjson.event_line(Told(warning("x", "y"))),
        ndjson.event_line(Probing(setting, 1, 3)),
        ndjson.event_line(Probed(point())),
        ndjson.event_line(Advanced(phase="sampling", done=1, total=None, seconds=np.inf)),
        ndjson.finished_line(view.kind, view.body),
        ndjson.failed_line(InputError("x", "y")),
    ]
    table = _DOCUMENT[_DOCUMENT.index("| event of a search |") :]
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", table, re.MULTILINE))
    seen = []
    for line in lines:
        assert line is not None
        event = json.loads(line)
        seen.append(event.pop("event"))
        if "the keys of" not in rows[seen[-1]]:
            assert set(event) == set(re.findall(r"`(\w+)`", rows[seen[-1]])) - {"null"}
    assert seen == list(rows)


def test_the_end_of_a_search_is_told_by_its_result_alone() -> None:
    assert ndjson.event_line(Done(crf_result())) is None
