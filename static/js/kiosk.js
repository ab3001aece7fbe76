// At a shared workstation a badge switches the person from any page, and a page
// that nobody touches goes back to the locked screen. The server keeps the real
// time; this only shows it.
const START = ";";      // what a badge reader types first (ISO/IEC 7813, track 2)
const GAP = 120;        // ms between two keys of a reader
const WARN = 60;        // seconds before the lock

export function startKiosk() {
  const form = document.getElementById("badge-tap");
  if (!form) return;
  let text = "", last = -Infinity;

  // Before the scanner's own listener: a badge is never taken for a product.
  window.addEventListener("keydown", (event) => {
    if (event.isComposing || event.target?.matches?.("input[type=password]")) return;
    if (text && event.timeStamp - last > GAP) text = "";
    if (event.key === START || (text && event.key.length === 1)) {
      text = event.key === START ? START : text + event.key;
      last = event.timeStamp;
    } else if (event.key === "Enter" && text.length > 6) {
      const badge = text;
      text = "";
      send(form, badge);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });

  const idle = 1000 * Number(form.dataset.idleSeconds);
  if (!idle) return;
  let ends = performance.now() + idle;
  document.addEventListener("htmx:after:request", () => { ends = performance.now() + idle; });
  const warning = document.getElementById("lock-warning");
  setInterval(() => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    if (left <= 0) lock(form.dataset.locked);
    else if (warning) warning.hidden = left > WARN;
  }, 1000);
}

// lock also has the device forget who was here, for pages that are shown while
// the server cannot be reached.
function lock(page) {
  document.dispatchEvent(new Event("trueward:lock"));
  location.assign(page);
}

function send(form, badge) {
  form.elements.namedItem("badge").value = badge;
  form.elements.namedItem("next").value = location.pathname + location.search;
  form.submit();
}
