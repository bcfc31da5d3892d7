"""Two residents who are one person: what the services hold of both is one person's too.

A part of ``identity.merging``, in its transaction. When a record turns out to be of two people
nothing moves: applications stay with the record that made them.
"""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.merging import Move
from identity.vault import Vault
from services import models
from services.bookings import joining as bookings
from services.idempotency import Idempotency
from services.licences.ledger import Ledger

_THEIRS = (
    models.Application,
    models.Car,
    models.IssuedPaper,
    models.Material,
    models.MedicalBill,
    models.Payment,
    models.Quote,
    models.Rating,
    models.Signature,
    models.Ticket,
)


def moving(vault: Vault) -> Move:
    """The move that ``Merging`` tells of (connection, from, into)."""
    answers = Idempotency(vault)

    async def join(connection: BaseDBAsyncClient, other: UUID, into: UUID) -> None:
        for table in _THEIRS:
            await table.filter(resident_id=other).using_db(connection).update(resident_id=into)
        acted = models.Application.filter(agent_id=other).using_db(connection)
        await acted.update(agent_id=into)
        await Ledger(vault).hand_over(connection, other, into)
        await bookings.hand_over(connection, other, into)
        await answers.erase(connection, other)  # its sessions end, so nobody asks for them again

    return join
