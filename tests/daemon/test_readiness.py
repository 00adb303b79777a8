"""Whether the daemon takes work."""

import asyncio
from pathlib import Path

import pytest

from support.scripted_engine import controlling
from vmafx_core.errors import ComponentError
from vmafx_core.libvmaf.library import load
from vmafx_daemon.libvmaf import libvmaf_version


def test_it_is_ready_with_the_libvmaf_that_workers_will_load(tmp_path: Path) -> None:
    async def run() -> None:
        assert await libvmaf_version() == load().version
        async with controlling(tmp_path) as controller:
            async with asyncio.timeout(60):
                while not controller.status().ready:  # noqa: ASYNC110  # nobody tells
                    await asyncio.sleep(0.02)
            status = controller.status()
            assert (status.libvmaf_version, status.reason) == (load().version, "")
            assert (status.engine, status.slots) == ("scripted", 1)

    asyncio.run(run())


def test_it_is_not_ready_without_libvmaf_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "libvmaf.so"
    library.write_bytes(b"no library")
    monkeypatch.setenv("VMAFX_LIBVMAF", str(library))

    async def run() -> None:
        with pytest.raises(ComponentError, match="cannot load libvmaf"):
            await libvmaf_version()
        async with controlling(tmp_path) as controller:
            async with asyncio.timeout(60):
                while "unusable" not in controller.status().reason:  # noqa: ASYNC110  # nobody tells
                    await asyncio.sleep(0.02)
            assert not controller.status().ready
            assert str(tmp_path) not in controller.status().reason

    asyncio.run(run())
