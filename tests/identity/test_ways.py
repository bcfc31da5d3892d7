"""Which ways reach which level, for whom."""

import pytest

from identity import verification, ways
from identity.caller import Caller, CallerKind
from identity.ways import FACE, FRESH, WAYS, WINDOW, reaching


def ids(*asked: object, **given: object) -> set[str]:
    return {way.id for way in reaching(*asked, **given)}  # type: ignore[arg-type]


def test_a_bank_card_opens_nothing_sensitive():
    assert "bank-card" in ids(3)
    assert "bank-card" not in ids(4)


def test_nothing_but_a_window_or_an_outside_certificate_proves_level_five():
    assert ids(5) == {"network-identity", "window"}


def test_a_windows_own_proof_is_old_before_it_counts_for_level_five():
    assert ids(5, FRESH) == {"network-identity"}
    assert ids(5, int(WINDOW.waits.total_seconds())) == {"network-identity", "window"}


def test_a_window_leads_to_what_is_sensitive_by_the_passkey_bound_there():
    assert "window" in ids(4, FRESH)


@pytest.mark.parametrize("kind", [CallerKind.KIOSK, CallerKind.STAFF])
def test_nobody_has_a_passkey_on_a_machine_of_others(kind: CallerKind):
    assert "passkey" not in ids(4, FRESH, Caller(kind))


@pytest.mark.parametrize("proofed", [1, 2, 3])
def test_a_passkey_renews_no_proofing(proofed: int):
    assert "passkey" not in ids(4, FRESH, proofed=proofed)


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("max_age", [None, 1, FRESH, 86_400])
def test_whatever_is_reached_is_reached_without_a_face(level: int, max_age: int | None):
    assert not all(way.face for way in reaching(level, max_age))


def test_the_face_is_offered_as_what_the_verification_proves():
    assert (FACE.level, FACE.amr) == (verification.LEVEL, verification.AMR)


def test_every_way_is_offered_once():
    assert len({way.id for way in WAYS}) == len(WAYS) == 5
    assert ways.reaching(1) == WAYS
