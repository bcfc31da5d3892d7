"""WeChat's own face check, in place of frames: inside WeChat its rules let nobody else film a face.

    result shown by the mini-program → confirmed with WeChat → passed, now, and of this very person

It takes the place of the camera and of the register's portrait; budgets, challenge, consent and
everything after are those of ``identity.verification``. WeChat judged the face against the public
security's record; what we check is whose face, when, and that the result comes once.
"""

import time
from datetime import timedelta

from redis.asyncio import Redis

from config.cache import reaching_cache
from identity.person import IdNumber
from identity.register import Verdict
from identity.vault import Vault
from identity.wechat import WeChat, WechatFaceExpired, WechatFaceUnusable

AMR = ("face", "wechat")
FRESH = 300  # seconds between the check in WeChat and its coming here
_AHEAD = 60  # seconds WeChat's clock may be ahead of ours
_REMEMBERED = timedelta(days=1)
_LONGEST = 4096


class WechatFace:
    def __init__(self, wechat: WeChat, cache: Redis, vault: Vault):
        self._wechat = wechat
        self._cache = cache
        self._vault = vault

    async def judge(self, name: str, number: IdNumber, verify_result: str) -> Verdict:
        """MATCH, FACE_DIFFERS (not passed) or NAME_DIFFERS (somebody else's check).

        Raises WechatFaceUnusable, WechatFaceExpired, WechatUnavailable or CacheUnavailable.
        """
        if len(verify_result) > _LONGEST or not verify_result.isascii():
            raise WechatFaceUnusable("not a result")
        found = await self._wechat.identified(verify_result)
        await self._once(verify_result)
        if not -_AHEAD <= time.time() - found.at <= FRESH:
            raise WechatFaceExpired()
        if not found.passed:
            return Verdict.FACE_DIFFERS
        return Verdict.MATCH if found.fits(name, number) else Verdict.NAME_DIFFERS

    async def _once(self, verify_result: str) -> None:
        """Across all workers, for as long as a result could be fresh and far beyond."""
        name = self._vault.anchor("wechat-face", verify_result)
        with reaching_cache():
            if not await self._cache.set(f"wechat-face:{name}", b"", nx=True, ex=_REMEMBERED):
                raise WechatFaceUnusable("shown before")
