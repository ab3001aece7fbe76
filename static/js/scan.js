// One way to the server for every scan: the form #scan-form, posted by htmx to
// its data-scan-url, answered into #scan-result. Fields: scan, source,
// symbology, idempotency_key. A scan that did not reach the server waits here
// with its key and is sent again; the key makes a repeated one harmless.

const store = "trueward.waiting";
const form = () => document.getElementById("scan-form");

// newKey makes a UUID; randomUUID is missing on plain http other than localhost.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// submitScan sends one scan. text is raw: group separators stay U+001D. It
// answers false when the page has nowhere to send it.
export function submitScan(text, source, symbology = "") {
  const target = form();
  if (!target) return false;
  const typed = target.elements.scan.value;
  target.elements.scan.value = text;
  target.elements.source.value = source;
  target.elements.symbology.value = symbology;
  target.elements.idempotency_key.value = newKey();
  target.requestSubmit();
  // What a person was typing meanwhile stays in the field.
  if (source !== "typed" && target.elements.scan.value === "") target.elements.scan.value = typed;
  return true;
}

export function startScan() {
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement !== form()) return;
    // htmx has read the fields: keep them for a retry, free the form for the next.
    ctx.scan = Object.fromEntries(ctx.request.body.entries());
    const { elements } = ctx.sourceElement;
    elements.scan.value = "";
    elements.source.value = "typed";
    elements.symbology.value = "";
    elements.idempotency_key.value = newKey();
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (!ctx.scan) return;
    // A gateway in front that lost the server says nothing about the scan.
    if ([502, 503, 504].includes(ctx.response.status)) wait(ctx.scan);
    else if (ctx.response.status >= 400) giveBack(ctx.scan);
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => { if (ctx?.scan) wait(ctx.scan); });
  document.addEventListener("trueward:online", sendWaiting);
  announce();
}

// giveBack returns a refused typed scan to the field, to be corrected.
function giveBack(scan) {
  const field = form()?.elements.scan;
  if (scan.source === "typed" && field && field.value === "") field.value = scan.scan;
}

const waiting = () => JSON.parse(sessionStorage.getItem(store) ?? "[]");

function keep(list) {
  sessionStorage.setItem(store, JSON.stringify(list));
  announce();
}

function announce() {
  document.dispatchEvent(new CustomEvent("trueward:waiting", { detail: waiting().length }));
}

function wait(scan) {
  const list = waiting();
  if (!list.some((other) => other.idempotency_key === scan.idempotency_key)) keep([...list, scan]);
}

let sending = false;

// sendWaiting sends the oldest first and stops at the first that fails.
async function sendWaiting() {
  const target = form();
  if (sending || !target) return;
  sending = true;
  try {
    for (const scan of waiting()) {
      const answer = await fetch(target.dataset.scanUrl, {
        method: "POST",
        body: new URLSearchParams(scan),
        headers: { "HX-Request": "true", "HX-Target": "div#scan-result" },
      });
      if ([502, 503, 504].includes(answer.status)) return;
      keep(waiting().filter((other) => other.idempotency_key !== scan.idempotency_key));
      await htmx.swap({ text: await answer.text(), target: "#scan-result", swap: target.getAttribute("hx-swap") ?? "innerHTML", sourceElement: target });
    }
  } catch {
    // Still unreachable: they stay, and the next sign of life tries again.
  } finally {
    sending = false;
  }
}
