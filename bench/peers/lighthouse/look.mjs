// Judges the product's main pages as Lighthouse does, on a simulated slow phone,
// and prints a table. Arguments: the address of a demo, its password, and a
// Markdown file between whose marks the table goes, if any.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const [base, password, file] = process.argv.slice(2);
const rounds = 3;
const pages = [
  ["", "/sign-in"],
  ["amy@brannoc.example", "/ward"],
  ["amy@brannoc.example", "/scan"],
  ["ines@norvane.example", "/vendor/stock"],
  ["ines@norvane.example", "/invoices"],
  ["tom@brannoc.example", "/queue"],
];
// docs: LCP and TBT in milliseconds, CLS without unit, accessibility of 1.
const bounds = { lcp: 1500, cls: 0.02, tbt: 100, accessibility: 1 };

async function cookieOf(email) {
  if (!email) return "";
  const answer = await fetch(base + "/sign-in", { method: "POST", redirect: "manual", body: new URLSearchParams({ email, password }) });
  const cookies = answer.headers.getSetCookie().map((c) => c.split(";")[0]);
  if (answer.status !== 303 || !cookies.length) throw new Error(`${email} does not get in: ${answer.status}`);
  return cookies.join("; ");
}

async function judge(chrome, cookie, path) {
  const { lhr } = await lighthouse(base + path, {
    port: chrome.port, output: "json", onlyCategories: ["performance", "accessibility"], logLevel: "error",
    extraHeaders: cookie ? { Cookie: cookie } : undefined,
  });
  if (lhr.runtimeError || new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path}: ${lhr.runtimeError?.message ?? "led to " + lhr.finalDisplayedUrl}`);
  return {
    lcp: lhr.audits["largest-contentful-paint"].numericValue, cls: lhr.audits["cumulative-layout-shift"].numericValue,
    tbt: lhr.audits["total-blocking-time"].numericValue, accessibility: lhr.categories.accessibility.score,
    bytes: lhr.audits["total-byte-weight"].numericValue,
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const verdict = (m) => (m.lcp <= bounds.lcp && m.cls <= bounds.cls && m.tbt <= bounds.tbt && m.accessibility >= bounds.accessibility ? "met" : "**missed**");

const chrome = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const lines = [
  `Measured ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC on ${cpus()[0].model.trim()}, ${cpus().length} processors; medians of ${rounds} rounds.`, "",
  "| page | LCP, ≤ 1.5 s | TBT, ≤ 100 ms | CLS, ≤ 0.02 | accessibility, 1 | transferred | |", "|---|---|---|---|---|---|---|",
];
try {
  for (const [email, path] of pages) {
    const cookie = await cookieOf(email);
    const found = [];
    for (let i = 0; i < rounds; i++) found.push(await judge(chrome, cookie, path));
    const m = Object.fromEntries(Object.keys(found[0]).map((k) => [k, median(found.map((f) => f[k]))]));
    lines.push(`| ${path} | ${(m.lcp / 1000).toFixed(2)} s | ${m.tbt.toFixed(0)} ms | ${m.cls.toFixed(3)} | ${m.accessibility.toFixed(2)} | ${(m.bytes / 1000).toFixed(0)} KB | ${verdict(m)} |`);
    console.error(lines.at(-1));
  }
} finally {
  await chrome.kill();
}
const text = lines.join("\n") + "\n";
process.stdout.write(text);
if (file) {
  const old = readFileSync(file, "utf8");
  const at = old.indexOf("<!-- pages: written by bench/run-pages -->"), end = old.indexOf("<!-- end of pages -->");
  if (at < 0 || end < at) throw new Error(`${file} has no marks for this table`);
  writeFileSync(file, old.slice(0, old.indexOf("\n", at) + 1) + "\n" + text + "\n" + old.slice(end));
}
