// The meeting: where it is (ticket, criterion), who is masked, and what happens at each key.
import { Board, NOT_APPLIES } from "./board.js";
import { Clock, TabStore } from "./clock.js";
import { Decided } from "./decided.js";
import { h, icon, setAttribute, setText, wordTime } from "./dom.js";
import { buildKeyList, handleMeetingKey } from "./meetingkeys.js";
import { Post } from "./post.js";
import { Reading } from "./reading.js";

export class Meeting {
  constructor(sheet, { root, send, wake }) {
    Object.assign(this, { sheet, root, records: sheet.records });
    this.store = new TabStore(sheet.session);
    this.masked = this.store.read("masked", false);
    this.agreed = new Map();
    this.set = null; // the agreed answers as the server told them last, with who set them and when
    this.ours = new Map(); // and those that this tab asked for
    this.findings = [];
    this.people = new Map(sheet.people.map((person) => [person.id, person]));
    this.clock = new Clock(this.store);
    this.wasLate = false;
    this.post = new Post({ send: (step) => send("stepped", step), changed: () => this.sayState(), wake });
    this.board = new Board({
      records: this.records,
      nameOf: (id) => this.nameOf(id),
      order: () => this.order(),
      onAgree: (choice) => this.settle(choice),
      onEvidence: (item) => this.reading.point(item, { play: true }),
    });
    this.decided = new Decided({ sheet, onSend: () => this.sendForm(), onOpen: (on = true) => this.openForm(on) });
    this.build();
    this.onKey = (event) => handleMeetingKey(event, this) && event.preventDefault();
    this.onLeave = (event) => (this.post.busy || this.decided.isTyped) && event.preventDefault();
    document.addEventListener("keydown", this.onKey);
    addEventListener("beforeunload", this.onLeave);
  }

  build() {
    this.heading = h("h1");
    this.place = h("span", { class: "place" });
    this.maskButton = this.button("M", "", () => this.toggleMask());
    this.agenda = h("ol", { class: "agenda", "aria-label": "Criteria of this ticket, the largest disagreement first" });
    this.list = h("ol", { class: "tickets" });
    this.ticketList = this.cover("Tickets", h("div", {}, h("p", { class: "rule", text: RULE }), this.list), () => this.toggleList());
    this.attendance = h("ul", { class: "attendance" });
    this.roll = this.cover("Who is here?", this.attendance, () => this.toggleRoll());
    this.rollButton = this.button("A", "", () => this.toggleRoll());
    this.help = this.cover("Keys", buildKeyList(this.records), () => this.toggleHelp());
    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.beside = h("div", { class: "beside" });
    this.root.replaceChildren(
      h("header", { class: "top" },
        h("a", { class: "plain back", href: this.sheet.back, target: "_self", text: "‹ Session", title: this.sheet.name }),
        h("div", { class: "title" }, this.heading, this.place), this.clock.root,
        this.button("L", "Tickets", () => this.toggleList()), this.rollButton, this.maskButton,
        this.button("?", "Keys", () => this.toggleHelp()),
        h("a", { class: "plain back", href: this.sheet.minutes, target: "_self", text: "Minutes ›" })),
      h("nav", { class: "criteria" }, this.agenda),
      h("div", { class: "middle" }, this.notice, this.board.root, this.decided.root),
      this.beside, this.ticketList, this.roll, this.help);
  }

  button(key, label, click) {
    return h("button", { type: "button", class: "plain", on: { click } }, h("kbd", { text: key }), h("span", { text: label }));
  }

  cover(title, content, close) {
    const dialog = h("div", { class: "help", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: -1 },
      h("header", {}, h("h2", { text: title }), h("button", { type: "button", class: "plain", text: "Close", on: { click: close } })),
      content);
    const beside = (event) => event.target === event.currentTarget && close();
    return h("div", { class: "veil", hidden: true, on: { click: beside } }, dialog);
  }

  // ── What the server says ──

  hear({ agreed, findings, attended, ack, criterion }, work) {
    this.findings = findings;
    this.post.hear(ack);
    this.agreed = new Map(agreed.map((one) => [spot(one.ticket, one.criterion), one.choice]));
    const changed = this.findChanged(agreed);
    this.attended = new Map(Object.entries(attended));
    for (const { step } of this.post.queue) {
      if (step.act === "agree") this.agreed.set(spot(step.ticket, step.criterion), step.choice);
      if (step.act === "attend") this.attended.set(step.person, step.there);
    }
    if (work.id !== this.work?.id) this.showCase(work, criterion);
    else this.paint();
    if (changed) this.tellChanged(changed);
  }

  // What another tab or person set since the server spoke last, newest last; null where it is the same.
  findChanged(agreed) {
    const before = this.set;
    this.set = new Map(agreed.map((one) => [spot(one.ticket, one.criterion), one.at]));
    if (!before) return null;
    const isForeign = (one, place) => before.get(place) !== one.at && this.ours.get(place) !== one.choice;
    return agreed.filter((one) => isForeign(one, spot(one.ticket, one.criterion)))
      .sort((one, other) => (one.at < other.at ? -1 : 1)).at(-1) ?? null;
  }

  tellChanged({ ticket, criterion, by, at, words }) {
    const question = this.work.questions.find((each) => ticket === this.work.id && each.criterion.id === criterion);
    const name = this.sheet.tickets.find(({ id }) => id === ticket)?.name ?? "";
    const where = question ? question.criterion.label : name;
    this.say(`${by} set “${words}” at ${wordTime(at)} (${where}).`);
  }

  showCase(work, criterion) {
    this.reading?.stop();
    this.work = work;
    this.ticketPlace = this.sheet.tickets.findIndex(({ id }) => id === work.id);
    this.reading = new Reading(work);
    this.board.seen = work.seen;
    this.beside.replaceChildren(this.reading.root, ...(this.records ? [this.decided.form] : []));
    setText(this.heading, [this.sheet.tickets[this.ticketPlace].name, work.ticket.subject].filter(Boolean).join(" · "));
    setText(this.place, `Ticket ${this.ticketPlace + 1} of ${this.sheet.tickets.length} · ${work.ticket.channel}${this.sheet.closed ? " · Closed" : ""}`);
    this.clock.show(work.id);
    // Nothing is sent before somebody does something: what a component sends while it is being mounted can get lost.
    const asked = work.questions.findIndex((question) => question.criterion.id === criterion);
    this.show(Math.max(0, asked), { tell: false });
  }

  // ── Where the meeting is ──

  show(index, { tell = true } = {}) {
    this.index = index;
    this.question = this.work.questions[index];
    this.evidence = this.question.voices.flatMap((voice) => voice.evidence);
    this.cited = -1;
    this.decided.open(false);
    this.board.show(this.question, this.agreed.get(this.here));
    this.reading.mark(this.evidence);
    this.say(null);
    this.paint();
    if (tell) this.post.put({ act: "go", ticket: this.work.id, criterion: this.question.criterion.id });
  }

  get here() {
    return spot(this.work.id, this.question.criterion.id);
  }

  step(direction) {
    const index = this.index + direction;
    if (this.work.questions[index]) this.show(index);
  }

  stepTicket(direction, { last = false } = {}) {
    const next = this.sheet.tickets[this.ticketPlace + direction];
    if (next) this.goTo(next, last ? next.questions.at(-1) : next.questions[0]);
  }

  walk(direction) {
    if (this.work.questions[this.index + direction]) this.step(direction);
    else this.stepTicket(direction, { last: direction < 0 });
  }

  goTo(ticket, criterion) {
    if (ticket.id !== this.work.id) this.post.put({ act: "go", ticket: ticket.id, criterion });
  }

  nextEvidence() {
    if (this.evidence.length === 0) return;
    this.cited = (this.cited + 1) % this.evidence.length;
    this.reading.point(this.evidence[this.cited]);
  }

  // ── What the meeting decides ──

  agree(digit) {
    const choice = this.board.choiceOf(digit);
    if (choice !== undefined) this.settle(choice);
    else if (this.question.criterion.number) this.board.field.focus();
    else this.say(`There is no answer ${digit} here. The keys are: ${this.board.listKeys()}.`);
  }

  agreeNotApplicable() {
    if (this.board.choiceOf("N")) this.settle(NOT_APPLIES);
    else this.say(`This criterion always applies. The keys are: ${this.board.listKeys()}.`);
  }

  // Why nothing is written down here.
  refuse() {
    this.say(this.sheet.closed ? "This session is closed: what was decided stands, and nothing is added."
      : "You read along here: who runs sessions writes down what the meeting decides.");
    return true;
  }

  settle(choice) {
    this.agreed.set(this.here, choice);
    this.ours.set(this.here, choice);
    this.say(null);
    this.paint();
    this.post.put({ act: "agree", ticket: this.work.id, criterion: this.question.criterion.id, choice },
      (refused) => this.say(refused, { bad: true }));
  }

  openForm(on = true) {
    this.decided.open(on);
    if (!on) this.board.root.focus({ preventScroll: true });
  }

  sendForm() {
    if (!this.decided.isOpen) return false;
    const [filled, where] = [this.decided.read(), this.here];
    if (!filled.decision.trim()) {
      this.decided.fields.decision.focus();
      this.say("Write down what was decided; one sentence is enough.");
      return true;
    }
    this.post.put({ act: "find", ticket: this.work.id, criterion: this.question.criterion.id, ...filled },
      (refused) => {
        this.say(refused, { bad: true });
        if (refused) return;
        this.decided.sent(where);
        if (where === this.here) this.openForm(false);
      });
    return true;
  }

  // `bad`: the server took something not.
  say(words, { bad = false } = {}) {
    this.notice.classList.toggle("bad", bad);
    setAttribute(this.notice, "hidden", !words);
    setText(this.notice, words ?? "");
  }

  sayState() {
    const { busy, late } = this.post;
    this.decided?.say(busy && !late ? "Saving…" : "");
    if (late !== this.wasLate) this.say(late ? (busy ? LATE : AWAY) : null, { bad: late });
    this.wasLate = late;
  }

  // ── What stands there ──

  paint() {
    if (!this.work) return;
    const words = this.masked ? "Show names" : "Mask names";
    setText(this.maskButton.lastChild, words);
    this.agenda.replaceChildren(...this.work.questions.map((question, index) => this.buildLine(question, index)));
    this.agenda.children[this.index]?.scrollIntoView({ block: "nearest" });
    this.list.replaceChildren(...this.sheet.tickets.map((ticket, index) => this.buildTicket(ticket, index)));
    this.paintRoll();
    if (this.roll.hidden) this.attendance.replaceChildren(...this.sheet.attendants.map((person) => this.buildPresence(person)));
    this.board.paint(this.agreed.get(this.here));
    const findings = this.findings.filter(({ ticket, criterion }) =>
      criterion === this.question.criterion.id && (!ticket || ticket === this.work.id));
    this.decided.show(this.here, findings);
  }

  buildLine({ criterion, apart, differs }, index) {
    const settled = this.agreed.has(spot(this.work.id, criterion.id));
    const words = apart === null ? "no two answers" : differs ? `${apart} apart` : "same";
    return h("li", {}, h("button", { type: "button", "aria-current": index === this.index ? "step" : null,
      on: { click: () => this.show(index) } },
      h("span", { class: "name", text: criterion.label }), settled ? icon("check") : null,
      h("span", { class: "bar", hidden: !differs, style: `--apart: ${apart}%` }), h("span", { class: "apart", text: words })));
  }

  buildTicket(ticket, index) {
    const { id, name, subject, apart, questions } = ticket;
    const settled = questions.filter((criterion) => this.agreed.has(spot(id, criterion))).length;
    const go = () => {
      this.toggleList();
      this.goTo(ticket, questions[0]);
    };
    return h("li", {}, h("button", { type: "button", "aria-current": index === this.ticketPlace ? "true" : null, on: { click: go } },
      h("b", { text: name }), h("span", { class: "name", dir: "auto", text: subject || "(no subject)" }),
      h("span", { class: "apart", text: apart === null ? "no two answers" : `${apart} apart` }),
      h("span", { text: settled > 0 ? `${settled} of ${questions.length} agreed` : "" })));
  }

  nameOf(id) {
    const person = this.people.get(id);
    return this.masked ? person.mask : person.name;
  }

  order() {
    const people = [...this.sheet.people];
    if (this.masked) people.sort((one, other) => (one.mask < other.mask ? -1 : 1));
    return people.map(({ id }) => id);
  }

  toggleMask() {
    this.masked = !this.masked;
    this.store.write("masked", this.masked);
    this.board.show(this.question, this.agreed.get(this.here));
    this.paint();
  }

  buildPresence({ id, name, part }) {
    const aside = h("span", { class: "aside" });
    const tell = () => setText(aside, [part, wordPresence(this.attended.get(id))].filter(Boolean).join(", "));
    const change = () => {
      this.attend(id, box.checked);
      tell();
    };
    const box = h("input", { type: "checkbox", disabled: !this.records, on: { change } });
    box.checked = this.attended.get(id) === true;
    tell();
    return h("li", {}, h("label", {}, box, h("span", { text: name }), aside));
  }

  attend(person, there) {
    this.attended.set(person, there);
    this.paintRoll();
    this.post.put({ act: "attend", ticket: this.work.id, criterion: this.question.criterion.id, person, there },
      (refused) => this.say(refused, { bad: true }));
  }

  paintRoll() {
    const here = this.sheet.attendants.filter(({ id }) => this.attended.get(id)).length;
    setText(this.rollButton.lastChild, `${here} of ${this.sheet.attendants.length} here`);
  }

  // ── What lies over it ──

  get covers() {
    return [this.help, this.ticketList, this.roll];
  }

  get isCovered() {
    return this.covers.some((cover) => !cover.hidden);
  }

  toggleHelp() {
    this.toggle(this.help);
  }

  toggleList() {
    this.toggle(this.ticketList);
    this.list.querySelector("[aria-current]")?.focus();
  }

  toggleRoll() {
    this.toggle(this.roll);
    if (!this.roll.hidden) this.attendance.querySelector("input:enabled")?.focus();
  }

  toggle(veil) {
    const open = veil.hidden;
    for (const each of this.covers) setAttribute(each, "hidden", each !== veil || !open);
    if (open) veil.firstChild.focus();
    else this.board.root.focus({ preventScroll: true });
  }

  escape() {
    if (this.isCovered) this.toggle(this.covers.find((cover) => !cover.hidden));
    else if (this.decided.isOpen) this.openForm(false);
    else return false;
    return true;
  }

  stop() {
    document.removeEventListener("keydown", this.onKey);
    removeEventListener("beforeunload", this.onLeave);
    this.clock.stop();
    this.post.stop();
    this.reading?.stop();
  }
}

const LATE = "Not saved yet: the server does not answer. Your work is kept here, and is sent as soon as it is back.";
const AWAY = "The server does not answer. What you asked for comes as soon as it is back.";
const RULE = "Furthest apart first: the mean distance of two answers, over all criteria; 100 is the best against the "
  + "worst. “Not applicable” against a grade counts as 100.";

const wordPresence = (there) => (there === undefined ? "not noted" : there ? "" : "absent");
const spot = (ticket, criterion) => `${ticket}/${criterion}`;
