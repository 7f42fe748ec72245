// Visits pages with Chromium and prints what it saw there. JSON in, JSON out:
//
// in:  { "browser": path, "visits": [{ "url", "secured", "again", "until", "read": { name: expression } }] }
// out: [{ "console": [text], "errors": [text], "issues": [code], "codings": { path: coding },
//         "read": { name: value } }]
//
// Each visit has a profile of its own, unless it is made `again` on the page of the one before. One that is
// `secured` goes through https, which ends here, with a certificate that nobody vouches for. It is over
// when `until` holds; without one, when the network is idle. Expressions are of the page's world,
// and may be promises.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { text } from "node:stream/consumers";
import tls from "node:tls";
import { chromium } from "playwright-core";

const PATIENCE = 20_000;

const FLAGS = [
  "--no-sandbox", // as root there is none
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--no-proxy-server",
  "--ignore-certificate-errors",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--short-reporting-delay", // reports leave at once instead of within a minute
];

const { browser: executablePath, visits } = JSON.parse(await text(process.stdin));
const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
const all = [];
let tab;
try {
  for (const visit of visits) {
    if (!visit.again) {
      await tab?.page.context().close();
      tab = await open();
    }
    const url = visit.secured ? await secured(new URL(visit.url)) : visit.url;
    all.push(await see(tab, { ...visit, url }));
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(all), () => process.exit());

/** The same by https. */
async function secured(url) {
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  const subject = ["-subj", "/CN=localhost", "-keyout", "-", "-out", "-"];
  const pem = execFileSync("openssl", [...request.split(" "), ...subject], { stdio: "pipe" });
  const server = tls.createServer({ key: pem, cert: pem }, (outer) => {
    const inner = net.connect(Number(url.port), url.hostname);
    // Either may go first; the other then has nothing more to say.
    outer.on("error", () => inner.destroy());
    inner.on("error", () => outer.destroy());
    outer.pipe(inner).pipe(outer);
  });
  await once(server.listen(0, "localhost"), "listening");
  return new URL(url.pathname, `https://localhost:${server.address().port}`).href;
}

/** A page of a new profile, and all that it tells. */
async function open() {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const devtools = await context.newCDPSession(page);
  const tab = { page, devtools, seen: null };
  page.on("console", (message) => tab.seen?.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => tab.seen?.errors.push(String(error)));
  page.on("response", (response) => {
    const coding = response.headers()["content-encoding"] ?? null;
    if (tab.seen) tab.seen.codings[new URL(response.url()).pathname] = coding;
  });
  devtools.on("Audits.issueAdded", ({ issue }) => tab.seen?.issues.push(issue.code));
  await devtools.send("Audits.enable");
  return tab;
}

async function see(tab, { url, until, read }) {
  const seen = { console: [], errors: [], issues: [], codings: {}, read: {} };
  tab.seen = seen;
  await tab.page.goto(url, { waitUntil: until ? "load" : "networkidle" });
  if (until) {
    // As the page's own code, which no policy of the page forbids: `waitForFunction` would need `eval`.
    const look = `new Promise((done) => {
      const look = async () => ((await (${until})) ? done(true) : requestAnimationFrame(look));
      look();
    })`;
    const late = setTimeout(() => {
      const { console, errors } = seen;
      process.stderr.write(`${url}: never (${until}): ${JSON.stringify({ console, errors })}\n`);
      process.exit(1);
    }, PATIENCE);
    await evaluate(tab, look);
    clearTimeout(late);
  }
  for (const [name, expression] of Object.entries(read)) {
    seen.read[name] = await evaluate(tab, expression);
  }
  tab.seen = null;
  return seen;
}

async function evaluate({ devtools }, expression) {
  const { result, exceptionDetails } = await devtools.send("Runtime.evaluate", {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) {
    throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
  }
  return result.value ?? null;
}
