"""The worker process: background jobs by name, and what is due by the clock.

``python -m services.worker``. Add a job by one line in ``handlers`` (and one in ``SCHEDULES`` when
the clock starts it); stories enqueue it by its name (config/jobs.py).
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from redis.asyncio import Redis

from config import cache as cache_room
from config import database, logs
from config.jobs import Handler, Payload, Worker
from config.outbound import Outbound
from config.settings import RefusedToStart, Settings, settings
from identity import attempts, erasure, guardians, notices, rekeying, sessions
from identity.grants import Grants
from identity.keys import SigningKeys
from identity.news import News
from identity.notice_post import NoticePost
from identity.oauth import forgetting, logout_tokens
from identity.partners import closing as partner_closing
from identity.partners.registry import Registry
from identity.record_changes import states as record_change_states
from identity.register import Register
from identity.residents import Residents
from identity.revocations import Revocations
from identity.scopes import Scopes
from identity.signer import Signer
from identity.staff import sessions as staff_sessions
from identity.vault import Vault
from identity.vault_keys import VaultKeys
from identity.window import states as window_states
from services import offices, upkeep, uses
from services.applications import jobs as application_jobs
from services.bills import jobs as bill_jobs
from services.bookings import watch as booking_watch
from services.cars import jobs as car_jobs
from services.catalogue import Catalogue
from services.department import Department
from services.figures import count as figures
from services.holdings import everything
from services.items import publication
from services.licences import jobs as licence_jobs
from services.payables import payables
from services.payments import jobs as payment_jobs
from services.quotes import settling
from services.search import misses
from services.service import DeclarationRefused

log = logs.get("services.worker")
READY = "worker.ready"

# By cron expression, UTC; the name is the handler's.
SCHEDULES: Mapping[str, str] = {
    "end-expired-sessions": "*/5 * * * *",
    "forget-old-tries": "17 * * * *",
    "end-guardianships-of-age": "5 16 * * *",  # five past midnight in China
    erasure.JOB: "*/10 * * * *",
    "expire-window-requests": "*/5 * * * *",
    "expire-record-changes": "23 * * * *",
    "forget-old-staff-sessions": "41 3 * * *",
    "end-expired-grants": "*/5 * * * *",
    "forget-old-codes": "47 * * * *",
    "forget-old-searches": "53 3 * * *",
    figures.NIGHTLY: "20 17 * * *",
    **application_jobs.SCHEDULES,
    **booking_watch.SCHEDULES,
    **bill_jobs.SCHEDULES,
    **car_jobs.SCHEDULES,
    **licence_jobs.SCHEDULES,
    **payment_jobs.SCHEDULES,
    **settling.SCHEDULES,
    **upkeep.SCHEDULES,
}


@dataclass(frozen=True)
class Tools:
    """What jobs work with. ``vault`` learns of new keys by itself."""

    settings: Settings
    vault: Vault
    vault_keys: VaultKeys
    outbound: Outbound
    cache: Redis
    catalogue: Catalogue
    departments: Mapping[str, Department]


@asynccontextmanager
async def tools(house: Settings) -> AsyncIterator[Tools]:
    """Everything open for jobs; the database is opened by the caller."""
    vault = Vault.from_settings(house)
    keys = VaultKeys(vault, house)
    cache, catalogue = cache_room.connect(house), Catalogue.load(*house.department_folders)
    async with (
        Outbound(house) as outbound,
        aclosing(cache),
        offices.opened(catalogue, house) as departments,
        publication.followed(catalogue, cache),
    ):
        await keys.start()
        try:
            yield Tools(house, vault, keys, outbound, cache, catalogue, departments)
        finally:
            await keys.stop()


def handlers(tools: Tools) -> Mapping[str, Handler]:
    """Every job this process can do; a handler must be safe to repeat."""
    return {
        "end-expired-sessions": end_expired_sessions,
        "forget-old-tries": forget_old_tries,
        "end-guardianships-of-age": end_guardianships_of_age,
        erasure.JOB: partial(carry_out_erasures, tools),
        "expire-window-requests": expire_window_requests,
        "expire-record-changes": expire_record_changes,
        "forget-old-staff-sessions": forget_old_staff_sessions,
        "end-expired-grants": partial(end_expired_grants, tools),
        "forget-old-codes": forget_old_codes,
        "forget-old-searches": forget_old_searches,
        notices.JOB: NoticePost.opened(tools.vault, tools.outbound, tools.settings).send,
        logout_tokens.JOB: _logouts(tools).send,
        logout_tokens.ALL_JOB: logout_tokens.owe_each,
        partner_closing.JOB: partner_closing.end_rest,
        rekeying.JOB: partial(rekeying.move, tools.vault, tools.vault_keys),
        publication.JOB: partial(tell_catalogue_changed, tools),
        **figures.handlers(tools.catalogue),
        **application_jobs.handlers(tools.vault, tools.catalogue, tools.departments),
        **booking_watch.handlers(tools.vault, tools.catalogue),
        **bill_jobs.handlers(tools.vault, Residents(tools.vault), tools.departments),
        **car_jobs.handlers(tools.vault, Residents(tools.vault), tools.departments),
        **_licences(tools),
        **_payments(tools),
        **upkeep.handlers(tools.catalogue),
    }


def _payments(tools: Tools) -> dict[str, Handler]:
    vault, catalogue = tools.vault, tools.catalogue
    settlements = payables(vault, catalogue)
    paid = payment_jobs.handlers(tools.outbound, tools.settings, settlements)
    return paid | settling.handlers(vault, catalogue, tools.departments, Residents(vault))


async def end_expired_sessions(_payload: Payload) -> None:
    """End sessions whose time is over, so that nobody's list shows them as alive."""
    ended = await sessions.end_expired()
    log.info("expired-sessions-ended", count=ended)


async def forget_old_tries(_payload: Payload) -> None:
    """Drop tries that no budget counts any more."""
    await attempts.forget_old()


async def expire_window_requests(_payload: Payload) -> None:
    """Empty what windows did not finish in time."""
    ended = await window_states.expire_old()
    log.info("window-requests-expired", count=ended)


async def expire_record_changes(_payload: Payload) -> None:
    """Empty proposals that no second person decided in time."""
    log.info("record-changes-expired", count=await record_change_states.expire_old())


async def forget_old_staff_sessions(_payload: Payload) -> None:
    """Drop staff sessions of long ago."""
    await staff_sessions.forget_old()


async def end_guardianships_of_age(_payload: Payload) -> None:
    """Whoever turns eighteen today has no guardian any more."""
    log.info("guardianships-ended", count=await guardians.end_of_age())


async def end_expired_grants(tools: Tools, _payload: Payload) -> None:
    """What residents gave partners for a time is over when that is, with its sessions."""
    ended = await Grants(Scopes(), _sessions(tools)).end_expired()
    log.info("expired-grants-ended", count=ended)


async def forget_old_codes(_payload: Payload) -> None:
    """Drop authorization codes and ended access tokens that nothing needs any more."""
    log.info("old-codes-forgotten", count=await forgetting.forget_old())


async def forget_old_searches(_payload: Payload) -> None:
    """Drop old figures of what was used and of what searches did not find."""
    log.info("old-searches-forgotten", count=await uses.forget_old() + await misses.forget_old())


async def carry_out_erasures(tools: Tools, _payload: Payload) -> None:
    """Erase whose time to cancel is over."""
    holdings = everything(tools.vault)
    done = await erasure.Erasures(holdings, _sessions(tools), tools.settings).carry_out_due()
    log.info("erasures-carried-out", count=done)


async def tell_catalogue_changed(tools: Tools, _payload: Payload) -> None:
    """Once more, in case whoever published could not tell the others."""
    await publication.tell(News(tools.cache))


def _licences(tools: Tools) -> Mapping[str, Handler]:
    register = Register(tools.outbound, tools.settings)
    departments, catalogue = tools.departments, tools.catalogue
    return licence_jobs.handlers(tools.vault, catalogue, departments, register, _sessions(tools))


def _logouts(tools: Tools) -> logout_tokens.LogoutTokens:
    signer, registry = Signer(SigningKeys(tools.vault)), Registry(News(tools.cache))
    return logout_tokens.LogoutTokens(signer, registry, tools.outbound, tools.settings)


def _sessions(tools: Tools) -> sessions.Sessions:
    return sessions.Sessions(tools.vault, Revocations(News(tools.cache)), tools.settings)


async def work(house: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT; what runs then is given its grace to finish."""
    async with database.opened(database.tortoise_config(house)), tools(house) as given:
        jobs = handlers(given)
        worker = Worker(database.dsn(house), jobs, SCHEDULES)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        with marked(house.data_folder / "run" / READY):
            log.info("worker-ready", jobs=len(jobs))
            await worker.run()
    log.info("worker-stopped")


@contextmanager
def marked(file: Path) -> Iterator[None]:
    """A file with this process's id while it works: how an operator sees that it is up."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(f"{os.getpid()}\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def main() -> int:
    """The process. Ends with 1 and why where settings or declarations do not allow a start."""
    try:
        house = settings()
        logs.configure(house.log_level)
        asyncio.run(work(house))
    except (RefusedToStart, DeclarationRefused) as refused:
        print(f"worker: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
