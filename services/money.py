"""Money as offices write it (decimal yuan) and as we keep it (integer fen), exactly.

Floating point never touches an amount: a JSON number is refused, since the office's own decimal
is already lost by the time it was read.
"""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator

_FEN_PER_YUAN = 100
_LARGEST = Decimal("1000000000000")  # a million million yuan: beyond any account, within int64 fen


def fen(yuan: Any) -> int:
    """``"1234.5"`` yuan → 123450 fen. Raises ValueError for what is not an exact sum of fen."""
    if not isinstance(yuan, str):
        raise ValueError("an amount must be a decimal string")
    try:
        amount = Decimal(yuan.strip())
    except InvalidOperation:
        raise ValueError("an amount must be a decimal string") from None
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise ValueError("an amount must be finite and of a size that money has")
    whole = amount * _FEN_PER_YUAN
    if whole != whole.to_integral_value():
        raise ValueError("an amount has at most two decimals")
    return int(whole)


def in_yuan(fen: int) -> str:
    """123450 fen → ``"1234.50"``, as offices read money."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // _FEN_PER_YUAN}.{whole % _FEN_PER_YUAN:02d}"


Fen = Annotated[int, BeforeValidator(fen)]
"""A field that an office fills with decimal yuan and that holds integer fen."""
