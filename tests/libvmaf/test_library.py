from pathlib import Path

import pytest

from vmafx_core.errors import ComponentError, WorkError
from vmafx_core.libvmaf import library


def test_the_wheel_carries_a_libvmaf_that_is_new_enough() -> None:
    found = library.load()
    assert tuple(map(int, found.version.split(".")[:2])) >= library.OLDEST
    assert Path(found.path).is_file()


def test_the_setting_comes_before_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(library.SETTING, "/somewhere/libvmaf.so")
    first = next(library.candidates())
    assert (first.path, library.SETTING in first.source) == ("/somewhere/libvmaf.so", True)


def test_a_file_that_is_no_library_is_refused_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "libvmaf.so"
    file.write_text("no library")
    with pytest.raises(ComponentError, match="cannot load libvmaf") as caught:
        library.open_library(str(file))
    assert library.SETTING in caught.value.hint


def test_a_library_without_libvmafs_functions_is_refused() -> None:
    other = library.load()
    ffmpeg = next(Path(other.path).parent.glob("libavutil*"), None)
    if ffmpeg is None:
        pytest.skip("this wheel keeps FFmpeg elsewhere")
    with pytest.raises(ComponentError, match="cannot load libvmaf"):
        library.open_library(str(ffmpeg))


def test_a_return_code_becomes_an_error_that_says_what_was_being_done() -> None:
    with pytest.raises(WorkError, match="reading frame 3: Invalid argument"):
        library.load().check(-22, "reading frame 3")
