"""How `--remote` is read: it may stand without an address."""

from itertools import takewhile

REMOTE = "--remote"


def with_address(args: list[str]) -> list[str]:
    """The words of a line, with the default's address behind a `--remote` that has none.

    What follows and is no address, such as a video, is left to be what it is.
    """
    options = list(takewhile(lambda word: word != "--", args))
    if REMOTE not in options:
        return args
    from vmafx_rpc.addresses import DEFAULT, is_meant_as_address  # seldom needed

    words: list[str] = []
    for word, after in zip(args, [*args[1:], ""], strict=True):
        bare = word == REMOTE and len(words) < len(options) and not is_meant_as_address(after)
        words.append(f"{REMOTE}={DEFAULT}" if bare else word)
    return words
