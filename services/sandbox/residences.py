"""Where people of the sandbox are registered today: most where they were first, some moved.

It follows from the number, like the records of the offices: nothing is kept.
"""

from services.sandbox.regions import GUANGDONG

_ONE_IN = 4  # so many stay for one who moved


def registered_at(number: str) -> str:
    """The county (GB/T 2260, six digits) somebody with this number is registered in."""
    order = int(number[14:17]) if len(number) == 18 and number[:17].isdecimal() else 1
    if order % _ONE_IN:
        return number[:6]
    counties = sorted(GUANGDONG)
    return counties[order % len(counties)]
