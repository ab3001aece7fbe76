// The page that stands in while the server cannot be reached. It knows who
// worked here last, on which case, and what was on its list then; it looks for
// the server and makes way for the real page as soon as there is one.
import * as outbox from "./outbox.js";
import { replay } from "./replay.js";

const PROBE = 4_000; // ms, with jitter

const pill = document.querySelector("[data-pill]");
const shell = document.querySelector("[data-shell]");

document.dispatchEvent(new Event("trueward:lost"));
const present = await outbox.recall("present");
const work = shell.querySelector("[data-shell-work]");
if (present) {
  for (const [name, text] of Object.entries(present)) if (text !== undefined) pill.dataset[name] = text;
  for (const [name, text] of Object.entries({ person: present.name, case: present.caseName })) {
    for (const place of shell.querySelectorAll(`[data-shell-${name}]`)) place.textContent = text ?? "";
  }
  shell.querySelector("[data-shell-open]").hidden = !present.caseName;
  const lines = (present.caseName && (await outbox.recall("lines"))) || [];
  shell.querySelector("[data-shell-lines]").replaceChildren(...lines.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
  shell.querySelector("[data-shell-list]").hidden = lines.length === 0;
}
work.hidden = !present;
shell.querySelector("[data-shell-nobody]").hidden = Boolean(present);
outbox.announce(false);
look();

async function look() {
  try {
    const answer = await fetch(pill.dataset.probe, { method: "HEAD", cache: "no-store" });
    if (answer.ok) {
      await replay();
      return location.pathname === shell.dataset.shell ? location.replace("/") : location.reload();
    }
  } catch { /* still out of reach */ }
  setTimeout(look, PROBE * (0.75 + Math.random() / 2));
}
