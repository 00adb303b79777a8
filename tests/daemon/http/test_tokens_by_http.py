"""A daemon that asks for tokens, and has room for one job."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.daemon import LOG, Daemon, running
from support.http import score_body, standing_still, submit
from vmafx_daemon.access.caller import Role
from vmafx_daemon.access.tokens import add_token


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens") / "tokens"


@pytest.fixture(scope="module")
def guarded(tokens: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """That daemon."""
    add_token(tokens, "first", Role.READ)
    state = tmp_path_factory.mktemp("guarded")
    options = ("--token-file", tokens, "--root", root, "--queue", "1")
    with running(state, *options) as started:
        yield started


def asking(daemon: Daemon, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=daemon.url, headers=headers, timeout=60)


def test_without_a_token_only_the_state_of_health_is_told(guarded: Daemon) -> None:
    for path in ("/v1/jobs", "/v1/jobs/x", "/v1/events", "/v1/models", "/v1/status", "/metrics"):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
            answer = httpx.get(guarded.url + path, headers=headers)
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["class"] == "UnknownCallerError"
    for path in ("/healthz", "/livez", "/readyz", "/openapi.json", "/", "/docs"):
        assert httpx.get(guarded.url + path).status_code == 200, path


def test_a_body_is_not_read_of_whoever_may_not_send_it(guarded: Daemon) -> None:
    answer = httpx.post(f"{guarded.url}/v1/jobs", content=b"x" * (2 << 20))
    assert answer.status_code == 401


def test_who_may_read_may_not_change(guarded: Daemon, tokens: Path, root: Path) -> None:
    with asking(guarded, add_token(tokens, "reader", Role.READ)) as http:
        assert http.get("/v1/jobs").status_code == 200
        for method, path in (
            ("POST", "/v1/score"),
            ("POST", "/v1/jobs"),
            ("DELETE", "/v1/jobs/x"),
            ("POST", "/v1/jobs/x/retry"),
        ):
            answer = http.request(method, path, json=score_body(root))
            assert answer.status_code == 403
            assert answer.json()["message"] == "reader may only read"


def test_whoever_has_a_token_may_call_the_server_by_any_name(guarded: Daemon, tokens: Path) -> None:
    with asking(guarded, add_token(tokens, "far", Role.READ)) as http:
        assert http.get("/v1/jobs", headers={"Host": "vmaf.example"}).status_code == 200


def test_a_full_queue_says_when_to_try_again(guarded: Daemon, tokens: Path, root: Path) -> None:
    with (
        asking(guarded, add_token(tokens, "writer", Role.WRITE)) as http,
        standing_still(guarded, http, root),
    ):
        answers = [http.post("/v1/jobs", json=score_body(root)) for _ in range(3)]
        # The second, or the third: that depends on when the first is begun.
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["class"] == "BusyError"
        for job in http.get("/v1/jobs").json()["jobs"]:
            http.delete(f"/v1/jobs/{job['id']}")


def test_a_token_is_not_logged(guarded: Daemon, tokens: Path, root: Path) -> None:
    token = add_token(tokens, "logged", Role.WRITE)
    with asking(guarded, token) as http:
        submit(http, score_body(root))
    assert token not in (guarded.state / LOG).read_text()
