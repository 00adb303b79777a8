"""Asking a daemon what a video is."""

import dataclasses
from pathlib import Path

import pytest

from support.stub_daemon import StubDaemon
from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.probe import probe
from vmafx_core.testing import write_clip
from vmafx_rpc import messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import to_message
from vmafx_rpc.probe import probe_there


def test_what_is_said_there_has_the_names_of_here(
    client: Client, stub: StubDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=3)
    said = to_message(probe(InputSpec(location=str(clip))), messages.result.Probe)
    stub.answers["Probe"] = [messages.controller.ProbeResponse(probe=said)]
    monkeypatch.chdir(tmp_path)
    here = InputSpec(location="clip.mp4", stream=0)
    assert probe_there(client, here) == probe(here)
    (asked,) = stub.asked
    sent = dataclasses.replace(here, location=str(clip))
    assert asked.input == to_message(sent, messages.task.Input)


def test_what_is_wrong_there_has_the_names_of_here(
    client: Client, stub: StubDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stub.answers["Probe"] = [InputError(f"{tmp_path / 'a.mp4'}: no such file", "Check the path.")]
    with pytest.raises(InputError, match=r"^a\.mp4: no such file"):
        probe_there(client, InputSpec(location="a.mp4"))


def test_a_pipe_is_not_asked_about(client: Client, stub: StubDaemon) -> None:
    with pytest.raises(UsageError, match="standard input: a daemon cannot look into a pipe"):
        probe_there(client, InputSpec(location="-"))
    assert not stub.asked
