"""Files on their way in: what a worker holds in memory is bounded, whoever sends how many."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from api import uploads
from api.errors import RequestSlow, UploadsBusy
from api.uploads import PLACES, SHARE, Uploads
from tests.services.test_worker import until
from tests.support.files import PDF, document
from tests.support.http import LOOPBACK, Api, SignedIn

ANN, BEN = "ann", "ben"


async def test_who_finds_no_place_in_time_is_told_to_come_again_and_holds_none():
    full = Uploads(places=1, share=1, patience=0.01)
    async with full.place(ANN):
        with pytest.raises(UploadsBusy) as busy:
            async with full.place(BEN):
                raise AssertionError("two in one place")
    assert busy.value.headers["Retry-After"]
    async with full.place(BEN):
        pass


async def test_nobody_takes_more_than_their_share_while_others_find_room():
    room = Uploads(places=3, share=2, patience=0.01)
    async with room.place(ANN), room.place(ANN):
        with pytest.raises(UploadsBusy):
            async with room.place(ANN):
                raise AssertionError("more than a share")
        async with room.place(BEN):
            pass


@pytest.mark.parametrize("fault", [RuntimeError, asyncio.CancelledError])
async def test_a_place_is_free_again_whatever_happened_in_it(fault):
    room = Uploads(places=1, share=1, patience=0.01)
    with pytest.raises(fault):
        async with room.place(ANN):
            raise fault
    async with room.place(ANN):
        pass


async def test_however_many_come_no_more_than_there_are_places_are_in_at_once():
    room, inside, most = Uploads(places=3, share=2), 0, 0

    async def come(whose: str) -> None:
        nonlocal inside, most
        async with room.place(whose):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(come(f"{n % 7}") for n in range(50)))
    assert (inside, most) == (0, 3)


async def test_bytes_that_trickle_do_not_hold_a_place_for_ever():
    with pytest.raises(RequestSlow):
        async with uploads.arriving(0.01):
            await asyncio.Event().wait()


@dataclass
class Line:
    """A request of which the last byte is still owed."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def finish(self) -> bytes:
        self.writer.write(document()[-1:])
        first = await self.reader.readline()
        self.writer.close()
        return first


async def begun(api: Api, who: SignedIn) -> Line:
    """An upload but for its last byte."""
    port, body = urlsplit(api.url).port, document()
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    head = (
        f"POST /v1/materials?kind=rent-contract HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\n"
        f"Authorization: Bearer {who.access}\r\nContent-Type: {PDF}\r\n"
        f'Content-Disposition: attachment; filename="a.pdf"\r\n'
        f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[:-1])
    return Line(reader, writer)


async def test_a_file_is_not_read_before_there_is_room_for_it(api: Api):
    room: Uploads = api.app.ctx.uploads
    senders = [await api.sign_in() for _ in range(PLACES // SHARE)]
    lines = [await begun(api, who) for who in senders for _ in range(SHARE)]

    async def full() -> bool:
        return not room.free

    await until(full)
    late = await begun(api, await api.sign_in())
    ended = asyncio.create_task(late.finish())  # all of its bytes are sent, and none is read

    async def waits() -> bool:
        return room.waiting == 1

    await until(waits)
    assert not ended.done()
    assert b" 201 " in await lines[0].finish()
    assert b" 201 " in await ended
    assert all([b" 201 " in await line.finish() for line in lines[1:]])
    assert (room.free, room.waiting) == (PLACES, 0)
