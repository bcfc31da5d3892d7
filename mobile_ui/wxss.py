"""WXSS as a browser reads it: rpx become rem, and a page's rules stay within that page."""

import re

_RPX = re.compile(r"(-?\d+(?:\.\d+)?)rpx")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RPX_IN_A_REM = 32  # 750 rpx are 375 px wide, and 1 rem is 16 px
_NESTED = ("@media", "@supports")


def to_css(source: str, scope: str = "") -> str:
    """CSS of one WXSS file; ``scope`` is the selector its rules are kept within.

    rem rather than a share of the screen: text follows the reader's own size (WCAG 1.4.4), and
    a kiosk is not a stretched phone. ``page`` becomes ``body``: the root keeps the reader's size.
    """
    plain = _COMMENT.sub("", source)
    return _scoped(_RPX.sub(_rem, plain), scope)


def _rem(match: re.Match[str]) -> str:
    return f"{float(match[1]) / _RPX_IN_A_REM:g}rem"


def _scoped(source: str, scope: str) -> str:
    made = []
    for head, body in _blocks(source):
        if head.startswith(_NESTED):
            made.append(f"{head}{{{_scoped(body, scope)}}}")
        elif head.startswith("@"):
            made.append(f"{head}{{{body}}}")
        else:
            made.append(f"{_within(head, scope)}{{{body.strip()}}}")
    return "\n".join(made)


def _within(head: str, scope: str) -> str:
    """Each selector of a list behind the scope, or on the scope's own element for :host."""
    return ",".join(_one(selector.strip(), scope) for selector in re.split(r",(?![^(]*\))", head))


def _one(selector: str, scope: str) -> str:
    selector = re.sub(r"^page(?![\w-])", "body", selector)
    if selector.startswith("body") or not scope:
        return selector
    if selector.startswith(":host"):
        return scope + selector.removeprefix(":host")
    return f"{scope} {selector}"


def _blocks(source: str) -> list[tuple[str, str]]:
    """Pairs of what stands before a brace and inside it; a lost brace raises ValueError."""
    found, depth, start, head = [], 0, 0, ""
    for at, sign in enumerate(source):
        if sign == "{":
            if depth == 0:
                head, start = source[start:at].strip(), at + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.append((head, source[start:at]))
                start = at + 1
    if depth:
        raise ValueError("a brace is not closed")
    return found
