// Steps of the meeting on their way to the server: one at a time, in order, again where no answer comes. Each has a
// key, by which the server answers it and does it once only.
const PATIENCE = 5000;
const WAKING = 700; // what a page takes to run once; a server that was started anew knows it only then

export class Post {
  constructor({ send, changed, wake = () => {} }) {
    Object.assign(this, { send, changed, wake });
    this.queue = [];
    this.sent = null;
    this.late = false; // a step had to be sent again, and nothing was heard since
  }

  // `answered` is told what became of it: null, or why it was refused.
  put(step, answered = () => {}) {
    if (step.act === "go") this.queue = this.queue.filter((waiting) => waiting.step.act !== "go" || waiting === this.sent);
    this.queue.push({ step: { key: crypto.randomUUID?.() ?? makeKey(), ...step }, answered });
    this.flush();
  }

  flush() {
    if (this.sent || this.queue.length === 0) return this.changed();
    this.sent = this.queue[0];
    this.deliver();
    this.changed();
  }

  deliver() {
    this.send(this.sent.step);
    this.timer = setTimeout(() => {
      this.late = true;
      this.wake();
      this.timer = setTimeout(() => this.deliver(), WAKING);
      this.changed();
    }, PATIENCE);
  }

  hear(ack) {
    if (!ack || ack.key !== this.sent?.step.key) return;
    clearTimeout(this.timer);
    this.late = false;
    const { answered } = this.sent;
    this.queue.shift();
    this.sent = null;
    answered(ack.error ?? null);
    this.flush();
  }

  get busy() {
    return this.queue.some(({ step }) => step.act !== "go");
  }

  stop() {
    clearTimeout(this.timer);
  }
}

// Where the page came over plain HTTP from another machine, browsers make no UUIDs.
function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
