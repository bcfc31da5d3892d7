"""Unified social credit codes of organisations (GB 32100-2015).

One character for the department that registers, one for the kind of organisation, six for the
region (GB/T 2260), nine for the organisation (GB 11714), one check character: MOD 31, weights 3^i.
"""

from identity.documents import regions
from identity.documents.errors import OrganisationCodeInvalid
from identity.documents.typed import plain

LENGTH = 18
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_VALUES = {character: value for value, character in enumerate(_CHARACTERS)}
_OVERSEAS = "10"  # 100000: registered by the state itself, in no province


def parse(given: str) -> str:
    """The code in canonical form. Raises OrganisationCodeInvalid."""
    code = plain(given)
    if len(code) != LENGTH or not _VALUES.keys() >= set(code):
        raise OrganisationCodeInvalid("form")
    if not code[2:8].isdecimal() or code[2:4] not in regions.MAINLAND | {_OVERSEAS}:
        raise OrganisationCodeInvalid("region")
    if check_character(code[:17]) != code[17]:
        raise OrganisationCodeInvalid("check")
    return code


def check_character(seventeen: str) -> str:
    """The 18th character (GB 32100-2015 §4.6)."""
    total = sum(_VALUES[character] * pow(3, place, 31) for place, character in enumerate(seventeen))
    return _CHARACTERS[-total % 31]
