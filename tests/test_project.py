"""What holds for the project as a whole: what is in the tree, and what its files say together."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from support.data import missing, program
from vmafx_core import __version__

_ROOT = Path(__file__).resolve().parents[1]
_PYPROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_PINS = (_ROOT / "constraints" / "dev.txt").read_text(encoding="utf-8")
_LOCKS = re.compile(r"(^|/)([\w.-]+\.lock|[\w-]+-lock\.(json|yaml)|pylock.*\.toml)$")
_REGISTRIES = re.compile(r"py(pi|thonhosted)\.org|npm(js\.com|js\.org)|--(extra-)?index-url")


def _tracked() -> list[str]:
    """Names of all files under version control; outside a checkout skips locally, fails in CI."""
    git = program("git")
    listed = subprocess.run(
        [git, "-C", str(_ROOT), "ls-files"], check=False, capture_output=True, text=True
    )
    if listed.returncode:
        missing(f"git cannot list the files: {listed.stderr.strip()}")
    return listed.stdout.splitlines()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_file_is_a_lock_file_or_names_a_package_registry() -> None:
    names = _tracked()
    assert "pyproject.toml" in names
    assert [name for name in names if _LOCKS.search(name)] == []
    texts = {name: (_ROOT / name).read_bytes().decode(errors="replace") for name in names}
    assert [name for name, text in texts.items() if _REGISTRIES.search(text)] == []


def test_every_dependency_is_pinned_to_a_version_with_hashes() -> None:
    pins = [entry for entry in _PINS.replace("\\\n", " ").splitlines() if re.match(r"\w", entry)]
    assert [pin for pin in pins if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:", pin)] == []
    project = _PYPROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = project["dependencies"] + [entry for extra in extras for entry in extra]
    wanted += _PYPROJECT["build-system"]["requires"]
    names = {_normal(re.split(r"[<>=!~\[ ]", entry, maxsplit=1)[0]) for entry in wanted}
    names.remove("vmafx")
    assert names - {_normal(pin.split("==")[0]) for pin in pins} == set()


def test_the_wheel_holds_every_file_of_the_packages_and_the_license(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(_ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    sources = {name.removeprefix("src/") for name in _tracked() if name.startswith("src/")}
    assert sources - packed == set()
    parts = ("core", "rpc", "daemon", "cli")
    assert {f"vmafx_{part}/py.typed" for part in parts} <= packed
    assert any(name.endswith("/LICENSE") for name in packed)


def test_the_changelog_has_an_entry_for_this_version() -> None:
    changelog = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {__version__}" in changelog


def test_every_make_target_that_the_readme_names_is_one_that_make_help_lists() -> None:
    make = program("make")
    listed = subprocess.run(
        [make, "-s", "-C", str(_ROOT)], check=False, capture_output=True, text=True
    )
    targets = set(re.findall(r"^  ([a-z]+)  ", listed.stdout, re.MULTILINE))
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named - targets == set()


def test_without_a_home_a_python_is_found_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "python3.12").symlink_to(sys.executable)
    found = subprocess.run(
        ["/bin/sh", str(_ROOT / "scripts" / "find-python")],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert (found.returncode, found.stderr) == (0, "")


def test_a_python_that_does_not_run_is_passed_over_when_looking_for_one(tmp_path: Path) -> None:
    for name, body in (
        ("python3.14", "exit 127"),
        ("python3.13", f"exec '{sys.executable}' \"$@\""),
    ):
        shim = tmp_path / name
        shim.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        shim.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    found = subprocess.run(
        ["/bin/sh", str(_ROOT / "scripts" / "find-python")],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert Path(found.stdout.strip()).samefile(sys.executable)
