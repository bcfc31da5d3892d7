// Passkeys (WebAuthn) for browsers that have them: the server's JSON in, the browser's answer out.

import { base64url } from "./device-key.js";

const NAMES = ["id", "challenge"];

function unpacked(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The options as WebAuthn wants them: every id and challenge as bytes. */
export function asBytes(value, name = "") {
  if (typeof value === "string") return NAMES.includes(name) ? unpacked(value) : value;
  if (Array.isArray(value)) return value.map((one) => asBytes(one));
  if (value === null || typeof value !== "object") return value;
  const rpKept = (key, inner) => (key === "rp" ? inner : asBytes(inner, key)); // rp.id is a host's name
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rpKept(key, inner)]));
}

/** A credential as RegistrationResponseJSON or AuthenticationResponseJSON. */
export function asText(credential) {
  const { response } = credential;
  const inner = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) inner[name] = base64url(response[name]);
  }
  if (response.getTransports) inner.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    response: inner,
    clientExtensionResults: credential.getClientExtensionResults?.() ?? {},
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  };
}

const options = (sent) => ({ publicKey: asBytes(sent.publicKey ?? sent) });

/** Passkeys belong to a host by its name (WebAuthn §5.1.2): an address like 127.0.0.1 has none. */
const named = (host) => !/^[\d.]+$|^\[/.test(host);

/** Null where the browser or the address has no passkeys; both calls reject when the person says no. */
export function passkeys() {
  if (!globalThis.PublicKeyCredential || !navigator.credentials || !named(location.hostname)) return null;
  return {
    create: async (sent) => asText(await navigator.credentials.create(options(sent))),
    get: async (sent) => asText(await navigator.credentials.get(options(sent))),
  };
}
