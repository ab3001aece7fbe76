// A keyboard wedge types its scan like a very fast person. This module tells the
// two apart on every page, with or without a focused field, takes the burst out
// of whatever field it fell into, and hands it on as one scan.
import { form as scanForm, submitScan } from "./scan.js";

const GS = "\u001d";
const GAP = 120;        // ms between two keys of one burst; with 50 ms a slow scanner loses its first key
const TYPIST = 60;      // ms; a person's median is slower, so inside a field a burst must be faster
const SHORTEST = 6;     // characters; shorter bursts are keys held down or shortcuts

// Burst gathers the keys that came quickly one after the other.
export class Burst {
  constructor() { this.clear(); }

  clear() {
    this.text = "";
    this.gaps = [];
    this.last = -Infinity;
    this.field = null;
  }

  // add takes a character and its time; a pause starts a new burst.
  add(char, time, field) {
    if (time - this.last > GAP) {
      this.clear();
      this.field = remember(field);
    } else {
      this.gaps.push(time - this.last);
    }
    this.text += char;
    this.last = time;
  }

  // isScan judges the burst: long enough, and inside a field faster than hands.
  isScan(time, suffixed) {
    if (this.text.length < SHORTEST || (suffixed && time - this.last > GAP)) return false;
    return (suffixed && !this.field) || this.text.includes(GS) || median(this.gaps) <= TYPIST;
  }

  get running() { return this.gaps.length > 0; }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : Infinity;
}

// remember notes what a field held before the burst fell into it.
function remember(field) {
  if (!field) return null;
  let start = null, end = null;
  try { [start, end] = [field.selectionStart, field.selectionEnd]; } catch { /* kinds of input without a caret */ }
  return { field, value: field.value, start, end };
}

function restore(memory) {
  if (!memory?.field.isConnected) return;
  memory.field.value = memory.value;
  if (memory.start !== null) try { memory.field.setSelectionRange(memory.start, memory.end); } catch { /* as above */ }
  memory.field.dispatchEvent(new Event("input", { bubbles: true }));
}

function editable(target) {
  if (target?.matches?.("textarea")) return target;
  const plain = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]):not([type=file]):not([type=password])";
  return target?.matches?.(plain) ? target : null;
}

// charOf names the character a key stands for, or "" for a key that is none.
function charOf(event) {
  if (event.key === GS) return GS;
  if (event.ctrlKey && !event.altKey && (event.code === "BracketRight" || event.key === "]")) return GS;
  const altGraph = event.getModifierState?.("AltGraph");
  if (event.key.length !== 1 || ((event.ctrlKey || event.metaKey || event.altKey) && !altGraph)) return "";
  return event.key;
}

const modifiers = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"]);

export function startWedge() {
  const form = scanForm();
  if (!form) return;
  const suffix = form.dataset.wedgeSuffix ?? "Enter"; // Enter, Tab or none
  const prefix = form.dataset.wedgePrefix ?? "";
  const burst = new Burst();
  let quiet = 0, ended = -Infinity;

  const finish = (time, suffixed) => {
    clearTimeout(quiet);
    const scan = burst.isScan(time, suffixed);
    if (scan) {
      restore(burst.field);
      send(burst.text, prefix);
    }
    burst.clear();
    return scan;
  };

  window.addEventListener("keydown", (event) => {
    if (event.isComposing || modifiers.has(event.key) || event.target?.matches?.("input[type=password]")) return;
    if (event.key === suffix || (event.key === "Enter" && suffix !== "none")) {
      if (!finish(event.timeStamp, true)) return;
      ended = event.timeStamp;
      stop(event);
      return;
    }
    const char = charOf(event);
    if (char === "") return burst.clear();
    const field = editable(event.target);
    burst.add(char, event.timeStamp, field);
    // Outside a field the rest of a burst must not scroll, press or search.
    if (char === GS || (!field && burst.running)) stop(event);
    if (burst.running) document.dispatchEvent(new CustomEvent("trueward:burst", { detail: burst.text }));
    clearTimeout(quiet);
    if (suffix === "none") quiet = setTimeout(() => finish(event.timeStamp, false), GAP + 30);
  }, { capture: true });

  // The Enter that ends a scan must not press the button that has the focus.
  window.addEventListener("keypress", (event) => {
    if (event.key === "Enter" && event.timeStamp - ended < GAP) stop(event);
  }, { capture: true });
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function send(text, prefix) {
  const raw = prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const symbology = /^\][A-Za-z][0-9A-Za-z]/.exec(raw)?.[0] ?? "";
  submitScan(raw, "wedge", symbology);
}
