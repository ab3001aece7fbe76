// Opens a page of the house as a sheet over the one a person is on: the list of
// places and the map of keys. The server draws both; without this module their
// links lead to the same as pages.
const PAUSE = 120; // ms without a key before the list is asked for again

async function part(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error("no part of a page");
  return answer.text();
}

export async function openSheet(link) {
  const url = link.dataset.sheet;
  let dialog = document.getElementById("sheet");
  if (dialog?.open) return dialog.close();
  dialog ??= make();
  dialog.setAttribute("aria-label", link.textContent.trim().replace(/\s*Ctrl K$/, ""));
  try {
    dialog.querySelector("[data-sheet-body]").innerHTML = await part(url);
  } catch {
    location.href = url; // the page says why: signed out, or no connection
    return;
  }
  if (dialog.open) return;
  link.closest("details[data-drop]")?.removeAttribute("open");
  dialog.showModal();
  const text = dialog.querySelector("[data-palette-form] input");
  if (text) search(dialog, text, url);
}

function make() {
  const dialog = document.createElement("dialog");
  dialog.id = "sheet";
  dialog.className = "overlay";
  const words = document.querySelector("[data-close-word]")?.dataset.closeWord ?? "Close";
  const close = document.createElement("button");
  close.className = "btn overlay-close";
  close.textContent = words;
  const body = document.createElement("div");
  body.dataset.sheetBody = "";
  dialog.append(body, close);
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target === close) dialog.close(); });
  document.body.append(dialog);
  return dialog;
}

// search asks for the list anew while a person types; arrows walk through it.
function search(dialog, text, url) {
  const results = dialog.querySelector("[data-palette-results]");
  let shown = text.value, timer = 0, asked = Promise.resolve();
  const ask = () => {
    clearTimeout(timer);
    const wanted = text.value;
    if (wanted === shown) return asked;
    shown = wanted;
    asked = part(`${url}?${new URLSearchParams({ q: wanted })}`)
      .then((html) => { if (text.value === wanted || shown === wanted) results.innerHTML = html; })
      .catch(() => { shown = null; });
    return asked;
  };
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  dialog.querySelector("[data-palette-form]").addEventListener("submit", async (event) => {
    event.preventDefault();
    await ask();
    results.querySelector("a[href]")?.click();
  });
  dialog.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [text, ...results.querySelectorAll("a[href]")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  text.focus();
}
