// Lists what the outbox holds, on the scan page and on the outbox page, and what
// became of each when it was sent. All words come from the page's templates.
import * as outbox from "./outbox.js";
import { readable } from "./scan.js";
import { replay } from "./replay.js";
import { play } from "./sounds.js";

const worst = ["stop", "duplicate", "good"];
let answered = [];

export function startSaved(box) {
  document.addEventListener("trueward:outbox", ({ detail }) => draw(box, detail));
  document.addEventListener("trueward:answered", ({ detail }) => {
    answered = [...detail.filter((one) => one.state !== "refused").reverse(), ...answered].slice(0, 200);
    drawAnswers(box);
    play(worst.find((sound) => detail.some((one) => one.sound === sound)) ?? "");
    document.body.dispatchEvent(new CustomEvent("case")); // the running list asks for itself again
  });
  box.addEventListener("click", ({ target }) => act(box, target.closest("[data-do]")));
  window.addEventListener("hashchange", () => outbox.announce(false));
  outbox.announce(false);
}

async function act(box, button) {
  switch (button?.dataset.do) {
    case "try": return replay();
    case "hand": return replay({ handed: true });
    case "discard": return outbox.done(button.closest("[data-id]").dataset.id);
  }
}

function draw(box, rows) {
  const me = outbox.here()?.person;
  const list = box.querySelector("[data-saved-list]");
  list.replaceChildren(...rows.toReversed().map((row) => line(box, row)));
  show(box, "[data-saved-any]", rows.length > 0);
  show(box, "[data-saved-none]", rows.length === 0);
  show(box, "[data-saved-many]", outbox.worrying(rows));
  show(box, "[data-saved-theirs]", Boolean(me) && rows.some((row) => row.person && row.person !== me));
  for (const place of box.querySelectorAll("[data-saved-count]")) place.textContent = String(rows.length);
  for (const place of document.querySelectorAll("[data-leaving]")) place.hidden = rows.length === 0 || location.hash !== "#leaving";
  outbox.lasting().then((lasting) => show(box, "[data-saved-fleeting]", !lasting && rows.length > 0));
}

function line(box, row) {
  const item = box.querySelector("template[data-saved-line]").content.firstElementChild.cloneNode(true);
  const set = (name, text) => { item.querySelector(`[data-${name}]`).textContent = text; };
  item.dataset.id = row.id;
  set("text", readable(row.raw));
  set("when", new Date(row.captured_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  set("who", [row.name, row.case_name].filter(Boolean).join(" · "));
  item.querySelector("[data-refused]").hidden = !row.refused;
  if (row.refused) set("refused-words", /^\d+$/.test(row.refused) ? "" : row.refused);
  return item;
}

function drawAnswers(box) {
  const list = box.querySelector("[data-answer-list]");
  list.replaceChildren(...answered.map((one) => {
    const item = box.querySelector("template[data-answer-line]").content.firstElementChild.cloneNode(true);
    item.querySelector("[data-title]").textContent = one.title || one.words;
    item.querySelector("[data-words]").textContent = one.title ? one.words : "";
    item.querySelector("[data-conflict]").hidden = one.state !== "conflict";
    return item;
  }));
  show(box, "[data-answers]", answered.length > 0);
}

function show(box, selector, on) {
  for (const element of box.querySelectorAll(selector)) element.hidden = !on;
}
