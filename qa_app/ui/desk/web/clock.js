// How long each ticket has been talked about, against the time that the meeting gives one. Kept in this browser tab,
// so that a reload loses nothing; the server knows nothing of it.
import { h, setAttribute, setText, wordSeconds } from "./dom.js";

const LIMITS = [3, 5, 8, 10, 15, 20, 30];

export class Clock {
  constructor(store) {
    this.store = store;
    this.spent = store.read("spent", {});
    this.limit = store.read("limit", 8);
    this.running = true;
    this.face = h("b");
    this.of = h("span");
    this.root = h("div", { class: "clock", role: "timer", "aria-label": "Time for this ticket" }, this.face, this.of);
    this.timer = setInterval(() => this.tick(), 1000);
  }

  show(ticket) {
    this.ticket = ticket;
    this.paint();
  }

  tick() {
    if (!this.running || !this.ticket || document.hidden) return;
    this.spent[this.ticket] = (this.spent[this.ticket] ?? 0) + 1;
    this.store.write("spent", this.spent);
    this.paint();
  }

  toggle() {
    this.running = !this.running;
    this.paint();
  }

  change(direction) {
    const place = LIMITS.indexOf(this.limit) + direction;
    this.limit = LIMITS[Math.min(Math.max(0, place), LIMITS.length - 1)];
    this.store.write("limit", this.limit);
    this.paint();
  }

  paint() {
    const seconds = this.spent[this.ticket] ?? 0;
    const over = seconds > 60 * this.limit;
    setText(this.face, wordSeconds(seconds));
    setText(this.of, [`of ${this.limit} min`, over ? "over time" : "", this.running ? "" : "stopped"].filter(Boolean)
      .join(" · "));
    setAttribute(this.root, "data-over", over);
  }

  stop() {
    clearInterval(this.timer);
  }
}

// What this tab remembers of one session.
export class TabStore {
  constructor(session) {
    this.name = `plumbline.meeting.${session}`;
    this.kept = JSON.parse(sessionStorage.getItem(this.name) ?? "{}");
  }

  read(name, otherwise) {
    return this.kept[name] ?? otherwise;
  }

  write(name, value) {
    this.kept[name] = value;
    sessionStorage.setItem(this.name, JSON.stringify(this.kept));
  }
}
