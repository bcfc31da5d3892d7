"""Months and days as the bureau writes them."""

from typing import Any

from pydantic import BeforeValidator


def _month(code: Any) -> Any:
    """``202611`` → ``2026-11``."""
    return f"{code[:4]}-{code[4:]}" if isinstance(code, str) and len(code) == 6 else code


def day(code: Any) -> Any:
    """``19850305`` → ``1985-03-05``."""
    whole = isinstance(code, str) and len(code) == 8
    return f"{code[:4]}-{code[4:6]}-{code[6:]}" if whole else code


Compact = BeforeValidator(_month)
