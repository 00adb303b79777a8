from pathlib import Path
from typing import Any

import pytest
import typer

from support.cli import InProcess
from vmafx_cli import config
from vmafx_cli.main import app
from vmafx_core.errors import UnknownNameError, UsageError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("VMAFX_CONFIG", str(path))
    return path


def models_format(run: InProcess, *args: str) -> str:
    out = run("models", "list", *args).out
    return "json" if out.startswith("{") else "table"


def test_a_setting_is_the_default_of_its_option(run: InProcess, file: Path) -> None:
    file.write_text('[models.list]\nformat = "json"\n')
    assert models_format(run) == "json"


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    run: InProcess, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[models.list]\nformat = "json"\n')
    monkeypatch.setenv("VMAFX_MODELS_LIST_FORMAT", "table")
    assert models_format(run) == "table"
    assert models_format(run, "--format", "json") == "json"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models.list]\nfromat = 'json'\n", ["'fromat'", "Did you mean 'format'"]),
        ("[modles]\n", ["'modles'", "Did you mean 'models'"]),
        ("[models.list]\nformat = 'jsn'\n", ["'jsn'", "'json'"]),
        ("[models.list]\nformat = true\n", ["'format'", "a text or a number"]),
        ("[models.list]\nformat = ['json']\n", ["'format'", "one value"]),
        ("format = 'json'\n", ["'format'", "[score]"]),
        ("[models\n", ["line 1"]),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_name_and_the_remedy(
    run: InProcess, file: Path, text: str, words: list[str]
) -> None:
    file.write_text(text)
    ended = run("models", "list")
    assert ended.code == 2
    assert ended.out == ""
    for word in [str(file), *words]:
        assert word in ended.err


def test_a_wrong_value_in_the_environment_is_told_with_the_name_of_the_variable(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMAFX_MODELS_LIST_FORMAT", "jsn")
    assert "(set by VMAFX_MODELS_LIST_FORMAT)" in run("models", "list").err
    monkeypatch.setenv("VMAFX_DAEMON_START_WORKERS", "many")
    assert "(set by VMAFX_DAEMON_START_WORKERS)" in run("daemon", "start").err
    monkeypatch.setenv("VMAFX_WORKERS", "many")
    assert "(set by VMAFX_WORKERS)" in run("daemon", "start").err


@pytest.mark.parametrize("name", ["target", "encoder", "max_bit_rate"])
def test_so_is_a_wrong_value_of_a_search(
    run: InProcess, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variable = f"VMAFX_TUNE_CRF_{name.upper()}"
    monkeypatch.setenv(variable, "oops")
    ended = run("tune", "crf", "movie.mkv")
    assert ended.code == 2
    assert f"(set by {variable})" in ended.err


@pytest.mark.parametrize("args", [["models", "--help"], ["completion", "bash"], ["--version"]])
def test_a_broken_file_does_not_keep_from_help(run: InProcess, file: Path, args: list[str]) -> None:
    file.write_text("[")
    assert run(*args).code == 0


def test_a_named_file_must_be_there(file: Path) -> None:
    with pytest.raises(UsageError, match="there is no configuration file"):
        config.read(file)


def test_the_users_own_file_may_be_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VMAFX_CONFIG")
    assert config.read(tmp_path / "config.toml") == {}
    assert config.config_path().name == "config.toml"
    assert config.config_path().parent.name == "vmafx"


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot read"):
        config.read(file)


def options_of_score() -> dict[str, Any]:
    root: Any = typer.main.get_command(app)
    return {parameter.name: parameter for parameter in root.load("score").params}


def test_values_arrive_as_they_would_have_been_typed(tmp_path: Path) -> None:
    settings = {
        "model": "auto",
        "feature": ["psnr", "cambi"],
        "threads": 4,
        "frame-rate": 29.97,
        "quiet": True,
        "pix_fmt": "gray",
    }
    assert config.defaults(settings, options_of_score(), tmp_path) == {
        "model": ["auto"],
        "feature": ["psnr", "cambi"],
        "threads": "4",
        "frame_rate": "29.97",
        "quiet": True,
        "pix_fmt": "gray",
    }


def test_a_switch_is_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="true or false"):
        config.defaults({"quiet": 1}, options_of_score(), tmp_path)


def test_tables_belong_to_commands(tmp_path: Path) -> None:
    config.check_tables({"score": {}}, ["score", "doctor"], tmp_path)
    with pytest.raises(UnknownNameError, match="doctr"):
        config.check_tables({"doctr": {}}, ["score", "doctor"], tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tune.crf]\ntarget = 'vmaf>=x'\n", ["'x'", "is not a number"]),
        ("[tune.crf]\ntraget = 'vmaf>=90'\n", ["'traget'", "Did you mean 'target'"]),
        ("[tune.crff]\n", ["'crff'", "Did you mean 'crf'?"]),
        ("[tune]\ntarget = 90\n", ["'target'", "[tune.crf]"]),
    ],
)
def test_a_command_of_a_group_has_its_table_below_that_of_the_group(
    run: InProcess, file: Path, text: str, words: list[str]
) -> None:
    file.write_text(text)
    ended = run("tune", "crf", "movie.mkv")
    assert (ended.code, ended.out) == (2, "")
    for word in words:
        assert word in ended.err


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("[score]\nmodel = 'auto'\n", ["--no-model"]),
        ("[score]\nno-model = true\n", ["-m", "nothing"]),
    ],
)
def test_a_flag_wins_over_a_setting_that_it_contradicts(
    run: InProcess, file: Path, text: str, args: list[str]
) -> None:
    file.write_text(text)
    ended = run("score", "a.mp4", "b.mp4", *args)
    assert "contradict" not in ended.err
    assert ("nothing to measure" in ended.err) == (args == ["--no-model"])


def test_settings_that_contradict_each_other_are_refused(run: InProcess, file: Path) -> None:
    file.write_text("[score]\nmodel = 'auto'\nno-model = true\nfeature = 'psnr'\n")
    ended = run("score", "a.mp4", "b.mp4")
    assert ended.code == 2
    assert "--model and --no-model contradict each other" in ended.err
