"""Where a department is and the key we share with it, from settings of its own.

A department's folder declares ``class ProvidentFundSettings(OfficeSettings)`` with its prefix.
Outside production an absent address or key means the sandbox's office of the same name.
"""

import base64
import binascii
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.settings import RefusedToStart, Settings
from services.hours import Hours
from services.limits import Limits


class OfficeSettings(BaseSettings):
    """What each department reads from the environment, under a prefix of its own."""

    model_config = SettingsConfigDict(env_file=".env", frozen=True, extra="ignore")

    url: str = Field("", description="the department's address; empty: the sandbox's office")
    key: SecretStr = Field(SecretStr(""), description="base64; empty: the sandbox's key")
    hours: str = Field("", description="'mon-fri 08:30-17:30; sat 09:00-12:00'; empty: its own")
    limits: str = Field("", description="'deadline=4; at_once=16'; what is absent: its own")

    @classmethod
    def prefix(cls) -> str:
        return str(cls.model_config.get("env_prefix", ""))

    def limits_of(self, own: Limits) -> Limits:
        """The department's own limits with what is set here; RefusedToStart."""
        try:
            return own.but(self.limits)
        except ValueError as wrong:
            raise RefusedToStart(f"{self.prefix()}LIMITS: {wrong}") from None


@dataclass(frozen=True)
class Access:
    """One department as it is reached: address without a slash at the end, key, hours."""

    url: str
    key: bytes = field(repr=False)
    hours: Hours


def access(house: Settings, own: OfficeSettings, office: str, *, hours: str = "") -> Access:
    """Settings of the department made good by the sandbox's; RefusedToStart in production.

    ``hours``: the department's own, where none are set.
    """
    prefix, key = own.prefix(), own.key.get_secret_value()
    if house.environment == "production":
        _refuse_the_sandbox(house, own, prefix)
    url = own.url or f"{house.sandbox_url}/{office}"
    try:
        open_at = Hours.read(own.hours or hours)
        secret = base64.b64decode(key, validate=True) if key else house.sandbox_secret(office)
    except binascii.Error:
        raise RefusedToStart(f"{prefix}KEY is not base64") from None
    except ValueError as wrong:
        raise RefusedToStart(f"{prefix}HOURS: {wrong}") from None
    return Access(url.rstrip("/"), secret, open_at)


def _refuse_the_sandbox(house: Settings, own: OfficeSettings, prefix: str) -> None:
    if not own.key.get_secret_value():
        raise RefusedToStart(f"{prefix}KEY is not set, and production needs it")
    if not own.url.startswith("https://"):
        raise RefusedToStart(f"{prefix}URL: production needs the department's https address")
    if _is_near(urlsplit(own.url).hostname or "", house.sandbox_host):
        raise RefusedToStart(f"{prefix}URL: production must not ask the sandbox")


def _is_near(host: str, sandbox_host: str) -> bool:
    if host in {"localhost", sandbox_host}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
