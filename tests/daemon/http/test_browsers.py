"""Pages of other servers, which have this machine's browser ask for them."""

import json
from urllib.parse import urlsplit

import httpx

from support.daemon import Daemon


def test_names_that_lead_here_are_not_answered_to(daemon: Daemon, http: httpx.Client) -> None:
    port = urlsplit(daemon.url).port
    for name in (
        "rebound.example",
        f"rebound.example:{port}",
        "127.0.0.1.example",
        "",
        "a b",
        "[:",
    ):
        answer = http.get("/v1/jobs", headers={"Host": name})
        assert answer.status_code == 403, name
        # That there is no need of a token is no news to whoever sends one all the same.
        answer = http.get("/v1/jobs", headers={"Host": name, "Authorization": "Bearer x"})
        assert answer.status_code == 403, name
    for name in ("localhost", f"LOCALHOST:{port}", "127.0.0.1", f"[::1]:{port}", "192.0.2.1:80"):
        assert http.get("/v1/jobs", headers={"Host": name}).status_code == 200, name


def test_other_servers_pages_change_nothing(http: httpx.Client, daemon: Daemon) -> None:
    count = len(http.get("/v1/jobs").json()["jobs"])
    body = json.dumps({"reference": "a", "distorted": "b"})
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": daemon.url, "Sec-Fetch-Site": "cross-site"},
    ):
        for method, path in (
            ("POST", "/v1/score"),
            ("POST", "/v1/jobs"),
            ("POST", "/v1/jobs/x/retry"),
            ("DELETE", "/v1/jobs/x"),
        ):
            answer = http.request(method, path, content=body, headers=headers)
            assert answer.status_code == 403, (headers, method, path)
            assert answer.json()["message"] == "pages of other servers may change nothing here"
    assert len(http.get("/v1/jobs").json()["jobs"]) == count


def test_forms_are_no_requests_even_of_own_pages(http: httpx.Client, daemon: Daemon) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": daemon.url}
    assert http.post("/v1/score", content="{}", headers=form).status_code == 415


def test_own_pages_may(http: httpx.Client, daemon: Daemon) -> None:
    own = {"Origin": daemon.url, "Sec-Fetch-Site": "same-origin"}
    answer = http.post("/v1/jobs/x/retry", headers=own)
    assert answer.status_code == 404


def test_no_other_page_is_told_that_it_may_read(http: httpx.Client) -> None:
    answer = http.options(
        "/v1/jobs",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_pages_are_files_of_the_package_alone(http: httpx.Client) -> None:
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static//etc/passwd"):
        assert http.get(path).status_code == 404
    page = http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["content-security-policy"]
