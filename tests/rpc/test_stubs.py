"""What is generated from the contract."""

import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def files(folder: Path) -> dict[Path, str]:
    return {
        path.relative_to(folder): path.read_text()
        for path in folder.rglob("*.*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_the_stubs_are_those_of_the_contract(tmp_path: Path) -> None:
    made = tmp_path / "stubs"
    subprocess.run([_ROOT / "scripts" / "make-stubs", made], check=True)
    assert files(made) == files(_ROOT / "src" / "vmafx_rpc" / "stubs"), "run scripts/make-stubs"
