// The picture of a recording: a lane for each channel, what was heard, what is marked and pinned. A click seeks, a
// drag marks. Two canvases lie on each other, and the upper one is cut at the playhead: playing draws nothing anew.
import { h, icon, setAttribute, setText, wordSeconds } from "./dom.js";

const BAR = 2; // pixels of the page
const GAP = 1;
const DRAG = 4;

export class Waveform {
  constructor({ onSeek, onMark, onPin, onUnmark }) {
    Object.assign(this, { onSeek, onMark });
    this.parts = [];
    this.seconds = 1;
    this.drawn = "";
    this.rest = h("canvas", { class: "rest" });
    this.heard = h("canvas", { class: "heard" });
    this.stretches = h("div", { class: "stretches" });
    this.seams = h("div", { class: "seams" });
    this.marked = h("div", { class: "marked", hidden: true });
    this.pointed = h("span", { class: "pointed", hidden: true });
    this.track = h("div", {
      class: "wave", role: "slider", tabindex: 0, "aria-label": "Position in the recording", "aria-valuemin": 0,
      on: {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.move(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => (this.pressed = null),
        pointerleave: () => (this.pointed.hidden = true),
        keydown: (event) => this.jump(event),
      },
    }, this.rest, this.heard, this.seams, this.stretches, this.marked, h("div", { class: "needle" }), this.pointed);
    this.names = h("div", { class: "lanes", hidden: true });
    this.pinWord = h("span");
    const keep = (event) => event.preventDefault(); // the focus stays where it is
    this.pin = h("div", { class: "float", hidden: true },
      h("button", { type: "button", class: "pinned", on: { pointerdown: keep, click: onPin } }, icon("pin"),
        this.pinWord, h("kbd", { text: "E" })),
      h("button", { type: "button", "aria-label": "Forget the marked stretch", on: { pointerdown: keep,
        click: onUnmark } }, icon("clear")));
    this.root = h("div", { class: "sound" }, this.names, this.track, this.pin);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.track);
  }

  show(parts, names) {
    this.parts = parts;
    this.seconds = Math.max(parts.reduce((sum, part) => sum + part.seconds, 0), 0.1);
    this.lanes = Math.max(1, ...parts.map(({ wave }) => wave?.channels.length ?? 1));
    this.peak = Math.max(64, ...parts.map(({ wave }) => (wave ? Math.max(...wave.channels.map(loudest)) : 0)));
    this.track.style.setProperty("--lanes", this.lanes);
    this.names.hidden = names.length !== this.lanes || this.lanes < 2;
    this.names.replaceChildren(...names.map((name) => h("span", { text: name })));
    this.layBands(this.seams, parts.slice(1).map(({ from }) => ({ from, to: from })));
    this.drawn = "";
    this.draw();
  }

  // Draws only where size, sharpness, colours or levels are others than last time.
  draw() {
    const { clientWidth: width, clientHeight: height } = this.track;
    const sharp = devicePixelRatio;
    const colours = [this.rest, this.heard].map((canvas) => getComputedStyle(canvas).color);
    const wanted = [width, height, sharp, ...colours].join(" ");
    if (width === 0 || wanted === this.drawn) return;
    this.drawn = wanted;
    const bars = this.measure(width);
    for (const [place, canvas] of [this.rest, this.heard].entries()) {
      canvas.width = Math.round(width * sharp);
      canvas.height = Math.round(height * sharp);
      const brush = canvas.getContext("2d");
      brush.fillStyle = colours[place];
      this.fill(brush, bars, { width: canvas.width, height: canvas.height / this.lanes, sharp });
    }
  }

  // For each lane the loudest level of each bar, from 0 to 1.
  measure(width) {
    const count = Math.max(1, Math.floor(width / (BAR + GAP)));
    const step = this.seconds / count;
    return Array.from({ length: this.lanes }, (_, lane) =>
      Array.from({ length: count }, (__, place) => this.levelOf(lane, place * step, (place + 1) * step)));
  }

  levelOf(lane, from, to) {
    const part = this.parts.findLast((some) => some.from <= from) ?? this.parts[0];
    const levels = part?.wave?.channels[Math.min(lane, part.wave.channels.length - 1)];
    if (!levels) return 0;
    const first = Math.floor((from - part.from) * part.wave.perSecond);
    const last = Math.max(first + 1, Math.ceil((to - part.from) * part.wave.perSecond));
    return (loudest(levels.subarray(first, last)) / this.peak) ** 1.5;
  }

  fill(brush, lanes, { width, height, sharp }) {
    const [bar, step] = [Math.max(1, Math.round(BAR * sharp)), width / lanes[0].length];
    for (const [lane, levels] of lanes.entries()) {
      const middle = Math.round((lane + 0.5) * height);
      for (const [place, level] of levels.entries()) {
        const reach = Math.max(Math.ceil(sharp / 2), Math.round(level * (height / 2 - 2 * sharp)));
        brush.fillRect(Math.round(place * step), middle - reach, bar, 2 * reach);
      }
    }
  }

  paint({ seconds, stretch, label }) {
    this.track.style.setProperty("--done", this.share(seconds));
    setAttribute(this.track, "aria-valuemax", Math.round(this.seconds));
    setAttribute(this.track, "aria-valuenow", Math.floor(seconds));
    setAttribute(this.track, "aria-valuetext", `${wordSeconds(seconds)} of ${wordSeconds(this.seconds)}`);
    this.marked.hidden = this.pin.hidden = !stretch;
    if (!stretch) return;
    this.place(this.marked, stretch);
    setText(this.pinWord, label ? `Pin ${wordStretch(stretch)} to ${label}` : wordStretch(stretch));
    const { offsetLeft: left, clientWidth: width } = this.track;
    const middle = left + (width * (stretch.from + stretch.to)) / 2 / this.seconds;
    const half = this.pin.offsetWidth / 2;
    this.pin.style.left = `${Math.round(Math.max(half, Math.min(middle, left + width - half)))}px`;
  }

  paintStretches(stretches) {
    this.layBands(this.stretches, stretches);
  }

  layBands(layer, stretches) {
    layer.replaceChildren(...stretches.map((stretch) => {
      const band = h("i");
      this.place(band, stretch);
      return band;
    }));
  }

  place(band, { from, to }) {
    band.style.left = this.share(from);
    band.style.width = this.share(to - from);
  }

  share(seconds) {
    return `${(100 * Math.min(seconds, this.seconds)) / this.seconds}%`;
  }

  secondAt(event) {
    const frame = this.track.getBoundingClientRect();
    return (Math.min(Math.max(0, event.clientX - frame.left), frame.width) / frame.width) * this.seconds;
  }

  press(event) {
    if (event.button !== 0) return;
    event.preventDefault(); // the focus stays where it is
    this.track.setPointerCapture(event.pointerId);
    this.pressed = { x: event.clientX, second: this.secondAt(event), dragged: false };
  }

  move(event) {
    const second = this.secondAt(event);
    this.pointed.hidden = event.pointerType === "touch";
    setText(this.pointed, wordSeconds(second));
    this.pointed.style.left = this.share(second);
    if (!this.pressed) return;
    this.pressed.dragged ||= Math.abs(event.clientX - this.pressed.x) >= DRAG;
    if (this.pressed.dragged) this.onMark(...[this.pressed.second, second].sort((one, two) => one - two));
  }

  release(event) {
    if (this.pressed && !this.pressed.dragged) this.onSeek(this.secondAt(event));
    this.pressed = null;
  }

  jump(event) {
    const second = { Home: 0, End: this.seconds }[event.key];
    if (second === undefined) return;
    event.preventDefault();
    this.onSeek(second);
  }

  stop() {
    this.sizes.disconnect();
  }
}

export const wordStretch = ({ from, to }) => `${wordSeconds(from)}–${wordSeconds(to)}`;

function loudest(levels) {
  let most = 0;
  for (const level of levels) if (level > most) most = level;
  return most;
}
