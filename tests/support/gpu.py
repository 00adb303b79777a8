"""A GPU where there is none: ONNX Runtime as it is beside one, computing on the CPU."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnxruntime

from vmafx_core.backends.device import Device, Vendor

H200 = Device(vendor=Vendor.NVIDIA, index=0, name="H200", memory=None, driver="")


class Gpu:
    """ONNX Runtime as it is where there is CUDA; what is run on it runs on the CPU.

    Attributes:
        opened: What was opened, with the options of its provider.
        fed: How many rows or pictures CUDA was fed at once, by the name of the model's file.
    """

    __version__ = onnxruntime.__version__
    SessionOptions = onnxruntime.SessionOptions

    def __init__(self, *, broken: bool = False) -> None:
        self.opened: list[tuple[Any, dict[str, str]]] = []
        self.fed: defaultdict[str, set[int]] = defaultdict(set)
        self._broken = broken

    def get_available_providers(self) -> list[str]:
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]

    def InferenceSession(  # noqa: N802  # its name there
        self, graph: Any, options: Any, providers: Any
    ) -> Any:
        (asked,) = providers
        name, settings = (asked, {}) if isinstance(asked, str) else asked
        self.opened.append((graph, settings))
        real = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        if not name.startswith("CUDA"):
            return Opened(real, name, set(), broken=False)
        file = Path(graph).stem if isinstance(graph, str) else ""
        return Opened(real, name, self.fed[file], broken=self._broken)


class Opened:
    """A session that says it ran where it was asked to."""

    def __init__(self, real: Any, name: str, fed: set[int], *, broken: bool) -> None:
        self._real, self._name, self._fed, self._broken = real, name, fed, broken

    def get_providers(self) -> list[str]:
        return [self._name]

    def disable_fallback(self) -> None:
        """Nothing to fall back to."""

    def run(self, outputs: Sequence[str], feed: Mapping[str, Any]) -> Any:
        if self._broken:
            raise RuntimeError("CUDNN failure 1001")
        self._fed.update(len(values) for values in feed.values())
        return self._real.run(outputs, feed)
