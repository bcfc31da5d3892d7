"""``python -m tests.benchmarks oauth``: tokens and introspections a second, against oidc-provider.

Both providers do the same work: client_credentials with private_key_jwt and a DPoP proof that
carries the server's nonce, ES256 access tokens in JWT form, every jti looked for; introspection
of an opaque token by a client that authenticates the same way. Each has the first core for itself
when its turn comes; our engines and the load share the last. oidc-provider keeps jtis and opaque
tokens in its own memory (the last 1,000 of them); ours in Valkey, for every worker.
"""

import asyncio
import os
import statistics
from collections import defaultdict
from collections.abc import Awaitable, Callable

from tests.benchmarks import house as houses
from tests.benchmarks import oauth_provider as providers
from tests.benchmarks.load import Measured
from tests.benchmarks.oauth_provider import Provider
from tests.benchmarks.report import console, loads, median, progress, ratio

ROUNDS = 5
COUNT = 1_500
CONNECTIONS = 64
RESIDENTS, SIGN_INS = 16, 12  # browsers, and how often each signs in
TARGET = 1.0
TOKEN, OPAQUE, JWT = "token", "introspection", "introspection of a JWT"
Run = Callable[[], Awaitable[tuple[Measured, float]]]


async def main() -> None:
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {houses.LAST_CORE})  # engines inherit it; web and the peer do not
    try:
        async with houses.running(RESIDENTS) as house, providers.peer() as peer:
            ours = await providers.ours(house)
            await compare(ours, peer)
            rate, each = await ours.sign_ins(house.tokens, SIGN_INS)
            console.print(f"sign-ins a second (PAR, authorize, answer, code + PKCE): {rate:.0f}")
            console.print(f"  each costs {each:,.0f} µs of the provider's processor")
    finally:
        os.sched_setaffinity(0, everywhere)


async def compare(ours: Provider, peer: Provider) -> None:
    """Alternating rounds, the first of which warms both up and is not counted."""
    runs = {
        f"{TOKEN}, ours": _tokens(ours),
        f"{TOKEN}, oidc-provider": _tokens(peer),
        f"{OPAQUE}, ours": _introspections(ours, "opaque"),
        f"{OPAQUE}, oidc-provider": _introspections(peer, "opaque"),
        f"{JWT}, ours": _introspections(ours, "jwt"),
    }
    found: dict[str, list[Measured]] = defaultdict(list)
    spent: dict[str, list[float]] = defaultdict(list)
    with progress("oauth", (ROUNDS + 1) * len(runs)) as bar:
        for turn in range(ROUNDS + 1):
            for name, run in runs.items():
                measured, each = await run()
                bar.advance(bar.task_ids[0])
                if turn:
                    found[name].append(measured)
                    spent[name].append(each)
    loads(f"OAuth, {CONNECTIONS} connections", {name: median(each) for name, each in found.items()})
    for name, each in spent.items():
        console.print(f"  {name:<36}{statistics.median(each):>8.0f} µs of the provider's processor")
    for what in (TOKEN, OPAQUE):
        pairs = zip(found[f"{what}, ours"], found[f"{what}, oidc-provider"], strict=True)
        share = statistics.median(mine.rate / theirs.rate for mine, theirs in pairs)
        ratio(f"{what}s a second, ours / oidc-provider", share, TARGET)


def _tokens(provider: Provider) -> Run:
    return lambda: provider.tokens("jwt", COUNT, CONNECTIONS)


def _introspections(provider: Provider, form: str) -> Run:
    return lambda: provider.introspections(form, COUNT, CONNECTIONS)


if __name__ == "__main__":
    asyncio.run(main())
