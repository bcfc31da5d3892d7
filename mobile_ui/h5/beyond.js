// What a browser has and WeChat has not; pages find it under wx.browserHost and do without it.

import { DeviceKey, KeyShelf } from "./device-key.js";
import { passkeys } from "./passkeys.js";

/** Gives the person a file: {name, type, text}. */
function save({ name, type, text }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
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
  print: () => window.print(),
  leaveTo: (url) => location.assign(url),
});
