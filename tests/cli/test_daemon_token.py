import json
from pathlib import Path

from support.cli import InProcess
from vmafx_daemon.access.tokens import Tokens


def test_tokens_are_made_listed_and_removed(run: InProcess, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    made = run("daemon", "token", "add", "ci", "--token-file", file)
    assert (made.code, made.err) == (0, "")
    secret = made.out.strip()
    assert secret.startswith("vmafx_")
    assert secret not in file.read_text()
    found = Tokens(file).find(secret)
    assert found is not None
    assert found.name == "ci"
    run("daemon", "token", "add", "board", "--role", "read", "--token-file", file)
    listed = run("daemon", "token", "list", "--token-file", file)
    assert listed.out.split() == ["write", "ci", "read", "board"]
    document = json.loads(
        run("daemon", "token", "list", "--format=json", f"--token-file={file}").out
    )
    assert document["tokens"][1] == {"name": "board", "role": "read"}
    assert run("daemon", "token", "remove", "ci", "--token-file", file).code == 0
    assert Tokens(file).find(secret) is None


def test_tokens_are_kept_in_the_state_folder(run: InProcess, tmp_path: Path) -> None:
    run.patch.setenv("VMAFX_STATE_DIR", str(tmp_path / "state"))
    assert run("daemon", "token", "add", "ci").code == 0
    assert (tmp_path / "state/tokens").is_file()


def test_a_wrong_name_is_a_wrong_call(run: InProcess, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    run("daemon", "token", "add", "ci", "--token-file", file)
    twice = run("daemon", "token", "add", "ci", "--token-file", file)
    assert twice.code == 2
    assert "already" in twice.err
    unknown = run("daemon", "token", "remove", "cii", "--token-file", file)
    assert unknown.code == 2
    assert "Did you mean 'ci'?" in unknown.err
