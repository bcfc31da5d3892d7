// The kiosk's camera: a mirrored preview, unmirrored pictures that live for one request.

import { el } from "./dom.js";
import { say } from "./words.js";

let sound = null;

/** Heard with every picture: whose eyes are shut sees nothing. */
export function beep() {
  if (!globalThis.AudioContext) return;
  sound ??= new AudioContext();
  const [tone, volume] = [sound.createOscillator(), sound.createGain()];
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.15, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.2);
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.25);
}

const WIDTH = 480;
const HEIGHT = 640;
const LIMIT = 300 * 1024; // bytes of one frame, as the server takes them

export class Camera {
  constructor() {
    this.video = el("video", { muted: true, playsinline: true, "aria-hidden": "true" });
    this.video.muted = true;
    this.view = el("div", { class: "wx-camera" }, this.video);
    this.stream = null;
  }

  /** Throws words for people. */
  async open() {
    try {
      this.stream ??= await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } }, audio: false });
    } catch {
      throw { title: say("no-camera"), detail: say("no-camera-detail") };
    }
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Base64 of a JPEG: the middle of what is seen, three by four. */
  picture() {
    const { videoWidth: wide, videoHeight: high } = this.video;
    const width = Math.min(wide, (high * 3) / 4);
    const height = Math.min(high, (width * 4) / 3);
    const scale = Math.min(1, WIDTH / width, HEIGHT / height);
    const canvas = el("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
    canvas.getContext("2d").drawImage(this.video, (wide - width) / 2, (high - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
    let url = "";
    for (let quality = 0.86; quality > 0.3; quality -= 0.1) {
      url = canvas.toDataURL("image/jpeg", quality);
      if (url.length * 0.75 <= LIMIT) break;
    }
    return url.slice(url.indexOf(",") + 1);
  }
}
