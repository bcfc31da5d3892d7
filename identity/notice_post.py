"""The job that sends a notice: by WeChat if it is bound, else by SMS, else it waits in the list.

What was bound in the last days hears it beside the telephone, never instead of it: else whoever
binds an account of their own to a stranger's identity would be the only one to be told. Nor does a
withdrawn consent stop what is about security: a thief could withdraw it first.

No message has a link: whoever is used to tapping one taps the next one too. What WeChat opens is
our own page in its own app, which no sender can exchange.

At least once: a worker that dies on the way leaves the job to another. The SMS carries the
notice's id as its reference, so that the gateway delivers a repetition once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
from identity.models import BoundDevice, Notice
from identity.phones import phone_for
from identity.sms import Sms
from identity.vault import Vault
from identity.wechat import WeChat

Way = Literal["wechat", "sms", ""]
FREEZE_PAGE, LIST_PAGE = "pages/freeze/freeze", "pages/notices/notices"
SETTLED = timedelta(days=7)  # after which a bound account is where a resident is reached
log = logs.get("notices")


@dataclass(frozen=True, repr=False)
class _Letter:
    """A notice in words, the word that freezes without signing in, the code that is checked."""

    notice: Notice
    told: notices.Told
    word: str
    code: str
    locale: str

    @property
    def warns(self) -> bool:
        return self.notice.kind in notices.SECURITY

    @property
    def page(self) -> str:
        return f"{FREEZE_PAGE}?word={self.word}" if self.warns else LIST_PAGE

    @property
    def sms(self) -> str:
        told = {"title": self.told.title, "text": self.told.text.strip()}
        if self.warns:
            told["word"] = self.word
        kind = "notice.sms-warning" if self.warns else "notice.sms"
        return text(kind, self.locale, check=self.code, **told)


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
        sent = {"sent_at": datetime.now(UTC), "sent_by": way} if way else {}
        await Notice.filter(id=notice.id).update(phone_sealed=None, **sent)
        log.info("notice-sent", kind=notice.kind, way=way or "list")

    async def _letter(self, notice: Notice) -> _Letter:
        """The digests are kept before anybody can show the word or the code."""
        id = UUID(str(notice.id))
        word, code = notices.not_me_word(self.vault, id), notices.check_code(self.vault, id)
        if notice.check is None:
            digests = {
                "not_me": notices.not_me_digest(self.vault, word),
                "check": notices.check_digest(self.vault, code),
            }
            await Notice.filter(id=id, check__isnull=True).update(**digests)
        locale = await notices.locale_of(UUID(str(notice.resident_id)))
        return _Letter(notice, notices.in_words(notice, locale), word, code, locale)

    async def _sent(self, letter: _Letter) -> Way:
        """WeChat being away does not keep an SMS from going out; a withdrawn consent does.

        Nor does an account bound lately: it may be whoever bound it that this is a warning of. A
        number that was replaced hears it in any case.
        """
        if await _unwanted(letter.notice):
            return ""
        try:
            reached = await self._by_wechat(letter)
        except Unavailable as away:
            if await self._by_sms(letter):
                return "sms"
            raise away
        last = letter.notice.phone_sealed is not None
        if not last and any(_settled(bound, letter.notice) for bound in reached):
            return "wechat"
        if await self._by_sms(letter):
            return "sms"
        return "wechat" if reached else ""

    async def _by_wechat(self, letter: _Letter) -> list[BoundDevice]:
        """Every account that is bound hears it; those that took it."""
        bound = await self.bindings.of(UUID(str(letter.notice.resident_id)))
        accounts = [one for one in bound if one.kind == WECHAT and self.wechat.offered]
        at = notices.local_time(letter.notice.created_at)
        said = {"thing1": letter.told.title, "time2": at, "character_string3": letter.code}
        return [
            one
            for one in accounts
            if await self.wechat.tell(self.bindings.openid(one), letter.page, said)
        ]

    async def _by_sms(self, letter: _Letter) -> bool:
        phone = await phone_for(self.vault, letter.notice)
        if phone is None or not self.sms.offered:
            return False
        await self.sms.send(phone, letter.sms, str(letter.notice.id))
        return True


async def _unwanted(notice: Notice) -> bool:
    if notice.kind in notices.SECURITY:
        return False
    resident = UUID(str(notice.resident_id))
    return await consent.refused(get_connection("default"), resident, consent.NOTICES)


def _settled(bound: BoundDevice, notice: Notice) -> bool:
    return bool(notice.created_at - bound.created_at > SETTLED)
