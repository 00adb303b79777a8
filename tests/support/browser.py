"""A headless Chromium, driven over plain WebDriver."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.data import program

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
)


class Browser:
    """One browser window."""

    def __init__(self, session: str) -> None:
        self._session = session

    def _post(self, command: str, body: dict[str, Any]) -> Any:
        return _call(f"{self._session}/{command}", body)

    def open(self, path: Path) -> None:
        """Open a page and wait until its script has done what it does at first."""
        self.visit(path.resolve().as_uri())
        self.until("return document.querySelector('[data-ready]') !== null")

    def visit(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self._post("url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a script returns."""
        return self._post("execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script: str, *arguments: Any) -> Any:
        """What a script returns, once that is something true."""
        for _ in range(400):
            if found := self.run(script, *arguments):
                return found
            self.run_async("setTimeout(arguments[0], 50)")
        shown = self.run("return document.body.innerText")
        raise AssertionError(f"never came true: {script}\nof: {shown}")

    def run_async(self, script: str, *arguments: Any) -> Any:
        """The value that a script gives to its last argument."""
        return self._post("execute/async", {"script": script, "args": list(arguments)})

    def devtools(self, command: str, **parameters: Any) -> Any:
        """Do something that only the developer tools can."""
        return self._post("goog/cdp/execute", {"cmd": command, "params": parameters})

    def mouse(self, *actions: dict[str, Any]) -> None:
        """Move, press and release the mouse."""
        source = {"type": "pointer", "id": "mouse", "actions": list(actions)}
        self._post("actions", {"actions": [source]})

    def keys(self, *keys: str) -> None:
        """Press and release keys, one after the other."""
        actions = [{"type": kind, "value": k} for k in keys for kind in ("keyDown", "keyUp")]
        self._post("actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def log(self) -> list[dict[str, Any]]:
        """What the console said since the last call: errors, refused requests."""
        entries: list[dict[str, Any]] = self._post("se/log", {"type": "browser"})
        return entries


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A browser with a fresh profile in the folder `profile`."""
    driver = subprocess.Popen(
        [program("chromedriver"), "--port=0"], stdout=subprocess.PIPE, text=True
    )
    try:
        base = f"http://127.0.0.1:{_port(driver)}/session"
        options = {
            "binary": program("chromium", "chromium-browser", "google-chrome"),
            "args": [*_ARGUMENTS, f"--user-data-dir={profile}", "--window-size=1280,900"],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = f"{base}/{_call(base, {'capabilities': {'alwaysMatch': wanted}})['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _call(session, None, method="DELETE")
    finally:
        driver.terminate()
        driver.communicate()


def _port(driver: "subprocess.Popen[str]") -> int:
    assert driver.stdout is not None
    for line in driver.stdout:
        if "successfully on port" in line:
            return int(line.rstrip(". \n").rsplit(" ", 1)[1])
    raise AssertionError("chromedriver did not start")


def _call(url: str, body: dict[str, Any] | None, method: str = "POST") -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["value"]
