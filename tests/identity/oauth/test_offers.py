"""What a resident can choose from, and what of it a client gets."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from identity.models import Grant
from identity.oauth.interaction_errors import ScopesNotAsked
from identity.oauth.offers import chosen, of, within
from identity.scopes import Scopes

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
BIRTHDATE, ADULT, NAME = "profile:birthdate", "profile:over-18", "profile:name"


def a_grant(asked: str, scopes: str) -> Grant:
    return Grant(
        id=uuid4(), resident_id=uuid4(), client="c-1", asked=asked, scopes=scopes, given_at=EPOCH
    )


def test_nothing_beyond_what_is_asked_or_offered_instead_can_be_given():
    for beyond in ("profile:phone", "kiosk", "nothing", ""):
        with pytest.raises(ScopesNotAsked):
            chosen(Scopes(), ("openid", BIRTHDATE), [beyond])


def test_openid_is_given_where_it_is_asked_for_and_only_there():
    assert chosen(Scopes(), ("openid", NAME), []) == ("openid",)
    assert chosen(Scopes(), (NAME,), []) == ()
    with pytest.raises(ScopesNotAsked):
        chosen(Scopes(), (NAME,), ["openid"])


def test_a_narrower_answer_can_be_given_in_place_or_beside():
    asked = ("openid", BIRTHDATE)
    assert chosen(Scopes(), asked, [ADULT]) == ("openid", ADULT)
    assert chosen(Scopes(), asked, [ADULT, BIRTHDATE, ADULT]) == ("openid", BIRTHDATE, ADULT)


def test_what_was_said_last_time_is_shown():
    known = a_grant(f"openid {NAME} {BIRTHDATE}", f"openid {NAME}")
    shown = {one.scope.id: one.given for one in of(Scopes(), [NAME, BIRTHDATE, ADULT], known)}
    assert shown == {NAME: True, BIRTHDATE: False, ADULT: None}
    assert all(one.given is None for one in of(Scopes(), [NAME], None))


def test_what_is_asked_for_itself_is_no_substitute():
    (birth,) = [one for one in of(Scopes(), [BIRTHDATE, ADULT], None) if one.scope.id == BIRTHDATE]
    assert ADULT not in {scope.id for scope in birth.instead}


def test_an_earlier_answer_gives_what_it_gave_and_not_more():
    grant = a_grant(f"openid {NAME} {BIRTHDATE} {ADULT}", f"openid {ADULT}")
    assert within(Scopes(), ("openid", NAME, BIRTHDATE), grant) == ("openid", ADULT)
    assert within(Scopes(), (NAME,), grant) == ()
    both = a_grant(f"{BIRTHDATE} {ADULT}", f"{BIRTHDATE} {ADULT}")
    assert within(Scopes(), (BIRTHDATE,), both) == (BIRTHDATE,), "the narrower one was not asked"
