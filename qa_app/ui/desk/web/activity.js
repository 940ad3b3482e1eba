// Seconds of work on this case: the tab is in sight, and somebody did something within the last minute.
// A playing recording counts as doing something: listening is work.

const IDLE_AFTER = 60_000;
const TICK = 1000;

export class Activity {
  constructor({ seconds, isListening }) {
    this.seconds = seconds;
    this.isListening = isListening;
    this.lastInput = Date.now();
    this.note = () => (this.lastInput = Date.now());
    for (const event of EVENTS) document.addEventListener(event, this.note, { capture: true, passive: true });
    this.timer = setInterval(() => this.tick(), TICK);
  }

  tick() {
    const present = document.visibilityState === "visible";
    if (present && (this.isListening() || Date.now() - this.lastInput < IDLE_AFTER)) this.seconds += TICK / 1000;
  }

  stop() {
    clearInterval(this.timer);
    for (const event of EVENTS) document.removeEventListener(event, this.note, { capture: true });
  }
}

const EVENTS = ["keydown", "pointerdown", "pointermove", "wheel"];
