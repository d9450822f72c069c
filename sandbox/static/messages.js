// Draws one phone's conversation and keeps what has not changed untouched.
import { icon, make } from "./dom.js";
import { link, rich } from "./text.js";
import { dayOf, hourOf, say, currentTongue } from "./words.js";

// Writes the list into the box, node by node; a node whose signature is the same stays as it is.
export function draw(box, phone) {
  const wanted = parts(phone);
  const kept = new Map([...box.children].map((node) => [node.dataset.key, node]));
  const keys = new Set(wanted.map((part) => part.key));
  for (const [key, node] of kept) if (!keys.has(key)) node.remove();
  let cursor = box.firstElementChild;
  for (const part of wanted) {
    const old = kept.get(part.key);
    if (old && old.signature === part.signature) {
      if (old === cursor) cursor = cursor.nextElementSibling;
      else box.insertBefore(old, cursor);
      continue;
    }
    const fresh = part.build();
    fresh.dataset.key = part.key;
    fresh.signature = part.signature;
    if (!old) {
      box.insertBefore(fresh, cursor);
      continue;
    }
    if (old === cursor) cursor = cursor.nextElementSibling;
    replace(old, fresh, box);
  }
}

function parts(phone) {
  const found = [];
  let day = "";
  for (const message of phone.messages) {
    const its = message.at.slice(0, 10);
    if (its !== day) {
      day = its;
      found.push({ key: `day-${day}`, signature: currentTongue(), build: () => separator(message.at) });
    }
    const signature = JSON.stringify([message, currentTongue()]);
    found.push({ key: `message-${message.id}`, signature, build: () => bubble(phone.id, message) });
  }
  return found;
}

function replace(old, fresh, box) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  fresh.classList.add("settled");
  old.replaceWith(fresh);
  if (!focused) return;
  const { row, column } = focused.dataset;
  const same = fresh.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  (same ?? box).focus({ preventScroll: true });
}

function separator(at) {
  return make("p", { class: "day" }, make("span", {}, dayOf(at)));
}

function bubble(phone, message) {
  const side = message.by_bot ? "theirs" : "mine";
  const inside = make("div", { class: "bubble" });
  if (message.photo) inside.append(picture(phone, message));
  if (message.document) inside.append(paper(phone, message));
  if (message.contact) inside.append(shared(message.contact.phone_number));
  const text = make("div", { class: "text" });
  text.append(rich(worded(message), message.entities), stamp(message));
  if (!message.text) text.classList.add("bare");
  inside.append(text);
  const article = make("article", { class: `message ${side}`, "data-id": message.id }, inside);
  if (message.rows.length) article.append(rows(message));
  return article;
}

// Like Telegram's own apps: the code of a personal link is sent, and not shown.
function worded({ by_bot, text }) {
  return by_bot ? text : text.replace(/^\/start\s.*$/s, "/start");
}

function stamp(message) {
  const edited = message.edited ? make("i", {}, say("edited")) : null;
  return make("span", { class: "stamp" }, edited, make("time", { datetime: message.at }, hourOf(message.at)));
}

function picture(phone, message) {
  const source = `/api/phones/${phone}/messages/${message.id}/file`;
  const { width, height } = message.photo;
  const image = make("img", { src: source, width, height, alt: message.text || say("photo") });
  return make("a", { class: "picture", href: source, target: "_blank", rel: "noopener" }, image);
}

function paper(phone, message) {
  const { name, size } = message.document;
  const facts = make("span", {}, make("b", {}, name), make("small", {}, weight(size)));
  const source = `/api/phones/${phone}/messages/${message.id}/file`;
  return make("a", { class: "paper", href: source, download: name }, make("i", {}, icon("file")), facts);
}

function shared(number) {
  const facts = make("span", {}, make("b", {}, number), make("small", {}, say("shared_contact")));
  return make("div", { class: "paper" }, make("i", {}, icon("phone")), facts);
}

function weight(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} KB`;
  return `${(size / 1024 / 1024).toFixed(1)} MB`;
}

function rows(message) {
  const box = make("div", { class: "rows", role: "group", "aria-label": say("buttons") });
  message.rows.forEach((row, at) => {
    box.append(make("div", { class: "row" }, ...row.map((button, column) => key(button, at, column))));
  });
  return box;
}

function key(button, row, column) {
  const address = button.url ?? button.web_app;
  if (!address) {
    const place = { "data-row": row, "data-column": column, "data-copy": button.copy_text };
    return make("button", { type: "button", class: "key", ...place }, button.label);
  }
  const anchor = link(address) ?? make("a", { "aria-disabled": "true" });
  anchor.classList.add("key");
  anchor.append(button.label);
  if (anchor.target === "_blank") {
    anchor.title = say("open_link");
    anchor.append(icon("out"));
  }
  return anchor;
}
