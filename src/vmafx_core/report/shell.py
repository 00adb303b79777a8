"""What surrounds the content of every page: its head, its style, its script, its policy.

A page is self-contained: a content security policy allows no request and no other style or script
than its own.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from string import Template
from typing import Any
from xml.etree import ElementTree as ET

from vmafx_core import __version__
from vmafx_core.report.elements import markup, tag

# The parts are modules, which other pages load one by one; here they are one module.
_IMPORTS = re.compile(r"^import .*\n", re.MULTILINE)

_button, _div, _h1, _header, _p = tag("button"), tag("div"), tag("h1"), tag("header"), tag("p")


def page(
    title: str,
    subtitle: str,
    body: Iterable[ET.Element],
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Any = None,
) -> str:
    """A whole page as text.

    Args:
        title: Its heading.
        subtitle: The line under it.
        body: What follows.
        styles: Names of the style sheets, in order, in the folder `page`.
        scripts: Names of the parts of its one script, likewise.
        data: What the script reads; JSON can hold it.
    """
    folder = files("vmafx_core.report") / "page"
    style = "\n".join((folder / name).read_text("utf-8") for name in styles)
    script = "\n".join(_IMPORTS.sub("", (folder / name).read_text("utf-8")) for name in scripts)
    policy = (
        f"default-src 'none'; img-src data:; script-src {_hash(script)}; style-src {_hash(style)}"
    )
    header = _header(
        _div(_h1(title), _p(subtitle, class_="quiet small")),
        _button("Light / dark", type="button", id="theme"),
    )
    # "<" could end the block or open a comment in it; inside of JSON's strings it can be escaped.
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return Template((folder / "page.html").read_text("utf-8")).substitute(
        policy=policy,
        generator=f"vmafx {__version__}",
        title=markup(tag("title")(title)),
        style=style,
        body=markup(header, *body),
        data=text.replace("<", "\\u003c"),
        script=script,
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
