from pathlib import Path

from vmafx_core.libvmaf import _declarations
from vmafx_core.libvmaf.declarations import compile_to


def test_the_compiled_declarations_are_current(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.py"
    compile_to(fresh)
    assert Path(_declarations.__file__).read_bytes() == fresh.read_bytes()
