// Single-key shortcuts: / search, s scan, g then a letter to go, j and k to move
// between rows, x to choose one, ? for the map of keys; and Ctrl+K, which opens
// the list of places. Single keys wait until no further key follows: a hand
// scanner's burst is never one of them, on pages that take scans (wedge.js
// swallows the rest of the burst and says so) and on pages that take none. They
// never fire inside a field, and are off with data-keys="off" on <html>.
const HOLD = 150; // ms; longer than the gap between two keys of a burst
const GO = 1500;  // ms between g and its letter

let typed = "";
let pending = 0;
let going = 0;

const off = () => document.documentElement.dataset.keys === "off";
const inField = (target) => target?.closest?.("input, textarea, select, [contenteditable]");

// wait acts on what was typed once nothing follows it.
function wait() {
  clearTimeout(pending);
  pending = setTimeout(() => {
    const keys = typed;
    typed = "";
    if (keys.length === 2 && keys[0] === "g") go(keys[1]);
    else if (keys.length === 1) act(keys);
  }, HOLD);
}

document.addEventListener("trueward:burst", ({ detail }) => {
  typed = detail;
  wait();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return press(document.querySelector('[data-sheet-key="k"]'));
  }
  if (off() || inField(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/") event.preventDefault(); // Firefox would open its own search
  typed += event.key;
  wait();
});

function act(key) {
  if (Date.now() - going < GO) {
    going = 0;
    return go(key);
  }
  switch (key) {
    case "/": return (document.querySelector("main [data-search]") ?? search()).focus?.();
    case "s": return press(document.querySelector("[data-scan-link]"));
    case "j": return moveRow(1);
    case "k": return moveRow(-1);
    case "x": return chooseRow();
    case "?": return press(document.querySelector('[data-sheet-key="?"]'));
    case "g": going = Date.now();
  }
}

const press = (element) => element?.click();
const go = (letter) => press(document.querySelector(`[data-go="${CSS.escape(letter)}"]`));

// search opens the list of places on a page that has no search of its own.
function search() {
  press(document.querySelector('[data-sheet-key="k"]'));
  return {};
}

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-rows] .row-link")];
  const here = links.indexOf(document.activeElement?.closest("tr")?.querySelector(".row-link"));
  const next = here < 0 ? links.at(step > 0 ? 0 : -1) : links[here + step] ?? links[here];
  next?.focus();
}

function chooseRow() {
  press(document.activeElement?.closest("[data-rows] tr")?.querySelector("input[type=checkbox]"));
}
