// The conversation: facts, messages, the line being spoken, pinned quotes. Knows nothing of the scorecard.
import { h, icon, reveal, setAttribute, setText, whenIdle } from "./dom.js";
import { buildMessage } from "./message.js";
import { place, selectedRange, stretchWithin } from "./quotes.js";
import { Search } from "./search.js";

const FOLLOW_AGAIN_AFTER = 4000;
const FLASH = 1600;
const STRETCH = 50; // messages that are built together

export class Conversation {
  constructor({ ticket, messages, recordings }, { root, onHear, onPin }) {
    Object.assign(this, { messages, shadow: root, onHear, onPin });
    this.hasRecording = recordings.length > 0;
    this.language = ticket.language;
    this.current = -1; // the message that is marked: spoken now, or reached by J and K
    this.stepped = -1; // the same, where it was reached by J and K
    this.pinLabel = null;
    this.evidence = []; // as drawn
    this.scrolledAt = 0;
    this.lines = []; // as far as they are built
    this.texts = [];
    this.search = new Search(this.texts, { opened: () => this.buildTo(messages.length - 1), show: (hit) => this.showHit(hit) });
    this.pinButton = h("button", { type: "button", class: "float", hidden: true, on: {
      pointerdown: (event) => event.preventDefault(), // keeps the selection
      click: () => this.onPin(),
    } }, icon("pin"), h("span"), h("kbd", { text: "E" }));
    const several = messages.some((message) => message.reviewed);
    this.pane = h("div", { class: several ? "messages several" : "messages", tabindex: 0, role: "region", "aria-label": "Conversation" },
      buildFacts(ticket), messages.length === 0 ? this.buildEmpty() : null);
    this.buildTo(0);
    for (const event of ["wheel", "touchmove", "pointerdown"]) {
      this.pane.addEventListener(event, () => (this.scrolledAt = Date.now()), { passive: true });
    }
    this.root = h("div", { class: "conversation" }, this.search.opener, this.search.root, this.pane, this.pinButton);
    this.onSelection = () => requestAnimationFrame(() => this.placePinButton());
    this.pane.addEventListener("scroll", this.onSelection, { passive: true });
  }

  // Once it stands on the page.
  start() {
    document.addEventListener("selectionchange", this.onSelection);
    this.buildRest();
  }

  // The first stretch of a long conversation is there at once, the others whenever nobody waits for anything; whoever
  // asks for a message has it built.
  buildRest() {
    if (this.lines.length === this.messages.length || this.stopped) return;
    whenIdle(() => {
      if (this.stopped) return;
      this.buildTo(this.lines.length);
      this.buildRest();
    });
  }

  buildTo(index) {
    while (this.lines.length <= Math.min(index, this.messages.length - 1)) this.buildStretch();
  }

  buildStretch() {
    const from = this.lines.length;
    const messages = this.messages.slice(from, from + STRETCH);
    const built = messages.map((message, place) => buildMessage(message, from + place, this));
    for (const [place, { line, text }] of built.entries()) {
      this.lines.push(line);
      this.texts.push(text);
      text.paint(this.quotesOf(messages[place]));
    }
    const lines = built.flatMap(({ lapse, line }) => (lapse ? [lapse, line] : [line]));
    this.pane.append(h("div", { class: "stretch" }, ...lines));
  }

  quotesOf(message) {
    return this.evidence.filter((piece) => piece.message_seq === message.seq);
  }

  buildEmpty() {
    const text = this.hasRecording
      ? "No transcript. Drag over the waveform, or press [ and ], to mark what E pins."
      : "This ticket has no messages.";
    return h("p", { class: "empty", text });
  }

  // Marks the line that is spoken at this second.
  markSecond(seconds, playing) {
    let spoken = -1;
    this.messages.forEach((message, index) => {
      if (message.start !== undefined && message.start <= seconds + 0.05) spoken = index;
    });
    if (spoken === -1 || this.messages[spoken].start === this.messages[this.current]?.start) return;
    this.setCurrent(spoken);
    this.stepped = -1;
    const reading = Date.now() - this.scrolledAt < FOLLOW_AGAIN_AFTER;
    if (playing && !reading) reveal(this.pane, this.lines[spoken], { margin: 48 });
  }

  setCurrent(index) {
    this.buildTo(index);
    for (const [place, on] of [[this.current, false], [index, true]]) {
      const line = this.lines[place];
      if (!line) continue;
      line.classList.toggle("now", on);
      setAttribute(line, "aria-current", on ? "true" : null);
    }
    this.current = index;
  }

  step(direction) {
    const index = Math.min(Math.max(0, this.current + direction), this.messages.length - 1);
    if (index < 0) return null;
    this.setCurrent(index);
    this.stepped = index;
    reveal(this.pane, this.lines[index], { margin: 48 });
    return this.messages[index];
  }

  // The selected words as the beginning of a piece of evidence, or null.
  selectedQuote() {
    const range = selectedRange(this.shadow);
    if (!range || range.collapsed) return null;
    for (const [index, text] of this.texts.entries()) {
      if (!range.intersectsNode(text.root)) continue;
      const stretch = stretchWithin(text.root, range);
      if (stretch) return this.piece(index, stretch);
    }
    return null;
  }

  // The whole message that J and K reached.
  steppedQuote() {
    const message = this.messages[this.stepped];
    return message?.text ? this.piece(this.stepped, place(message.text, 0, message.text.length)) : null;
  }

  piece(index, stretch) {
    const { seq, start, end } = this.messages[index];
    const timed = this.hasRecording && start !== undefined;
    return {
      message_seq: seq, ...stretch,
      start_seconds: timed ? start : null, end_seconds: timed ? (end ?? null) : null,
    };
  }

  placePinButton() {
    const range = this.pinLabel && this.selectedQuote() ? selectedRange(this.shadow) : null;
    this.pinButton.hidden = !range;
    if (!range) return;
    const frame = this.root.getBoundingClientRect();
    const box = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
    const [width, height] = [this.pinButton.offsetWidth, this.pinButton.offsetHeight];
    const left = Math.min(Math.max(8, box.right - frame.left - width / 2), frame.width - width - 8);
    const below = box.bottom - frame.top + 6;
    const top = below + height > frame.height ? box.top - frame.top - height - 6 : below;
    this.pinButton.style.transform = `translate(${left}px, ${Math.max(4, top)}px)`;
  }

  namePinButton(label) {
    this.pinLabel = label;
    setText(this.pinButton.querySelector("span"), `Pin to ${label}`);
  }

  paintEvidence(evidence) {
    if (evidence.length === this.evidence.length && evidence.every((piece, index) => piece === this.evidence[index])) return;
    this.evidence = [...evidence];
    const drawn = this.texts.map((text, index) => text.paint(this.quotesOf(this.messages[index])));
    if (drawn.includes(true)) this.search.paint();
  }

  show(piece) {
    const index = this.messages.findIndex((message) => message.seq === piece.message_seq);
    this.buildTo(index);
    const line = this.lines[index];
    if (!line) return;
    this.revealWords(index, this.texts[index].place(piece));
    line.classList.add("flash");
    setTimeout(() => line.classList.remove("flash"), FLASH);
  }

  showHit({ index, start, end }) {
    this.revealWords(index, [start, end]);
    this.setCurrent(index);
    this.stepped = index;
  }

  revealWords(index, [start, end]) {
    this.scrolledAt = Date.now();
    this.texts[index].unfold(start, end);
    reveal(this.pane, { getBoundingClientRect: () => this.measure(index, start, end) }, { middle: true });
  }

  // A line, or the words themselves in a letter that is longer than the pane.
  measure(index, start, end) {
    const box = this.lines[index].getBoundingClientRect();
    return box.height < this.pane.clientHeight ? box : this.texts[index].range(start, end).getBoundingClientRect();
  }

  stop() {
    this.stopped = true;
    this.search.stop();
    document.removeEventListener("selectionchange", this.onSelection);
  }
}

function buildFacts(ticket) {
  const facts = [ticket.channel, ticket.created, ticket.agent && `Agent ${ticket.agent}`,
    ticket.language && wordLanguage(ticket.language)].filter(Boolean);
  const tags = ticket.tags.map((tag) => h("li", { text: tag, dir: "auto" }));
  const outcomes = (ticket.outcomes ?? []).flatMap(([name, value]) => [h("dt", { text: name }), h("dd", { text: value })]);
  return h("div", { class: "facts" },
    ticket.subject ? h("h2", { text: ticket.subject, dir: "auto" }) : null,
    h("p", { text: facts.join(" · ") }),
    tags.length > 0 ? h("ul", { "aria-label": "Tags" }, ...tags) : null,
    outcomes.length > 0 ? h("dl", { class: "outcomes", "aria-label": "Outcomes" }, ...outcomes) : null);
}

function wordLanguage(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code);
  } catch {
    return code;
  }
}
