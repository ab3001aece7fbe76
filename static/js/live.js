// The connection pill: Online, Saving n, Offline – n waiting. It believes
// requests and the server's heartbeat, not navigator.onLine, which stays true in
// most real outages.
const SILENCE = 50_000; // ms; the server beats every 20 s
const PROBE = 5_000;    // ms between looks while offline

export function startLive() {
  const pill = document.querySelector("[data-pill]");
  if (!pill) return;
  const streams = document.getElementById("live") !== null;
  const state = { saving: 0, waiting: 0, down: false, heard: performance.now() };
  const show = () => paint(pill, state);

  const up = () => {
    state.heard = performance.now();
    const was = state.down;
    state.down = false;
    show();
    if (was || state.waiting > 0) document.dispatchEvent(new CustomEvent("trueward:online"));
  };
  const lost = () => { state.down = true; show(); };

  const writes = (ctx) => ctx?.request && ctx.request.method !== "GET";
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => { if (writes(ctx)) { state.saving++; show(); } });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => { if (writes(ctx)) { state.saving = Math.max(0, state.saving - 1); show(); } });
  document.addEventListener("htmx:after:request", up);
  document.addEventListener("htmx:error", ({ detail: { error } }) => { if (error instanceof TypeError || error === "timeout") lost(); });
  // A stream that comes back, as on a page that was in the background, and one
  // that could not keep up have missed something.
  // The first connection may be made before this script listens.
  document.addEventListener("htmx:sse:after:connection", ({ detail }) => { if (detail.connection.attempt > 0) catchUp(); up(); });
  document.addEventListener("everything", catchUp);
  document.addEventListener("htmx:sse:error", lost);
  document.addEventListener("heartbeat", up);
  document.addEventListener("trueward:lost", lost);
  document.addEventListener("trueward:waiting", ({ detail }) => { state.waiting = detail; show(); });

  setInterval(() => {
    if (streams && !document.hidden && performance.now() - state.heard > SILENCE) lost();
    if (state.down || state.waiting > 0) probe(pill.dataset.probe, up);
  }, PROBE);
  show();
}

// catchUp lets every part of the page that waits for news ask for its own state.
function catchUp() {
  const kinds = [...document.querySelectorAll("[hx-trigger*='from:body']")].map((part) => part.getAttribute("hx-trigger").split(" ")[0]);
  for (const kind of new Set(kinds)) document.body.dispatchEvent(new CustomEvent(kind));
}

async function probe(url, up) {
  if (!url) return;
  try {
    const answer = await fetch(url, { method: "HEAD", cache: "no-store" });
    if (answer.ok) up();
  } catch { /* still out of reach */ }
}

function paint(pill, { saving, waiting, down }) {
  const offline = down || waiting > 0;
  const name = offline ? "offline" : saving > 0 ? "saving" : "online";
  const words = { online: pill.dataset.online, saving: pill.dataset.saving, offline: pill.dataset.offline };
  const text = words[name].replace("{n}", offline ? waiting : saving);
  const word = pill.querySelector("[data-pill-word]");
  if (pill.dataset.state !== name) pill.dataset.state = name;
  if (word.textContent !== text) word.textContent = text;
}
