import json

import pytest

from support.results import result
from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.report.formats import FORMATS, format_for, stream


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_renders_a_result_and_ends_in_a_newline(fmt: str) -> None:
    text = "".join(stream(result(), fmt))
    assert "vmaf" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("path", "fmt"),
    [
        ("scores.json", "json"),
        ("a/b.CSV", "csv"),
        ("x.xml", "xml"),
        ("x.sub", "sub"),
        ("x.ndjson", "ndjson"),
        ("x.jsonl", "ndjson"),
        ("x.txt", "table"),
    ],
)
def test_the_ending_of_a_file_names_its_format(path: str, fmt: str) -> None:
    assert format_for(path) == fmt


@pytest.mark.parametrize("path", ["scores", "scores.pdf", ".json"])
def test_an_ending_that_names_no_format_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="names no format"):
        format_for(path)


def test_an_unknown_format_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError) as caught:
        "".join(stream(result(), "jsno"))
    assert "'json'" in caught.value.hint


def test_ndjson_of_a_finished_result_is_the_stream_that_led_to_it() -> None:
    lines = [json.loads(line) for line in "".join(stream(result(), "ndjson")).splitlines()]
    kinds = [line["event"] for line in lines]
    assert kinds == ["schema", "started", "notice", "notice", "frames", "finished"]
