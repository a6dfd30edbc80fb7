// Reading the printed code of a place: the browser's own detector where there is one, else jsQR.
import jsQR from "jsqr";
import { button, h, t } from "./dom";

const LOOK_MS = 150;
const PREFIX = "anlan:place:";

interface Detector { detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]> }
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

async function detector(): Promise<Detector | null> {
  const found = (window as unknown as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!found || !(await found.getSupportedFormats()).includes("qr_code")) return null;
  return new found({ formats: ["qr_code"] });
}

/** The place that a code names, null where it is no code of ours. */
export function placeOf(code: string): string | null {
  const cut = code.lastIndexOf(":");
  return code.startsWith(PREFIX) && cut > PREFIX.length ? code.slice(PREFIX.length, cut) : null;
}

/** Show the camera until it sees a place's code; null when it was closed or there is no camera. */
export async function scan(say: (text: string) => void): Promise<string | null> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    say(t("no_camera"));
    return null;
  }
  const video = h("video", { playsinline: true, muted: true, "aria-label": t("camera") }) as HTMLVideoElement;
  const box = h("dialog", { class: "sheet-dialog scanner", "aria-label": t("scan") },
    h("p", {}, t("scan_hint")), video, button(t("cancel"), "btn-outline-secondary", () => box.close())) as HTMLDialogElement;
  document.body.append(box);
  box.showModal();
  try {
    video.srcObject = stream;
    await video.play();
    return await seen(video, box, say);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    box.close();
    box.remove();
  }
}

async function seen(video: HTMLVideoElement, box: HTMLDialogElement, say: (text: string) => void): Promise<string | null> {
  const own = await detector();
  const canvas = document.createElement("canvas");
  while (box.open) {
    const code = own ? (await own.detect(video))[0]?.rawValue : drawnCode(video, canvas);
    if (code && placeOf(code)) return code;
    if (code) say(t("foreign_code"));
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
  return null;
}

function drawnCode(video: HTMLVideoElement, canvas: HTMLCanvasElement): string | undefined {
  if (!video.videoWidth) return undefined;
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const draw = canvas.getContext("2d", { willReadFrequently: true })!;
  draw.drawImage(video, 0, 0);
  const pixels = draw.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(pixels.data, pixels.width, pixels.height)?.data;
}
