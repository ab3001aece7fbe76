// Single-key shortcuts: / search, s scan, g then a letter to go, j and k to move
// between rows, ? for the list. They wait out a wedge burst (wedge.js swallows
// every key of one but the first), never fire inside a field, and are off with
// data-keys="off" on <html>.
const HOLD = 150; // ms; longer than the gap between two keys of a burst

let pending = 0;
let going = false;

const off = () => document.documentElement.dataset.keys === "off";
const inField = (target) => target?.closest?.("input, textarea, select, [contenteditable]");

// A second quick key means a scanner is typing, not a person.
document.addEventListener("trueward:burst", () => clearTimeout(pending));

document.addEventListener("keydown", (event) => {
  if (off() || inField(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.key === "/") event.preventDefault(); // Firefox would open its own search
  pending = setTimeout(() => act(event.key), HOLD);
});

function act(key) {
  if (going) {
    going = false;
    return follow(`[data-go="${CSS.escape(key)}"]`);
  }
  switch (key) {
    case "/": return document.querySelector("[data-search]")?.focus();
    case "s": return follow("[data-scan-link]");
    case "j": return moveRow(1);
    case "k": return moveRow(-1);
    case "?": return openHelp();
    case "g":
      going = true;
      setTimeout(() => { going = false; }, 1500);
  }
}

const follow = (selector) => document.querySelector(selector)?.click();

function openHelp() {
  const help = document.querySelector("[data-keys-help]");
  if (!help) return;
  help.open = true;
  help.scrollIntoView({ block: "nearest" });
  help.querySelector("summary").focus();
}

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-rows] .row-link")];
  const next = links[links.indexOf(document.activeElement) + step] ?? (step > 0 ? links[0] : links.at(-1));
  next?.focus();
}
