"""HTML elements that are safe by construction: all text and attributes are escaped when written."""

from typing import Protocol
from xml.etree import ElementTree as ET

from vmafx_core.report.naming import readable

Child = ET.Element | str


class Tag(Protocol):
    """Makes elements of one kind."""

    def __call__(self, *children: Child, **attributes: str) -> ET.Element:
        """An element with these children."""


def tag(name: str) -> Tag:
    """A maker of `name` elements.

    In the attributes it takes, "class_" stands for "class" and "aria_label" for "aria-label".
    """

    def make(*children: Child, **attributes: str) -> ET.Element:
        named = {
            key.rstrip("_").replace("_", "-"): readable(value) for key, value in attributes.items()
        }
        element = ET.Element(name, named)
        for child in children:
            _append(element, child)
        return element

    return make


def _append(element: ET.Element, child: Child) -> None:
    if isinstance(child, ET.Element):
        element.append(child)
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + readable(child)
    else:
        element.text = (element.text or "") + readable(child)


def markup(*elements: ET.Element) -> str:
    """The elements as HTML text."""
    return "\n".join(ET.tostring(e, encoding="unicode", method="html") for e in elements)
