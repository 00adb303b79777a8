"""The page about what can be asked for, in a real browser."""

import json
import shlex
from collections.abc import Iterator

import httpx
import pytest

from support.browser import Browser, chromium
from support.daemon import Daemon
from support.pages import outside, press, reads, text


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as window:
        yield window


@pytest.fixture
def page(browser: Browser, daemon: Daemon) -> Browser:
    browser.visit(f"{daemon.url}/docs")
    browser.until("return document.querySelector('main section h3')")
    return browser


def test_every_operation_is_described_and_can_be_gone_to(page: Browser, http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = text(page, f"#{operation['operationId']}")
            assert f"{method.upper()}{path}" in shown.replace("\n", "").replace(" ", "")
            assert operation["summary"].replace("`", "") in shown
            for parameter in operation["parameters"]:
                assert parameter["name"] in shown
    press(page, ".contents a[href='#getJob']")
    assert page.run("return location.hash") == "#getJob"
    assert page.log() == []
    assert outside(page) == []


def test_the_example_of_a_score_is_one_that_curl_understands(page: Browser, daemon: Daemon) -> None:
    words = shlex.split(text(page, "#score pre"))
    assert words[:3] == ["curl", "-s", f"{daemon.url}/v1/score"]
    assert words[3] == "-d"
    assert {"reference", "distorted"} <= json.loads(words[4]).keys()


def test_fields_are_unfolded_as_deep_as_there_are_any(page: Browser) -> None:
    fields = "#getJob details .schema"
    press(page, "#getJob summary", "Its fields")
    reads(page, fields, "What it is called; given by the server.")
    press(page, f"{fields} summary", "Its fields")
    reads(page, f"{fields} .schema", "Only one of")
