// The outbox: every scan is written down here before it is sent, under the key
// it keeps for ever, and struck off when the server has answered. So a reload,
// a lock or a lost network loses nothing, and a scan sent twice counts once.
// It holds what was scanned, when and by whom; no patient is known here.

const SCHEMA = 1;
export const IN_FLIGHT = 22_000; // ms; a request is given up after 20 s
export const MANY = 50;          // unsent scans that are worth a warning
export const OLD = 4 * 3600_000; // ms after which an unsent scan is

const channel = globalThis.BroadcastChannel && new BroadcastChannel("trueward-outbox");
channel?.addEventListener("message", () => announce(false));

let opened;
const database = () => (opened ??= open().catch(() => inMemory()));

// The first page does not wait for the library: nothing is kept before it stands.
const open = async () => (await import("../vendor/idb/index.js")).openDB("trueward", 1, {
  upgrade(db) {
    db.createObjectStore("scans", { keyPath: "seq", autoIncrement: true }).createIndex("id", "id", { unique: true });
    db.createObjectStore("about");
  },
  terminated() { opened = undefined; },
});

// inMemory stands in where the browser keeps nothing, as in some private windows.
function inMemory() {
  const rows = new Map(), about = new Map();
  let seq = 0;
  return {
    forgets: true,
    add: async (_, row) => { row.seq = ++seq; rows.set(row.seq, row); return row.seq; },
    put: async (store, value, key) => (store === "about" ? about.set(key, value) : rows.set(value.seq, value)),
    get: async (_, key) => about.get(key),
    getAll: async () => [...rows.values()],
    getFromIndex: async (_, __, id) => [...rows.values()].find((row) => row.id === id),
    delete: async (_, key) => rows.delete(key),
  };
}

// lasting says whether what is kept survives the page.
export const lasting = async () => !(await database()).forgets;

// device is a random name of this browser, the same until its storage is cleared.
async function device() {
  let name = await recall("device");
  if (!name) await note("device", name = newKey());
  return name;
}

// newKey makes a UUID; randomUUID is missing on plain http other than localhost.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// keep writes a scan down. tried is when a first try began, 0 for none.
export async function keep({ id, raw, symbology, source, url }, tried) {
  const present = (await whoAndWhere()) ?? {};
  const row = {
    id, kind: "scan", url, raw, symbology, source, schema: SCHEMA, captured_at: Date.now(), tried,
    case: present.case ?? "", case_name: present.caseName ?? "", person: present.person ?? "", name: present.name ?? "", device: await device(),
  };
  row.seq = await (await database()).add("scans", row);
  await announce();
  return row;
}

export async function change(id, what) {
  const db = await database();
  const row = await db.getFromIndex("scans", "id", id);
  if (row) await db.put("scans", { ...row, ...what });
  await announce();
}

// done strikes a scan off.
export async function done(...ids) {
  const db = await database();
  for (const id of ids) {
    const row = await db.getFromIndex("scans", "id", id);
    if (row) await db.delete("scans", row.seq);
  }
  await announce();
}

// list returns what waits, oldest first; a scan whose first try is under way is
// not waiting yet.
export async function list() {
  const rows = await (await database()).getAll("scans");
  return rows.filter((row) => Date.now() - row.tried > IN_FLIGHT);
}

export const recall = async (name) => (await database()).get("about", name);
export const note = async (name, value) => (await database()).put("about", value, name);

// here is who works on this page and on which case; null on pages of nobody.
export function here() {
  const { person, name, case: id, caseName } = document.querySelector("[data-pill][data-person]")?.dataset ?? {};
  return person ? { person, name, case: id, caseName } : null;
}

// whoAndWhere is here, with the case that was open last on pages that do not
// know of cases.
export async function whoAndWhere() {
  const now = here();
  if (now?.case !== undefined) return now;
  const before = await recall("present");
  return now && before?.person !== now.person ? now : before && { ...now, ...before };
}

// announce tells this page, and the other ones, what waits.
export async function announce(others = true) {
  const rows = await list();
  document.dispatchEvent(new CustomEvent("trueward:waiting", { detail: rows.length }));
  document.dispatchEvent(new CustomEvent("trueward:outbox", { detail: rows }));
  if (others) channel?.postMessage("changed");
}

// worrying says whether so much waits, or for so long, that people should know.
export const worrying = (rows) => rows.length > MANY || rows.some((row) => Date.now() - row.captured_at > OLD);
