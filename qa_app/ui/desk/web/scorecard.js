// The scorecard: sections with their scores, one row per criterion, the overall comment, and which row is active.
import { h, icon, reveal, setAttribute, setText, unseen } from "./dom.js";
import { FULL, TEXT_LIMIT, isFull } from "./form.js";
import { Row } from "./row.js";

export class Scorecard {
  constructor(scorecard, form, { edited, locked, pin, show, activated, together = (act) => act(), painted = () => {} }) {
    Object.assign(this, { scorecard, form, activated, painted });
    this.tried = false;
    const weights = new Set(form.criteria.map((criterion) => criterion.weight));
    const actions = {
      edited, locked, show, together, showWeights: weights.size > 1,
      pin: (row) => { this.activate(row); pin(); },
      activate: (row) => this.activate(row),
      reveal: (row) => {
        painted();
        reveal(this.pane, row.root, { margin: this.margin });
      },
    };
    this.rows = form.criteria.map((criterion) => new Row(criterion, form, actions));
    this.rowOf = new Map(this.rows.map((row) => [row.criterion.id, row]));
    this.overall = this.buildOverall(edited, locked);
    this.sections = scorecard.sections.map((section) => this.buildSection(section));
    this.pane = h("div", { class: "criteria", tabindex: -1, role: "region",
      "aria-label": `Scorecard: ${scorecard.label}` },
      ...this.sections.map((section) => section.root), this.overall.root);
    this.begin();
    this.margin = 44; // rows stop below the section's sticky heading
  }

  buildSection(section) {
    const share = h("span", { class: "share" });
    const guide = section.guideline ? h("p", { class: "guide", hidden: true, text: section.guideline }) : null;
    const open = guide && h("button", { type: "button", class: "tool", "aria-expanded": "false",
      "aria-label": `Guideline of ${section.label}`, on: { click: () => {
        guide.hidden = !guide.hidden;
        open.setAttribute("aria-expanded", String(!guide.hidden));
      } } }, icon("book"));
    const heading = h("header", {}, h("h2", { text: section.label }),
      section.kind === "bonus" ? h("span", { class: "badge bonus", text: "Bonus" }) : null,
      section.weight === null ? null
        : h("span", { class: "weight", title: "Weight of the section" }, unseen("Weight "), `×${section.weight}`),
      open, share);
    const rows = section.criteria.map((criterion) => this.rowOf.get(criterion.id).root);
    const root = h("section", { class: "section", role: "group", "aria-label": section.label }, heading, guide, ...rows);
    return { section, share, root };
  }

  // The last stop: it has no answer, only words.
  buildOverall(edited, locked) {
    const field = h("textarea", { rows: 2, dir: "auto", maxlength: TEXT_LIMIT, "aria-label": "Overall comment",
      placeholder: "What went well, what to practise next", on: { input: () => {
        if (locked()) return;
        this.form.comment = field.value;
        edited();
      } } });
    const ask = h("p", { class: "ask", role: "status" });
    const root = h("div", { class: "row overall", role: "group", "aria-label": "Overall comment", tabindex: -1 },
      h("div", { class: "line" }, h("span", { class: "label", text: "Overall comment" })), field, ask);
    const stop = {
      root, field, criterion: null,
      focus: () => root.focus({ preventScroll: true }),
      openComment: () => field.focus({ preventScroll: true }),
      openField: () => field.focus({ preventScroll: true }),
      paint: ({ active }) => {
        root.classList.toggle("active", active);
        if (field.value !== this.form.comment) field.value = this.form.comment;
        setText(ask, isFull(this.form.comment) ? FULL : "");
      },
    };
    root.addEventListener("focusin", () => this.activate(stop));
    root.addEventListener("click", () => this.activate(stop));
    return stop;
  }

  // From now on everything can be read and nothing changed.
  freeze() {
    for (const field of this.pane.querySelectorAll("textarea, input")) {
      if (field.type === "checkbox") field.disabled = true;
      else field.readOnly = true;
    }
  }

  stops() {
    return [...this.form.askedInOrder().map((criterion) => this.rowOf.get(criterion.id)), this.overall];
  }

  begin() {
    this.active = this.firstOpen();
  }

  // Where grading begins, or goes on.
  firstOpen() {
    const asked = this.form.asked();
    const isOpen = ({ criterion: { id } }) => asked.has(id) && !this.form.isAnswered(id);
    return this.rows.find(isOpen) ?? this.rows[0];
  }

  activate(stop) {
    if (stop === this.active) return;
    this.active = stop;
    this.activated();
  }

  move(steps) {
    const stops = this.stops();
    const place = stops.indexOf(this.active) + steps;
    this.goTo(stops[Math.min(Math.max(0, place), stops.length - 1)]);
  }

  goTo(stop) {
    this.activate(stop);
    this.painted(); // what is out of date when the focus comes is laid out twice
    stop.focus();
    reveal(this.pane, stop.root, { margin: this.margin });
  }

  goToCriterion(id) {
    this.goTo(this.rowOf.get(id));
  }

  // The answer on the active row's nth key; true where there is one.
  pickNth(index) {
    const { criterion } = this.active;
    const option = criterion?.options[index];
    if (!option) return false;
    this.active.pick(option.id);
    this.advance();
    return true;
  }

  pickNotApplicable() {
    if (!this.active.criterion?.allow_na) return;
    if (this.active.pickNotApplicable()) this.advance();
  }

  // On to the next row, unless this one now asks for words; once a submit came too early, to the next that is open.
  advance() {
    const { criterion } = this.active;
    const lacking = this.form.problems().map((problem) => problem.criterion);
    if (lacking.includes(criterion)) this.goTo(this.active);
    else if (this.tried && lacking.length > 0) this.goToCriterion(this.nextOf(lacking).id);
    else this.move(1);
  }

  // The first of these criteria below the active row, else the first of all.
  nextOf(criteria) {
    const place = this.form.criteria.indexOf(this.active.criterion);
    return criteria.find((criterion) => this.form.criteria.indexOf(criterion) > place) ?? criteria[0];
  }

  paint(result) {
    const asked = this.form.asked();
    let place = 0;
    for (const row of this.rows) {
      const isAsked = asked.has(row.criterion.id);
      row.root.hidden = !isAsked;
      if (isAsked) row.paint({ place: ++place, active: row === this.active, tried: this.tried });
    }
    if (this.active.root.hidden) this.active = this.stops()[0];
    this.overall.paint({ active: this.active === this.overall });
    for (const { section, share, root } of this.sections) {
      const { reported } = result.sections[section.id];
      setText(share, reported === null ? "" : `${reported}%`);
      setAttribute(root, "hidden", !section.criteria.some((criterion) => asked.has(criterion.id)));
    }
  }
}
