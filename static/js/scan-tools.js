// The tools of the scan page: one product after another without a word for each,
// and the phone's own tag reader.
import { submitScan } from "./scan.js";
import { stayAwake } from "./awake.js";

const SUMMARY = 1_500; // ms of quiet after which a batch is summed up aloud

startBatch(document.querySelector("[data-batch]"));
startTags(document.querySelector("[data-nfc]"));

// startBatch turns the answers of many quick scans into a count: the newest
// stands on top as always, a stop still interrupts, and the rest is said once,
// when the scanner is quiet.
function startBatch(button) {
  if (!button) return;
  const said = document.querySelector("[data-batch-said]");
  const result = document.getElementById("scan-result");
  const count = { all: 0, stop: 0, duplicate: 0 };
  let on = false, quiet = 0, sleep = () => {};

  button.hidden = false;
  button.addEventListener("click", () => {
    on = !on;
    button.setAttribute("aria-pressed", String(on));
    Object.assign(count, { all: 0, stop: 0, duplicate: 0 });
    said.textContent = "";
    if (on) sleep = stayAwake();
    else sleep();
  });
  const watch = new MutationObserver(() => {
    const answer = result.firstElementChild;
    if (!on || !answer || "counted" in answer.dataset || "saved" in answer.dataset) return;
    answer.dataset.counted = "";
    for (const element of result.querySelectorAll("[role=status]")) element.removeAttribute("role");
    count.all++;
    const sound = result.querySelector("[data-sound=stop]") ? "stop" : result.querySelector("[data-sound=duplicate]") ? "duplicate" : "";
    if (sound) count[sound]++;
    clearTimeout(quiet);
    quiet = setTimeout(() => sum(said, count), SUMMARY);
  });
  watch.observe(result, { childList: true });
}

function sum(said, { all, stop, duplicate }) {
  said.textContent = said.dataset.words.replace("{all}", all).replace("{stop}", stop).replace("{twice}", duplicate);
}

// startTags offers the phone's tag reader (Web NFC), where there is one.
function startTags(button) {
  if (!button || !("NDEFReader" in window)) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const reader = new NDEFReader();
    const note = document.querySelector("[data-nfc-note]");
    try {
      await reader.scan();
      button.setAttribute("aria-pressed", "true");
      note.textContent = note.dataset.ready;
    } catch (failure) {
      note.textContent = failure.name === "NotAllowedError" ? note.dataset.refused : note.dataset.missing;
      return;
    }
    reader.addEventListener("reading", ({ message }) => {
      const address = message.records.find((record) => record.recordType === "url" || record.recordType === "absolute-url");
      if (address) submitScan(new TextDecoder().decode(address.data), "nfc");
      else note.textContent = note.dataset.empty;
    });
    reader.addEventListener("readingerror", () => { note.textContent = note.dataset.again; });
  });
}
