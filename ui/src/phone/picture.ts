// Pictures of places: drawn anew on a canvas, so that nothing but the pixels leaves the phone.

const SIDE = 1280;
const MOST = 350_000;

/** The picture as base64 of a JPEG; throws where it is none. */
export async function bare(file: Blob): Promise<string> {
  const drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(drawn.width, drawn.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(drawn.width * scale));
  canvas.height = Math.max(1, Math.round(drawn.height * scale));
  canvas.getContext("2d")!.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  for (const quality of [0.8, 0.6, 0.4]) {
    const blob = await encoded(canvas, quality);
    if (blob.size <= MOST || quality === 0.4) return base64(blob);
  }
  throw new Error("no picture");
}

function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", quality);
  });
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
