// The clock bar: shows the product's time and moves it forward.
import { clock, leap } from "./api.js";
import { make } from "./dom.js";
import { dayOf, say, whenOf, yearOf } from "./words.js";

const LEAPS = ["now", "hour", "day", "0717", "0801", "0830"];

export class ClockBar {
  constructor(page) {
    this.page = page;
    this.time = document.getElementById("now-time");
    this.year = document.getElementById("now-year");
    this.buttons = new Map(LEAPS.map((to) => [to, make("button", { type: "button", "data-to": to })]));
    const box = document.getElementById("leaps");
    box.append(...this.buttons.values());
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.pressed(button);
    });
    this.retell();
  }

  show(reading) {
    this.reading = reading;
    if (this.time.dateTime !== reading.now) this.time.dateTime = reading.now;
    inscribe(this.time, whenOf(reading.now));
    inscribe(this.year, yearOf(reading.now));
    for (const [to, button] of this.buttons) {
      const past = reading.past[to];
      button.setAttribute("aria-disabled", String(Boolean(past)));
      button.title = past ? say("earlier_clock", { when: dayOf(past) }) : say(`about_${to}`);
    }
  }

  retell() {
    for (const [to, button] of this.buttons) button.textContent = say(`leap_${to}`);
    if (this.reading) this.show(this.reading);
  }

  async pressed(button) {
    const { to } = button.dataset;
    const past = this.reading?.past[to];
    if (past) return this.page.tell(say("earlier_clock", { when: dayOf(past) }));
    if (this.moving) return;
    this.wait(button, true);
    try {
      const reading = await (to === "now" ? clock() : leap(to));
      this.show(reading);
      if (to === "now") this.page.toNewest();
    } catch (refusal) {
      this.page.complain(refusal);
    } finally {
      this.wait(button, false);
      this.page.refresh();
    }
  }

  wait(button, moving) {
    this.moving = moving;
    button.classList.toggle("pending", moving);
    button.parentElement.setAttribute("aria-busy", String(moving));
    this.time.classList.toggle("moving", moving);
  }
}

// A live region speaks when its text is written, even with the same words; so it is written only when they change.
function inscribe(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
