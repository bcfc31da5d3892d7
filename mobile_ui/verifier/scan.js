// A camera that looks for a QR code. The picture stays in this page and is drawn over by the next.

import decodeQR from "./qr/decode.js";

const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: "environment" };
const EVERY = 120; // ms between looks

/** Shows the camera in ``video`` and tells ``found`` the first code it reads; returns how to stop.
 * Rejects where there is no camera. */
export async function scan(video, found) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("none", "NotFoundError");
  const stream = await navigator.mediaDevices.getUserMedia({ video: SIZE, audio: false });
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let timer;
  const stop = () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  const look = () => {
    const text = read(video, canvas, pen);
    if (text) {
      stop();
      found(text);
    } else timer = setTimeout(look, EVERY);
  };
  look();
  return stop;
}

/** What one frame says; "" for most of them. */
function read(video, canvas, pen) {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width) return "";
  Object.assign(canvas, { width, height });
  pen.drawImage(video, 0, 0);
  try {
    return decodeQR(pen.getImageData(0, 0, width, height));
  } catch {
    return "";
  }
}
