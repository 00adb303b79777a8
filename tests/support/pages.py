"""The daemon's pages in a browser: what is looked at and pressed again and again."""

from support.browser import Browser

# Text that waits for nothing is told at once, so what is waited for is named.
_TEXT = "return document.querySelector(arguments[0])?.innerText.trim() ?? ''"
_HAS = f"const text = (() => {{ {_TEXT} }})(); return text.includes(arguments[1]) && text"
_PRESS = """
const [where, text] = arguments;
const all = [...document.querySelectorAll(where)];
const found = all.find((each) => !text || each.innerText.trim() === text);
found?.click();
return Boolean(found);
"""
_CHART = "return {...document.querySelector('.plot')?.dataset}"


def text(browser: Browser, where: str) -> str:
    """The text of the first element that a selector finds; empty where there is none."""
    return str(browser.run(_TEXT, where))


def reads(browser: Browser, where: str, words: str) -> str:
    """Wait until there are such words in an element; returns all of its text."""
    return str(browser.until(_HAS, where, words))


def press(browser: Browser, where: str, words: str = "") -> None:
    """Press the first button or link that a selector finds, with that text."""
    browser.until(_PRESS, where, words)


def enter(browser: Browser, where: str, words: str) -> None:
    """Write into a field, as typing does."""
    script = "const f = document.querySelector(arguments[0]); f.value = arguments[1];"
    browser.run(f"{script} f.dispatchEvent(new Event('input', {{bubbles: true}}))", where, words)


def chart(browser: Browser) -> dict[str, str]:
    """What the chart of frames says of itself."""
    data: dict[str, str] = browser.run(_CHART)
    return data


def rows(browser: Browser) -> list[str]:
    """The jobs of the list, by their titles."""
    script = "return [...document.querySelectorAll('#jobs .what a')].map((a) => a.innerText)"
    titles: list[str] = browser.run(script)
    return titles


def outside(browser: Browser) -> list[str]:
    """Whatever the page has asked of other servers than its own."""
    script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    origin = browser.run("return location.origin")
    asked = browser.run(script)
    assert asked
    return [address for address in asked if not address.startswith(f"{origin}/")]
