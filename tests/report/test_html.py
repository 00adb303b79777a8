import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from support.results import pair, result
from vmafx_core.report import html
from vmafx_core.scoring import requirements
from vmafx_core.scoring.snapshots import PairPictures, Snapshot

HOSTILE = '"><img src=x onerror=hacked()></script><script>hacked()</script>&amp;\udce9.mp4'


class _Page(HTMLParser):
    """The elements of a page: names, attributes and the text right inside of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.texts.append((self.elements[-1][0], data))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)

    def data(self) -> dict[str, list[dict[str, object]]]:
        """What the page's script reads."""
        place = next(i for i, (_, attrs) in enumerate(self.elements) if attrs.get("id") == "data")
        block = next(text for element, text in self.texts if element == self.elements[place][0])
        parsed: dict[str, list[dict[str, object]]] = json.loads(block)
        return parsed


def _pictures(one_pair: int = 2) -> PairPictures:
    worst = pair().worst[:one_pair]
    return PairPictures(tuple(Snapshot(w, b"dis", b"ref", b"diff") for w in worst))


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    text = html.render(result(), [_pictures()])
    assert not re.search(r"(https?:)?//[a-z0-9]", text, re.IGNORECASE)
    for _, attributes in _Page(text).elements:
        for name in ("src", "href", "action", "srcset", "poster"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "url(" not in text
    assert "@import" not in text


def test_a_policy_forbids_every_script_but_the_pages_own() -> None:
    page = _Page(html.render(result(), []))
    policy = next(
        attributes["content"] or ""
        for name, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert all("style" not in attributes for _, attributes in page.elements)


def test_a_hostile_file_name_is_text_wherever_it_stands() -> None:
    scored = result(pair(HOSTILE), pair("b/" + HOSTILE), reference=HOSTILE)
    outcomes = requirements.check_requirements([requirements.parse_requirement("vmaf>=1")], scored)
    page = _Page(html.render(scored, [_pictures(), PairPictures((), HOSTILE)], outcomes))
    assert page.count("script") == 2
    assert page.count("img") == 6
    assert not any("onerror" in attributes for _, attributes in page.elements)


def test_the_data_of_the_chart_has_every_frame_of_every_chosen_metric() -> None:
    scored = result(pair("a.mp4"), pair("b.mp4", frames=70))
    first, second = _Page(html.render(scored, [])).data()["pairs"]
    assert first["name"] == "a.mp4"
    assert first["lead"] == "vmaf"
    values = first["values"]
    assert isinstance(values, dict)
    assert list(values) == ["vmaf", "psnr_y", "float_ms_ssim"]
    assert values["vmaf"] == pytest.approx(scored.pairs[0].lead.values, abs=1e-3)
    assert len(second["times"]) == 70  # type: ignore[arg-type]


def test_the_marked_frames_are_the_pictured_ones_or_else_the_worst() -> None:
    scored = result()
    worst = [frame.index for frame in scored.pairs[0].worst]
    assert _Page(html.render(scored, [])).data()["pairs"][0]["marked"] == worst
    shown = _Page(html.render(scored, [_pictures(2)])).data()["pairs"][0]["marked"]
    assert shown == worst[:2]


def test_numbers_and_provenance_are_readable_without_script() -> None:
    scored = result()
    text = html.render(scored, [])
    pooled = scored.pairs[0].lead.pooled
    for words in (
        f"{pooled.mean:.2f}",
        f"{pooled.p5:.2f}",
        f"{pooled.worst1:.2f}",
        "1280x720, yuv420p, 25 fps",
        "scale=1920:1080:flags=bicubic",
        "100 scored of 100 reference and 100 distorted",
        "adm.adm_enhn_gain_limit=1.2",
        "libvmaf 3.2.0",
        "The start of dis.mp4 looks shifted by 2 frames.",
    ):
        assert words in text


def test_pictures_are_embedded_with_words_that_say_what_they_show() -> None:
    page = _Page(html.render(result(), [_pictures(1)]))
    images = [attributes for name, attributes in page.elements if name == "img"]
    assert [image["src"] for image in images] == [
        "data:image/jpeg;base64,cmVm",
        "data:image/jpeg;base64,ZGlz",
        "data:image/jpeg;base64,ZGlmZg==",
    ]
    assert all(re.match(r"Frame \d+ at 0:0\d\.\d{3}: ", image["alt"] or "") for image in images)


def test_the_reason_for_missing_pictures_is_told() -> None:
    assert "cannot be read twice" in html.render(
        result(), [PairPictures((), "cannot be read twice")]
    )


def test_requirements_are_shown_with_what_was_measured() -> None:
    scored = result()
    texts = ("vmaf>=10", "vmaf>=99", "cambi<5")
    outcomes = requirements.check_requirements(
        [requirements.parse_requirement(text) for text in texts], scored
    )
    text = html.render(scored, [], outcomes)
    assert "2 of 3 requirements not met" in text
    assert "not measured" in text
    assert f"{scored.pairs[0].lead.pooled.mean:.4f}" in text
    assert "vmaf&gt;=99" in text


def test_the_page_is_written_whole(tmp_path: Path) -> None:
    html.write_report(result(), [], tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8") == html.render(result(), [])
