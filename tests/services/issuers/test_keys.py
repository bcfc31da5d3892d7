"""Departments' keys: certified by the house, made alone, followed in time, given up at once."""

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from config import database
from identity.vault import Vault
from services.issuers.errors import IssuerUnknown
from services.issuers.keys import Issuers
from services.models import IssuerKey
from tests.services.conftest import of_the_house

BUREAU = "market-regulation"


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def house(settings, clock=None) -> Issuers:
    given = {"clock": clock} if clock else {}
    vault = Vault.from_settings(settings)
    return Issuers(vault, of_the_house().departments, "https://zhiban.example", **given)


def verified(chain: list[bytes], leaf: bytes, folder: Path, at: datetime, *more: str) -> bool:
    """Whether openssl finds the way from the leaf to the root."""
    for name, found in (("root", chain[-1:]), ("between", chain[:-1]), ("leaf", [leaf])):
        pems = [x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in found]
        (folder / f"{name}.pem").write_bytes(b"".join(pems))
    command = [
        "openssl", "verify", "-x509_strict", "-attime", str(int(at.timestamp())), *more,
        "-CAfile", "root.pem", "-untrusted", "between.pem", "leaf.pem",
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


async def test_nobody_signs_for_a_department_that_does_not_exist(settings):
    async with database.opened(database.tortoise_config(settings)):
        with pytest.raises(IssuerUnknown):
            await house(settings).current("no-such-office", "seal")


async def test_nobody_signs_for_a_department_with_the_authoritys_key(settings):
    async with database.opened(database.tortoise_config(settings)):
        with pytest.raises(IssuerUnknown):
            await house(settings).current(BUREAU, "authority")


async def test_openssl_follows_a_departments_certificate_to_the_root(settings, tmp_path):
    """RFC 5280: an outside program, in its strict mode."""
    async with database.opened(database.tortoise_config(settings)):
        seal = await house(settings).current(BUREAU, "seal")
    now = datetime.now(UTC)
    chain, leaf = list(seal.chain_der), seal.certificate_der
    assert verified(chain, leaf, tmp_path, now)
    assert not verified(chain, leaf, tmp_path, seal.not_after + timedelta(days=1))
    named = seal.certificate.subject.rfc4514_string()
    assert "市场监督管理局" in named and "1144000000700109XW" in named


async def test_openssl_takes_the_stamps_certificate_for_time_stamps_alone(settings, tmp_path):
    """RFC 3161 §2.3: the purpose is critical and stands alone."""
    async with database.opened(database.tortoise_config(settings)):
        issuers = house(settings)
        stamp, seal = await issuers.stamp(), await issuers.current(BUREAU, "seal")
    now, purpose = datetime.now(UTC), ("-purpose", "timestampsign")
    assert verified(list(stamp.chain_der), stamp.certificate_der, tmp_path, now, *purpose)
    assert not verified(list(seal.chain_der), seal.certificate_der, tmp_path, now, *purpose)


async def test_of_many_processes_that_need_the_first_key_one_makes_it(settings):
    async with database.opened(database.tortoise_config(settings)):
        found = await asyncio.gather(
            *(house(settings).current(BUREAU, "licence") for _ in range(6))
        )
        assert len({one.kid for one in found}) == 1
        assert await IssuerKey.all().count() == 3  # root, authority, and this one


async def test_a_private_key_lies_sealed(settings):
    async with database.opened(database.tortoise_config(settings)):
        issuer = await house(settings).current(BUREAU, "licence")
        row = await IssuerKey.get(kid=issuer.kid)
    secret = issuer.key.private_numbers().private_value.to_bytes(32, "big")
    assert secret not in bytes(row.private_sealed)
    assert "private" not in repr(issuer)


async def test_the_next_key_is_published_before_it_signs(settings):
    clock = Time()
    async with database.opened(database.tortoise_config(settings)):
        issuers = house(settings, clock)
        old = await issuers.current(BUREAU, "licence")
        coming = await issuers.rotate(BUREAU, "licence")
        assert (await issuers.current(BUREAU, "licence")).kid == old.kid
        assert {one.kid for one in await issuers.public(BUREAU)} == {old.kid, coming}
        clock.now += timedelta(minutes=6)
        assert (await issuers.current(BUREAU, "licence")).kid == coming
        assert len(await issuers.public(BUREAU)) == 2  # licences under the old one still count


async def test_a_successor_is_there_before_a_key_ends(settings):
    clock = Time()
    async with database.opened(database.tortoise_config(settings)):
        issuers = house(settings, clock)
        old = await issuers.current(BUREAU, "seal")
        clock.now = old.not_after - timedelta(days=30)
        assert (await issuers.current(BUREAU, "seal")).kid == old.kid
        clock.now += timedelta(minutes=6)
        new = await issuers.current(BUREAU, "seal")
        assert new.kid != old.kid and new.not_after > old.not_after


@pytest.mark.parametrize("years", [7, 14, 26])
async def test_an_expired_key_never_signs_and_nothing_outlives_its_authority(settings, years):
    clock = Time()
    async with database.opened(database.tortoise_config(settings)):
        issuers = house(settings, clock)
        old = await issuers.current(BUREAU, "licence")
        clock.now += timedelta(days=365 * years)
        new = await issuers.current(BUREAU, "licence")
    assert new.kid != old.kid and new.not_after > clock.now
    above = [x509.load_der_x509_certificate(one) for one in new.chain_der]
    assert all(one.not_valid_after_utc >= new.not_after for one in above)


async def test_a_key_that_was_given_up_is_published_no_more_and_another_signs(settings):
    async with database.opened(database.tortoise_config(settings)):
        issuers = house(settings)
        old = await issuers.current(BUREAU, "licence")
        await issuers.end(old.kid)
        assert old.certificate.serial_number in await issuers.ended()
        assert (await issuers.current(BUREAU, "licence")).kid != old.kid
        assert old.kid not in {one.kid for one in await issuers.public(BUREAU)}
        with pytest.raises(IssuerUnknown):
            await issuers.end(old.kid)
