"""GPUs in the kernel's DRM tree: AMD's and Intel's."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from vmafx_core.backends import rocm
from vmafx_core.backends.device import Device, Vendor
from vmafx_core.backends.rocm import Card

# Vendors as the kernel writes them, and what their devices are called that have no name.
_VENDORS = {"0x1002": Vendor.AMD, "0x8086": Vendor.INTEL}
_MAKERS = {Vendor.AMD: "AMD", Vendor.INTEL: "Intel"}
_PCI_NAMES = ("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids")


def listed(root: Path) -> Iterator[Device]:
    """AMD's and Intel's GPUs whose render node is there.

    Args:
        root: Where the system's tree is.
    """
    found: Counter[Vendor] = Counter()
    cards: Mapping[str, Card] | None = None
    nodes = (root / "sys/class/drm").glob("renderD*")
    for node in sorted(nodes, key=lambda n: int(n.name.removeprefix("renderD"))):
        device = node / "device"
        vendor = _VENDORS.get(_read(device / "vendor"))
        if vendor is None or not (root / "dev/dri" / node.name).exists():
            continue
        name, memory = _name(root, device), _memory(device)
        if vendor is Vendor.AMD and not (name and memory):
            # As in containers, which lack the list of names.
            cards = rocm.cards() if cards is None else cards
            card = cards.get(device.resolve().name, Card())
            name, memory = name or card.name, memory or card.memory
        yield Device(
            vendor=vendor,
            index=found[vendor],
            name=name or f"{_MAKERS[vendor]} GPU {_read(device / 'device')}".strip(),
            memory=memory,
            driver=_driver(root, device),
        )
        found[vendor] += 1


def _name(root: Path, device: Path) -> str:
    told = _read(device / "product_name")
    return told or _pci_name(root, _read(device / "vendor"), _read(device / "device"))


def _pci_name(root: Path, vendor: str, code: str) -> str:
    """The name in the system's list of PCI devices: a vendor's line, then its devices' lines."""
    ours = False
    for path in (root / name for name in _PCI_NAMES):
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if re.match(r"[0-9a-f]{4} ", line):
                    ours = line.startswith(vendor[2:])
                elif ours and line.startswith(f"\t{code[2:]} "):
                    return line.strip().split(maxsplit=1)[1]
    return ""


def _memory(device: Path) -> int | None:
    """Bytes of its own: amdgpu tells all, i915 and xe those of discrete ones."""
    places = ("mem_info_vram_total", "lmem_total_bytes", "tile0/physical_vram_size_bytes")
    for place in places:
        told = _read(device / place)
        if told and int(told, 0):
            return int(told, 0)
    return None


def _driver(root: Path, device: Path) -> str:
    link = device / "driver"
    name = link.resolve().name if link.exists() else ""
    version = _read(root / "sys/module" / name / "version") if name else ""
    return f"{name} {version}".strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
