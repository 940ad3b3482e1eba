// The picture of a recording: a lane for each channel, what was heard, what is marked and pinned. A click seeks, a
// drag marks, the wheel and two buttons zoom. Two canvases lie on each other, and the upper one is cut at the playhead: playing draws nothing anew.
import { h, icon, setAttribute, setText, wordSeconds } from "./dom.js";
import { Lens } from "./lens.js";

const BAR = 2; // pixels of the page
const GAP = 1;
const DRAG = 4;
const ZOOMABLE = 30; // seconds from which a closer look is offered
const CLOSER = 2; // by a key or button

export class Waveform {
  constructor({ onSeek, onMark, onPin, onUnmark }) {
    Object.assign(this, { onSeek, onMark });
    this.parts = [];
    this.pinned = [];
    this.lens = new Lens();
    this.now = 0;
    this.drawn = "";
    this.rest = h("canvas", { class: "rest" });
    this.heard = h("canvas", { class: "heard" });
    this.stretches = h("div", { class: "stretches" });
    this.seams = h("div", { class: "seams" });
    this.marked = h("div", { class: "marked", hidden: true });
    this.pointed = h("span", { class: "pointed", hidden: true });
    this.needle = h("div", { class: "needle" });
    this.track = h("div", {
      class: "wave", role: "slider", tabindex: 0, "aria-label": "Position in the recording", "aria-valuemin": 0,
      on: {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.move(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => (this.pressed = null),
        pointerleave: () => (this.pointed.hidden = true),
        keydown: (event) => this.jump(event),
        wheel: (event) => this.turn(event),
      },
    }, this.rest, this.heard, this.seams, this.stretches, this.marked, this.needle, this.pointed);
    this.names = h("div", { class: "lanes", hidden: true });
    this.scale = this.buildScale();
    this.pinWord = h("span");
    const keep = (event) => event.preventDefault(); // the focus stays where it is
    this.pin = h("div", { class: "float", hidden: true },
      h("button", { type: "button", class: "pinned", on: { pointerdown: keep, click: onPin } }, icon("pin"),
        this.pinWord, h("kbd", { text: "E" })),
      h("button", { type: "button", "aria-label": "Forget the marked stretch", on: { pointerdown: keep,
        click: onUnmark } }, icon("clear")));
    this.root = h("div", { class: "sound" }, this.names, this.track, this.pin, this.scale);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.track);
    this.contrast = matchMedia("(forced-colors: active)");
    this.contrast.onchange = () => this.draw();
  }

  // The whole recording as a bar, with the window that is shown; it can be dragged.
  buildScale() {
    this.window = h("i");
    const drag = (event) => {
      if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
      else if (event.buttons === 0) return;
      event.preventDefault();
      const frame = event.currentTarget.getBoundingClientRect();
      const middle = ((event.clientX - frame.left) / frame.width) * this.lens.seconds;
      this.look((lens) => lens.moveTo(middle - lens.width / 2));
    };
    const bar = h("div", { class: "window", on: { pointerdown: drag, pointermove: drag } }, this.window);
    const button = (text, label, steps) => h("button", {
      type: "button", class: "quiet", "aria-label": label, title: label, text, on: { click: () => this.zoom(steps) },
    });
    this.wider = button("−", "Wider look at the waveform (X)", -1);
    this.closer = button("+", "Closer look at the waveform (Z)", 1);
    return h("div", { class: "scale", hidden: true }, this.wider, bar, this.closer);
  }

  get seconds() {
    return this.lens.seconds;
  }

  show(parts, names) {
    this.parts = parts;
    this.lens.fit(Math.max(parts.reduce((sum, part) => sum + part.seconds, 0), 0.1));
    this.scale.hidden = this.seconds < ZOOMABLE;
    this.lanes = Math.max(1, ...parts.map(({ wave, channels }) => wave?.channels.length ?? laneCount(channels)));
    this.peak = Math.max(64, ...parts.map(({ wave }) => (wave ? Math.max(...wave.channels.map(loudest)) : 0)));
    this.track.style.setProperty("--lanes", this.lanes);
    this.names.hidden = this.lanes !== 2; // who speaks on them is told once they are drawn, and their room waits
    this.names.replaceChildren(...names.map((name) => h("span", { text: name })));
    this.drawn = "";
    this.look(() => {});
  }

  // Steps of a key or button, around the second that is heard where it is in sight.
  zoom(steps) {
    const { lens, now } = this;
    const at = lens.holds(now) ? now : lens.secondAt(0.5);
    if (!this.scale.hidden) this.look(() => lens.zoom(CLOSER ** steps, at));
  }

  // The wheel zooms where the pointer is, sideways it moves the window.
  turn(event) {
    if (this.scale.hidden) return;
    event.preventDefault();
    const [across, along] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    const at = this.secondAt(event);
    this.look((lens) => {
      if (Math.abs(across) > Math.abs(along)) lens.moveTo(lens.from + (across / this.track.clientWidth) * lens.width);
      else lens.zoom(1.002 ** -along, at);
    });
  }

  // Changes what is in sight and lays everything anew.
  look(change) {
    const { lens } = this;
    change(lens);
    this.window.style.left = `${(100 * lens.from) / lens.seconds}%`;
    this.window.style.width = `${(100 * lens.width) / lens.seconds}%`;
    setAttribute(this.wider, "disabled", lens.isWhole);
    this.layBands(this.seams, this.parts.slice(1).map(({ from }) => ({ from, to: from })));
    this.layBands(this.stretches, this.pinned);
    this.placeNeedle();
    if (this.stretch) this.placeMarked();
    this.draw();
  }

  // Draws only where size, sharpness, colours or levels are others than last time.
  draw() {
    const { clientWidth: width, clientHeight: height } = this.track;
    const sharp = devicePixelRatio;
    const colours = [this.rest, this.heard].map((canvas) => getComputedStyle(canvas).color);
    const { from, to } = this.lens;
    const wanted = [width, height, sharp, from, to, ...colours].join(" ");
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
    const { from, width: seconds } = this.lens;
    const edge = (place) => from + (place * seconds) / count;
    return Array.from({ length: this.lanes }, (_, lane) =>
      Array.from({ length: count }, (__, place) => this.levelOf(lane, edge(place), edge(place + 1))));
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
    this.follow(seconds);
    this.placeNeedle();
    setAttribute(this.track, "aria-valuemax", Math.round(this.seconds));
    setAttribute(this.track, "aria-valuenow", Math.floor(seconds));
    setAttribute(this.track, "aria-valuetext", `${wordSeconds(seconds)} of ${wordSeconds(this.seconds)}`);
    this.pin.hidden = !stretch;
    this.stretch = stretch;
    if (stretch) {
      setText(this.pinWord, label ? `Pin ${wordStretch(stretch)} to ${label}` : wordStretch(stretch));
      this.placeMarked();
    } else this.marked.hidden = true;
  }

  // What is heard stays in sight; who looks elsewhere meanwhile is left in peace until a jump.
  follow(seconds) {
    const before = this.now;
    this.now = seconds;
    const jumped = Math.abs(seconds - before) > 1;
    if (!this.lens.holds(seconds) && (jumped || this.lens.holds(before))) this.look((lens) => lens.reveal(seconds));
  }

  placeNeedle() {
    this.track.style.setProperty("--done", this.share(this.now));
    this.needle.hidden = !this.lens.holds(this.now);
  }

  placeMarked() {
    const { stretch } = this;
    this.marked.hidden = !this.lens.meets(stretch);
    this.place(this.marked, stretch);
    const { offsetLeft: left, clientWidth: width } = this.track;
    const middle = left + width * this.lens.share((stretch.from + stretch.to) / 2);
    const half = this.pin.offsetWidth / 2;
    this.pin.style.left = `${Math.round(Math.max(half, Math.min(middle, left + width - half)))}px`;
  }

  paintStretches(stretches) {
    this.pinned = stretches;
    this.layBands(this.stretches, stretches);
  }

  layBands(layer, stretches) {
    layer.replaceChildren(...stretches.filter((stretch) => this.lens.meets(stretch)).map((stretch) => {
      const band = h("i");
      this.place(band, stretch);
      return band;
    }));
  }

  place(band, { from, to }) {
    const [left, right] = [from, to].map((second) => this.percent(second));
    band.style.left = `${left}%`;
    band.style.width = `${right - left}%`;
  }

  // Where a second stands; the edge of the window where it lies beyond.
  percent(second) {
    return 100 * Math.min(Math.max(0, this.lens.share(second)), 1);
  }

  share(second) {
    return `${this.percent(second)}%`;
  }

  secondAt(event) {
    const frame = this.track.getBoundingClientRect();
    return this.lens.secondAt(Math.min(Math.max(0, event.clientX - frame.left), frame.width) / frame.width);
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
    this.contrast.onchange = null;
  }
}

// The server draws more channels than these as one (qa_app/intake/waveform_child.py).
const laneCount = (channels) => (channels && channels <= 4 ? channels : 1);

export const wordStretch = ({ from, to }) => `${wordSeconds(from)}–${wordSeconds(to)}`;

function loudest(levels) {
  let most = 0;
  for (const level of levels) if (level > most) most = level;
  return most;
}
