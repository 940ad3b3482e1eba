// Search within the conversation. What is found is marked beside the text, not in it, so places of evidence stay.
import { h, icon, setAttribute, setText } from "./dom.js";

const MOST = 500;
const TYPING = 120;
const FOUND = "desk-found";
const CHOSEN = "desk-found-now";

export class Search {
  // `show(hit)` brings a hit ({ index, start, end }, in units) to sight.
  // `opened` is told first, so that all of them are there.
  constructor(texts, { opened, show }) {
    Object.assign(this, { texts, opened, show, hits: [], current: -1, typing: null });
    this.field = h("input", { type: "search", "aria-label": "Search the conversation", placeholder: "Search",
      autocomplete: "off", spellcheck: "false", on: {
        input: () => this.lookSoon(),
        keydown: (event) => this.steer(event),
      } });
    this.count = h("span", { class: "found", role: "status" });
    this.root = h("div", { class: "search", role: "search", hidden: true }, icon("search"), this.field, this.count,
      this.buildButton("up", "Previous (Shift+Enter)", () => this.step(-1)),
      this.buildButton("down", "Next (Enter)", () => this.step(1)),
      this.buildButton("clear", "Close (Esc)", () => this.close()));
    this.opener = this.buildButton("search", "Search the conversation (/)", () => this.open());
    this.opener.classList.add("opener");
  }

  buildButton(sign, words, click) {
    return h("button", { type: "button", class: "quiet", title: words, "aria-label": words, on: { click } }, icon(sign));
  }

  open() {
    this.opened();
    this.root.hidden = false;
    this.opener.hidden = true;
    this.field.focus();
    this.field.select();
    this.look();
  }

  // Leaves the found words selected, ready to be pinned; tells whether it was open.
  close() {
    if (this.root.hidden) return false;
    if (this.typing) this.look();
    const hit = this.hits[this.current];
    this.root.hidden = true;
    this.opener.hidden = false;
    this.hits = [];
    this.current = -1;
    this.paint();
    if (hit) {
      const { startContainer, startOffset, endContainer, endOffset } = this.rangeOf(hit);
      document.getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    }
    return true;
  }

  steer(event) {
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (this.typing) this.look();
    else this.step(step);
  }

  // One look for a word typed, not one for each letter: the first letters of it are all over a long conversation.
  lookSoon() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.look(), TYPING);
  }

  look() {
    clearTimeout(this.typing);
    this.typing = null;
    this.hits = findAll(this.texts, this.field.value);
    this.current = this.hits.length > 0 ? 0 : -1;
    this.paint();
    if (this.current === 0) this.show(this.hits[0]);
  }

  step(direction) {
    if (this.hits.length === 0) return;
    this.current = (this.current + direction + this.hits.length) % this.hits.length;
    this.show(this.hits[this.current]);
    this.paint();
  }

  rangeOf({ index, start, end }) {
    return this.texts[index].range(start, end);
  }

  // Also to be called when a text was drawn anew.
  paint() {
    const total = this.hits.length === MOST ? `${MOST}+` : this.hits.length;
    const asked = this.field.value.trim() !== "";
    setText(this.count, asked ? (this.hits.length > 0 ? `${this.current + 1} of ${total}` : "Not found") : "");
    setAttribute(this.count, "data-none", asked && this.hits.length === 0);
    this.mark(FOUND, this.hits.filter((hit, place) => place !== this.current));
    this.mark(CHOSEN, this.hits.slice(this.current, this.current + 1).filter(() => this.current >= 0));
  }

  mark(name, hits) {
    if (hits.length > 0) CSS.highlights?.set(name, new Highlight(...hits.map((hit) => this.rangeOf(hit))));
    else CSS.highlights?.delete(name);
  }

  stop() {
    clearTimeout(this.typing);
    this.hits = [];
    this.paint();
  }
}

// Whatever its case, and with any white space between its words.
function findAll(texts, wanted) {
  const words = wanted.trim().split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  if (words.length === 0) return [];
  const pattern = new RegExp(words.join("\\s+"), "giu");
  const hits = [];
  for (const [index, { text }] of texts.entries()) {
    for (const found of text.matchAll(pattern)) {
      hits.push({ index, start: found.index, end: found.index + found[0].length });
      if (hits.length === MOST) return hits;
    }
  }
  return hits;
}
