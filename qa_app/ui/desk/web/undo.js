// The quiet line after a submit: what was submitted, and for how long it can be taken back.
import { h, icon, setText } from "./dom.js";

const COUNTDOWN_STEP = 250;

export class UndoBar {
  constructor(onUndo) {
    this.offered = null; // { assignment, words, until }
    this.words = h("span", { class: "words" });
    this.seconds = h("span", { class: "seconds", "aria-hidden": "true" });
    this.button = h("button", { type: "button", class: "plain", on: { click: onUndo } }, h("span", { text: "Undo" }),
      h("kbd", { "aria-hidden": "true", text: "U" }));
    this.root = h("div", { class: "undo", role: "status", hidden: true }, icon("check"), this.words, this.button,
      this.seconds);
  }

  // Null: nothing can be undone.
  offer(undo) {
    this.offered = undo;
    this.tick();
    clearInterval(this.timer);
    if (this.offered) this.timer = setInterval(() => this.tick(), COUNTDOWN_STEP);
  }

  tick() {
    const left = this.offered ? Math.ceil((this.offered.until - Date.now()) / 1000) : 0;
    if (left <= 0) this.stop();
    this.root.hidden = !this.offered;
    if (!this.offered) return;
    setText(this.words, this.offered.words);
    setText(this.seconds, `${left} s`);
  }

  stop() {
    clearInterval(this.timer);
    this.offered = null;
  }
}
