// The kiosk's one key (WebCrypto, P-256): made here, never to be read or copied. It signs who the
// kiosk is (RFC 7523) and that it is here (RFC 9449).

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const bytes = (text) => new TextEncoder().encode(text);

function base64url(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const part = (value) => base64url(bytes(JSON.stringify(value)));
const random = () => base64url(crypto.getRandomValues(new Uint8Array(16)));

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function shelf(mode) {
  const opening = indexedDB.open("kiosk-key", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("pairs");
  return (await settled(opening)).transaction("pairs", mode).objectStore("pairs");
}

export class KioskKey {
  constructor(pair, jwk, name) {
    Object.assign(this, { pair, jwk, name, late: 0 });
  }

  /** The key of this machine, made when it is first asked for. */
  static async own() {
    let pair = await settled((await shelf("readonly")).get("own"));
    if (!pair) {
      pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
      await settled((await shelf("readwrite")).put(pair, "own"));
    }
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const canonical = JSON.stringify({ crv, kty, x, y }); // RFC 7638 §3.2
    const name = base64url(await crypto.subtle.digest("SHA-256", bytes(canonical)));
    return new KioskKey(pair, { kty, crv, x, y }, name);
  }

  static async forget() {
    await settled((await shelf("readwrite")).delete("own"));
  }

  /** A wrong clock is put right by the server's; whether it was wrong. */
  heed(date) {
    const there = Date.parse(date ?? "");
    if (!there) return false;
    const before = this.late;
    this.late = there - Date.now();
    return Math.abs(this.late - before) > 5000;
  }

  assertion(client, issuer) {
    const now = this.now();
    return this.signed({ alg: "ES256", kid: this.name },
      { iss: client, sub: client, aud: issuer, iat: now, exp: now + 60, jti: random() });
  }

  async proof({ method, url, token = "", nonce = "" }) {
    const claims = { jti: random(), htm: method, htu: url.split(/[?#]/)[0], iat: this.now() };
    if (nonce) claims.nonce = nonce;
    if (token) claims.ath = base64url(await crypto.subtle.digest("SHA-256", bytes(token)));
    return this.signed({ typ: "dpop+jwt", alg: "ES256", jwk: this.jwk }, claims);
  }

  now() {
    return Math.floor((Date.now() + this.late) / 1000);
  }

  async signed(header, claims) {
    const said = `${part(header)}.${part(claims)}`;
    return `${said}.${base64url(await crypto.subtle.sign(SIGNATURE, this.pair.privateKey, bytes(said)))}`;
  }
}
