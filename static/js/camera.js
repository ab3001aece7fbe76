// The camera as a scanner. The browser's own BarcodeDetector is used where it
// reads what we need; elsewhere zxing decodes in a worker, so the page never
// stutters. Nothing is recorded and no picture leaves the device.
import { submitScan } from "./scan.js";
import { stayAwake } from "./awake.js";

const native = ["data_matrix", "qr_code", "code_128"];
const EVERY = 120;      // ms between two looks
const SAME = 3000;      // ms in which the same code is the same scan
const CHOICE = "trueward.camera"; // the camera a person chose on this device

let session = null;
let turn = Promise.resolve();

// toggle opens the camera into the element the button names, or closes it. One
// after the other: a press while it opens closes it once it is open.
export const toggle = (button) => (turn = turn.then(() => flip(button)));

async function flip(button) {
  if (session) return close();
  const panel = document.getElementById(button.dataset.camera);
  try {
    session = await open(panel, button);
  } catch (failure) {
    say(panel, failure.name === "NotAllowedError" ? panel.dataset.refused : panel.dataset.missing);
    panel.hidden = false;
  }
}

async function open(panel, button) {
  const stream = await film(localStorage.getItem(CHOICE));
  const video = panel.querySelector("video") ?? panel.insertBefore(document.createElement("video"), panel.firstChild);
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  panel.hidden = false;
  button.setAttribute("aria-expanded", "true");
  await video.play();
  say(panel, panel.dataset.ready);
  const here = { panel, button, stream, video, live: true, seen: new Map(), sleep: stayAwake() };
  await offer(here);
  look(here, await detector());
  return here;
}

// film opens the chosen camera, or the one at the back when it is gone.
async function film(chosen) {
  const media = navigator.mediaDevices;
  if (!media?.getUserMedia) throw new DOMException("no camera without a secure page", "NotSupportedError");
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const back = () => media.getUserMedia({ audio: false, video: { facingMode: "environment", ...size } });
  if (!chosen) return back();
  return media.getUserMedia({ audio: false, video: { deviceId: { exact: chosen }, ...size } }).catch(back);
}

function close() {
  session.live = false;
  session.detect?.end?.();
  session.sleep();
  for (const track of session.stream.getTracks()) track.stop();
  session.panel.hidden = true;
  session.button.setAttribute("aria-expanded", "false");
  session = null;
}

// offer shows the light and the choice of cameras, where there are any.
async function offer(here) {
  const tools = here.panel.querySelector("[data-camera-tools]");
  if (!tools) return;
  const [track] = here.stream.getVideoTracks();
  const torch = tools.querySelector("[data-torch]"), choice = tools.querySelector("[data-cameras]");
  torch.hidden = !track.getCapabilities?.().torch;
  torch.setAttribute("aria-pressed", "false");
  torch.onclick = async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] });
    torch.setAttribute("aria-pressed", String(on));
  };
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
  choice.replaceChildren(...cameras.map((camera, n) => new Option(camera.label || String(n + 1), camera.deviceId)));
  choice.value = track.getSettings?.().deviceId ?? "";
  choice.closest("label").hidden = cameras.length < 2;
  choice.onchange = async () => {
    localStorage.setItem(CHOICE, choice.value);
    const { button } = here;
    close();
    await toggle(button);
  };
}

async function look(here, detect) {
  here.detect = detect;
  while (here.live) {
    const begun = performance.now();
    if (here.video.readyState >= 2 && !document.hidden) {
      for (const code of await detect(here.video)) report(here, code);
    }
    await new Promise((wake) => setTimeout(wake, Math.max(EVERY - (performance.now() - begun), 10)));
  }
}

// report sends a code unless it is the one still in front of the lens.
function report(here, { text, symbology }) {
  const now = performance.now();
  const before = here.seen.get(text);
  here.seen.set(text, now);
  if (before !== undefined && now - before < SAME) return;
  submitScan(text, "camera", symbology);
}

function say(panel, words) {
  panel.querySelector("[data-camera-note]").textContent = words ?? "";
}

async function detector() {
  const offered = (await globalThis.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  return native.every((format) => offered.includes(format)) ? ownDetector() : zxingDetector();
}

// The browser's detector does not tell the symbology identifier; the server then
// judges by the content alone.
function ownDetector() {
  const own = new BarcodeDetector({ formats: native });
  return async (video) => {
    const found = await own.detect(video).catch(() => []);
    return found.map((code) => ({ text: code.rawValue, symbology: "" }));
  };
}

function zxingDetector() {
  const worker = new Worker(new URL("./camera-worker.js", import.meta.url));
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const detect = (video) => new Promise((resolve) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    pen.drawImage(video, 0, 0);
    const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
    worker.onmessage = ({ data: found }) => resolve(found);
    worker.onerror = () => resolve([]);
    worker.postMessage({ data, width, height }, [data.buffer]);
  });
  detect.end = () => worker.terminate();
  return detect;
}
