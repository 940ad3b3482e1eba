// The recording: one <audio> of our own, position, five seconds back and forth, speed. Works without a transcript.
import { h, icon, setText, swapIcon, wordSeconds } from "./dom.js";

const STEP = 5;
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5];

export class Player {
  constructor(recordings, { onTime }) {
    this.recordings = recordings;
    this.onTime = onTime;
    this.audio = h("audio", { preload: "metadata" });
    const events = { timeupdate: "paint", durationchange: "paint", play: "paint", pause: "paint", ratechange: "paint" };
    for (const [event, method] of Object.entries(events)) this.audio.addEventListener(event, () => this[method]());
    this.audio.addEventListener("error", () => this.fail());
    this.root = this.build();
    this.load(0);
  }

  build() {
    const nudge = (text, label, seconds) => h("button", {
      type: "button", class: "quiet", "aria-label": label, text, on: { click: () => this.nudge(seconds) },
    });
    const toggle = { type: "button", class: "round", on: { click: () => this.toggle() } };
    this.toggleButton = h("button", toggle, icon("play"));
    this.slider = h("input", {
      type: "range", min: 0, max: 1, step: 0.1, value: 0, "aria-label": "Position in the recording",
      on: { input: () => this.seek(Number(this.slider.value)) },
    });
    this.clock = h("span", { class: "clock" });
    this.speed = h("select", {
      "aria-label": "Speed", class: "quiet", on: { change: () => this.setSpeed(Number(this.speed.value)) },
    }, ...SPEEDS.map((speed) => h("option", { value: speed, text: `${speed}×` })));
    this.speed.value = "1";
    this.choice = h("select", {
      "aria-label": "Recording", class: "quiet part", hidden: this.recordings.length < 2,
      on: { change: () => this.load(Number(this.choice.value)) },
    }, ...this.recordings.map((recording, place) => h("option", { value: place, text: recording.name })));
    this.trouble = h("span", { class: "trouble", role: "status", hidden: true });
    return h("div", { class: "player" }, this.toggleButton, nudge("−5", "Five seconds back", -STEP),
      nudge("+5", "Five seconds forward", STEP), this.slider, this.clock, this.choice, this.speed, this.trouble,
      this.audio);
  }

  load(place) {
    this.recording = this.recordings[place];
    this.trouble.hidden = true;
    this.audio.src = this.recording.url;
    this.setSpeed(Number(this.speed.value));
    this.paint();
  }

  get seconds() {
    return this.audio.currentTime;
  }

  get playing() {
    return !this.audio.paused;
  }

  // What the file says counts; before it is known, what the import measured.
  get duration() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : (this.recording.seconds ?? 0);
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else this.play();
  }

  play() {
    this.audio.play().catch(() => this.paint());
  }

  seek(seconds) {
    this.audio.currentTime = Math.min(Math.max(0, seconds), this.duration || seconds);
    this.paint();
  }

  nudge(seconds) {
    this.seek(this.seconds + seconds);
  }

  setSpeed(speed) {
    this.audio.defaultPlaybackRate = this.audio.playbackRate = speed;
    this.speed.value = String(speed);
  }

  changeSpeed(steps) {
    const place = SPEEDS.indexOf(this.audio.playbackRate) + steps;
    this.setSpeed(SPEEDS[Math.min(Math.max(0, place), SPEEDS.length - 1)]);
  }

  fail() {
    setText(this.trouble, "The recording cannot be played here. Grade what you can read, or reload the page.");
    this.trouble.hidden = false;
  }

  paint() {
    const now = wordSeconds(this.seconds);
    swapIcon(this.toggleButton, this.playing ? "pause" : "play");
    this.toggleButton.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.slider.max = this.duration || 1;
    this.slider.value = this.seconds;
    this.slider.style.setProperty("--done", `${(100 * this.seconds) / (this.duration || 1)}%`);
    this.slider.setAttribute("aria-valuetext", `${now} of ${wordSeconds(this.duration)}`);
    setText(this.clock, `${now} / ${wordSeconds(this.duration)}`);
    this.onTime(this.seconds, this.playing);
  }

  stop() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}
