// One case on the desk: puts the parts together and knows what the keys stand for.
import { Activity } from "./activity.js";
import { Conversation } from "./conversation.js";
import { h, setAttribute } from "./dom.js";
import { Keeper } from "./draft.js";
import { Footer } from "./footer.js";
import { Form, sameSnapshot } from "./form.js";
import { buildHelp, buildStrip, handleKey } from "./keys.js";
import { Player } from "./player.js";
import { findTrouble } from "./pulse.js";
import { scoreForm } from "./score.js";
import { Scorecard } from "./scorecard.js";
import { TemplatePicker } from "./templates.js";
import { UndoBar } from "./undo.js";

const RESTORED_NOTICE = 6000;
const DIM_AFTER = 400;
const EMPTY_DRAFT = { ratings: [], evidence: [], comment: "" };

export class Desk {
  constructor(work, stage) {
    this.case = work;
    this.caseId = work.id;
    this.stage = stage;
    this.parentElement = stage.parentElement;
    this.hasRecording = work.recordings.length > 0;
    this.restored = null;
    this.listeners = [];
  }

  // Takes the place of what stood there.
  enter() {
    this.root = this.parentElement.querySelector(".desk");
    this.root.dataset.case = this.caseId;
    this.listeners = [
      [document, "keydown", (event) => this.takesKey(event) && swallow(event)],
      [document, "pointerdown", (event) => this.saveBeforeLeaving(event)],
      [document, "visibilitychange", () => document.hidden && this.keeper?.save()],
    ];
    for (const [target, event, listener] of this.listeners) target.addEventListener(event, listener, true);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.root.parentElement);
  }

  // The first news of this case bring the draft; all further ones may bring an answer.
  hear({ draft, ack, undo }) {
    if (this.keeper) this.keeper.hear(ack);
    else this.open(draft);
    this.undoBar.offer(undo);
  }

  // The answer to a submit names the next case. Where that stands here at once, this one is not painted any more.
  hearLast(ack, { follows }) {
    this.gathering = follows;
    this.keeper?.hear(ack);
  }

  open(draft) {
    this.enter();
    this.prepare();
    this.form.load(draft);
    this.scorecard.begin();
    this.activity = new Activity({
      seconds: draft.active_seconds,
      isListening: () => this.player?.playing ?? false,
    });
    this.keeper = new Keeper({
      caseId: this.caseId,
      draft,
      read: () => this.form.snapshot(),
      activeSeconds: () => Math.round(this.activity.seconds),
      send: (event, payload) => this.stage.send(event, payload),
      wake: () => this.stage.line.wake?.(),
      ask: findTrouble,
      report: () => this.paint(),
    });
    this.build();
    this.restore(draft);
    this.paint();
    if (!this.root.style.getPropertyValue("--desk-top")) this.fit();
    this.conversation.start();
  }

  // What takes long to build and does not depend on the draft; at the latest when the desk opens.
  prepare() {
    if (this.form) return;
    this.form = new Form(this.case.scorecard, EMPTY_DRAFT);
    this.conversation = new Conversation(this.case, {
      root: this.parentElement,
      onHear: (seconds) => this.hearFrom(seconds),
      onPin: () => this.pin(),
    });
    this.scorecard = new Scorecard(this.case.scorecard, this.form, {
      edited: () => this.keeper.edited(),
      locked: () => this.keeper.isLocked,
      pin: () => this.pin(),
      show: (piece) => this.show(piece),
      activated: () => this.paint(),
      together: (act) => this.together(act),
      painted: () => this.painted(),
    });
  }

  build() {
    this.player = this.hasRecording
      ? new Player(this.case, {
        onTime: (now, playing) => this.conversation?.markSecond(now, playing),
        onPin: () => this.pin(),
      })
      : null;
    this.footer = new Footer({
      scorecard: this.case.scorecard,
      onSubmit: () => this.submit(),
      onKeepMine: () => this.keeper.keepMine(),
      onTakeOther: () => this.takeOther(),
      onProblem: (id) => this.goToCriterion(id),
    });
    this.help = buildHelp(this.hasRecording, () => this.toggleHelp());
    this.undoBar = new UndoBar(() => this.undo());
    this.picker = new TemplatePicker(this.case.templates, this.scorecard.pane, this.root);
    const parts = [this.buildTabs(), this.player?.root, this.conversation.root, this.scorecard.pane,
      buildStrip(this.hasRecording, () => this.toggleHelp()), this.undoBar.root, this.footer.root,
      this.picker.handle, this.picker.list, this.help];
    this.root.replaceChildren(...parts.filter(Boolean));
    this.player?.paint();
    this.showView("conversation");
  }

  // On a narrow screen the two panes take turns.
  buildTabs() {
    this.tabs = [["conversation", "Conversation"], ["card", "Scorecard"]].map(([view, text]) =>
      h("button", { type: "button", role: "tab", "data-view": view, text, on: { click: () => this.showView(view) } }));
    return h("div", { class: "tabs", role: "tablist", "aria-label": "What to show" }, ...this.tabs);
  }

  showView(view) {
    this.root.dataset.view = view;
    for (const tab of this.tabs) setAttribute(tab, "aria-selected", String(tab.dataset.view === view));
  }

  // Work that this tab could not save before it was closed or reloaded.
  restore(draft) {
    const copy = this.keeper.readCopy();
    if (!copy) return;
    if (sameSnapshot(copy, draft)) {
      this.keeper.dropCopy();
      return;
    }
    this.form.load(copy);
    this.scorecard.activate(this.scorecard.firstOpen());
    this.activity.seconds = Math.max(this.activity.seconds, copy.active_seconds);
    if (draft.revision !== 0 && copy.revision !== draft.revision) {
      this.keeper.resume(copy, draft);
      if (this.keeper.other) return;
    } else this.keeper.edited();
    this.restored = "Restored what this tab had not saved yet.";
    setTimeout(() => {
      this.restored = null;
      this.paint();
    }, RESTORED_NOTICE);
    this.paint();
  }

  // One press may change an answer, the place and the status; all of it is painted once.
  together(act) {
    if (this.gathering) return act();
    this.gathering = true;
    try {
      return act();
    } finally {
      this.gathering = false;
      this.painted();
    }
  }

  paint() {
    this.stale = true;
    if (!this.gathering) this.painted();
  }

  painted() {
    if (!this.stale || !this.footer) return;
    this.stale = false;
    const result = scoreForm(this.case.scorecard, this.form.answers());
    const asked = this.form.askedInOrder();
    this.scorecard.paint(result);
    this.conversation.paintEvidence(this.form.evidence);
    this.conversation.namePinButton(this.scorecard.active.criterion?.label ?? null);
    this.player?.nameCriterion(this.scorecard.active.criterion?.label ?? null);
    this.player?.paintEvidence(this.form.evidence);
    this.footer.paint({
      result,
      keeper: this.keeper,
      problems: this.form.problems(),
      answered: asked.filter((criterion) => this.form.isAnswered(criterion.id)).length,
      total: asked.length,
      tried: this.scorecard.tried,
      restored: this.restored,
    });
    if (this.keeper.isOver) this.scorecard.freeze();
    this.dim();
  }

  // A submit that is answered at once dims nothing: the next ticket would come with a flicker, and later.
  dim() {
    clearTimeout(this.dimming);
    if (this.keeper.busy) this.dimming = setTimeout(() => this.root.classList.add("locked"), DIM_AFTER);
    else this.root.classList.remove("locked");
  }

  // The desk fills the window below whatever the page puts above it.
  fit() {
    let scroller = this.parentElement.host ?? this.parentElement;
    while (scroller && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
    const top = this.root.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    const size = `${Math.round(top)}px`;
    if (this.root.style.getPropertyValue("--desk-top") !== size) this.root.style.setProperty("--desk-top", size);
  }

  takesKey(event) {
    return this.together(() => Boolean(this.picker?.handleKey(event)) || handleKey(event, this));
  }

  contains(target) {
    return this.root.contains(target);
  }

  // A press beside the desk may lead to the next case: what waits for a pause in typing goes off now.
  saveBeforeLeaving(event) {
    if (!this.contains(event.composedPath()[0])) this.keeper?.save();
  }

  hearFrom(seconds) {
    this.player.seek(seconds);
    this.player.play();
  }

  submit() {
    const problems = this.form.problems();
    if (problems.length === 0 || this.keeper.isOver) this.keeper.submit();
    else {
      this.scorecard.tried = true;
      this.paint();
      this.goToCriterion(problems[0].criterion.id);
    }
  }

  // Brings the ticket that was submitted last back here, once what was done on this one is saved.
  undo() {
    const { offered } = this.undoBar;
    if (!offered || this.keeper.busy) return;
    this.keeper.afterSaving(() =>
      this.stage.send("undone", { case: this.caseId, assignment: offered.assignment }));
  }

  goToCriterion(id) {
    this.showView("card");
    this.scorecard.goToCriterion(id);
  }

  takeOther() {
    this.form.load(this.keeper.other);
    this.keeper.takeOther();
  }

  // Selected words; without them the marked stretch of the recording, the message that J and K marked, or on a call
  // the second that is heard.
  pin() {
    const { criterion } = this.scorecard.active;
    if (this.keeper.isLocked || !criterion) return;
    const marked = this.player?.markedPiece;
    const second = this.player?.secondPiece;
    const quote = this.conversation.selectedQuote() ?? marked ?? (this.player?.playing ? second : null)
      ?? this.conversation.steppedQuote() ?? second;
    if (!quote) return;
    if (this.form.pin({ criterion: criterion.id, ...quote })) this.keeper.edited();
    document.getSelection()?.removeAllRanges();
    if (quote === marked) this.player.unmark();
  }

  show(piece) {
    this.showView("conversation");
    this.conversation.show(piece);
    this.player?.show(piece);
  }

  // What the keys stand for; see keys.js. Keys of the scorecard bring it to sight on a narrow screen.

  get active() {
    this.showView("card");
    return this.scorecard.active;
  }

  move(steps) {
    this.showView("card");
    this.scorecard.move(steps);
  }

  answer(digit) {
    const { active } = this;
    if (active.criterion?.type !== "number") return this.scorecard.pickNth(digit === "0" ? 9 : Number(digit) - 1);
    active.type(digit);
    return true;
  }

  notApplicable() {
    this.showView("card");
    this.scorecard.pickNotApplicable();
  }

  clear() {
    this.active.pick?.(null);
  }

  comment() {
    this.active.openComment();
  }

  praise() {
    this.active.togglePraise?.();
  }

  reasons() {
    this.active.openReasons?.();
  }

  guide() {
    this.active.toggleGuide?.();
  }

  stepMessage(steps) {
    this.showView("conversation");
    const message = this.conversation.step(steps);
    if (this.player && message?.start !== undefined) this.player.seek(message.start);
  }

  search() {
    this.showView("conversation");
    this.conversation.search.open();
  }

  togglePlay() {
    this.player.toggle();
  }

  nudge(seconds) {
    this.player.nudge(seconds);
  }

  changeSpeed(steps) {
    this.player.changeSpeed(steps);
  }

  markStretch(begins) {
    this.player.markEdge(begins);
  }

  zoom(steps) {
    this.player.zoom(steps);
  }

  toggleSkip() {
    this.player.toggleSkip();
  }

  write() {
    this.active.openField();
  }

  escape(writing) {
    if (this.isHelping) this.toggleHelp();
    else if (this.conversation.search.close()) this.scorecard.active.focus();
    else if (!writing && this.player?.unmark()) return;
    else this.scorecard.active.focus();
  }

  get isHelping() {
    return !this.help.hidden;
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    for (const part of this.root.children) part.inert = this.isHelping && part !== this.help; // Tab stays in there
    if (this.help.hidden) this.scorecard.active.focus();
    else this.help.querySelector("[role=dialog]").focus();
  }

  stop() {
    for (const [target, event, listener] of this.listeners) target.removeEventListener(event, listener, true);
    this.sizes?.disconnect();
    clearTimeout(this.dimming);
    this.keeper?.stop();
    this.undoBar?.stop();
    this.activity?.stop();
    this.player?.stop();
    this.conversation?.stop();
  }
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
