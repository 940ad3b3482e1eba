// Entry of the meeting component: the wall on the page, kept across reruns.
import { lineOf } from "./link.js";
import { Meeting } from "./meeting.js";

const walls = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let wall = walls.get(parentElement);
  const isNew = !wall;
  if (isNew) {
    wall = new Wall(data, parentElement);
    walls.set(parentElement, wall);
  }
  const lease = {};
  Object.assign(wall, { lease, send: setTriggerValue });
  if (isNew) wall.enter();
  // Streamlit may clean up an older run after a newer one has begun; only the newest run may close the wall.
  return () => {
    if (wall.lease !== lease) return;
    wall.leave();
    walls.delete(parentElement);
  };
}

class Wall {
  constructor({ desk, sheet }, parentElement) {
    this.line = lineOf(desk);
    const root = parentElement.querySelector(".wall");
    this.meeting = new Meeting(sheet, { root, send: (event, step) => this.send(event, step),
      wake: () => this.line.wake?.() });
  }

  // The one before leaves here, because Streamlit promises no order of mounts and clean-ups.
  enter() {
    this.line.stage?.leave();
    this.line.stage = this;
    this.hear();
  }

  // The news names the ticket that stands here; the ticket itself may come before it or after.
  hear() {
    const { news, cases } = this.line;
    const work = news && cases.get(news.case);
    if (work) this.meeting.hear(news, work);
  }

  leave() {
    if (this.line.stage === this) this.line.stage = null;
    this.meeting.stop();
  }
}
