// One criterion on the wall: the options with those who chose them, the anchors beside, and what each side says.
import { h, icon, setAttribute } from "./dom.js";

export const NOT_APPLIES = "n/a";

export class Board {
  constructor({ records, nameOf, order, onAgree, onEvidence }) {
    Object.assign(this, { records, nameOf, order, onAgree, onEvidence });
    this.seen = []; // who graded the ticket, but not blind
    this.root = h("main", { class: "board", tabindex: -1, "aria-live": "polite" });
  }

  show(question, agreed) {
    this.question = question;
    const { criterion, section, voices } = question;
    this.choices = listChoices(question, agreed);
    this.cards = new Map();
    const silent = this.order().filter((person) => !voices.some((voice) => voice.person === person));
    const [seen, absent] = [true, false].map((saw) => silent.filter((person) => this.seen.includes(person) === saw));
    const parts = [
      h("p", { class: "section", text: section }),
      h("h2", { text: criterion.label }),
      criterion.guideline ? h("p", { class: "guideline", text: criterion.guideline }) : null,
      h("ol", { class: "options", style: `--count: ${this.choices.length}` },
        ...this.choices.map((choice) => this.buildCard(choice))),
      this.buildNumber(criterion),
      this.buildAside("Did not grade this: ", absent, ""),
      this.buildAside("Graded, but not blind: ", seen, " (not counted)"),
      ...this.buildSides(),
    ];
    this.root.replaceChildren(...parts.filter((part) => part !== null));
    this.paint(agreed);
    this.root.scrollTop = 0;
  }

  buildCard({ id, label, anchor, digit, voices }) {
    const head = [digit && this.records ? h("kbd", { text: digit }) : null, h("b", { text: label }),
      h("span", { class: "seal" }, icon("check"), h("span", { text: "Agreed" }))];
    const pick = this.records
      ? h("button", { type: "button", class: "pick", on: { click: () => this.onAgree(id) } }, ...head)
      : h("div", { class: "pick" }, ...head);
    const people = this.sort(voices).map((voice) => h("li", { class: "chip", text: this.nameOf(voice.person) }));
    const card = h("li", { class: "option", "data-choice": id, "data-chosen": voices.length > 0 }, pick,
      h("ul", { class: "people", "aria-label": `Chose ${label}` }, ...people),
      anchor ? h("p", { class: "anchor", text: anchor }) : null);
    this.cards.set(id, { card, pick });
    return card;
  }

  buildAside(before, people, after) {
    if (people.length === 0) return null;
    return h("p", { class: "absent", text: before + people.map((person) => this.nameOf(person)).join(", ") + after });
  }

  buildNumber({ number }) {
    if (!number || !this.records) return null;
    const field = h("input", { type: "number", min: number.low, max: number.high, step: number.step ?? "any",
      "aria-label": "Agreed number" });
    const keep = () => field.value !== "" && this.onAgree(field.value);
    field.addEventListener("keydown", (event) => event.key === "Enter" && keep());
    this.field = field;
    return h("p", { class: "measure" }, h("span", { text: `Agreed, ${number.low} to ${number.high} ${number.unit}` }),
      field, h("button", { type: "button", class: "plain", text: "Keep", on: { click: keep } }));
  }

  buildSides() {
    const sides = this.choices.map(({ label, voices }) => ({
      label, voices: voices.filter(({ comment, reasons, evidence }) => comment || reasons || evidence.length > 0),
    })).filter(({ voices }) => voices.length > 0);
    if (sides.length === 0) return [h("p", { class: "silent", text: "Nobody left a comment or evidence on this." })];
    return [h("div", { class: "sides" }, ...sides.map(({ label, voices }) =>
      h("section", { class: "side" }, h("h3", { text: label }), ...this.sort(voices).map((voice) => this.buildSaid(voice)))))];
  }

  buildSaid({ person, comment, reasons, evidence }) {
    return h("div", { class: "said" },
      h("b", { class: "chip", text: this.nameOf(person) }),
      ...(reasons ?? []).map((reason) => h("span", { class: "badge", text: reason })),
      comment ? h("p", { dir: "auto", text: comment }) : null,
      ...evidence.map((item) => h("button", { type: "button", class: "quote", dir: "auto",
        text: item.quote ? `“${item.quote}”` : "Hear this stretch", on: { click: () => this.onEvidence(item) } })));
  }

  // By letters where people are masked: the session's order would tell who is who.
  sort(voices) {
    const places = this.order();
    return [...voices].sort((one, other) => places.indexOf(one.person) - places.indexOf(other.person));
  }

  paint(agreed) {
    if (agreed !== undefined && !this.cards.has(agreed)) return this.show(this.question, agreed);
    for (const [id, { card, pick }] of this.cards) {
      setAttribute(card, "data-agreed", id === agreed);
      if (this.records) setAttribute(pick, "aria-pressed", String(id === agreed));
    }
  }

  // What can be pressed here, in words.
  listKeys() {
    return this.choices.filter(({ digit }) => digit).map(({ digit, label }) => `${digit} ${label}`).join(", ");
  }


  // The choice that a digit stands for; undefined where there is none.
  choiceOf(digit) {
    return this.choices.find((choice) => choice.digit === digit)?.id;
  }
}

// Every option in the scorecard's order, then not applicable; of a number, each that was given, the lowest first.
function listChoices({ criterion, voices }, agreed) {
  const chose = (id) => voices.filter(({ choice }) => choice === id);
  const options = criterion.options.map(({ id, label, anchor }, place) => ({
    id, label, anchor, digit: place < 10 ? String((place + 1) % 10) : null, voices: chose(id),
  }));
  const numbers = criterion.number ? [...new Set([...voices.map(({ choice }) => choice), agreed])]
    .filter((choice) => choice !== undefined && choice !== NOT_APPLIES).sort((one, other) => Number(one) - Number(other))
    .map((id) => ({ id, label: `${id} ${criterion.number.unit}`.trim(), voices: chose(id) })) : [];
  const aside = chose(NOT_APPLIES);
  const none = { id: NOT_APPLIES, label: "Not applicable", digit: "N", voices: aside };
  return [...options, ...numbers, ...(criterion.allow_na || aside.length > 0 ? [none] : [])];
}
