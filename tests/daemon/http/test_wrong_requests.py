"""Requests that no well-behaved client sends."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from support.daemon import Daemon
from support.http import score_body

JSON = {"Content-Type": "application/json"}


def spec(**more: Any) -> dict[str, Any]:
    return {"spec": {"score": more}}


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer tells."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["status"] == status
    assert said["message"]
    return said


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[1,2", "no JSON"),
        (b"\xff\xfe{}", "no JSON"),
        (b'{"reference": NaN}', "NaN is no number"),
        (b'{"reference": "a", "reference": "b"}', "'reference' is there twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{}\0", "no JSON"),
    ],
)
def test_what_is_no_json_is_refused(http: httpx.Client, body: bytes, words: str) -> None:
    for path in ("/v1/score", "/v1/jobs"):
        assert words in refused(http.post(path, content=body), 400)["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "the request is not an object"),
        ("text", "the request is not an object"),
        ({"spec": 1}, "spec is not an object"),
        ({}, "a job without anything to do"),
        ({"spec": {}, "priority": "high"}, "priority is not a whole number"),
        ({"spec": {}, "priority": True}, "priority is not a whole number"),
        ({"spec": {}, "priority": 1.5}, "priority is not a whole number"),
        ({"spec": {}, "priority": 1e99}, "priority is out of range"),
        ({"spec": {}, "no_cache": "yes"}, "no_cache is not true or false"),
        ({"spec": {}, "labels": {"a": 1}}, "labels['a'] is not text"),
        ({"spec": {}, "labels": []}, "labels is not an object"),
        ({"spec": {}, "timeout": "1s"}, "timeout is not a number"),
        ({"spec": {}, "timeout": 1e300}, "timeout is out of range"),
        ({"spec": {}, "prioritty": 1}, "prioritty"),
        ({"spec": {"score": {}, "encode": {}}}, "spec.score and spec.encode are both there"),
        (spec(reference={"location": 5}), "spec.score.reference.location is not text"),
        (spec(reference={"location": "\ud800"}), "spec.score.reference.location is no Unicode"),
        (spec(distorted={"location": "x"}), "spec.score.distorted is not a list"),
        (spec(distorted=[{"width": 1 << 40}]), "spec.score.distorted[0].width is out of range"),
        (spec(distorted=[None]), "spec.score.distorted[0] is not an object"),
        (spec(reference={"nothing": 1}), "spec.score.reference.nothing"),
    ],
)
def test_what_is_of_another_type_is_named(http: httpx.Client, body: Any, words: str) -> None:
    answer = http.post("/v1/jobs", content=json.dumps(body).encode(), headers=JSON)
    assert words in refused(answer, 422)["message"]


def test_names_of_alternatives_are_told(http: httpx.Client) -> None:
    body = {"reference": "a", "distorted": "b", "options": {"pixel_format": "rgb"}}
    said = refused(http.post("/v1/score", json=body), 422)
    assert said["message"] == "options.pixel_format is 'rgb'"
    assert "yuv420p10le" in said["hint"]


def test_pictures_of_no_size_and_of_any_size_are_refused(http: httpx.Client, root: Path) -> None:
    for size, status in ((0, 422), (-1, 422), (100_000, 413)):
        body = score_body(root)
        task = body["spec"]["score"]
        task["reference"] |= {"width": size, "height": size, "pix_fmt": "yuv420p"}
        refused(http.post("/v1/jobs", json=body), status)


def test_long_bodies_are_refused_before_they_are_read(http: httpx.Client) -> None:
    piece = b" " * (1 << 16)

    def pieces() -> Iterator[bytes]:
        for _ in range(17):
            yield piece

    for path in ("/v1/score", "/v1/jobs"):
        refused(http.post(path, content=piece * 17, headers=JSON), 413)
        refused(http.post(path, content=pieces(), headers=JSON), 413)
    assert http.get("/healthz").status_code == 200


def test_bodies_of_other_types_are_refused(http: httpx.Client) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/xml"):
        answer = http.post("/v1/score", content=b"{}", headers={"Content-Type": kind})
        refused(answer, 415)
        assert answer.headers["accept"] == "application/json"


def test_other_methods_are_refused_and_the_right_ones_told(http: httpx.Client) -> None:
    for path, methods in (
        ("/v1/score", "POST"),
        ("/v1/jobs", "GET, POST"),
        ("/v1/jobs/x", "DELETE, GET"),
        ("/v1/jobs/x/retry", "POST"),
        ("/v1/status", "GET"),
        ("/metrics", "GET"),
    ):
        for method in ("OPTIONS", "PUT", "PATCH", "TRACE", "NONSENSE"):
            answer = http.request(method, path)
            refused(answer, 405)
            assert answer.headers["allow"] == methods


def test_head_is_get_without_a_body(http: httpx.Client) -> None:
    for path in ("/v1/status", "/v1/jobs", "/openapi.json", "/healthz"):
        whole, head = http.get(path), http.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert http.head("/nothing").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "statte=failed",
        "state=lost",
        "state=",
        "page_size=x",
        "page_size=-1",
        "page_size=99999999999",
        "page_size=1&page_size=2",
        "page_token=%ff",
        "label==x",
    ],
)
def test_wrong_parameters_are_refused(http: httpx.Client, query: str) -> None:
    refused(http.get(f"/v1/jobs?{query}"), 422)


def test_every_answer_keeps_browsers_careful_and_has_an_id(http: httpx.Client) -> None:
    for path in ("/v1/jobs", "/nothing", "/openapi.json"):
        answer = http.get(path, headers={"X-Request-Id": "mine-1"})
        assert answer.headers["x-request-id"] == "mine-1"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert not [name for name in answer.headers if name.startswith("access-control")]
    answer = http.get("/v1/jobs", headers={"X-Request-Id": "two words"})
    assert len(answer.headers["x-request-id"]) == 32


def said_to(daemon: Daemon, request: bytes) -> tuple[bytes, dict[str, Any]]:
    """What a daemon answers to bytes: the first line, and the problem."""
    place = urlsplit(daemon.url)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0], json.loads(body)


def test_what_is_no_request_is_refused(daemon: Daemon) -> None:
    for request in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"):
        line, problem = said_to(daemon, request)
        assert line == b"HTTP/1.1 400 Bad Request"
        assert problem["status"] == 400
    header = b"X-Long: " + b"a" * (40 << 10)
    line, problem = said_to(daemon, b"GET / HTTP/1.1\r\nHost: x\r\n" + header)
    assert line == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert problem["status"] == 431
