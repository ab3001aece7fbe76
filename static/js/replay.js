// Sends what the outbox holds: at load, when the page is looked at again, when
// the connection is back, and on a timer. Each scan goes under the key it was
// written down with, whether or not an earlier try reached the server, so the
// server can tell a repetition from a second scan.
import * as outbox from "./outbox.js";

const BATCH = 50;
const SOONEST = 10_000, LATEST = 120_000; // ms between two tries
const LATER = [408, 425, 429, 500, 502, 503, 504];

let busy = false, wanted = null, timer = 0, pause = SOONEST;

export function startReplay() {
  document.addEventListener("trueward:online", () => replay());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) replay(); });
  window.addEventListener("pageshow", () => replay());
  window.addEventListener("online", () => replay());
  replay();
}

// replay sends the person's own scans, or with handed everybody's on this
// device in the name of the person who is here.
export async function replay({ handed = false } = {}) {
  clearTimeout(timer);
  if (!outbox.here()) return;
  if (busy) {
    wanted = { handed: handed || Boolean(wanted?.handed) }; // after the run that is under way
    return;
  }
  busy = true;
  try {
    await alone(handed, () => sendAll(handed));
    pause = SOONEST;
  } catch {
    pause = Math.min(pause * 2, LATEST);
    document.dispatchEvent(new Event("trueward:lost"));
  } finally {
    busy = false;
    const next = wanted;
    wanted = null;
    if (next) replay(next);
    else if ((await mine(handed)).length) timer = setTimeout(replay, pause * (0.75 + Math.random() / 2));
  }
}

// alone keeps two tabs from sending the same scans at the same time; it would
// do no harm, only work. What a person asked for waits its turn.
const alone = (asked, work) => (navigator.locks ? navigator.locks.request("trueward-outbox", { ifAvailable: !asked }, (lock) => lock && work()) : work());

async function mine(handed) {
  const me = outbox.here()?.person;
  return (await outbox.list()).filter((row) => !row.refused && (handed || !row.person || row.person === me));
}

async function sendAll(handed) {
  const { scanUrl, keptUrl } = document.querySelector("[data-pill]").dataset;
  const rows = await mine(handed), ofBox = rows.filter((row) => row.url === scanUrl);
  for (let at = 0; at < ofBox.length; at += BATCH) await send(keptUrl, ofBox.slice(at, at + BATCH));
  for (const row of rows) if (row.url !== scanUrl) await sendElsewhere(row);
}

// post answers null when whoever scanned has to sign in first.
async function post(url, form) {
  const answer = await fetch(url, { method: "POST", body: form, redirect: "error", headers: { "HX-Request": "true" } });
  if (LATER.includes(answer.status)) throw new Error("not now");
  return answer.status === 401 ? null : answer;
}

async function send(url, rows) {
  const form = new URLSearchParams({ idempotency_key: outbox.newKey(), me: outbox.here().person, sent: String(Date.now()) });
  for (const row of rows) {
    form.append("key", row.id);
    for (const field of ["symbology", "source", "case", "person"]) form.append(field, row[field]);
    form.append("scan", row.raw);
    form.append("captured", String(row.captured_at));
  }
  const answer = await post(url, form);
  if (!answer || answer.status === 409) return; // somebody else has signed in meanwhile
  if (!answer.ok) return refuse(url, rows, answer);
  await settle(await answer.json());
}

// settle strikes off what the server took, and keeps with its words what not.
async function settle(answers) {
  for (const one of answers) if (one.state === "refused") await outbox.change(one.key, { refused: one.words });
  await outbox.done(...answers.filter((one) => one.state !== "refused").map((one) => one.key));
  document.dispatchEvent(new CustomEvent("trueward:answered", { detail: answers }));
}

// sendElsewhere sends a scan that was made in another page's box (a move, a
// receipt) to where it was meant for.
async function sendElsewhere(row) {
  const answer = await post(row.url, new URLSearchParams({ idempotency_key: row.id, scan: row.raw, symbology: row.symbology, source: row.source }));
  if (answer) await settle([{ key: row.id, state: answer.ok ? "checked" : "refused", title: "", words: String(answer.status) }]);
}

// refuse finds the scan that a batch was refused for, one by one.
async function refuse(url, rows, answer) {
  if (rows.length > 1) {
    for (const row of rows) await send(url, [row]);
    return;
  }
  await outbox.change(rows[0].id, { refused: String(answer.status) });
}
