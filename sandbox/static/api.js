// Talks to the demo: asks for the state, sends what a person did, and listens for changes.
export class Refused extends Error {
  constructor(word, facts = {}) {
    super(word);
    this.word = word;
    this.facts = facts;
  }
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refused("failed");
  }
  const body = await response.json().catch(() => ({}));
  if (response.status === 413) throw new Refused("too_large");
  if (!response.ok) throw new Refused(body.refused ?? "failed", body);
  return body;
}

export function state() {
  return answer(fetch("/api/state", { cache: "no-store" }));
}

export function clock() {
  return answer(fetch("/api/clock", { cache: "no-store" }));
}

function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export function leap(to) {
  return post("/api/clock", { to });
}

export function act(phone, verb, body) {
  return post(`/api/phones/${phone}/${verb}`, body);
}

export function sendFile(phone, file, caption) {
  const form = new FormData();
  if (caption) form.append("caption", caption);
  form.append("file", file, file.name);
  return answer(fetch(`/api/phones/${phone}/file`, { method: "POST", body: form }));
}

export function listen(changed, connection) {
  const source = new EventSource("/api/events");
  source.addEventListener("change", changed);
  source.addEventListener("open", () => connection(true));
  source.addEventListener("error", () => {
    connection(false);
    // A browser gives up for good when the demo is restarting; then we begin again ourselves.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(changed, connection), 1500);
  });
}
