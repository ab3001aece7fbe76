// Starts what every page needs. All of it improves pages that already work as
// plain forms and links; nothing here decides anything about stock or money.
import { newKey, startScan } from "./scan.js";
import { startWedge } from "./wedge.js";
import { startLive } from "./live.js";

startScan();
// At a shared workstation, and before the wedge: a badge is no product.
if (document.getElementById("badge-tap")) (await import("./kiosk.js")).startKiosk();
startWedge();
startLive();

// A state-changing form keeps its idempotency key until the server has accepted
// it, so a repeated press is the same request; the next one gets a new key.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx.request.form ?? ctx.sourceElement?.closest?.("form");
  const key = !["scan-form", "scan-dock"].includes(form?.id) && form?.elements.namedItem("idempotency_key");
  if (key && ctx.response.status < 400) key.value = newKey();
});

document.addEventListener("click", (event) => {
  const sheet = event.target.closest?.("[data-sheet]");
  if (sheet && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    import("./palette.js").then((palette) => palette.openSheet(sheet));
  }
  const button = event.target.closest?.("[data-copy], [data-theme-choice], [data-camera], [data-dismiss]");
  if (!button) return;
  if (button.hasAttribute("data-copy")) copy(button);
  else if (button.hasAttribute("data-theme-choice")) chooseTheme(button, event);
  else if (button.hasAttribute("data-dismiss")) button.closest(button.dataset.dismiss)?.remove();
  else import("./camera.js").then((camera) => camera.toggle(button));
});

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // pages that are not a secure context
  }
  const word = button.querySelector("[data-copy-word]");
  const before = word.textContent;
  word.textContent = button.dataset.copied;
  setTimeout(() => { word.textContent = before; }, 2000);
}

// The server renders the stored choice; this only saves the round trip.
function chooseTheme(button, event) {
  event.preventDefault();
  const { themeChoice: theme, themeCookie: cookie } = button.dataset;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${cookie}=${theme}; Path=/; SameSite=Lax; Max-Age=${theme ? 31536000 : 0}${secure}`;
  for (const other of button.parentElement.querySelectorAll("[data-theme-choice]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

// An undo button counts down and then leaves; the server keeps the real clock.
const deadlines = new WeakMap();
setInterval(() => {
  for (const undo of document.querySelectorAll("[data-undo-seconds]:not([hidden])")) {
    if (!deadlines.has(undo)) deadlines.set(undo, performance.now() + 1000 * Number(undo.dataset.undoSeconds));
    const left = Math.ceil((deadlines.get(undo) - performance.now()) / 1000);
    const word = undo.querySelector("[data-undo-left]");
    if (word) word.textContent = String(Math.max(left, 0));
    undo.hidden = left <= 0;
  }
}, 250);

// Only one drop-down is open, and Escape or a click elsewhere closes it.
const closeDrops = (except) => {
  for (const drop of document.querySelectorAll("details[data-drop][open]")) if (drop !== except) drop.open = false;
};
document.addEventListener("click", (event) => closeDrops(event.target.closest?.("details[data-drop]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-drop][open]");
  closeDrops(null);
  open?.querySelector("summary").focus();
});

// An error summary takes the focus, so that a screen reader starts with it.
const focusSummary = () => document.querySelector("[data-error-summary]")?.focus();
document.addEventListener("htmx:after:settle", (event) => {
  if (event.target.querySelector?.("[data-error-summary]")) focusSummary();
});
focusSummary();

// Tones need a gesture first; shortcuts can wait until the page is idle.
const firstGesture = () => import("./sounds.js").then((sounds) => sounds.start());
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, firstGesture, { once: true, capture: true });
(window.requestIdleCallback ?? setTimeout)(() => {
  import("./keys.js");
  import("./replay.js").then((replay) => replay.startReplay());
  const worker = document.querySelector("[data-worker]")?.dataset.worker;
  if (worker) navigator.serviceWorker?.register(worker, { scope: "/" }).catch(() => { /* pages work without it, as long as there is a connection */ });
});
