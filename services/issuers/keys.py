"""The keys that departments sign with, and the authority that certifies them.

Pairs stand in PostgreSQL, sealed, shared by all workers. The first of each is made when it is
needed, under a lock; a successor is made before one ends, signs after a lead, and has been read by
everybody by then. ``python -m services.issuers`` rotates one or gives one up.

The root's key lies beside the others: a house that has a place for keys of its own (a hardware
module, an offline room) keeps it there (docs/signatures.md).
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.vault import Vault
from services.department import Department
from services.issuers.certificates import LIVES, PARENTS, RENEWED, Holder, Use, certify
from services.issuers.certificates import new_key as fresh
from services.issuers.errors import IssuerUnknown
from services.issuers.issuer import Issuer, private_der, thumbprint
from services.models import IssuerKey

LEAD = timedelta(minutes=5)
_READ_AGAIN = 60.0
_LOCK = 0x69737375
HOUSE = "指办政务服务平台"
_NAMES: Mapping[Use, str] = {
    "root": "指办根证书",
    "authority": "指办部门证书",
    "people": "指办个人签名证书",
    "stamp": "指办时间戳",
}
OF_DEPARTMENTS: tuple[Use, ...] = ("licence", "seal")


class Issuers:
    """The keys as this process knows them, read again every minute."""

    def __init__(
        self,
        vault: Vault,
        departments: Mapping[str, type[Department]],
        public_url: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self._vault, self._departments, self._clock = vault, departments, clock
        self._public_url = public_url.rstrip("/")
        self._rows: list[IssuerKey] = []
        self._opened: dict[str, Issuer] = {}
        self._read_at = float("-inf")

    def address(self, department: str) -> str:
        """The issuer's name in what it signs (``iss``), and where its keys are described."""
        return f"{self._public_url}/issuers/{department}"

    async def current(self, department: str, use: Use) -> Issuer:
        """The key with which a department signs now, ``licence`` or ``seal``; made at need.

        Call it outside a transaction. Raises IssuerUnknown.
        """
        if department not in self._departments or use not in OF_DEPARTMENTS:
            raise IssuerUnknown()
        return await self._current(department, use)

    async def people(self) -> Issuer:
        """Who certifies residents, one document at a time."""
        return await self._current("", "people")

    async def stamp(self) -> Issuer:
        """Who says what time it was (RFC 3161)."""
        return await self._current("", "stamp")

    async def roots(self) -> list[x509.Certificate]:
        """What everything signed here leads to, old ones too as long as they live."""
        await self._current("", "root")
        found = [self._open(row) for row in self._rows if row.use == "root" and not row.ended_at]
        return [one.certificate for one in found]

    async def ended(self) -> Mapping[int, datetime]:
        """Serial number of each certificate that was given up → since when."""
        await self._read(_READ_AGAIN)
        return {int(row.serial): row.ended_at for row in self._rows if row.ended_at}

    async def public(self, department: str) -> list[Issuer]:
        """Every key for licences whose signatures count, the coming one too.

        Raises IssuerUnknown.
        """
        await self.current(department, "licence")
        now = self._clock()
        mine = [row for row in self._rows if (row.department, row.use) == (department, "licence")]
        return [self._open(row) for row in mine if not row.ended_at and row.not_after > now]

    async def rotate(self, department: str, use: Use, lead: timedelta = LEAD) -> str:
        """Make the next key; it signs after ``lead``. Returns its kid. Raises IssuerUnknown."""
        if use in OF_DEPARTMENTS and department not in self._departments:
            raise IssuerUnknown()
        async with in_transaction() as connection:
            await _alone(connection)
            await self._read(0, connection)
            made = await self._make(connection, department, use, self._clock() + lead)
        await self._read(0)
        return made.kid

    async def end(self, kid: str) -> None:
        """Give a key up: from now on nothing it signs counts. Raises IssuerUnknown."""
        if not await IssuerKey.filter(kid=kid, ended_at=None).update(ended_at=self._clock()):
            raise IssuerUnknown()
        await self._read(0)

    async def _current(self, department: str, use: Use) -> Issuer:
        with reaching_database():
            await self._read(_READ_AGAIN)
            row = self._newest(department, use)
            if row is None or self._needs_successor(row):
                row = await self._renewed(department, use)
        return self._open(row)

    def _newest(self, department: str, use: Use) -> IssuerKey | None:
        now = self._clock()
        mine = [
            row
            for row in self._rows
            if (row.department, row.use, row.ended_at) == (department, use, None)
            and row.active_from <= now < row.not_after
        ]
        return max(mine, key=lambda row: row.active_from, default=None)

    def _needs_successor(self, row: IssuerKey) -> bool:
        """Near its end, and nobody has made the next one yet."""
        if row.not_after - self._clock() > RENEWED[_use(row)]:
            return False
        alike = [
            one for one in self._rows if (one.department, one.use) == (row.department, row.use)
        ]
        return not any(one.active_from > row.active_from for one in alike)

    async def _renewed(self, department: str, use: Use) -> IssuerKey:
        """Make what is missing, alone: the first signs at once, a successor after a lead."""
        async with in_transaction() as connection:
            await _alone(connection)
            await self._read(0, connection)
            row = self._newest(department, use)
            if row is None:
                row = await self._make(connection, department, use, self._clock())
            elif self._needs_successor(row):
                await self._make(connection, department, use, self._clock() + LEAD)
        await self._read(0)
        return row

    async def _make(
        self, connection: BaseDBAsyncClient, department: str, use: Use, active_from: datetime
    ) -> IssuerKey:
        """Those above it first. The lock is held: nobody else makes any."""
        above = await self._above(connection, use)
        key = await asyncio.to_thread(fresh, use)
        holder = self._holder(department, use)
        made = certify(use, key, holder, self._clock(), above.as_parent if above else None)
        id = uuid4()
        row = await IssuerKey.create(
            using_db=connection,
            id=id,
            kid=thumbprint(key),
            serial=str(made.serial_number),
            department=department,
            use=use,
            private_sealed=self._vault.seal(private_der(key), f"issuer_key.private:{id}"),
            certificate=made.public_bytes(serialization.Encoding.DER),
            issuer_kid=above.kid if above else "",
            active_from=active_from,
            not_after=made.not_valid_after_utc,
        )
        self._rows.append(row)
        return row

    async def _above(self, connection: BaseDBAsyncClient, use: Use) -> Issuer | None:
        if use not in PARENTS:
            return None
        parent = PARENTS[use]
        row = self._newest("", parent)
        if row is None or row.not_after - self._clock() <= LIVES[use]:
            row = await self._make(connection, "", parent, self._clock())
        return self._open(row)

    def _holder(self, department: str, use: Use) -> Holder:
        if use not in OF_DEPARTMENTS:
            return Holder(_NAMES[use], HOUSE)
        office = self._departments[department]
        title = office.title["zh-CN"]
        return Holder(title, title, office.credit_code, self.address(department))

    async def _read(self, older_than: float, connection: BaseDBAsyncClient | None = None) -> None:
        if time.monotonic() - self._read_at < older_than:
            return
        rows = IssuerKey.all().order_by("active_from")
        self._rows = await (rows.using_db(connection) if connection else rows)
        self._read_at = time.monotonic()

    def _open(self, row: IssuerKey) -> Issuer:
        """Opened once a process; what certified it is opened with it."""
        if (known := self._opened.get(row.kid)) is not None:
            return known
        der = self._vault.open(bytes(row.private_sealed), f"issuer_key.private:{row.id}")
        key = serialization.load_der_private_key(der, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        made = Issuer(
            row.kid,
            key,
            bytes(row.certificate),
            self._chain(row),
            row.department,
            self._holder(row.department, _use(row)).name if self._known(row) else "",
            self.address(row.department),
            row.active_from,
            row.not_after,
        )
        return self._opened.setdefault(row.kid, made)

    def _known(self, row: IssuerKey) -> bool:
        """Whether the department is still one of the house's: what it signed stays readable."""
        return not row.department or row.department in self._departments

    def _chain(self, row: IssuerKey) -> tuple[bytes, ...]:
        rows = {one.kid: one for one in self._rows}
        chain, above = [], row.issuer_kid
        while above:
            chain.append(bytes(rows[above].certificate))
            above = rows[above].issuer_kid
        return tuple(chain)


async def _alone(connection: BaseDBAsyncClient) -> None:
    await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [_LOCK])


def _use(row: IssuerKey) -> Use:
    return row.use  # type: ignore[return-value]  # written by ``_make`` alone
