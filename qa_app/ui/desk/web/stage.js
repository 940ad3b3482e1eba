// Entry of the desk component: the place on the page where one case stands after the other, kept across reruns.
import { Desk } from "./desk.js";
import { whenIdle } from "./dom.js";
import { lineOf } from "./link.js";

const MISSED_AFTER = 2000;
const stages = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let stage = stages.get(parentElement);
  const isNew = !stage;
  if (isNew) {
    stage = new Stage(data.desk, parentElement);
    stages.set(parentElement, stage);
  }
  const lease = {};
  stage.lease = lease;
  stage.send = (event, payload) =>
    (event === "draft" ? setStateValue : setTriggerValue)(event, { ...payload, held: [...stage.line.cases.keys()] });
  if (isNew) stage.enter();
  stage.desk?.fit();
  stage.desk?.player?.recolour();
  // Streamlit may clean up an older run after a newer one has begun; only the newest run may close the desk.
  return () => {
    if (stage.lease !== lease) return;
    stage.leave();
    stages.delete(parentElement);
  };
}

class Stage {
  constructor(name, parentElement) {
    this.parentElement = parentElement;
    this.line = lineOf(name);
    this.desk = null;
    this.deadline = null; // until when which submit can be undone: { assignment, at }
  }

  // Only once there is a way to send: restored work may be sent with the first news. The one before leaves here, for
  // Streamlit promises no order of mounts and clean-ups, and two desks would both take the keys.
  enter() {
    this.line.stage?.leave();
    this.line.stage = this;
    // Streamlit may replace what the component shows without running it again, where only a style sheet changed.
    this.shown = new MutationObserver(() => this.hear());
    this.shown.observe(this.parentElement, { childList: true });
    this.hear();
  }

  // The news names the case that stands here; the case itself may come before it or after.
  hear() {
    const { news, cases } = this.line;
    if (!news) return;
    if (this.desk && this.desk.caseId !== news.case) this.desk.hearLast(news.ack, { follows: cases.has(news.case) });
    const work = cases.get(news.case);
    clearTimeout(this.missed);
    if (!work) {
      this.missed = setTimeout(() => this.ask(), MISSED_AFTER);
      return;
    }
    if (this.desk?.caseId !== work.id || this.desk.root !== this.parentElement.querySelector(".desk")) {
      this.desk?.stop();
      this.desk = this.next?.case === work ? this.next : new Desk(work, this);
      this.next = null;
    }
    this.desk.hear({ ...news, undo: this.timeUndo(news.undo) });
    this.makeReady([...cases.values()].at(-1));
  }

  // The case that came last is built while nobody waits for anything, so that it stands there at once when it is named.
  makeReady(work) {
    if (work.id === this.desk.caseId || work === this.next?.case) return;
    this.next = new Desk(work, this);
    const { next } = this;
    whenIdle(() => next === this.next && next.prepare());
  }

  // The named case did not come: a courier may be gone before the page has drawn it. A run of the whole page brings it
  // again.
  ask() {
    this.line.wake?.();
    this.hear();
  }

  // The server says how long is left; each further message about the same submit may only shorten it.
  timeUndo(undo) {
    if (!undo) return null;
    const at = Date.now() + 1000 * undo.seconds;
    const same = this.deadline?.assignment === undo.assignment;
    this.deadline = { assignment: undo.assignment, at: same ? Math.min(at, this.deadline.at) : at };
    return { ...undo, until: this.deadline.at };
  }

  leave() {
    if (this.line.stage === this) this.line.stage = null;
    this.shown.disconnect();
    clearTimeout(this.missed);
    this.desk?.stop();
    this.desk?.root.replaceChildren(); // the focus goes with it, and the keys to the desk that follows
    this.desk = null;
  }
}
