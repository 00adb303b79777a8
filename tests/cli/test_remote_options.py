import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.cli import InProcess
from support.stub_daemon import StubDaemon, serving
from vmafx_cli.options.addresses import with_address
from vmafx_rpc import messages
from vmafx_rpc.addresses import Address


@pytest.fixture
def stub() -> StubDaemon:
    stub = StubDaemon()
    model = messages.controller.Model(name="vmaf_v0.6.1", purpose="phones", distance="3 H")
    model.range.high = 100
    stub.answers["ListModels"] = [messages.controller.ListModelsResponse(models=[model])]
    stub.answers["GetStatus"] = [
        messages.controller.GetStatusResponse(version="0.1.0", ready=True, running=1, pending=2)
    ]
    return stub


@pytest.fixture
def address(stub: StubDaemon) -> Iterator[Address]:
    with serving(stub) as address:
        yield address


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("score a b --remote", "score a b --remote=default"),
        ("score --remote a b", "score --remote=default a b"),
        ("score a b --remote host:9090 --upload", "score a b --remote host:9090 --upload"),
        ("score a b --remote -q", "score a b --remote=default -q"),
        ("score a b --remote=host:1", "score a b --remote=host:1"),
        ("score a b --remote http://host:8080", "score a b --remote http://host:8080"),
        ("score a --remote http://host/b", "score a --remote=default http://host/b"),
        ("score -- --remote b", "score -- --remote b"),
        ("score a b", "score a b"),
    ],
)
def test_remote_may_stand_without_an_address(words: str, read: str) -> None:
    assert with_address(words.split()) == read.split()


def test_the_models_of_a_daemon_are_listed(run: InProcess, address: Address) -> None:
    ended = run("models", "--remote", address)
    assert ended.code == 0
    for word in ["vmaf_v0.6.1", "0-100", "3 H", "phones"]:
        assert word in ended.out
    document: Any = json.loads(run("models", "list", "--remote", address, "--format", "json").out)
    assert document["models"][0]["range"] == {"low": 0, "high": 100}


def test_the_token_of_a_file_or_of_the_environment_is_shown(
    run: InProcess,
    stub: StubDaemon,
    address: Address,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VMAFX_CONTROLLER_TOKEN", "t1")
    run("models", "--remote", address)
    assert stub.metadata["authorization"] == "Bearer t1"
    file = tmp_path / "token"
    file.write_text("t2\n")
    run("models", "--remote", address, "--token-file", file)
    assert stub.metadata["authorization"] == "Bearer t2"


def test_videos_are_sent_to_nobody_who_is_not_named(run: InProcess) -> None:
    ended = run("score", "a.mp4", "b.mp4", "--upload")
    assert ended.code == 2
    assert "--upload sends the videos to a daemon, but none is named" in ended.err
    assert "Name it with --remote" in ended.err


def test_a_configured_upload_waits_for_a_daemon_to_be_named(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("[score]\nupload = true\n")
    assert "a.mp4: no such file" in run("score", "a.mp4", "b.mp4").err


def test_a_token_file_that_holds_none_is_refused(run: InProcess, tmp_path: Path) -> None:
    empty = tmp_path / "token"
    empty.touch()
    ended = run("models", "--remote", "--token-file", empty)
    assert ended.code == 2
    assert f"{empty}: holds no token" in ended.err
    ended = run("models", "--remote", "--token-file", tmp_path / "nowhere")
    assert ended.code == 3


def test_a_wrong_address_is_refused(run: InProcess) -> None:
    ended = run("models", "--remote=nowhere")
    assert ended.code == 2
    assert "'nowhere' is no address of a daemon" in ended.err


def test_doctor_asks_the_daemon_how_it_is(run: InProcess, address: Address) -> None:
    ended = run("doctor", "--remote", address, "--format", "json")
    finding = json.loads(ended.out)["findings"][-1]
    assert (finding["topic"], finding["status"]) == ("daemon", "ok")
    assert "1 job running, 2 waiting" in finding["detail"]


def test_doctor_calls_a_named_daemon_that_is_not_there_a_problem(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_STATE_DIR", str(tmp_path))
    findings = [
        json.loads(run("doctor", *words, "--format", "json").out)["findings"][-1]
        for words in ([], ["--remote"])
    ]
    assert [finding["status"] for finding in findings] == ["ok", "problem"]
    assert "vmafx daemon start" in findings[1]["remedy"]
