// One way to the server for every scan: the page's scan box, #scan-form, or else
// the dock that every page of somebody who scans has, #scan-dock. Both are posted
// by htmx to their data-scan-url. Fields: scan, source, symbology, idempotency_key. Each scan is written into the outbox first and
// struck off when it is answered; what gets no answer is sent again from there.
import * as outbox from "./outbox.js";

export { newKey } from "./outbox.js";

const PATIENCE = 3_000; // ms without an answer until a scan is shown as saved
const LATER = [401, 408, 425, 429, 500, 502, 503, 504];

export const form = () => document.getElementById("scan-form") ?? document.getElementById("scan-dock");
const offline = () => document.querySelector("[data-pill]")?.dataset.state === "offline";

// submitScan sends one scan. text is raw: group separators stay U+001D. It
// answers false when the page has nowhere to send it.
export function submitScan(text, source, symbology = "") {
  const target = form();
  if (!target) return false;
  const typed = target.elements.scan.value;
  target.elements.scan.value = text;
  target.elements.source.value = source;
  target.elements.symbology.value = symbology;
  target.elements.idempotency_key.value = outbox.newKey();
  target.requestSubmit();
  // What a person was typing meanwhile stays in the field.
  if (source !== "typed" && target.elements.scan.value === "") target.elements.scan.value = typed;
  return true;
}

export function startScan() {
  // While the connection is gone, or older scans still wait, a scan joins them:
  // nothing overtakes, and nobody waits for a request that cannot succeed.
  document.addEventListener("submit", (event) => {
    if (event.target !== form() || !offline()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const scan = read(new FormData(event.target), event.target);
    if (scan.raw) putAside(scan);
    free(event.target);
  }, { capture: true });

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement !== form()) return;
    // htmx has read the fields: keep them for a retry, free the form for the next.
    ctx.scan = read(ctx.request.body, ctx.sourceElement);
    free(ctx.sourceElement);
    ctx.written = outbox.keep(ctx.scan, Date.now());
    ctx.late = setTimeout(() => ctx.written.then(show), PATIENCE);
  });
  document.addEventListener("htmx:after:request", async ({ detail: { ctx } }) => {
    if (!ctx.scan) return;
    clearTimeout(ctx.late);
    const status = ctx.response.status;
    if (LATER.includes(status)) return waits(ctx);
    if (status >= 400) giveBack(ctx.scan);
    document.querySelector(`[data-saved="${ctx.scan.id}"]`)?.remove();
    await ctx.written;
    outbox.done(ctx.scan.id);
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => { if (ctx?.scan) waits(ctx); });
  let waiting = 0;
  document.addEventListener("trueward:waiting", ({ detail }) => { waiting = detail; });
  // Signing out clears what the browser keeps; what is not sent yet is sent, or
  // handed over, first.
  document.addEventListener("submit", (event) => {
    if (!waiting || !event.target.matches("[data-sign-out]")) return;
    event.preventDefault();
    location.assign(document.querySelector("[data-pill]").href + "#leaving");
  }, { capture: true });
  document.addEventListener("trueward:lock", () => outbox.note("present", null));
  if (document.readyState === "complete") remember();
  else addEventListener("load", remember);
}

const read = (fields, target) => ({
  id: fields.get("idempotency_key"), raw: fields.get("scan"), symbology: fields.get("symbology"), source: fields.get("source"),
  url: target.dataset.scanUrl,
});

function free({ elements }) {
  elements.scan.value = "";
  elements.source.value = "typed";
  elements.symbology.value = "";
  elements.idempotency_key.value = outbox.newKey();
}

// waits leaves a scan without an answer to the outbox.
async function waits(ctx) {
  clearTimeout(ctx.late);
  const row = await ctx.written;
  await outbox.change(row.id, { tried: 0 });
  show(row);
}

async function putAside(scan) {
  show(await outbox.keep(scan, 0));
  document.dispatchEvent(new Event("trueward:online"));
}

// show says that a scan is saved, and no more: nothing was checked.
function show(row) {
  const words = document.getElementById("saved-scan"), place = document.getElementById("scan-result") ?? document.getElementById("dock-result");
  if (!words || !place) return;
  const card = words.content.firstElementChild.cloneNode(true);
  card.dataset.saved = row.id;
  card.querySelector("[data-saved-text]").textContent = readable(row.raw);
  place.replaceChildren(card);
  navigator.vibrate?.(30);
}

// readable is a scan for people: no separators, and nothing of a tag's message.
export const readable = (raw) => (/^https?:/i.test(raw) ? new URL(raw).host + " …" : spaced(raw.replace(/^\][A-Za-z]\d/, "").replaceAll("\u001d", " ")));

// spaced sets the product number and the date of a GS1 element string apart
// from lot and serial; it judges nothing.
const spaced = (text) => text.replace(/^(01)(\d{14})((?:1[1357]\d{6})?)/, (_, ai, number, date) => `(${ai}) ${number} ${date && `(${date.slice(0, 2)}) ${date.slice(2)} `}`);

// giveBack returns a refused typed scan to the field, to be corrected.
function giveBack(scan) {
  const field = form()?.elements.scan;
  if (scan.source === "typed" && field && field.value === "") field.value = scan.raw;
}

// remember notes who works here and what waits in their case, for the page that
// is shown while the connection is gone.
async function remember() {
  if (document.querySelector("[data-shell]")) return;
  const present = outbox.here() && (await outbox.whoAndWhere());
  await outbox.note("present", present);
  outbox.announce(false);
  const waiting = document.getElementById("waiting");
  if (present && waiting) {
    outbox.note("lines", [...waiting.querySelectorAll(".scan-line > :first-child > :first-child")].map((line) => line.innerText.replace(/\s+/g, " ").trim()));
  }
}
