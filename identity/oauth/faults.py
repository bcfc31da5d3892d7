"""Things that go wrong at a sandbox client's own wish, so that it can see what its program does.

One module: the endpoints ask here at the places where a real provider could be broken or forged.
A client outside the sandbox has no faults, whatever its row says.
"""

import asyncio
import base64
from collections.abc import Mapping

from identity.oauth.refusals import InvalidGrant
from identity.partners.client import Client

SANDBOX = "sandbox"
EXPIRED_CODE = "expired-code"
WRONG_ISSUER = "wrong-iss"
SLOW_TOKEN = "slow-token"
WRONG_NONCE = "wrong-nonce"
BAD_SIGNATURE = "bad-signature"
ALL = (EXPIRED_CODE, WRONG_ISSUER, SLOW_TOKEN, WRONG_NONCE, BAD_SIGNATURE)
SLOW, SLOWEST = 5, 30  # seconds; a partner's own time-out should come first
_ELSEWHERE = "https://attacker.example"


def asked(client: Client) -> Mapping[str, str]:
    """What this client wants to go wrong; nothing for clients that residents rely on."""
    return client.faults if client.environment == SANDBOX else {}


def check_code(client: Client) -> None:
    """Every code is too old. Raises InvalidGrant."""
    if EXPIRED_CODE in asked(client):
        raise InvalidGrant("a code that is over, at the client's wish")


async def delay(client: Client) -> None:
    """Keep a request for tokens waiting."""
    if seconds := asked(client).get(SLOW_TOKEN):
        await asyncio.sleep(float(seconds))


def issuer(client: Client, ours: str) -> str:
    """The ``iss`` of an authorization response (RFC 9207): ours, or a mix-up attacker's."""
    return _ELSEWHERE if WRONG_ISSUER in asked(client) else ours


def nonce(client: Client, sent: str) -> str:
    """The ``nonce`` of an ID token: the client's own, or somebody else's."""
    return sent[::-1] + "-other" if WRONG_NONCE in asked(client) else sent


def signed(client: Client, token: str) -> str:
    """An ID token as it was signed, or with one bit of its signature turned."""
    if BAD_SIGNATURE not in asked(client):
        return token
    head, _, signature = token.rpartition(".")
    turned = bytearray(base64.urlsafe_b64decode(signature + "=="))
    turned[0] ^= 1
    return f"{head}.{base64.urlsafe_b64encode(bytes(turned)).rstrip(b'=').decode()}"
