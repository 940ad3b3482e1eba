// One criterion of the scorecard: its answer, level hint, guideline, reasons, comment and evidence.
import { h, icon, setAttribute, setText, unseen, wordSeconds } from "./dom.js";
import { FULL, TEXT_LIMIT, isFull, isOptional } from "./form.js";
import { buildGuide, digitOf } from "./guide.js";
import { chosenOption, isBest, isRising, isUpperHalf, isWorst } from "./score.js";

const NOT_APPLICABLE = "N/A"; // beside the options' ids, which are lower case
const SHORT_LABELS = 30; // letters of all options together that still fit beside the criterion's name
const FAMILIES = { customer: "Customer-critical", business: "Business-critical", compliance: "Compliance-critical" };
const FAILS = { item: "Fails this criterion", section: "Fails the section", form: "Fails the review" };

export class Row {
  constructor(criterion, form, actions) {
    Object.assign(this, { criterion, form, actions });
    this.entry = () => form.entry(criterion.id);
    this.level = null; // the option that is hovered or focused
    this.armed = false; // N/A was asked for once
    this.layout = chooseLayout(criterion);
    this.root = this.build();
  }

  build() {
    const { criterion } = this;
    const [nameId, hintId, askId] = ["name", "hint", "ask"].map((part) => `${part}-${criterion.id}`);
    this.place = h("span", { class: "place", "aria-hidden": "true" });
    this.name = h("button", {
      type: "button", class: "name", id: nameId, "aria-expanded": "false", text: criterion.label,
      on: { click: () => this.toggleGuide() },
    });
    this.word = h("span", { class: "word" });
    this.control = this.buildControl(nameId);
    this.hint = h("p", { class: "hint", id: hintId, "aria-live": "polite" });
    this.guide = h("div", { class: "guide", hidden: true });
    this.reasons = this.buildReasons();
    this.comment = this.buildComment();
    this.chips = h("ul", { class: "chips", "aria-label": `Evidence for ${criterion.label}` });
    this.ask = h("p", { class: "ask", id: askId, "aria-live": "polite" });
    for (const field of [this.field, this.comment]) field?.setAttribute("aria-describedby", askId);
    const line = h("div", { class: "line" },
      h("div", { class: "label" }, this.place, h("div", { class: "what" }, this.name, ...this.buildBadges())),
      this.word, this.control);
    const below = h("div", { class: "below" }, this.hint, this.buildTools());
    return h("div", {
      class: `row ${this.layout}`, role: "group", "aria-labelledby": nameId, "aria-describedby": hintId,
      tabindex: -1,
      on: {
        pointerdown: () => this.holdStill(),
        focusin: () => this.pointing || this.actions.activate(this),
        click: () => this.actions.activate(this),
      },
    }, line, below, this.guide, this.ask, this.reasons, this.comment, this.chips);
  }

  buildBadges() {
    const { criterion } = this;
    const badges = [];
    if (criterion.critical) badges.push(badge("warning", FAMILIES[criterion.critical], "critical"));
    const fails = criterion.options.filter((option) => option.auto_fail).map((option) => option.label);
    if (fails.length > 0) badges.push(badge("stop", "Auto-fail", "fails", `Auto-fail at: ${fails.join(", ")}`));
    if (this.actions.showWeights && criterion.type !== "text") {
      const weight = criterion.weight === "0" ? "not counted" : `×${criterion.weight}`;
      badges.push(h("span", { class: "weight", title: "Weight" }, unseen("Weight "), weight));
    }
    return badges;
  }

  buildControl(nameId) {
    if (this.criterion.type === "number") return this.buildNumber(nameId);
    if (this.criterion.type === "text") return this.buildText(nameId);
    const { criterion } = this;
    const choices = criterion.options.map((option, index) => ({ ...option, key: digitOf(index), index }));
    if (criterion.allow_na) choices.push({ id: NOT_APPLICABLE, label: "N/A", key: "N", auto_fail: null });
    this.radios = choices.map((choice) => this.buildRadio(choice));
    return h("div", { class: "choices", role: "radiogroup", "aria-labelledby": nameId,
      on: { pointerleave: () => this.preview(null), keydown: (event) => this.rove(event) } }, ...this.radios);
  }

  buildRadio(choice) {
    const isLevel = this.layout === "levels" && choice.id !== NOT_APPLICABLE;
    const word = isLevel ? String(choice.index + 1) : choice.label;
    const spoken = isLevel ? `${word}: ${choice.label}` : choice.label;
    const fails = choice.auto_fail ? FAILS[choice.auto_fail] : null;
    const label = fails ? `${spoken}. ${fails}` : spoken;
    return h("button", {
      type: "button", role: "radio", tabindex: -1, class: "choice", "data-choice": choice.id,
      "data-tone": tone(this.criterion, choice.id), "aria-label": label, "aria-checked": "false",
      on: {
        click: () => this.actions.together(() => {
          if (choice.id === NOT_APPLICABLE) this.pickNotApplicable();
          else this.pick(choice.id);
          if (!this.armed) this.focus();
        }),
        pointerenter: () => this.preview(choice.id),
        focus: () => this.preview(choice.id),
        blur: () => this.preview(null),
      },
    }, fails ? icon("stop") : null, h("span", { text: word }),
    word === choice.key ? null : h("kbd", { "aria-hidden": "true", text: choice.key }));
  }

  buildNumber(nameId) {
    const { low, high, step, unit } = this.criterion.number;
    this.range = `${low} to ${high}${unit ? ` ${unit}` : ""}${step === "1" ? "" : `, in steps of ${step}`}`;
    this.field = h("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 24, "aria-labelledby": nameId,
      placeholder: `${low}–${high}`,
      on: { input: () => this.edit(() => this.form.measure(this.criterion.id, this.field.value)) },
    });
    return h("div", { class: "measure" }, this.field, unit ? h("span", { class: "unit", text: unit }) : null,
      this.buildNotApplicable());
  }

  buildText(nameId) {
    this.field = area({
      "aria-labelledby": nameId,
      placeholder: isOptional(this.criterion) ? "Your answer, if any" : "Your answer",
      on: { input: () => this.edit(() => this.form.write(this.criterion.id, this.field.value)) },
    });
    return h("div", { class: "measure wide" }, this.field, this.buildNotApplicable());
  }

  buildNotApplicable() {
    if (!this.criterion.allow_na) return null;
    this.naButton = h("button", {
      type: "button", class: "choice", "data-tone": "none", "aria-pressed": "false",
      on: { click: () => {
        if (this.isNotApplicable) this.pick(null);
        else this.pickNotApplicable();
        if (!this.armed) this.focus();
      } },
    }, h("span", { text: "N/A" }), h("kbd", { "aria-hidden": "true", text: "N" }));
    return this.naButton;
  }

  buildTools() {
    const tool = (name, label, key, click) => h("button", {
      type: "button", class: "tool", "aria-label": label, title: `${label} (${key})`, on: { click },
    }, icon(name), h("kbd", { "aria-hidden": "true", text: key }));
    return h("div", { class: "tools" },
      tool("book", "Guideline and levels", "G", () => this.toggleGuide()),
      tool("pin", "Pin evidence", "E", () => this.actions.pin(this)),
      tool("comment", "Comment", "C", () => this.openComment()),
      (this.praise = tool("star", "Praise: the coach tells the agent", "P", () => this.togglePraise())));
  }

  buildReasons() {
    const change = (event) => this.edit(() => {
      const { reasons } = this.entry();
      if (event.target.checked) reasons.add(event.target.value);
      else reasons.delete(event.target.value);
    });
    const boxes = this.criterion.reasons.map(({ id, label }) => h("label", { class: "reason" },
      h("input", { type: "checkbox", value: id, on: { change } }), h("span", { text: label })));
    const legend = h("legend", { text: "Why? Choose what applies" });
    const keydown = (event) => this.reasons.querySelectorAll("input")[Number.parseInt(event.key, 10) - 1]?.click();
    return h("fieldset", { class: "reasons", hidden: true, on: { keydown } }, legend, ...boxes);
  }

  buildComment() {
    return area({ class: "comment", hidden: true, "aria-label": `Comment on ${this.criterion.label}`,
      placeholder: "Comment for the agent",
      on: { input: () => this.edit(() => (this.entry().comment = this.comment.value)) } });
  }

  edit(change) {
    if (this.actions.locked()) return;
    this.armed = false;
    change();
    this.actions.edited();
  }

  get isNotApplicable() {
    return this.entry().state === "not_applicable";
  }

  // N/A takes the criterion out of the score, so one slip must not set it: the first time asks, the second sets it.
  // Tells whether it is set.
  pickNotApplicable() {
    if (this.isNotApplicable) return true;
    if (this.armed) this.pick(NOT_APPLICABLE);
    else this.arm(!this.actions.locked());
    return this.isNotApplicable;
  }

  arm(armed) {
    this.armed = armed;
    this.paintArmed();
    this.paintHint();
  }

  paintArmed() {
    const button = this.naButton ?? this.radios?.at(-1);
    if (this.criterion.allow_na) setAttribute(button, "data-armed", this.armed);
  }

  // An option's id, "N/A", or null for no answer.
  pick(choice) {
    this.edit(() => {
      const { id } = this.criterion;
      if (choice === null) this.form.clear(id);
      else if (choice === NOT_APPLICABLE) this.form.notApplicable(id);
      else this.form.choose(id, choice);
      this.level = null;
    });
  }

  preview(choice) {
    this.level = choice;
    if (this.armed && choice !== null && choice !== NOT_APPLICABLE) this.arm(false);
    this.paintHint();
  }

  // The arrow keys inside the group of choices, as the radio pattern asks; Enter and Space choose.
  rove(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!steps || event.ctrlKey || event.altKey || event.metaKey) return;
    const from = this.radios.indexOf(event.target);
    this.radios[(from + steps + this.radios.length) % this.radios.length].focus();
    event.preventDefault();
    event.stopPropagation();
  }

  // A press that made the row active at once would move what is under the pointer before the click lands.
  holdStill() {
    this.pointing = true;
    for (const event of ["pointerup", "pointercancel"]) {
      document.addEventListener(event, () => (this.pointing = false), { once: true, capture: true });
    }
  }

  focus() {
    if (this.armed) this.arm(false);
    this.root.focus({ preventScroll: true });
  }

  // A digit on a number criterion begins the number.
  type(digit) {
    this.field.focus({ preventScroll: true });
    this.field.value = digit;
    this.edit(() => this.form.measure(this.criterion.id, digit));
  }

  openField() {
    this.field?.focus({ preventScroll: true });
  }

  openComment() {
    this.comment.hidden = false;
    this.comment.focus({ preventScroll: true });
    this.actions.reveal(this);
  }

  openReasons() {
    this.reasons.querySelector("input")?.focus();
  }

  togglePraise() {
    this.edit(() => (this.entry().praise = !this.entry().praise));
  }

  toggleGuide(open = this.guide.hidden) {
    if (open && this.guide.childElementCount === 0) this.guide.append(...buildGuide(this.criterion));
    this.guide.hidden = !open;
    this.root.classList.toggle("reading", open);
    this.name.setAttribute("aria-expanded", String(open));
    this.actions.reveal(this);
  }

  paint({ place, active, tried }) {
    const entry = this.entry();
    setText(this.place, String(place));
    if (!active) this.armed = false;
    this.paintArmed();
    this.root.classList.toggle("active", active);
    this.paintControl(entry);
    const option = chosenOption(this.criterion, entry);
    setText(this.word, this.layout === "levels" && option ? option.label : "");
    this.reasons.hidden = !this.form.reasonsNeeded(this.criterion);
    for (const box of this.reasons.querySelectorAll("input")) box.checked = entry.reasons.has(box.value);
    const needed = this.form.commentNeeded(this.criterion);
    if (this.comment.value !== entry.comment) this.comment.value = entry.comment;
    if (needed || entry.comment !== "") this.comment.hidden = false;
    else if (this.comment.getRootNode().activeElement !== this.comment) this.comment.hidden = true;
    setAttribute(this.praise, "aria-pressed", String(entry.praise));
    this.root.classList.toggle("praised", entry.praise);
    setAttribute(this.comment, "aria-required", needed ? "true" : null);
    this.paintAsk(entry, needed);
    this.paintOpen(tried && entry.state === "missing" && !isOptional(this.criterion));
    this.paintChips();
    this.paintHint();
  }

  paintControl(entry) {
    const chosen = this.isNotApplicable ? NOT_APPLICABLE : entry.option;
    this.radios?.forEach((radio, index) => {
      const checked = radio.dataset.choice === chosen;
      setAttribute(radio, "aria-checked", String(checked));
      setAttribute(radio, "tabindex", checked || (chosen === null && index === 0) ? 0 : -1);
    });
    if (this.naButton) setAttribute(this.naButton, "aria-pressed", String(this.isNotApplicable));
    const shown = this.criterion.type === "text" ? (entry.text ?? "") : entry.typed;
    const writing = this.field && this.field.getRootNode().activeElement === this.field;
    if (this.field && !writing && this.field.value !== shown) this.field.value = shown;
  }

  // After a submit that came too early: how many are open is said below, and each only bears a mark.
  paintOpen(open) {
    this.root.classList.toggle("open", open);
    if (this.radios) setAttribute(this.control, "aria-invalid", open ? "true" : null);
    else setAttribute(this.field, "aria-required", open ? "true" : null);
  }

  paintAsk(entry, commentNeeded) {
    const asks = [];
    const wrongNumber = this.criterion.type === "number" && entry.state === "missing" && entry.typed.trim() !== "";
    if (wrongNumber) asks.push(`Enter a number from ${this.range}`);
    if (this.form.reasonsNeeded(this.criterion) && entry.reasons.size === 0) asks.push("Choose at least one reason");
    if (commentNeeded && entry.comment.trim() === "") asks.push("Write a comment");
    if (isFull(entry.comment) || isFull(entry.text)) asks.push(FULL);
    const text = asks.length > 0 ? `${asks.join(" · ")}` : "";
    if (this.ask.dataset.text === text) return;
    this.ask.dataset.text = text;
    this.ask.replaceChildren(...(text ? [icon("warning"), h("span", { text })] : []));
    setAttribute(this.field ?? this.ask, "aria-invalid", wrongNumber ? "true" : null);
  }

  paintChips() {
    const pieces = this.form.evidenceOf(this.criterion.id);
    if (pieces.length === this.pieces?.length && pieces.every((piece, index) => piece === this.pieces[index])) return;
    this.pieces = pieces;
    this.chips.hidden = pieces.length === 0; // an empty list would be read out as one
    this.chips.replaceChildren(...pieces.map((piece) => this.buildChip(piece)));
  }

  buildChip(piece) {
    const ends = piece.message_seq === null && piece.end_seconds !== null;
    const second = piece.start_seconds === null ? ""
      : wordSeconds(piece.start_seconds) + (ends ? `–${wordSeconds(piece.end_seconds)}` : "");
    const quote = piece.quote.length > 90 ? `${piece.quote.slice(0, 90)}…` : piece.quote;
    return h("li", {},
      h("button", { type: "button", class: "jump", "aria-label": `Show evidence ${second} ${quote}`,
        on: { click: () => this.actions.show(piece) } },
      icon("pin"), second ? h("b", { text: second }) : null, quote ? h("q", { text: quote, dir: "auto" }) : null),
      h("button", { type: "button", class: "remove", "aria-label": "Remove this evidence",
        on: { click: () => this.edit(() => this.form.unpin(piece)) } }, icon("clear")));
  }

  paintHint() {
    const [label, text] = this.wordHint();
    if (this.hint.dataset.of === label + text) return;
    this.hint.dataset.of = label + text;
    this.hint.replaceChildren(...(label ? [h("b", { text: label }), " "] : []), text);
  }

  // What the hovered, focused or chosen level looks like; with none of them, what the levels are called.
  wordHint() {
    const { criterion } = this;
    const entry = this.entry();
    if (this.armed) return ["N/A?", "Once more, and this criterion is left out of the score."];
    if (criterion.number) return [this.range, criterion.number.anchor];
    const level = this.level ?? (this.isNotApplicable ? NOT_APPLICABLE : entry.option);
    if (level === NOT_APPLICABLE) return ["N/A", "Not counted."];
    const index = criterion.options.findIndex((option) => option.id === level);
    const option = criterion.options[index];
    if (option) return [this.layout === "levels" ? `${index + 1} ${option.label}` : option.label, option.anchor];
    if (this.layout !== "levels") return ["", criterion.guideline];
    return ["", criterion.options.map((some, place) => `${place + 1} ${some.label}`).join(" · ")];
  }
}

// "words": labels in the buttons. "levels": long labels in rising order, so numbers in the buttons and the label
// beside them. "stacked": long labels without an order, so buttons below the name.
function chooseLayout(criterion) {
  if (criterion.type === "text") return "stacked";
  const letters = criterion.options.reduce((sum, option) => sum + option.label.length, 0);
  if (letters <= SHORT_LABELS || criterion.type === "number") return "words";
  return isRising(criterion) ? "levels" : "stacked";
}

function tone(criterion, choice) {
  if (choice === NOT_APPLICABLE) return "none";
  const entry = { state: "chosen", option: choice };
  if (isBest(criterion, entry)) return "good";
  if (isWorst(criterion, entry)) return "bad";
  return isUpperHalf(criterion, entry) ? "fair" : "between";
}

function badge(name, text, kind, title = null) {
  return h("span", { class: `badge ${kind}`, title }, icon(name), h("span", { text }));
}

function area(attributes) {
  return h("textarea", { rows: 1, dir: "auto", maxlength: TEXT_LIMIT, ...attributes });
}
