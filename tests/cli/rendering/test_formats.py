import json

import pytest

from support.results import pair, result
from vmafx_cli.rendering.formats import FORMATS, format_for, stream
from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.report import html, junit
from vmafx_core.scoring import requirements
from vmafx_core.scoring.snapshots import PairPictures


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


_SIGNED = "https://me:hunter2@cdn.example/{}/dis.mp4?token=hunter2#hunter2"


@pytest.mark.parametrize("fmt", ["table", "json", "ndjson"])
def test_no_format_holds_the_secrets_of_a_url(fmt: str) -> None:
    signed = result(pair(_SIGNED.format(1)), pair(_SIGNED.format(2)), reference=_SIGNED.format(0))
    for one in signed.pairs:
        # The notice's own words are made with masked names.
        object.__setattr__(one, "notices", ())
    outcomes = requirements.check_requirements([requirements.parse_requirement("vmaf>=99")], signed)
    made = "".join(stream(signed, fmt, outcomes))
    made += junit.render(signed, outcomes) + html.render(
        signed, [PairPictures((), "")] * 2, outcomes
    )
    assert "hunter2" not in made
    assert "https://***@cdn.example/0/dis.mp4?***" in made
    assert "https://***@cdn.example/2/dis.mp4?***" in made
