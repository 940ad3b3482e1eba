// One message: who, when, and its text in parts. The text element holds the message's text, character for character,
// whatever is folded, dimmed or emphasised, so places of evidence stay right: labels and signs of our own stand in
// attributes, and the style sheet writes them.
import { h, icon, setAttribute, wordSeconds } from "./dom.js";
import { cutPieces, joinStretches, toUnits } from "./quotes.js";

const TAGS = { strong: "strong", emphasis: "em", struck: "s", code: "code", item: "span", link: "a", evidence: "mark",
  margin: "span" };
const SPEAKERS = { customer: "Customer", agent: "Agent", bot: "Bot", system: "System" };
const FOLLOWABLE = /^(https?:\/\/|mailto:|tel:)/i;

export class MessageText {
  constructor({ text, parts = [], marks = [] }, language) {
    this.text = text;
    // Places come in characters; only signs beyond the first plane of Unicode make them differ from the page's units.
    this.toUnits = /[\ud800-\udfff]/.test(text) ? (place) => toUnits(text, place) : (place) => place;
    this.marks = marks.map((mark) => ({ ...mark, start: this.toUnits(mark.start), end: this.toUnits(mark.end) }))
      .concat(findMargins(text));
    this.parts = this.placeParts(parts);
    this.evidence = "";
    this.root = h("div", { class: "text", dir: "auto", lang: language });
    this.draw([]);
  }

  placeParts(parts) {
    let start = 0;
    return parts.map(({ end, kind, folded }) => {
      const part = { start, end: this.toUnits(end), kind, lines: folded, folded: folded !== undefined };
      start = part.end;
      return part;
    });
  }

  // Marks these quotes; tells whether anything changed.
  paint(quotes) {
    const signature = quotes.map((quote) => `${quote.start_char}-${quote.end_char}`).join(" ");
    if (this.evidence === signature) return false;
    this.evidence = signature;
    this.draw(joinStretches(quotes.map((quote) => this.place(quote))));
    return true;
  }

  place({ start_char: start, end_char: end }) {
    return [this.toUnits(start), this.toUnits(end)];
  }

  draw(evidence) {
    const marks = [...this.marks, ...evidence.map(([start, end]) => ({ start, end, style: "evidence" }))];
    if (this.parts.length === 0 && marks.length === 0) this.root.textContent = this.text;
    else {
      const parts = this.parts.length > 0 ? this.parts : [{ start: 0, end: this.text.length, kind: "own" }];
      this.root.replaceChildren(...parts.flatMap((part) => this.drawPart(part, marks)));
    }
  }

  drawPart(part, marks) {
    const pieces = cutPieces(this.text, part.start, part.end, marks).map(buildPiece);
    if (part.kind === "own") return pieces;
    const box = h("div", { class: `part ${part.kind}` }, ...pieces);
    if (part.lines === undefined) return [box];
    const button = h("button", { type: "button", class: "fold", on: { click: () => this.fold(part, !part.folded) } });
    box.addEventListener("beforematch", () => this.fold(part, false)); // the browser's own search found something
    Object.assign(part, { box, button });
    this.fold(part, part.folded);
    return [button, box];
  }

  fold(part, folded) {
    part.folded = folded;
    const lines = `${part.lines} ${part.lines === 1 ? "line" : "lines"}`;
    setAttribute(part.box, "hidden", folded ? "until-found" : null);
    setAttribute(part.button, "aria-expanded", String(!folded));
    setAttribute(part.button, "aria-label", folded ? `Show quoted text, ${lines}` : "Hide quoted text");
  }

  unfold(start, end) {
    for (const part of this.parts) {
      if (part.folded && part.start < end && start < part.end) this.fold(part, false);
    }
  }

  // The stretch between two places, in units, as a range of the page.
  range(start, end) {
    const range = document.createRange();
    range.selectNodeContents(this.root);
    const walker = document.createTreeWalker(this.root, NodeFilter.SHOW_TEXT);
    let passed = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (passed <= start && start < passed + node.length) range.setStart(node, start - passed);
      passed += node.length;
      if (end <= passed) {
        range.setEnd(node, node.length - (passed - end));
        break;
      }
    }
    return range;
  }
}

// Blank lines before and after a text are out of sight.
function findMargins(text) {
  const [start, end] = [text.length - text.trimStart().length, text.trimEnd().length];
  const margins = [{ start: 0, end: start, style: "margin" }, { start: end, end: text.length, style: "margin" }];
  return start < end ? margins.filter((margin) => margin.start < margin.end) : [];
}

function buildPiece(piece) {
  return piece.within.reduceRight((inner, mark) => h(TAGS[mark.style], describeMark(mark, piece), inner),
    document.createTextNode(piece.text));
}

function describeMark(mark, piece) {
  if (mark.style === "margin") return { class: "margin" };
  if (mark.style === "item") return { class: "item", "data-sign": piece.start === mark.start ? mark.detail : null };
  if (mark.style !== "link" || !FOLLOWABLE.test(mark.detail)) return {};
  const target = mark.detail.replace(/^(mailto|tel):/i, "").replace(/^https?:\/\/([^/?#]*).*/i, "$1");
  return {
    href: mark.detail, title: mark.detail, target: "_blank", rel: "noopener noreferrer nofollow", class: "link",
    "data-target": piece.end === mark.end && !piece.text.includes(target) ? target : null,
  };
}

// What stands in the pane for one message: { lapse, line, text }, where `lapse` says how much time went by before.
export function buildMessage(message, index, { messages, language, hasRecording, onHear }) {
  const spoken = hasRecording && message.start !== undefined;
  const text = new MessageText(message, language);
  const hear = () => {
    if (spoken && !document.getSelection()?.toString()) onHear(message.start);
  };
  const again = continues(messages[index - 1], message);
  const line = h("article", { class: nameClasses(message, { spoken, again }), "aria-label": nameSide(message),
    on: { click: hear }, "data-index": index },
    h("header", {}, h("b", { text: message.author, dir: "auto" }), ...buildFlags(message), buildStamp(message, spoken)),
    text.root, buildFiles(message.attachments));
  const lapse = [message.day, message.pause].filter(Boolean).join(" · ");
  return { lapse: lapse ? h("p", { class: "lapse", text: lapse }) : null, line, text };
}

// The side of the pane says to the eye who is the customer; to the ear only this does.
function nameSide({ role, author }) {
  return author.startsWith(SPEAKERS[role]) ? author : `${SPEAKERS[role]} ${author}`;
}

// Whether the same person goes on writing, so that the name need not be read again.
function continues(before, message) {
  const same = before && ["author", "role", "internal", "reviewed"].every((name) => before[name] === message[name]);
  return same && !message.day && !message.pause && message.role !== "system";
}

function nameClasses({ role, internal, reviewed }, { spoken, again }) {
  const names = { internal, reviewed, spoken, again };
  return ["message", role, ...Object.keys(names).filter((name) => names[name])].join(" ");
}

function buildFlags({ role, internal, reviewed }) {
  const flags = [
    [internal, "lock", "Internal note"],
    [role === "bot", "bot", "Bot"],
    [reviewed, "check", "Under review"],
  ];
  return flags.filter(([on]) => on).map(([, sign, words]) =>
    h("span", { class: `flag ${sign}` }, icon(sign), h("span", { text: words })));
}

function buildStamp({ start, at, time, moment }, spoken) {
  if (!spoken) return h("time", { text: time ?? "", datetime: at ?? null, title: moment ?? null });
  const place = wordSeconds(start);
  return h("button", { type: "button", class: "stamp", "aria-label": `Hear from ${place}`, text: place });
}

function buildFiles(names) {
  if (!names) return null;
  return h("ul", { class: "files", "aria-label": "Attachments, not kept" },
    ...names.map((name) => h("li", {}, icon("file"), h("span", { text: name, dir: "auto" }))));
}
