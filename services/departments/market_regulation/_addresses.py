"""Whether an address that somebody wrote is one that the register has on file."""

_AREAS = ("省", "市", "区", "县", "镇")


def same_place(given: str, filed: str) -> bool:
    """More may stand around the address on file; of it only province, city, county or town in
    front may be missing. A street or a county alone would prove premises that are another's.
    """
    written, known = "".join(given.split()), "".join(filed.split())
    left_out = known.removesuffix(written)
    return known in written or (left_out != known and left_out.endswith(_AREAS))
