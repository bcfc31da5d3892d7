"""The job that sends a notice: by WeChat if it is bound, else by SMS, else it waits in the list.

At least once: a worker that dies on the way leaves the job to another. The SMS carries the
notice's id as its reference, so that the gateway delivers a repetition once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self
from uuid import UUID

from tortoise.connection import get_connection

from config import logs
from config.errors import Unavailable
from config.jobs import Payload
from config.outbound import Outbound
from config.settings import Settings
from config.texts import text
from identity import consent, notices
from identity.bindings import WECHAT, Bindings
from identity.models import Notice
from identity.phones import phone_of
from identity.sms import Sms
from identity.vault import Vault
from identity.wechat import WeChat

Way = Literal["wechat", "sms", ""]
FREEZE_PAGE = "pages/freeze/freeze"
log = logs.get("notices")


@dataclass(frozen=True, repr=False)
class _Letter:
    """A notice in words, and the word that freezes without signing in."""

    notice: Notice
    told: notices.Told
    word: str
    locale: str

    @property
    def page(self) -> str:
        return f"{FREEZE_PAGE}?word={self.word}"


@dataclass(frozen=True)
class NoticePost:
    """The parts the job needs, put together in ``services/worker``."""

    vault: Vault
    bindings: Bindings
    wechat: WeChat
    sms: Sms
    settings: Settings

    @classmethod
    def opened(cls, vault: Vault, outbound: Outbound, settings: Settings) -> Self:
        wechat, sms = WeChat(outbound, settings), Sms(outbound, settings)
        return cls(vault, Bindings(vault), wechat, sms, settings)

    async def send(self, payload: Payload) -> None:
        """Send the notice named in the payload, unless it was sent. Raises Unavailable when a
        way there is did not work: the job is tried again.
        """
        notice = await Notice.get_or_none(id=UUID(payload["notice"]))
        if notice is None or notice.sent_at:
            return
        way = await self._sent(await self._letter(notice))
        if way:
            rows = Notice.filter(id=notice.id)
            await rows.update(sent_at=datetime.now(UTC), sent_by=way)
        log.info("notice-sent", kind=notice.kind, way=way or "list")

    async def _letter(self, notice: Notice) -> _Letter:
        """The word's digest is kept before anybody can show the word."""
        word = notices.not_me_word(self.vault, UUID(str(notice.id)))
        if notice.not_me is None:
            digest = notices.not_me_digest(self.vault, word)
            await Notice.filter(id=notice.id, not_me__isnull=True).update(not_me=digest)
        locale = await notices.locale_of(UUID(str(notice.resident_id)))
        return _Letter(notice, notices.in_words(notice, locale), word, locale)

    async def _sent(self, letter: _Letter) -> Way:
        """WeChat being away does not keep an SMS from going out; a withdrawn consent does."""
        resident = UUID(str(letter.notice.resident_id))
        if await consent.refused(get_connection("default"), resident, consent.NOTICES):
            return ""
        try:
            if await self._by_wechat(letter):
                return "wechat"
        except Unavailable as away:
            if await self._by_sms(letter):
                return "sms"
            raise away
        return "sms" if await self._by_sms(letter) else ""

    async def _by_wechat(self, letter: _Letter) -> bool:
        if not self.wechat.offered:
            return False
        for bound in await self.bindings.of(UUID(str(letter.notice.resident_id))):
            if bound.kind != WECHAT:
                continue
            at = notices.local_time(letter.notice.created_at)
            said = {"thing1": letter.told.title, "time2": at}
            if await self.wechat.tell(self.bindings.openid(bound), letter.page, said):
                return True
        return False

    async def _by_sms(self, letter: _Letter) -> bool:
        phone = await phone_of(self.vault, UUID(str(letter.notice.resident_id)))
        if phone is None or not self.sms.offered:
            return False
        link = f"{self.settings.public_url.rstrip('/')}/#/{letter.page}"
        told = letter.told
        said = text("notice.sms", letter.locale, title=told.title, text=told.text, link=link)
        await self.sms.send(phone, said, str(letter.notice.id))
        return True
