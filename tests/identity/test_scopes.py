"""What can be asked of a resident: every scope says how sensitive it is and what it needs."""

import pytest

from config.texts import LOCALES
from identity.scopes import OPENID, Scope, Scopes, Sensitivity
from identity.ways import FRESH, ORDINARY, SENSITIVE, reaching
from services import scopes as all_scopes
from services.catalogue import Catalogue

CATALOGUE = Catalogue.load()
SCOPES = all_scopes.everything(CATALOGUE)
ALL = [scope.id for scope in SCOPES]


def scope(id: str) -> Scope:
    found = SCOPES.get(id)
    assert found
    return found


def test_a_scope_nobody_registered_is_none():
    assert SCOPES.get("profile:salary") is None
    assert "profile:salary" not in SCOPES


def test_a_scope_nobody_registered_has_no_words():
    with pytest.raises(KeyError):
        SCOPES.title("profile:salary", "en")


def test_the_same_scope_twice_is_refused():
    with pytest.raises(ValueError, match="openid"):
        Scopes().register(Scope(OPENID, Sensitivity.LOW))


def test_every_service_that_is_asked_by_its_scope_has_one():
    """What has a page of its own is asked at routes of its own (test_own_page)."""
    asked = {one.scope for one in CATALOGUE.services.values() if not one.page}
    assert asked and asked <= set(ALL)


@pytest.mark.parametrize("id", [one for one in CATALOGUE.needs() if one in ALL])
def test_a_services_scope_asks_what_the_service_asks(id: str):
    needed = CATALOGUE.needs()[id]
    assert (scope(id).level, scope(id).max_age) == (needed.level, needed.max_age)
    assert scope(id).sensitivity is not Sensitivity.LOW


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("id", ALL)
def test_every_scope_has_words_in_every_language(id: str, locale: str):
    assert SCOPES.title(id, locale).strip()
    assert SCOPES.about(id, locale).strip()


@pytest.mark.parametrize("id", ALL)
def test_every_scope_has_a_level_that_some_way_without_a_face_reaches(id: str):
    assert scope(id).sensitivity in Sensitivity
    assert 1 <= scope(id).level <= 5
    ways = reaching(scope(id).level, scope(id).max_age)
    assert [way for way in ways if not way.face]


@pytest.mark.parametrize("id", [one for one in ALL if scope(one).sensitivity is Sensitivity.HIGH])
def test_what_is_sensitive_needs_a_fresh_proof(id: str):
    """CONTRACTS: sensitive reads need level 4 with max_age 900."""
    assert scope(id).level >= SENSITIVE
    assert scope(id).max_age == FRESH


@pytest.mark.parametrize("id", ALL)
def test_what_is_offered_instead_tells_less(id: str):
    order = list(Sensitivity)
    for other in scope(id).instead:
        assert order.index(scope(other).sensitivity) < order.index(scope(id).sensitivity)
        assert scope(other).of == scope(id).of


@pytest.mark.parametrize("id", ["profile:name", "profile:id-number", "profile:birthdate"])
def test_raw_data_has_a_derived_answer_in_its_place(id: str):
    assert scope(id).instead


def test_together_scopes_need_the_highest_level_and_the_freshest_proof():
    assert SCOPES.needs([OPENID]) == (1, None)
    assert SCOPES.needs([OPENID, "profile:name"]) == (ORDINARY, None)
    assert SCOPES.needs(["profile:name", "profile:id-number"]) == (SENSITIVE, FRESH)


@pytest.mark.parametrize("id", ["client:read", "kiosk"])
def test_what_a_client_is_given_itself_is_nobodys_to_give(id: str):
    assert scope(id).of == "client"
