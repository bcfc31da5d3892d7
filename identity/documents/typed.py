"""What people type, as plain characters: keyboards for Chinese write digits at full width."""

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_GROUPING = str.maketrans("", "", "-‐‑–—()")


def plain(given: str) -> str:
    """Half width, capitals, without spaces, hyphens and brackets."""
    return "".join(given.translate(_FULL_WIDTH).split()).translate(_GROUPING).upper()
