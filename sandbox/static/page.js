// The whole page: the phones side by side, the tabs between them, and what it has to say.
import { clock, listen, state } from "./api.js";
import { ClockBar } from "./clock.js";
import { make } from "./dom.js";
import { PhoneCard, initial } from "./phone.js";
import { currentTongue, dayOf, knows, say, speak, translate } from "./words.js";

const CLOCK_EVERY = 15000;

class Page {
  constructor() {
    this.phones = document.getElementById("phones");
    this.tabs = document.getElementById("tabs");
    this.notice = document.getElementById("notice");
    this.cards = new Map();
    this.clock = new ClockBar(this);
    this.listen();
    translate();
    this.tongued();
  }

  listen() {
    document.addEventListener("click", (event) => this.clicked(event));
    this.notice.addEventListener("click", () => this.hush());
    this.phones.addEventListener("scroll", () => this.swiped(), { passive: true });
    this.tabs.addEventListener("keydown", (event) => this.arrowed(event));
    window.addEventListener("resize", () => this.swiped());
    listen(() => this.refresh(), (alive) => this.connected(alive));
    setInterval(() => this.readClock(), CLOCK_EVERY);
  }

  // One request at a time; whatever changes meanwhile is fetched by the next one.
  async refresh() {
    if (this.fetching) return void (this.again = true);
    this.fetching = true;
    try {
      do {
        this.again = false;
        this.show(await state());
      } while (this.again);
    } catch {
      this.connected(false);
    } finally {
      this.fetching = false;
    }
  }

  show({ school, places, clock: reading }) {
    document.getElementById("school").textContent = school;
    this.clock.show(reading);
    this.fresh = [];
    places.forEach((place, at) => this.place({ ...place, ...called(place.title), hue: at % 6 }));
    // Phones grow narrower, and their texts longer, with each one that is added.
    for (const card of this.fresh) card.toNewest("instant");
    for (const [id, card] of this.cards) if (!places.some((place) => place.id === id)) this.drop(id, card);
    this.tabs.hidden = this.cards.size < 2;
    if (!this.active && places.length) this.activate(places[0].id);
    document.body.dataset.ready = "true";
  }

  place(place) {
    const card = this.cards.get(place.id);
    if (card) return card.show(place);
    const fresh = new PhoneCard(place, this);
    fresh.tab = this.tab(place);
    this.cards.set(place.id, fresh);
    this.tabs.append(fresh.tab);
    this.phones.append(fresh.node);
    this.fresh.push(fresh);
    return fresh;
  }

  drop(id, card) {
    card.node.remove();
    card.tab.remove();
    this.cards.delete(id);
    if (this.active === id) this.active = null;
  }

  tab({ id, role, name, hue }) {
    const dot = make("span", { class: "dot", hidden: true, role: "img", "aria-label": say("unread") });
    const face = make("span", { class: "face", "aria-hidden": "true" }, initial(name));
    const names = make("span", { class: "titles" }, make("b", {}, name), make("small", {}, role));
    const tab = make("button", { type: "button", "data-hue": hue, "aria-controls": `phone-${id}` }, face, names, dot);
    tab.addEventListener("click", () => this.goTo(id));
    return tab;
  }

  goTo(id) {
    const { node } = this.cards.get(id);
    this.phones.scrollTo({ left: node.offsetLeft - this.phones.offsetLeft, behavior: "smooth" });
    this.activate(id);
  }

  activate(id) {
    this.active = id;
    for (const [other, card] of this.cards) {
      if (other === id) card.tab.setAttribute("aria-current", "true");
      else card.tab.removeAttribute("aria-current");
      if (other === id) card.tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.cards.get(id).attend();
  }

  swiped() {
    const middle = this.phones.getBoundingClientRect().left + Math.min(this.phones.clientWidth / 2, 200);
    for (const [id, card] of this.cards) {
      const box = card.node.getBoundingClientRect();
      if (box.left <= middle && middle <= box.right && id !== this.active) this.activate(id);
    }
  }

  arrowed(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step && [...this.cards.keys()].at([...this.cards.keys()].indexOf(this.active) + step);
    if (!step || !this.cards.has(next)) return;
    event.preventDefault();
    this.goTo(next);
    this.cards.get(next).tab.focus();
  }

  visible(card) {
    const whole = this.phones.getBoundingClientRect();
    const box = card.node.getBoundingClientRect();
    return box.left >= whole.left - 40 && box.right <= whole.right + 40;
  }

  marked(card) {
    if (card.tab) card.tab.querySelector(".dot").hidden = !card.unread;
  }

  toNewest() {
    for (const card of this.cards.values()) card.toNewest();
  }

  async readClock() {
    if (document.visibilityState !== "visible") return;
    await clock().then((reading) => this.clock.show(reading)).catch(() => this.connected(false));
  }

  connected(alive) {
    if (alive && this.lost) this.tell(say("back"), 2600);
    if (!alive && !this.lost) this.tell(say("lost"), 0);
    this.lost = !alive;
    if (alive) this.refresh();
  }

  complain({ word, facts = {} }) {
    const when = facts.at ? dayOf(facts.at) : "";
    this.tell(say(knows(word) ? word : "failed", { ...facts, when }));
  }

  tell(sentence, lasting = 6000) {
    clearTimeout(this.hushing);
    this.notice.textContent = sentence;
    this.notice.hidden = false;
    if (lasting) this.hushing = setTimeout(() => this.hush(), lasting);
  }

  hush() {
    this.notice.hidden = true;
  }

  clicked(event) {
    for (const card of this.cards.values()) if (!card.more.parentElement.contains(event.target)) card.toggle(false);
    const chosen = event.target.closest("[data-tongue]");
    if (!chosen) return;
    speak(chosen.dataset.tongue);
    translate();
    this.tongued();
  }

  tongued() {
    for (const button of document.querySelectorAll("[data-tongue]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tongue === currentTongue()));
    }
    this.clock.retell();
    for (const card of this.cards.values()) card.retell();
  }
}

// A seat is called 毕业生 · 李华: the role first, then the name.
function called(title) {
  const at = title.lastIndexOf(" · ");
  return at < 0 ? { role: "", name: title } : { role: title.slice(0, at), name: title.slice(at + 3) };
}

new Page().refresh();
