"""A verification over HTTP, with real faces: what is refused, and how; then what is given."""

import base64

import pytest

from tests.support import faces as pictures
from tests.support.http import Api
from tests.support.sandbox import SandboxResident


@pytest.fixture(scope="module")
async def person(api: Api) -> SandboxResident:
    return await api.new_resident(pictures.OBAMA)


def sent(image: bytes, prompt: str = "front") -> dict[str, str]:
    return {"prompt": prompt, "image": base64.b64encode(image).decode()}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1101051949123100", "id-number-length"),
        ("110105194912310021", "id-number-check"),
        ("110105194913310024", "id-number-date"),
        ("110105299912310021", "id-number-future-birth"),
        ("990105194912310021", "id-number-region"),
        ("11010519491231A02X", "id-number-characters"),
    ],
)
async def test_a_number_that_cannot_be_is_named(
    api: Api, person: SandboxResident, number: str, code: str
):
    """GB 11643: length, characters, region, date, check."""
    answer = await api.verify(person, id_number=number)
    assert (answer.status, answer.code) == (422, code)


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (b"not a picture", "image-unreadable"),
        (b"", "image-unreadable"),
        (pictures.pixel_bomb(), "image-too-large"),
        (pictures.no_face(), "no-face"),
        (pictures.two_faces(pictures.OBAMA, pictures.BIDEN), "several-faces"),
    ],
    ids=["text", "nothing", "bomb", "no face", "two faces"],
)
async def test_a_picture_that_cannot_be_judged_is_named_with_its_prompt(
    api: Api, person: SandboxResident, image: bytes, code: str
):
    claim = await api.claim(person, pictures.OBAMA)
    claim["frames"][0] = sent(image)
    answer = await api.post("/v1/verifications", claim)
    assert (answer.status, answer.code) == (422, code)
    assert answer.body["prompt"] == "front"


async def test_what_is_not_base64_is_no_picture(api: Api, person: SandboxResident):
    answer = await api.verify(person, frames=[{"prompt": "front", "image": "%%%"}])
    assert (answer.status, answer.code) == (422, "image-unreadable")


async def test_frames_like_each_other_are_refused(api: Api, person: SandboxResident):
    still = pictures.scene(pictures.OBAMA)
    answer = await api.verify(person, frames=[sent(still, p) for p in ("front", "left", "right")])
    assert answer.status == 422
    assert answer.code in {"frames-identical", "prompts-not-followed"}


async def test_frames_out_of_order_are_refused(api: Api, person: SandboxResident):
    claim = await api.claim(person, pictures.OBAMA)
    claim["frames"] = claim["frames"][::-1]
    answer = await api.post("/v1/verifications", claim)
    assert (answer.status, answer.code) == (422, "prompts-not-followed")


async def test_a_challenge_is_good_once_and_for_its_own_device(api: Api, person: SandboxResident):
    assert (await api.verify(person, challenge="unknown")).code == "challenge-unknown"
    claim = await api.claim(person, pictures.OBAMA)
    foreign = await api.post("/v1/verifications", claim | {"device": "another-device"})
    assert (foreign.status, foreign.code) == (422, "challenge-foreign")
    again = await api.post("/v1/verifications", claim)
    assert (again.status, again.code) == (422, "challenge-unknown")


@pytest.mark.parametrize(
    "consent",
    [None, {"purpose": "identity-verification", "version": "1999-01"}],
)
async def test_without_consent_to_the_present_text_nothing_is_judged(
    api: Api, person: SandboxResident, consent: object
):
    answer = await api.verify(person, consent=consent)
    assert (answer.status, answer.code) == (422, "consent-missing")


async def test_unknown_person_other_name_and_other_face_get_one_answer(
    api: Api, person: SandboxResident
):
    refused = [
        await api.verify(person, id_number="11010519491231002X"),
        await api.verify(person, name="欧阳甲乙"),
        await api.verify(person, face=pictures.BIDEN),
    ]
    varying = {"instance"}
    seen = [{k: v for k, v in answer.body.items() if k not in varying} for answer in refused]
    assert seen[0] == seen[1] == seen[2]
    assert {(a.status, a.code) for a in refused} == {(403, "identity-not-matched")}


async def test_a_verification_gives_tokens_and_a_masked_resident(api: Api):
    person = await api.new_resident(pictures.OBAMA_AGAIN)
    done = await api.verify(person, face=pictures.OBAMA)
    assert done.status == 201, done.body
    await api.remember(done.body)
    assert done.headers["Cache-Control"] == "no-store"
    resident = done.body["resident"]
    assert done.body["acr"] == "4" and resident["proofed"] == 4
    assert resident["id_number"] == person.number[0] + "*" * 16 + person.number[-1]
    assert resident["name"][0] == person.name[0]
    for private in (person.name, person.number):
        assert private.encode() not in done.raw


async def test_a_verification_with_a_token_raises_that_session(api: Api):
    person = await api.new_resident(pictures.OBAMA)
    first = await api.remember((await api.verify(person)).body)
    again = await api.verify(person, token=first.access)
    assert again.status == 201, again.body
    assert (await api.remember(again.body)).session == first.session


async def test_a_verification_with_somebody_elses_token_is_refused(api: Api):
    other = await api.sign_in()
    person = await api.new_resident(pictures.OBAMA)
    answer = await api.verify(person, token=other.access)
    assert (answer.status, answer.code) == (403, "another-resident")


async def test_the_resident_sees_who_did_what(api: Api):
    signed = await api.signed_in()
    asked = await api.post("/v1/services/provident-fund-balance/answers", {}, signed.access)
    assert asked.status == 200, asked.body
    activity = (await api.get("/v1/me/activity", signed.access)).body
    events = [one["event"] for one in activity["events"]]
    assert events[0] == "service:answered" and "identity:verified" in events
    assert all(one["title"] and one["actor"] for one in activity["events"])
    me = (await api.get("/v1/me", signed.access)).body
    assert me["id"] == str(signed.resident) and me["acr"] == "4"


async def test_activity_comes_in_pages(api: Api):
    signed = await api.signed_in()
    for _ in range(31):
        await api.post("/v1/services/provident-fund-balance/answers", {}, signed.access)
    first = (await api.get("/v1/me/activity", signed.access)).body
    rest = (await api.get(f"/v1/me/activity?cursor={first['next']}", signed.access)).body
    assert len(first["events"]) == 30 and rest["next"] is None
    assert rest["events"][-1]["event"] == "identity:verified"


async def test_the_consent_text_is_readable_before(api: Api):
    answer = await api.get("/v1/consents/identity-verification")
    assert answer.status == 200 and answer.body["text"] and answer.body["version"]
    assert (await api.get("/v1/consents/nothing")).code == "consent-unknown"
