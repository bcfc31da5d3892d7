// A still picture from the camera or from a file, always as a JPEG of at most 1280 px.
const LONGEST = 1280;
const QUALITY = 0.92;

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** Show the front camera in `video`. Rejects with the browser's own error. */
export async function open(video) {
  const wanted = { video: { facingMode: "user", width: { ideal: 1280 } }, audio: false };
  video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
  await video.play();
}

export function close(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

/** The picture `video` shows now, not mirrored. */
export const shoot = (video) => draw(video, video.videoWidth, video.videoHeight);

/** A chosen file made small; one the browser cannot draw is returned as it is. */
export async function fromFile(file) {
  const image = new Image();
  const url = URL.createObjectURL(file);
  try {
    image.src = url;
    await image.decode();
    return await draw(image, image.naturalWidth, image.naturalHeight);
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Base64 of a blob, without the data: head. */
export function encoded(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

function draw(source, width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}
