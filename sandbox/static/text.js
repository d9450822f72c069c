// Turns a message's text and entities into nodes; nothing in it is ever parsed as HTML.
import { make } from "./dom.js";
import { say } from "./words.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
// What Telegram's own apps make pressable without being told: addresses and commands.
const FOUND =
  /https?:\/\/[^\s<>"'，。；：！？、（）「」《》【】]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:cn|com|edu|org|net|me)(?![\w-])(?:\/[\w./?=&%#~-]*)?|(?<![\w/])\/[a-z][a-z0-9_]{0,31}(?![\w/])/gi;

export function rich(text, entities) {
  const ordered = entities
    .filter((one) => one.length > 0)
    .map((one, order) => ({ ...one, order }))
    .sort((a, b) => a.offset - b.offset || b.length - a.length || a.order - b.order);
  const whole = document.createDocumentFragment();
  fill(whole, text, 0, text.length, ordered);
  return whole;
}

function fill(parent, text, from, to, entities, linked = false) {
  let at = from;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    const start = Math.max(entity.offset, at);
    plain(parent, text.slice(at, start), linked);
    const inside = [];
    for (i += 1; i < entities.length && entities[i].offset < end; i += 1) inside.push(entities[i]);
    const part = text.slice(start, end);
    const node = wrap(entity, part);
    const holder = node ?? parent;
    fill(holder, text, start, end, inside, linked || closed(entity, node));
    if (node) parent.append(node);
    at = Math.max(at, end);
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
  }
  plain(parent, text.slice(Math.min(at, to), to), linked);
}

function closed(entity, node) {
  return node instanceof HTMLAnchorElement || entity.type === "code" || entity.type === "pre";
}

function wrap(entity, part) {
  if (entity.type in TAGS) return make(TAGS[entity.type]);
  switch (entity.type) {
    case "text_link":
      return link(entity.url);
    case "url":
      return link(part);
    case "email":
      return make("a", { href: `mailto:${part}` });
    case "phone_number":
      return make("a", { href: `tel:${part.replace(/[^\d+]/g, "")}` });
    case "bot_command":
      return command(part);
    case "spoiler":
      return make("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": say("hidden_text") });
    default:
      return null;
  }
}

function plain(parent, text, linked) {
  if (!text) return;
  if (linked) return void parent.append(text);
  let at = 0;
  for (const found of text.matchAll(FOUND)) {
    const word = found[0];
    const node = word.startsWith("/") ? command(word) : link(word);
    if (!node) continue;
    node.append(word);
    parent.append(text.slice(at, found.index), node);
    at = found.index + word.length;
  }
  parent.append(text.slice(at));
}

function command(word) {
  return make("a", { href: "#", role: "button", "data-say": word.split("@")[0] });
}

// t.me/<bot>?start=CODE stays in the phone it was pressed in; everything else opens beside the page.
export function link(address) {
  const url = parsed(address);
  if (!url) return null;
  const code = startCode(url);
  if (code !== null) return make("a", { href: url.href, "data-say": code ? `/start ${code}` : "/start" });
  if (!["http:", "https:", "mailto:", "tel:"].includes(url.protocol)) return null;
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" });
}

function parsed(address) {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`);
  } catch {
    return null;
  }
}

function startCode(url) {
  const inTelegram = ["t.me", "telegram.me", "telegram.dog"].includes(url.hostname);
  if (!inTelegram && url.protocol !== "tg:") return null;
  return url.searchParams.get("start");
}
