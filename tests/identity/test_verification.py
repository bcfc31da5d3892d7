"""The story of a verification: who is refused, with which answer, and what is left behind."""

import asyncio
import json
from dataclasses import replace
from itertools import groupby

import pytest
from tortoise.transactions import in_transaction

from config.errors import Problem
from identity import challenges, errors
from identity.documents.citizen_number import check_character
from identity.documents.errors import DocumentNotRegistered
from identity.faces import errors as face_errors
from identity.models import AuditEvent, Consent, Document, RefreshToken, Resident, Session, Try
from identity.verification import Claim
from tests.support import faces as pictures
from tests.support.verification_parts import Counter

UNKNOWN = "44052418800101" + "001" + check_character("44052418800101001")


async def refused(counter: Counter, claim: Claim, leaf: type[Problem]) -> Problem:
    """The refusal, after looking that it left nothing half done."""
    with pytest.raises(leaf) as caught:
        await counter.story.verify(claim)
    assert type(caught.value) is leaf
    for table in (Session, RefreshToken, Consent):
        assert not await table.exists()
    return caught.value


async def spent() -> int:
    return await Try.filter(spent=True).count()


@pytest.mark.parametrize(
    ("change", "leaf"),
    [
        ({"number": "1" * 17}, errors.IdNumberLength),
        ({"number": "110105194912310021"}, errors.IdNumberCheck),
        ({"number": "11010519490230002X"}, errors.IdNumberDate),
        ({"number": "11010530491231002X"}, errors.IdNumberFutureBirth),
        ({"number": "81000019491231002X"}, errors.IdNumberRegion),
        ({"document_type": "library-card"}, errors.DocumentTypeUnknown),
        ({"document_type": "passport"}, DocumentNotRegistered),
        ({"name": "张3"}, errors.NameInvalid),
        ({"purpose": ""}, errors.ConsentMissing),
        ({"consent_version": "1999-01"}, errors.ConsentMissing),
        ({"challenge": "never-issued"}, errors.ChallengeUnknown),
        ({"challenge": "x" * 10_000}, errors.ChallengeUnknown),
        ({"frames": []}, face_errors.PromptsNotFollowed),
    ],
)
async def test_a_malformed_claim_is_refused_and_costs_no_try(
    counter: Counter, change: dict[str, object], leaf: type[Problem]
) -> None:
    claim = await counter.claim(await counter.resident(), **change)
    await refused(counter, claim, leaf)
    assert not await Try.exists()


async def test_another_face_is_refused(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident(), pictures.BIDEN)
    assert (await refused(counter, claim, errors.IdentityNotMatched)).cause == "face-differs"
    assert not await Resident.exists()


async def test_another_name_is_refused(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident(name="张三"), name="李四")
    assert (await refused(counter, claim, errors.IdentityNotMatched)).cause == "name-differs"


async def test_an_unknown_person_is_refused(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident(), number=UNKNOWN)
    assert (await refused(counter, claim, errors.IdentityNotMatched)).cause == "unknown"


@pytest.mark.parametrize("face", [pictures.BIDEN, pictures.OBAMA])
async def test_three_reasons_look_the_same_from_outside(counter: Counter, face: str) -> None:
    """CONTRACTS: one answer; the cause is private, so neither text nor facts may tell."""
    resident = await counter.resident(name="张三")
    claims = [
        await counter.claim(resident, pictures.BIDEN),
        await counter.claim(resident, face, name="李四"),
        await counter.claim(resident, face, number=UNKNOWN),
    ]
    problems = [await refused(counter, claim, errors.IdentityNotMatched) for claim in claims]
    assert {(p.code, str(p.facts), str(p.headers)) for p in problems} == {
        ("identity-not-matched", "{}", "{}")
    }


async def test_a_mismatch_spends_a_try_and_is_recorded(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident(), pictures.BIDEN)
    await refused(counter, claim, errors.IdentityNotMatched)
    assert await spent() == 4  # of the number, the person, the device and the network
    (event,) = await AuditEvent.all()
    assert (event.event, event.outcome) == ("identity:refused", "identity-not-matched")


@pytest.mark.parametrize(
    ("spoil", "leaf"),
    [
        (lambda _: b"", face_errors.ImageUnreadable),
        (lambda _: b"no image at all", face_errors.ImageUnreadable),
        (lambda _: pictures.pixel_bomb(), face_errors.ImageTooLarge),
        (lambda _: b"\xff" * 300_001, face_errors.ImageTooLarge),
        (lambda _: pictures.no_face(), face_errors.NoFace),
        (lambda _: pictures.two_faces(pictures.OBAMA, pictures.BIDEN), face_errors.SeveralFaces),
        (pictures.masked, face_errors.FaceCovered),
        (pictures.dark, face_errors.FaceTooDark),
        (pictures.blurred, face_errors.FaceBlurred),
    ],
)
async def test_a_bad_picture_is_told_before_the_register_is_asked(
    counter: Counter, spoil: object, leaf: type[Problem]
) -> None:
    await counter.sandbox.fault("population-register", "error")  # it would answer 503
    claim = await counter.claim(await counter.resident())
    front, *others = claim.frames
    frames = [replace(front, image=spoil(front.image)), *others]  # type: ignore[operator]
    await refused(counter, replace(claim, frames=frames), leaf)
    assert not await Try.exists()


async def test_frames_out_of_order_are_refused(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident())
    backwards = replace(claim, frames=claim.frames[::-1])
    await refused(counter, backwards, face_errors.PromptsNotFollowed)


async def test_frames_identical_to_each_other_are_refused(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident())
    same = [replace(frame, image=claim.frames[0].image) for frame in claim.frames]
    await refused(counter, replace(claim, frames=same), face_errors.FramesIdentical)


async def test_a_turned_picture_file_is_read_upright(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident())
    front, *others = claim.frames
    lying = replace(front, image=pictures.rotated_exif(front.image))
    assert (await counter.story.verify(replace(claim, frames=[lying, *others]))).acr == "4"


async def test_a_used_challenge_is_refused(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident(), pictures.BIDEN)
    await refused(counter, claim, errors.IdentityNotMatched)
    await refused(counter, claim, errors.ChallengeUnknown)


async def test_a_challenge_of_another_device_is_refused_and_recorded(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident())
    elsewhere = replace(claim.arrival, device="another-device")
    await refused(counter, replace(claim, arrival=elsewhere), errors.ChallengeForeign)
    assert await AuditEvent.filter(outcome="challenge-foreign").count() == 1


async def asking_the_same(counter: Counter, shown: Claim, claim: Claim) -> Claim:
    """``claim`` with the frames of ``shown``, its challenge rewritten so that they answer it."""
    key, cache = challenges._key(claim.challenge), counter.worker.cache
    prompts = [prompt for prompt, _ in groupby(frame.prompt for frame in shown.frames)]
    kept = json.loads(await cache.get(key)) | {"prompts": prompts}
    await cache.set(key, json.dumps(kept), keepttl=True)
    return replace(claim, frames=shown.frames)


async def test_the_same_frames_are_refused_the_second_time(counter: Counter) -> None:
    resident = await counter.resident()
    first = await counter.claim(resident, pictures.BIDEN)
    await refused(counter, first, errors.IdentityNotMatched)
    again = await asking_the_same(counter, first, await counter.claim(resident))
    await refused(counter, again, errors.CaptureReplayed)


async def test_a_claim_sent_to_two_workers_at_once_is_judged_once(counter: Counter) -> None:
    claim = await counter.claim(await counter.resident(), pictures.BIDEN)
    both = (counter.story.verify(claim), counter.story.verify(claim))
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert {type(answer) for answer in answers} == {
        errors.IdentityNotMatched,
        errors.ChallengeUnknown,
    }


async def test_frames_sent_under_two_challenges_at_once_are_judged_once(counter: Counter) -> None:
    resident = await counter.resident()
    one = await counter.claim(resident, pictures.BIDEN)
    other = await asking_the_same(counter, one, await counter.claim(resident))
    both = (counter.story.verify(one), counter.story.verify(other))
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert {type(answer) for answer in answers} == {
        errors.IdentityNotMatched,
        errors.CaptureReplayed,
    }


async def test_a_resident_is_verified(counter: Counter) -> None:
    resident = await counter.resident(name="张三")
    verified = await counter.story.verify(await counter.claim(resident))
    assert (verified.acr, verified.resident.proofed) == ("4", 4)
    assert verified.resident.name == "张*"
    assert verified.resident.id_number == resident.number[0] + "*" * 16 + resident.number[-1]
    caller = await counter.worker.tokens.read(verified.access.value)
    assert (caller.resident, caller.acr, caller.amr) == (verified.resident.id, "4", ("face",))
    assert await counter.story.residents.view(verified.resident.id) == verified.resident
    assert not await Try.exists()


async def test_a_later_picture_of_the_same_person_is_accepted(counter: Counter) -> None:
    resident = await counter.resident(pictures.OBAMA_AGAIN)
    assert (await counter.story.verify(await counter.claim(resident))).acr == "4"


async def test_consent_session_and_record_are_kept_together(counter: Counter) -> None:
    verified = await counter.story.verify(await counter.claim(await counter.resident()))
    whose = verified.resident.id
    consent = await Consent.get(resident_id=whose)
    assert (consent.purpose, consent.version) == ("identity-verification", "2026-12")
    session = await Session.get(resident_id=whose)
    assert session.device != "a-device-of-the-resident"  # a digest
    event = await AuditEvent.get(resident_id=whose)
    assert (event.event, event.session_id) == ("identity:verified", session.id)


async def test_who_comes_again_is_the_same_resident(counter: Counter) -> None:
    resident = await counter.resident()
    first = await counter.story.verify(await counter.claim(resident))
    again = await counter.story.verify(await counter.claim(resident))
    assert first.resident.id == again.resident.id
    assert (await Document.all().count(), await Session.all().count()) == (1, 2)


async def test_a_token_of_somebody_else_does_not_serve(counter: Counter) -> None:
    mine = await counter.story.verify(await counter.claim(await counter.resident()))
    caller = await counter.worker.tokens.read(mine.access.value)
    other = await counter.claim(
        await counter.resident(pictures.BIDEN), pictures.BIDEN, caller=caller
    )
    with pytest.raises(errors.AnotherResident):
        await counter.story.verify(other)
    assert await Resident.all().count() == 1
    assert await AuditEvent.filter(outcome="another-resident").count() == 1


async def test_a_verification_with_a_token_raises_its_session(counter: Counter) -> None:
    resident = await counter.resident()
    first = await counter.story.verify(await counter.claim(resident))
    caller = await counter.worker.tokens.read(first.access.value)
    await Session.filter(id=caller.session).update(acr="3")
    again = await counter.story.verify(await counter.claim(resident, caller=caller))
    raised = await counter.worker.tokens.read(again.access.value)
    assert (raised.session, raised.acr) == (caller.session, "4")
    assert await Session.all().count() == 1


async def test_nothing_of_a_capture_is_kept(counter: Counter) -> None:
    """CONTRACTS, promise 2: no biometrics at rest. No table or key holds bytes of a frame."""
    claim = await counter.claim(await counter.resident())
    await counter.story.verify(claim)
    kept = await everything_kept(counter)
    for frame in claim.frames:
        for start in range(0, len(frame.image) - 64, 2048):
            assert frame.image[start : start + 32] not in kept
    assert len(kept) < 20_000  # sealed or encoded, a capture would not fit in there


async def everything_kept(counter: Counter) -> bytes:
    """Every row of every table of this database and every key of Valkey, as bytes."""
    parts: list[bytes] = []
    async with in_transaction() as connection:
        tables = await connection.execute_query_dict(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT LIKE '%migration%'"
        )
        for table in tables:
            rows = await connection.execute_query_dict(f'SELECT * FROM "{table["tablename"]}"')
            for value in (value for row in rows for value in row.values()):
                parts.append(bytes(value) if isinstance(value, bytes) else str(value).encode())
    async for key in counter.worker.cache.scan_iter():
        parts += [key, await counter.worker.cache.dump(key)]
    return b"\n".join(parts)
