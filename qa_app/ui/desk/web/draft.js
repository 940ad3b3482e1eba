// Saving and submitting: debounced, one message under way at a time, repeated until the server has answered. Only a
// submit does not wait for the answer to a save: it names the save that it follows.
// Knows nothing of the page: `read` gives the form's snapshot, `send` brings a message to the server, `report` is told
// whenever the status may have changed, `wake` runs the page of a server that may have forgotten it, and `ask` tells
// why no answer comes: "signed-out", "database" or null.
import { sameSnapshot } from "./form.js";

const DEBOUNCE = 600;
const LONGEST_WAIT = 3000;
const SAVE_ANSWER_WITHIN = 3000;
const SUBMIT_ANSWER_WITHIN = 5000;
const SLOWEST_REPEAT = 15000;
const LATEST_SENT = 4;
const UNAVAILABLE = "database-unavailable"; // the code of an answer that asks for patience
const ENDED = "session-ended"; // and of one that nobody is known to any more
const FINISHED = "assignment-finished"; // and of one that came after the ticket was done with
const TAKEN_BACK = "assignment-ended"; // and of one that came after somebody else took it back: a reveal, say
const WAKING = 700; // what a page takes to run once

export class Keeper {
  constructor({ caseId, draft, read, activeSeconds, send, wake, ask, report }) {
    Object.assign(this, { caseId, read, activeSeconds, send, wake, ask, report });
    this.storageKey = `plumbline.desk.${caseId}`;
    this.revision = draft.revision; // the last one that the server told us
    this.savedAt = draft.saved_at;
    this.dirtySince = null; // since when the form has what no message under way holds
    this.underWay = null; // the message without an answer: { event, key, attempt }
    this.followed = ""; // the key of the save that was under way when the submit was sent
    this.sent = []; // snapshots that may have arrived and whose answers are not in, oldest first; see `remember`
    this.submission = null; // the key of the submit that was asked for
    this.submitted = false;
    this.other = null; // the version that another tab saved
    this.refusal = null; // { code, message } of the last answer
    this.dropped = []; // in words: what the last save held and the server did not take
    this.trouble = null; // why no answer comes, where that is known; a session that ended stays so on this page
    this.waiting = null; // what runs when all is saved
  }

  get status() {
    if (this.submitted) return "submitted";
    if (this.isSignedOut) return "signed-out";
    if (this.other) return "conflict";
    const late = (this.underWay?.attempt ?? 1) > 1 || this.trouble !== null;
    if (this.submission) return late ? "unsent" : "submitting";
    if (this.isOver) return this.refusal.code === FINISHED ? "finished" : "ended";
    if (this.refusal || late) return "unsaved";
    if (this.underWay || this.dirtySince !== null) return "saving";
    if (this.dropped.length > 0) return "partly";
    return this.savedAt ? "saved" : "new";
  }

  get busy() {
    return this.submission !== null || this.submitted;
  }

  // The ticket takes no answers any more; what stands here can only be read.
  get isOver() {
    return [FINISHED, TAKEN_BACK].includes(this.refusal?.code);
  }

  get isLocked() {
    return this.busy || this.isOver;
  }

  get isSignedOut() {
    return this.trouble === "signed-out";
  }

  edited() {
    this.keepCopy();
    if (this.isSignedOut) return this.report();
    this.refusal = null;
    this.dirtySince ??= Date.now();
    this.schedule();
    this.report();
  }

  schedule() {
    clearTimeout(this.pause);
    const wait = Math.min(DEBOUNCE, Math.max(0, this.dirtySince + LONGEST_WAIT - Date.now()));
    this.pause = setTimeout(() => this.save(), wait);
  }

  save() {
    const free = !this.underWay && !this.other && !this.isLocked && !this.isSignedOut;
    if (free && this.dirtySince !== null) this.dispatch({ event: "draft", key: makeKey(), attempt: 1 });
  }

  // Runs `act` once the server has all that was done here: at once, or with the answer that says so.
  afterSaving(act) {
    this.save();
    this.waiting = act;
    this.settle();
  }

  settle() {
    if (!this.waiting || this.underWay || this.dirtySince !== null) return;
    const act = this.waiting;
    this.waiting = null;
    act();
  }

  submit() {
    if (this.isLocked || this.other || this.isSignedOut) return;
    clearTimeout(this.pause);
    this.keepCopy();
    this.refusal = null;
    this.submission = makeKey();
    this.followed = this.underWay?.key ?? "";
    this.dispatchSubmit();
    this.report();
  }

  dispatchSubmit() {
    this.dispatch({ event: "submitted", key: this.submission, attempt: 1 });
  }

  dispatch(message) {
    const snapshot = this.read();
    this.dirtySince = null;
    this.underWay = message;
    this.remember(snapshot);
    this.send(message.event, {
      case: this.caseId,
      key: message.key,
      revision: this.revision,
      after: message.event === "draft" ? "" : this.followed,
      active_seconds: this.activeSeconds(),
      ...snapshot,
    });
    const within = message.event === "draft" ? SAVE_ANSWER_WITHIN : SUBMIT_ANSWER_WITHIN;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.repeat(), Math.min(within * message.attempt, SLOWEST_REPEAT));
    this.report();
  }

  // Of what was sent since the last answer, what may have arrived: the first, before the line was cut, and the latest,
  // once it was mended. A long cut has many repeats between them.
  remember(snapshot) {
    const [first, ...later] = this.sent;
    const latest = later.at(-1) ?? first;
    if (!latest) this.sent = [snapshot];
    else if (!sameSnapshot(latest, snapshot)) this.sent = [first, ...later.slice(1 - LATEST_SENT), snapshot];
  }

  async repeat() {
    const message = this.underWay;
    const trouble = await this.ask();
    if (this.stopped || message !== this.underWay) return; // answered meanwhile
    if (trouble === "signed-out") this.signOut();
    else if (trouble === "database") this.putOff();
    else {
      this.trouble = null;
      this.wake();
      this.patience = setTimeout(() => this.sendAgain(), WAKING);
    }
    this.report();
  }

  // The server is there and its database is not: the same again after a while. A run of the whole page would only fail,
  // and take the desk with it.
  putOff() {
    this.trouble = "database";
    const wait = Math.min(SAVE_ANSWER_WITHIN * this.underWay.attempt, SLOWEST_REPEAT);
    this.patience = setTimeout(() => this.sendAgain(), wait);
  }

  // All that is left to do is to keep a copy; the page that opens after the sign-in goes on with it.
  signOut() {
    this.stop();
    this.underWay = this.submission = this.waiting = null;
    this.trouble = "signed-out";
    this.keepCopy();
  }

  // A submit keeps its key, so that the server takes it once; a save is made afresh of what stands there now.
  sendAgain() {
    const { event, key, attempt } = this.underWay;
    this.dispatch({ event, key: event === "draft" ? makeKey() : key, attempt: attempt + 1 });
  }

  hear(ack) {
    if (ack && ack.key === this.followed && !ack.error && !ack.conflict) this.revision = ack.revision;
    if (!ack || ack.key !== this.underWay?.key) return;
    clearTimeout(this.patience);
    if (ack.error?.code === UNAVAILABLE) {
      this.putOff();
      return this.report();
    }
    this.underWay = this.trouble = null;
    if (ack.error?.code === ENDED) this.signOut();
    else if (ack.conflict) this.meet(ack.conflict);
    else if (ack.error) this.refuse(ack.error);
    else this.accept(ack);
    this.report();
    this.settle();
  }

  accept(ack) {
    this.revision = ack.revision;
    this.savedAt = ack.saved_at;
    this.dropped = ack.dropped;
    this.sent = [];
    if (ack.submitted) {
      this.submitted = true;
      this.submission = null;
      this.dropCopy();
    } else if (this.dirtySince === null) this.dropCopy();
    else {
      this.keepCopy();
      if (this.waiting) this.save();
      else this.schedule();
    }
  }

  refuse(error) {
    this.refusal = error;
    this.submission = null;
    if (!this.isOver) this.dirtySince ??= Date.now();
    // What was answered before the refusal came is kept for its author as well.
    else if (error.code === TAKEN_BACK && this.dirtySince !== null) this.dispatch({ event: "draft", key: makeKey(), attempt: 1 });
    else this.dirtySince = null;
  }

  // Goes on with a copy that was made on another revision than the one that is stored now.
  resume(copy, stored) {
    this.sent = copy.sent;
    this.meet(stored);
  }

  // Another version was saved. Where we sent it ourselves and only its answer got lost, or where the server has none
  // at all, we simply go on.
  meet(other) {
    this.other = other;
    const ours = other.revision === 0 || this.sent.some((snapshot) => sameSnapshot(snapshot, other));
    if (ours) this.keepMine();
    else this.submission = null;
    this.report();
  }

  keepMine() {
    this.follow(this.other);
    if (this.submission) this.dispatchSubmit();
    else this.dispatch({ event: "draft", key: makeKey(), attempt: 1 });
  }

  takeOther() {
    this.follow(this.other);
    this.dirtySince = null;
    this.dropCopy();
    this.report();
  }

  follow(other) {
    this.revision = other.revision;
    this.savedAt = other.saved_at;
    this.other = null;
    this.dropped = [];
    this.sent = [];
  }

  // Work of this tab that the server has not answered for, with what was sent of it: { revision, sent, … } or null.
  readCopy() {
    try {
      return JSON.parse(sessionStorage.getItem(this.storageKey));
    } catch {
      return null;
    }
  }

  keepCopy() {
    try {
      const { revision, sent } = this;
      const copy = { ...this.read(), revision, sent, active_seconds: this.activeSeconds() };
      sessionStorage.setItem(this.storageKey, JSON.stringify(copy));
    } catch {
      // The browser's storage is full or forbidden; saving to the server goes on.
    }
  }

  dropCopy() {
    try {
      sessionStorage.removeItem(this.storageKey);
    } catch {
      // As in keepCopy.
    }
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.pause);
    clearTimeout(this.patience);
  }
}

function makeKey() {
  // randomUUID exists on secure origins only; a desk on a plain http address of the office needs keys as well.
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
