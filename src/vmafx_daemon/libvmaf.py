"""Which libvmaf the workers will use, without loading it here."""

import asyncio
import subprocess
import sys

from vmafx_core.errors import ComponentError

_ASK = (
    "from vmafx_core.errors import ComponentError\n"
    "from vmafx_core.libvmaf.library import load\n"
    "try: print('version', load().version)\n"
    "except ComponentError as error: print(error.message)\n"
)
_SECONDS, _END_SECONDS = 30.0, 5.0


async def libvmaf_version() -> str:
    """The version of libvmaf, asked for in a process of its own.

    Raises:
        ComponentError: There is none, or it is unusable.
    """
    process = subprocess.Popen(  # noqa: S603, ASYNC220  # this very program; it is begun in no time
        [sys.executable, "-c", _ASK],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    answering = asyncio.ensure_future(asyncio.to_thread(process.communicate))
    try:
        out, _ = await asyncio.wait_for(asyncio.shield(answering), _SECONDS)
    except TimeoutError:
        out = b"libvmaf does not answer"
    finally:
        process.kill()
        await asyncio.wait((answering,), timeout=_END_SECONDS)
    said = out.decode(errors="replace").strip()
    if not said.startswith("version "):
        raise ComponentError(said or "libvmaf crashed when it was loaded")
    return said.removeprefix("version ")
