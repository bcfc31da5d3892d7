// A key of this browser's own (WebCrypto, P-256): scripts may sign with it, nobody can read or
// copy it. With every token comes a proof that the key is here (RFC 9449, DPoP).

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

const bytes = (text) => new TextEncoder().encode(text);

export function base64url(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const part = (value) => base64url(bytes(JSON.stringify(value)));

export class DeviceKey {
  /** ``shelf``: where the pair lies ({get, keep, clear}). */
  constructor(shelf) {
    Object.assign(this, { shelf, pair: null, late: 0 });
  }

  /** The header for one request, "" where this browser keeps no keys: then nothing is bound. */
  async proof(request) {
    try {
      return await this.signed(await this.own(), request);
    } catch {
      return "";
    }
  }

  async signed(pair, { method, url, token = "" }) {
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const claims = {
      jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
      htm: method,
      htu: url.split(/[?#]/)[0],
      iat: Math.floor((Date.now() + this.late) / 1000),
    };
    if (token) claims.ath = base64url(await crypto.subtle.digest("SHA-256", bytes(token)));
    const said = `${part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })}.${part(claims)}`;
    return `${said}.${base64url(await crypto.subtle.sign(SIGNATURE, pair.privateKey, bytes(said)))}`;
  }

  /** The public half, as a server is told it (RFC 7517). */
  async jwk() {
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", (await this.own()).publicKey);
    return { kty, crv, x, y };
  }

  /** A credential with the proof that this key is here, for this code (RFC 9901, key binding). */
  async shown({ credential, audience, code }) {
    const pair = await this.own();
    const claims = {
      iat: Math.floor((Date.now() + this.late) / 1000),
      aud: audience,
      nonce: code,
      sd_hash: base64url(await crypto.subtle.digest("SHA-256", bytes(credential))),
    };
    const said = `${part({ alg: "ES256", typ: "kb+jwt" })}.${part(claims)}`;
    return `${credential}${said}.${base64url(await crypto.subtle.sign(SIGNATURE, pair.privateKey, bytes(said)))}`;
  }

  /** The server judges a proof's time by its own clock, so a wrong clock here is put right. */
  heed(date) {
    const there = Date.parse(date ?? "");
    if (there) this.late = there - Date.now();
  }

  /** The same promise for all who ask at once: two pairs would be two devices. */
  own() {
    this.pair ??= this.found().catch((reason) => {
      this.pair = null;
      throw reason;
    });
    return this.pair;
  }

  async found() {
    const kept = await this.shelf.get();
    if (kept) return kept;
    return this.shelf.keep(await crypto.subtle.generateKey(CURVE, false, ["sign"]));
  }

  async forget() {
    this.pair = null;
    await this.shelf.clear();
  }
}

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** One pair in IndexedDB, which keeps keys without ever showing them. */
export class KeyShelf {
  async store(mode) {
    const opening = indexedDB.open("device-key", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("pairs");
    this.database ??= await settled(opening);
    return this.database.transaction("pairs", mode).objectStore("pairs");
  }

  async get() {
    return settled((await this.store("readonly")).get("own"));
  }

  /** The pair that stays: another tab's, if it was quicker. */
  async keep(pair) {
    const store = await this.store("readwrite");
    const other = await settled(store.get("own"));
    if (!other) await settled(store.put(pair, "own"));
    return other ?? pair;
  }

  async clear() {
    await settled((await this.store("readwrite")).delete("own"));
  }
}
