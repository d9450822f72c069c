// One phone: its header, conversation, keyboard and what the person holding it can do.
import { act, sendFile } from "./api.js";
import { icon, make } from "./dom.js";
import { draw } from "./messages.js";
import { rich } from "./text.js";
import { say, translate } from "./words.js";

const NEAR = 90;
const PATIENCE = 4000;

export class PhoneCard {
  constructor(place, page) {
    this.id = place.id;
    this.page = page;
    this.place = place;
    this.unread = false;
    this.seen = null;
    this.build(place);
    this.listen();
    this.show(place);
  }

  build({ id, role, name, hue }) {
    this.chat = make("div", { class: "chat", role: "log", tabindex: "0", "data-word-label": "messages" });
    this.newest = make("button", { type: "button", class: "newest", hidden: true, "data-word-label": "newest" }, icon("down"));
    this.empty = make("div", { class: "empty" });
    this.hint = make("p", { class: "hint", hidden: true }, rich(this.place.hint, []));
    this.keys = make("div", { class: "keyboard", role: "group", hidden: true, "data-word-label": "keyboard" });
    this.node = make(
      "section", { class: "phone", id: `phone-${id}`, "data-hue": hue, "aria-label": `${role} ${name}` },
      this.head(role, name), make("div", { class: "talk" }, this.chat, this.empty, this.newest), this.hint, this.keys, this.foot(),
    );
    translate(this.node);
  }

  head(role, name) {
    this.more = make(
      "button", { type: "button", class: "round", "data-word-label": "more", "aria-expanded": "false", "aria-haspopup": "true" },
      icon("more"),
    );
    this.blocking = make("button", { type: "button" });
    this.menu = make("div", { class: "menu", hidden: true }, this.blocking);
    this.dot = make("span", { class: "dot", hidden: true, role: "img", "data-word-label": "unread" });
    const titles = make("div", { class: "titles" }, make("h2", {}, name), role ? make("p", {}, role) : null);
    const face = make("span", { class: "face" }, make("span", { "aria-hidden": "true" }, initial(name)), this.dot);
    return make("header", { class: "head" }, face, titles, this.more, this.menu);
  }

  foot() {
    this.text = make("textarea", { rows: "1", maxlength: "4096", "data-word-hint": "write", "data-word-label": "write", enterkeyhint: "send" });
    this.file = make("input", { type: "file", hidden: true, tabindex: "-1" });
    this.clip = make("button", { type: "button", class: "round", "data-word-label": "attach" }, icon("clip"));
    this.send = make("button", { type: "submit", class: "round send", "data-word-label": "send" }, icon("send"));
    this.form = make("form", { class: "write" }, this.clip, this.file, this.text, this.send);
    this.unblock = make("button", { type: "button", class: "soft", "data-word": "unblock" });
    this.silence = make("div", { class: "silence", hidden: true }, make("p", { "data-word": "blocked" }), this.unblock);
    return make("footer", { class: "foot" }, this.form, this.silence);
  }

  listen() {
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.write()));
    this.text.addEventListener("keydown", (event) => this.typed(event));
    this.text.addEventListener("input", () => this.grow());
    this.clip.addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => this.attach());
    this.chat.addEventListener("click", (event) => this.pressed(event));
    this.hint.addEventListener("click", (event) => this.pressed(event));
    this.chat.addEventListener("keydown", (event) => this.keyed(event));
    this.chat.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.keys.addEventListener("click", (event) => this.chosen(event));
    this.newest.addEventListener("click", () => this.toNewest());
    this.more.addEventListener("click", () => this.toggle(this.menu.hidden));
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    this.blocking.addEventListener("click", () => this.block());
    this.unblock.addEventListener("click", () => this.block());
    for (const kind of ["pointerenter", "pointerdown", "focusin"]) this.node.addEventListener(kind, () => this.attend());
    new ResizeObserver(() => this.pinned && this.toNewest("instant")).observe(this.chat);
  }

  show(place) {
    const changed = JSON.stringify(place) !== JSON.stringify(this.place);
    this.place = place;
    const stay = this.nearEnd();
    const news = this.news(place);
    draw(this.chat, place);
    this.drawEmpty(place);
    this.drawHint(place);
    this.drawKeys(place);
    this.drawBlocked(place);
    if (changed) this.settle();
    this.hear(place.answers);
    if (this.seen === null || stay || news.mine) this.toNewest("instant");
    else if (news.theirs) this.newest.hidden = false;
    if (this.seen !== null && news.theirs && !this.attended()) this.mark(true);
    this.seen = place.messages.at(-1)?.id ?? 0;
  }

  // A press may be answered with a passing word instead of a message.
  hear([last]) {
    if (last?.answer && this.seen !== null && last.query_id !== this.heard) this.page.tell(last.answer, last.alert ? 0 : 4000);
    this.heard = last?.query_id;
  }

  news(place) {
    const fresh = place.messages.filter((one) => one.id > (this.seen ?? 0));
    return { mine: fresh.some((one) => !one.by_bot), theirs: fresh.some((one) => one.by_bot) };
  }

  drawEmpty(place) {
    const show = place.messages.length === 0;
    this.empty.hidden = !show;
    this.chat.hidden = show;
    if (!show) return void this.empty.replaceChildren();
    if (this.empty.firstChild) return void translate(this.empty);
    const begin = make("button", { type: "button", class: "begin", "data-word": "start" }, say("start"));
    begin.addEventListener("click", () => this.begin(begin));
    this.empty.append(make("i", {}, icon("phone")), make("p", {}, place.hint), begin);
  }

  // What to try stays in sight until the person has done something of their own.
  drawHint({ messages, blocked, keyboard }) {
    const acted = messages.some((one) => !one.by_bot && !one.text.startsWith("/start"));
    this.hint.hidden = acted || blocked || messages.length === 0 || keyboard.length > 0 || messages.some(answers);
  }

  drawKeys(place) {
    const signature = JSON.stringify(place.keyboard);
    this.keys.hidden = place.keyboard.length === 0 || place.blocked;
    if (signature === this.keys.dataset.signature) return;
    this.keys.dataset.signature = signature;
    this.keys.replaceChildren(...place.keyboard.map((row) => make("div", { class: "row" }, ...row.map(choice))));
  }

  drawBlocked({ blocked }) {
    this.node.classList.toggle("is-blocked", blocked);
    this.form.hidden = blocked;
    this.silence.hidden = !blocked;
    this.blocking.textContent = say(blocked ? "unblock" : "block");
  }

  retell() {
    translate(this.node);
    this.show(this.place);
  }

  // Everything a person does goes through here: it shows at once, then waits for the demo.
  async perform(button, verb, body) {
    this.toggle(false);
    button?.classList.add("pending");
    button?.setAttribute("aria-busy", "true");
    try {
      await act(this.id, verb, body);
      setTimeout(() => this.settle(button), PATIENCE);
      return true;
    } catch (refusal) {
      this.settle();
      this.page.complain(refusal);
      return false;
    } finally {
      this.page.refresh();
    }
  }

  settle(only) {
    for (const button of only ? [only] : this.node.querySelectorAll(".pending")) {
      button.classList.remove("pending");
      button.removeAttribute("aria-busy");
    }
  }

  begin(button) {
    return this.perform(button, "text", { text: this.place.start ? `/start ${this.place.start}` : "/start" });
  }

  block() {
    return this.perform(null, this.place.blocked ? "unblock" : "block");
  }

  async write() {
    const text = this.text.value;
    if (!text.trim()) return this.text.focus();
    this.text.value = "";
    this.grow();
    this.text.focus();
    if (!(await this.perform(this.send, "text", { text })) && !this.text.value) this.text.value = text;
    this.grow();
  }

  typed(event) {
    // While a Chinese input method is composing, Enter chooses a word and must not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.write();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 120)}px`;
  }

  async attach() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    const caption = this.text.value;
    this.text.value = "";
    this.grow();
    this.clip.classList.add("pending");
    this.page.tell(say("sending_file", { name: file.name }));
    try {
      await sendFile(this.id, file, caption);
      this.page.hush();
    } catch (refusal) {
      this.text.value ||= caption;
      this.page.complain(refusal);
    } finally {
      this.settle(this.clip);
      this.page.refresh();
    }
  }

  pressed(event) {
    const spoken = event.target.closest("[data-say]");
    if (spoken) {
      event.preventDefault();
      return void this.perform(spoken, "text", { text: spoken.dataset.say });
    }
    const spoiler = event.target.closest(".spoiler");
    if (spoiler) return void spoiler.classList.add("shown");
    const button = event.target.closest("button.key");
    if (button?.dataset.copy) return void this.copy(button.dataset.copy);
    if (!button || button.classList.contains("pending")) return;
    const message_id = Number(button.closest(".message").dataset.id);
    this.perform(button, "press", { message_id, row: Number(button.dataset.row), column: Number(button.dataset.column) });
  }

  async copy(text) {
    await navigator.clipboard.writeText(text).then(() => this.page.tell(say("copied"), 2600), () => this.page.tell(text));
  }

  keyed(event) {
    if (![" ", "Enter"].includes(event.key) || !event.target.matches(".spoiler")) return;
    event.preventDefault();
    event.target.classList.add("shown");
  }

  chosen(event) {
    const button = event.target.closest("button");
    if (!button || button.classList.contains("pending")) return;
    if (button.classList.contains("contact")) this.perform(button, "contact");
    else this.perform(button, "keyboard", { label: button.dataset.label });
  }

  toggle(open) {
    if (this.menu.hidden === !open) return;
    this.menu.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) this.blocking.focus();
  }

  nearEnd() {
    return this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < NEAR;
  }

  toNewest(behavior = "smooth") {
    this.chat.scrollTo({ top: this.chat.scrollHeight, behavior });
    this.pinned = true;
    this.newest.hidden = true;
  }

  scrolled() {
    this.pinned = this.nearEnd();
    if (this.pinned) this.newest.hidden = true;
  }

  attended() {
    const looking = this.node.matches(":hover") || this.node.contains(document.activeElement);
    return looking && this.page.visible(this) && document.visibilityState === "visible";
  }

  attend() {
    if (this.unread && this.page.visible(this)) this.mark(false);
  }

  mark(unread) {
    this.unread = unread;
    this.dot.hidden = !unread;
    this.page.marked(this);
  }
}

function choice({ label, request_contact: contact }) {
  const button = make("button", { type: "button", class: contact ? "contact" : false, "data-label": label });
  button.append(contact ? icon("phone") : "", label);
  return button;
}

function answers(message) {
  return message.by_bot && message.rows.length > 0;
}

export function initial(name) {
  return [...name.trim()].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? "·";
}
