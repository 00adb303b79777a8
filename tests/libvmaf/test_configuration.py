from dataclasses import replace
from typing import Any

import pytest

from vmafx_core.libvmaf import context as context_module
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.library import load
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.media.types import Chroma, PictureFormat


class Recorder:
    """A libvmaf that remembers with which masks contexts were opened."""

    def __init__(self, lib: Any) -> None:
        self._lib = lib
        self.masks: list[tuple[int, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lib, name)

    def vmaf_init(self, handle: Any, configuration: Any) -> int:
        # A dict has no such attributes: cffi would leave what it does not name to chance.
        self.masks.append((configuration.cpumask, configuration.gpumask))
        return int(self._lib.vmaf_init(handle, configuration))


def test_no_instruction_set_and_no_gpu_is_masked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(load().lib)
    monkeypatch.setattr(context_module, "load", lambda: replace(load(), lib=recorder))
    form = PictureFormat(64, 48, Chroma.C420, 8)
    with Context([], [FeatureSpec("psnr")], form, 1):
        pass
    assert recorder.masks == [(0, 0)]
