"""``python -m tests.benchmarks licences``: the machine form of licences beside bare signatures.

Making: a driving licence's SD-JWT VC with all its facts, as every presentation makes it anew:
salts, digests, one ES256 signature. Left out is what the house does around it: the row, the place
in a status list, the audit, the seal of the facts, HTTP.

Verifying: a presentation as it is usually shown, off line: issuer's signature, holder's signature,
disclosures, memory, status list. Every holder's key is another; the issuer and its key are one,
read once, and so is the list; the memory is the process's own and not the file that several share.

Each is measured beside the signatures alone, over as many bytes, in alternating runs of one
process, by the processor's time.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from services.licences import status
from services.licences.credential import Issued, bound, credential, public_jwk
from services.licences.verify.carried import Carried
from services.licences.verify.memory import Memory
from services.licences.verify.verdict import verify
from tests.benchmarks.report import console, progress, ratio

ROUNDS, TIMES = 15, 400
TARGET = 0.5
HOUSE = "https://zhengwu.example.gov.cn"
ISSUER, KIND = f"{HOUSE}/issuers/transport", f"{HOUSE}/v1/licence-types/driving-licence"
LIST = f"{HOUSE}/v1/status-lists/transport-1"
USUAL = ("name", "classes", "until")
FACTS = {
    "number": "1.2.156.3005.2.11440000007001049R001.11440000007001049R.446707940030.001.B",
    "name": "欧阳建国",
    "id_number": "11010519491231002X",
    "classes": "C1",
    "first": "2011-02-01",
    "until": "2036-02-01",
    "file": "446707940030",
}
_ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Key:
    """What ``status.signed`` needs of an issuer."""

    kid: str
    signing_key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Work:
    """What is timed, each done once by a call."""

    issue: Callable[[], Any]
    sign: Callable[[], Any]
    check: Callable[[], Any]
    bare: Callable[[], Any]


class Forgetful(Memory):
    """The same look and the same writing, of a code that is new each time."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = 0

    def is_new(self, nonce: str, now: datetime) -> bool:
        self._turn += 1
        return super().is_new(f"{nonce}{self._turn}", now)


def prepared() -> Work:
    """As many presentations as are timed, each of another holder: nothing is read twice."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    issued = Issued(ISSUER, "k" * 43, key, KIND, LIST, 4711)
    holders = [ec.generate_private_key(ec.SECP256R1()) for _ in range(TIMES)]

    def issue(chosen: Sequence[str], mine: Mapping[str, str]) -> str:
        return credential(issued, FACTS, chosen, mine, until=date(2036, 2, 1), at=now)

    texts = [bound(issue(USUAL, public_jwk(one)), one, HOUSE, "a" * 22) for one in holders]
    bare = [_proofs(text, key, one) for text, one in zip(texts, holders, strict=True)]
    shown, proofs = cycle(texts), cycle(bare)
    carried, memory, mine = carrying(key, now), Forgetful(), public_jwk(holders[0])
    moment, said = now + timedelta(seconds=1), texts[0].partition("~")[0].encode()
    assert verify(texts[0], carried, memory, moment).word == "good"
    return Work(
        issue=lambda: issue(tuple(FACTS), mine),
        sign=lambda: key.sign(said, _ECDSA),
        check=lambda: verify(next(shown), carried, memory, moment),
        bare=lambda: [one.verify(proof, told, _ECDSA) for one, proof, told in next(proofs)],
    )


def _proofs(text: str, key: ec.EllipticCurvePrivateKey, holder: ec.EllipticCurvePrivateKey) -> Any:
    """Both signatures of a presentation as bare ones: public key, signature, what was signed."""
    parts = [text.partition("~")[0], text.rpartition("~")[2]]
    told = [one.rpartition(".")[0].encode() for one in parts]
    pairs = zip((key, holder), told, strict=True)
    return [(one.public_key(), one.sign(said, _ECDSA), said) for one, said in pairs]


def carrying(key: ec.EllipticCurvePrivateKey, now: datetime) -> Carried:
    own = public_jwk(key) | {"kid": "k" * 43}
    title = {"zh-CN": "交通运输局", "en": "Transport"}
    token = status.signed(Key("k" * 43, key), LIST, [], now)  # type: ignore[arg-type]
    return Carried([{"iss": ISSUER, "title": title, "keys": [own]}], {LIST: token})


def rate(work: Callable[[], Any]) -> float:
    began = time.thread_time()
    for _ in range(TIMES):
        work()
    return TIMES / (time.thread_time() - began)


def measured(work: Work) -> Mapping[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in ("issue", "sign", "check", "bare")}
    with progress("licences", ROUNDS) as bar:
        for _ in range(ROUNDS):
            for name, rates in found.items():
                rates.append(rate(getattr(work, name)))
            bar.advance(bar.task_ids[0])
    return found


def share(found: Mapping[str, list[float]], mine: str, peer: str) -> float:
    """The median of the ratios, each of two runs of the same moment."""
    pairs = zip(found[mine], found[peer], strict=True)
    return statistics.median(one / other for one, other in pairs)


def main() -> None:
    work = prepared()
    found = measured(work)
    for name, rates in found.items():
        console.print(f"{name}: {statistics.median(rates):,.0f}/s")
    console.print(f"a credential with {len(FACTS)} facts: {len(work.issue()):,} bytes")
    ratio(
        "making an SD-JWT VC, nothing written / one ES256 signature",
        share(found, "issue", "sign"),
        TARGET,
    )
    ratio(
        "verifying off line, one issuer / two ES256 verifications",
        share(found, "check", "bare"),
        TARGET,
    )


if __name__ == "__main__":
    main()
