// Asks for what the page shows, and writes down what came.

const get = (path, headers = {}) => fetch(path, { cache: "no-store", headers });
const bytes = (count) => `${count.toLocaleString("en")} B`;

/** The entry that the browser made of the last request for a path. */
const entryOf = (path) => performance.getEntriesByName(new URL(path, location).href).at(-1);

/** How long caches keep an answer, in words. */
function keptFor(policy) {
  if (!policy) return "as caches see fit";
  if (policy.includes("immutable")) return "a year";
  return policy;
}

async function showSent(row) {
  const { path } = row.dataset;
  const answer = await get(path);
  const text = await answer.arrayBuffer();
  const entry = entryOf(path);
  const [, coding, size, saved, kept, again] = row.cells;
  coding.textContent = answer.headers.get("content-encoding") ?? "none";
  size.textContent = bytes(entry.encodedBodySize);
  saved.textContent = `${Math.round(100 - (100 * entry.encodedBodySize) / text.byteLength)} %`;
  kept.textContent = keptFor(answer.headers.get("cache-control"));
  const tag = answer.headers.get("etag");
  const second = tag && (await get(path, { "If-None-Match": tag, "Cache-Control": "max-age=0" }));
  again.textContent = second ? `${second.status}, no bytes` : "a new one, untagged";
}

/** Writes JSON with its nulls marked, a person a line. */
function markNulls(place, people) {
  for (const person of people) {
    for (const part of JSON.stringify(person).split(/("\w+":null,?)/)) {
      const element = part.endsWith("null") || part.endsWith("null,") ? "mark" : "span";
      place.append(Object.assign(document.createElement(element), { textContent: part }));
    }
    place.append("\n");
  }
}

async function showStripped() {
  const count = (text) => text.match(/"\w+":null/g)?.length ?? 0;
  const written = await (await get("/api/people?nulls=keep")).text();
  const kept = await (await get("/api/people")).text();
  document.querySelector("#stripped").textContent = `${count(written) - count(kept)} members`;
  for (const [id, text] of [["#written", written], ["#kept", kept]]) {
    const place = document.querySelector(id);
    place.replaceChildren();
    markNulls(place, JSON.parse(text).slice(0, 3));
    place.append("…");
  }
}

async function showTiming() {
  await (await get("/slow")).text();
  const timing = entryOf("/slow").serverTiming;
  const total = timing.find(({ name }) => name === "total").duration;
  const bars = timing.map(({ name, duration, description }) => {
    const bar = Object.assign(document.createElement("div"), { className: "bar" });
    const meter = Object.assign(document.createElement("meter"), { max: total, value: duration });
    const said = description || `${duration.toFixed(0)} ms`;
    const text = (textContent) => Object.assign(document.createElement("span"), { textContent });
    bar.append(text(name), description ? text("") : meter, text(said));
    return bar;
  });
  document.querySelector("#timing").replaceChildren(...bars);
}

async function showFields() {
  const answer = await fetch("/", { method: "HEAD", cache: "no-store" });
  const body = document.querySelector("#fields tbody");
  const names = [
    "content-security-policy",
    "strict-transport-security",
    "cross-origin-opener-policy",
    "referrer-policy",
    "x-content-type-options",
    "permissions-policy",
    "cache-control",
  ];
  body.replaceChildren();
  for (const name of names.filter((name) => answer.headers.has(name))) {
    const row = body.insertRow();
    row.insertCell().textContent = name;
    row.insertCell().textContent = answer.headers.get(name);
  }
}

function edit(form) {
  const [text, , said] = form.elements;
  let tag;
  const load = async () => {
    const answer = await get("/articles/first");
    tag = answer.headers.get("etag");
    text.value = await answer.text();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const headers = { "If-Match": tag };
    const answer = await fetch("/articles/first", { method: "PUT", body: text.value, headers });
    if (answer.ok) tag = answer.headers.get("etag");
    else await load();
    said.textContent = answer.ok ? `204, saved as ${tag}` : `${answer.status}; here is ${tag}`;
  });
  return load();
}

new EventSource("/events").addEventListener("message", ({ data }) => {
  document.querySelector("#tick").textContent = data;
});
await Promise.all([...document.querySelectorAll("#sent tbody tr")].map(showSent));
await Promise.all([showStripped(), showTiming(), showFields(), ...[...document.forms].map(edit)]);
document.documentElement.dataset.shown = "all";
