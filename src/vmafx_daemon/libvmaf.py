"""Which libvmaf the workers will use, without loading it here."""

import asyncio
import sys

from vmafx_core.errors import ComponentError

_ASK = (
    "from vmafx_core.errors import ComponentError\n"
    "from vmafx_core.libvmaf.library import load\n"
    "try: print('version', load().version)\n"
    "except ComponentError as error: print(error.message)\n"
)
_SECONDS = 30.0


async def libvmaf_version() -> str:
    """The version of libvmaf, asked for in a process of its own.

    Raises:
        ComponentError: There is none, or it is unusable.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _ASK,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), _SECONDS)
    except TimeoutError:
        out = b"libvmaf does not answer"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    said = out.decode(errors="replace").strip()
    if not said.startswith("version "):
        raise ComponentError(said or "libvmaf crashed when it was loaded")
    return said.removeprefix("version ")
