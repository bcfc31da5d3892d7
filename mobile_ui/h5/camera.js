// WeChat's <camera> for browsers: a mirrored preview, unmirrored still pictures.

import { Component, h } from "./preact.js";

const LIMIT = 300 * 1024; // bytes of one frame, the limit of POST /v1/verifications
const WIDTH = 480;
const HEIGHT = 640;
let current = null;

export class CameraView extends Component {
  componentDidMount() {
    current = this;
    this.open();
  }

  componentWillUnmount() {
    if (current === this) current = null;
    this.gone = true;
    this.close();
  }

  async open() {
    const { events } = this.props;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("none", "NotFoundError");
      this.stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } },
        audio: false,
      });
      if (this.gone) return this.close();
      this.video.srcObject = this.stream;
      await this.video.play();
      this.stream.getVideoTracks()[0].onended = () => events.stop?.({});
      events.initdone?.({});
    } catch (error) {
      if (!this.gone) events.error?.({ errMsg: error.name });
    }
    return undefined;
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  render({ events: _, ...props }) {
    return h("div", props,
      h("video", { ref: (video) => { this.video = video; }, muted: true, playsinline: true, "aria-hidden": "true" }));
  }
}

/** The middle of what the camera sees, three by four, never enlarged, as it is (not mirrored). */
function still(video) {
  const { videoWidth: wide, videoHeight: high } = video;
  const width = Math.min(wide, (high * 3) / 4);
  const height = Math.min(high, (width * 4) / 3);
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(video, (wide - width) / 2, (high - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function jpeg(canvas) {
  for (let quality = 0.86; quality > 0.3; quality -= 0.1) {
    const url = canvas.toDataURL("image/jpeg", quality);
    if (url.length * 0.75 <= LIMIT) return url;
  }
  return canvas.toDataURL("image/jpeg", 0.3);
}

/** wx.createCameraContext(): takePhoto gives the picture as a data URL in tempImagePath. */
export function createCameraContext() {
  return {
    takePhoto({ success, fail }) {
      if (!current?.video?.videoWidth) return fail?.({ errMsg: "takePhoto:fail no picture yet" });
      return success?.({ tempImagePath: jpeg(still(current.video)) });
    },
  };
}
