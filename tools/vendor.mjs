// Copies the browser libraries named in package.json from node_modules to
// static/vendor, each with its licence, and writes static/vendor/SHA256SUMS.
// With --check nothing is written: the committed files are compared with their
// checksums and, when node_modules is there, with the packages themselves.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vendor = join(root, "static", "vendor");
const sums = join(vendor, "SHA256SUMS");

// from (inside node_modules) -> to (inside static/vendor)
const files = {
  "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
  "htmx.org/dist/ext/hx-sse.min.js": "htmx/hx-sse.min.js",
  "htmx.org/LICENSE": "htmx/LICENSE",
  "idb/build/index.js": "idb/index.js",
  "idb/LICENSE": "idb/LICENSE",
  "zxing-wasm/dist/iife/reader/index.js": "zxing-wasm/reader.js",
  "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing-wasm/zxing_reader.wasm.gz", // packed: it is embedded in the program
  "zxing-wasm/LICENSE": "zxing-wasm/LICENSE",
};

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
const sha256 = (path) => digest(readFileSync(path));
const packed = (to) => to.endsWith(".gz");

function walk(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

function listing() {
  return walk(vendor)
    .filter((path) => path !== sums)
    .map((path) => `${sha256(path)}  ${relative(vendor, path).replaceAll("\\", "/")}`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
    .join("\n") + "\n";
}

function copy() {
  for (const to of new Set(Object.values(files).map((path) => path.split("/")[0]))) {
    rmSync(join(vendor, to), { recursive: true, force: true });
  }
  for (const [from, to] of Object.entries(files)) {
    mkdirSync(dirname(join(vendor, to)), { recursive: true });
    const source = join(root, "node_modules", from);
    if (packed(to)) writeFileSync(join(vendor, to), gzipSync(readFileSync(source), { level: 9 }));
    else cpSync(source, join(vendor, to));
  }
  writeFileSync(sums, listing());
}

function check() {
  const wrong = [];
  if (readFileSync(sums, "utf8") !== listing()) wrong.push("static/vendor differs from SHA256SUMS");
  for (const [from, to] of Object.entries(files)) {
    const source = join(root, "node_modules", from);
    const placed = readFileSync(join(vendor, to));
    if (existsSync(source) && sha256(source) !== digest(packed(to) ? gunzipSync(placed) : placed)) wrong.push(`${to} differs from ${from}`);
  }
  if (wrong.length) {
    console.error(wrong.join("\n"));
    process.exit(1);
  }
}

if (process.argv.includes("--check")) check();
else copy();
