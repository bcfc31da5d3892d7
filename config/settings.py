"""Every setting of the house, read once from the environment, ``.env`` and the key file.

Three classes, because three kinds of process may know different things: the web and the
worker know the vault's keys; the face process and the sandbox never see them.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.gateways import GatewaySettings

Environment = Literal["embedded", "sandbox", "production"]
KEY_FILE = "keys.env"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class RefusedToStart(Exception):
    """The settings contradict the environment; the message says which and what to do."""


class CommonSettings(BaseSettings):
    """What every process knows."""

    model_config = SettingsConfigDict(env_file=".env", frozen=True, extra="ignore")

    environment: Environment = Field(
        "embedded", description="embedded (engines of our own), sandbox or production"
    )
    data_folder: Path = Field(Path(".data"), description="embedded engines, sockets and keys")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def embedded(self) -> bool:
        return self.environment == "embedded"


T = TypeVar("T", bound=CommonSettings)


class FaceSettings(CommonSettings):
    """What the face process knows: no keys, no database."""

    faces_url: str = Field(
        "", description="unix:/path or https://host:port; empty: a socket in the data folder"
    )
    face_engines: str = Field("sface,dlib", description="sface,dlib or sface (docs/faces.md)")
    face_workers: int = Field(
        default_factory=lambda: max(1, (os.cpu_count() or 2) - 1), ge=1, le=64
    )
    face_queue: int = Field(16, ge=1, le=1000, description="waiting jobs before 503")
    faces_certificate: Path | None = Field(None, description="mutual TLS between machines, PEM")
    faces_key: Path | None = None
    faces_authority: Path | None = None

    @property
    def faces_address(self) -> str:
        return self.faces_url or f"unix:{self.data_folder.absolute() / 'run' / 'faces.sock'}"


class SandboxSettings(CommonSettings):
    """What the sandbox, which plays the outside world, knows."""

    sandbox_key: SecretStr = Field(
        SecretStr(""), description="root of every sandbox secret; absent in production"
    )
    sandbox_host: str = "127.0.0.1"
    sandbox_port: int = Field(8001, ge=0, le=65535)
    sandbox_database_url: SecretStr = Field(
        SecretStr(""), description="empty: a database of its own on the embedded server"
    )

    public_url: str = Field("http://127.0.0.1:8000", description="how residents reach us")

    def sandbox_secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose: an office's shared signing key, the sandbox's own seal."""
        root = self.sandbox_key.get_secret_value().encode()
        if not root:
            raise RefusedToStart("SANDBOX_KEY is not set: the sandbox needs it to make its keys")
        return hmac.new(root, purpose.encode(), hashlib.sha256).digest()


class Settings(FaceSettings, SandboxSettings, GatewaySettings):
    """What the web, the worker and the release process know."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    web_workers: int = Field(2, ge=1, le=64)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="JSON list of networks whose X-Forwarded-For we believe"
    )

    database_url: SecretStr = Field(SecretStr(""), description="empty: embedded PostgreSQL")
    redis_url: SecretStr = Field(SecretStr(""), description="empty: embedded Valkey")
    database_connections: int = Field(
        8, ge=2, le=50, description="most PostgreSQL connections of one process (server's 100)"
    )
    cache_connections: int = Field(
        16, ge=2, le=200, description="most Valkey connections of a process"
    )

    seal_keys: SecretStr = Field(
        SecretStr(""), description="version:base64 of 32 bytes; rotated by python -m identity.keys"
    )
    index_keys: SecretStr = Field(SecretStr(""), description="the same form, for the blind index")

    key_lead_seconds: int = Field(
        60, ge=1, le=3600, description="from the making of a vault key to its use, for all to read"
    )

    department_folders: tuple[Path, ...] = Field(
        (), description="JSON list of further folders of departments (docs/adding-a-service.md)"
    )

    items_folder: Path | None = Field(
        None, description="folder of listed items, one JSON file each (docs/catalogue.md)"
    )

    outbound_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="JSON list of private networks where departments may live in production"
    )
    register_url: str = Field("", description="population register; empty: the sandbox's")
    register_key: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    register_mode: Literal["portrait", "remote"] = Field(
        "portrait", description="match here against its portrait, or ask it for the verdict"
    )
    outside_issuer: str = Field(
        "", description="OpenID provider of network identities; empty: the sandbox's, else none"
    )
    outside_client_id: str = Field("", description="our name there; empty: PUBLIC_URL")
    outside_key: SecretStr = Field(
        SecretStr(""), description="PEM of a P-256 key to sign in there; empty: our signing keys"
    )
    outside_acr: str = Field("high", description="its acr that counts as level 5")
    card_office_url: str = Field(
        "", description="office that checks bank cards; empty: the sandbox's, else none"
    )
    card_office_key: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    trust_list_url: str = Field(
        "", description="signed list of recognised issuers; empty: the sandbox's, else none"
    )
    trust_list_key: str = Field("", description="PEM of its keeper's public key, \\n for lines")

    access_token_seconds: int = Field(600, ge=60, le=600)
    session_days: int = Field(90, ge=1, le=365)
    proofing_months: int = Field(24, ge=1, le=120)
    erasure_days: int = Field(7, ge=0, le=60, description="an erasure can be cancelled so long")
    window_wait_hours: int = Field(
        24, ge=1, le=168, description="a session from a window is an ordinary one so long"
    )
    challenge_seconds: int = Field(30, ge=10, le=120)
    tries_per_number: int = Field(5, ge=1, description="judged mismatches a day")
    tries_per_account: int = Field(
        10, ge=1, description="judged mismatches a day, all documents of a resident together"
    )
    try_waits: tuple[int, ...] = Field(
        (30, 120, 600), description="JSON list: seconds after a number's 2nd, 3rd, 4th mismatch"
    )
    tries_per_device: int = Field(10, ge=1, description="judged mismatches a day")
    requests_per_address: int = Field(60, ge=1, description="verifications a minute")

    @property
    def audience(self) -> str:
        """The ``aud`` of our own access tokens (RFC 9068 §2.2)."""
        return self.public_url.rstrip("/") + "/v1"

    @property
    def sandbox_url(self) -> str:
        return f"http://{self.sandbox_host}:{self.sandbox_port}"

    @property
    def outside_address(self) -> str:
        """The issuer, without a slash at its end; empty: this way is not offered."""
        return self.outside_issuer.rstrip("/") or self._played("network-identity")

    @property
    def card_office_address(self) -> str:
        """Empty: this way is not offered."""
        return self.card_office_url.rstrip("/") or self._played("card-checker")

    @property
    def trust_list_address(self) -> str:
        """Empty: nobody else's signatures count."""
        return self.trust_list_url or self._played("trust-list")

    @property
    def card_reader_address(self) -> str:
        """As a kiosk's browser reaches it; empty: cards are not read."""
        return self.card_reader_url.rstrip("/") or self._played("card-reader")

    def _played(self, office: str) -> str:
        return "" if self.environment == "production" else f"{self.sandbox_url}/{office}"

    @model_validator(mode="after")
    def _fits_the_environment(self) -> Self:
        if self.embedded and self.host not in _LOOPBACK:
            raise RefusedToStart("HOST: embedded mode listens on loopback only (127.0.0.1)")
        if not self.embedded:
            self._refuse_absent("DATABASE_URL", "REDIS_URL", "SEAL_KEYS", "INDEX_KEYS")
        if self.environment == "production":
            self._refuse_the_sandbox()
        return self

    def _refuse_absent(self, *names: str) -> None:
        for name in names:
            if not getattr(self, name.lower()).get_secret_value():
                raise RefusedToStart(f"{name} is not set, and {self.environment} needs it")

    def _refuse_the_sandbox(self) -> None:
        if not self.public_url.startswith("https://"):
            raise RefusedToStart("PUBLIC_URL: production needs an https address")
        if self.sandbox_key.get_secret_value():
            raise RefusedToStart("SANDBOX_KEY: production must not know the sandbox's key")
        if not self.register_url.startswith("https://"):
            raise RefusedToStart("REGISTER_URL: production needs the register's https address")
        self._refuse_absent("REGISTER_KEY")
        for name in ("OUTSIDE_ISSUER", "CARD_OFFICE_URL", "TRUST_LIST_URL"):
            if (given := getattr(self, name.lower())) and not given.startswith("https://"):
                raise RefusedToStart(f"{name}: production needs an https address")
        if self.card_office_url:
            self._refuse_absent("CARD_OFFICE_KEY")


def load(kind: type[T]) -> T:
    """Read one settings class; in embedded mode the key file fills what is absent.

    The face process asks for FaceSettings and so never opens the key file.
    Raises RefusedToStart or pydantic's ValidationError with the name of the setting.
    """
    common = CommonSettings()
    if not common.embedded or kind is FaceSettings:
        return kind()
    file = _key_file(common.data_folder)
    return kind(_env_file=(file, ".env"))


@cache
def settings() -> Settings:
    """The settings of a web or worker process, read once."""
    return load(Settings)


def _key_file(folder: Path) -> Path:
    """The embedded keys, created 0600 on first use and complete or absent, never half there."""
    file = folder / KEY_FILE
    if file.exists():
        return file
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"{KEY_FILE}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        out.write(_fresh_keys())
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)  # atomic, and fails if another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file


def _fresh_keys() -> str:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return f"SEAL_KEYS=1:{key()}\nINDEX_KEYS=1:{key()}\nSANDBOX_KEY={key()}\n"
