"""A partial refund, shared out over where the money came from: each part goes back to its source.

Of what is left of every part the same share goes back, rounded so that the sum is exact: no part
gives back more than came from it, and given back piece by piece it is in the end what was paid.
"""

from dataclasses import astuple, dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True)
class Sources:
    """Fen by source."""

    government: int
    own: int
    other: int
    cash: int

    @property
    def whole(self) -> int:
        return sum(astuple(self))

    def less(self, others: "Sources") -> "Sources":
        left = (mine - theirs for mine, theirs in zip(astuple(self), astuple(others), strict=True))
        return Sources(*left)


def shared(fen: int, left: Sources) -> Sources:
    """``fen`` over the sources. Raises ValueError for nothing and for more than is left."""
    whole = left.whole
    if not 0 < fen <= whole:
        raise ValueError("not between one fen and what is left")
    marks = [mark * fen // whole for mark in accumulate(astuple(left), initial=0)]
    return Sources(*(later - before for before, later in pairwise(marks)))
