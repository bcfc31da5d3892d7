// What a browser has and WeChat has not; pages find it under wx.browserHost and do without it.

import { DeviceKey, KeyShelf } from "./device-key.js";
import { passkeys } from "./passkeys.js";
import encode from "./qr.js";

/** Gives the person a file: {name, type, text} or {name, type, content}. */
function save({ name, type, text, content }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content ?? text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

let sound;

/** A short soft tone. Browsers allow it after a press, and a press opened the camera. */
function beep() {
  if (!globalThis.AudioContext) return;
  sound ??= new AudioContext();
  const [tone, volume] = [sound.createOscillator(), sound.createGain()];
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.12, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.18);
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.2);
}

/** A QR code as a picture, black on white whatever the page's colours. */
function qr(text) {
  const drawn = encode(text, "svg", { ecc: "low", border: 4 });
  return `data:image/svg+xml,${encodeURIComponent(drawn.replace("<svg ", '<svg style="background:#fff" '))}`;
}

/** Keys need a secure context: https, or this very machine. */
function deviceKey() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return null;
  return new DeviceKey(new KeyShelf());
}

export const beyond = () => ({
  deviceKey: deviceKey(),
  passkeys: passkeys(),
  origin: location.origin,
  beep,
  save,
  qr,
  copy: (text) => navigator.clipboard?.writeText(text),
  print: () => window.print(),
  leaveTo: (url) => location.assign(url),
});
