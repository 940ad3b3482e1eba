// The recordings: one <audio> of our own for all of them, speed, marks, silence passed over. Works without transcript.
// Seconds count on from one recording of the ticket to the next, so that a second names one place.
import { h, icon, setAttribute, setText, swapIcon, wordSeconds } from "./dom.js";
import { findFacts, findSilences, layOut, readLevels } from "./sound.js";
import { Waveform } from "./waveform.js";

const STEP = 5;
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5];
const LEAD = 0.3; // seconds of a silence that are heard at both of its ends
const SIDES = { agent: "Agent", customer: "Customer", bot: "Bot", system: "System", left: "Left", right: "Right" };

export class Player {
  constructor({ recordings, messages }, { onTime, onPin }) {
    Object.assign(this, { recordings, messages, onTime });
    this.waves = recordings.map(() => null);
    this.parts = layOut(recordings, this.waves);
    this.part = this.parts[0];
    this.marks = { from: null, to: null };
    this.evidence = [];
    this.skipping = false;
    this.until = null; // where a stretch that is played by itself ends
    this.audio = h("audio", { preload: "auto" });
    for (const event of ["timeupdate", "seeked", "pause", "ratechange"]) {
      this.audio.addEventListener(event, () => this.tick());
    }
    this.audio.addEventListener("play", () => this.run());
    this.audio.addEventListener("durationchange", () => this.learnLength());
    this.audio.addEventListener("ended", () => this.goOn());
    this.audio.addEventListener("error", () => this.fail());
    this.picture = new Waveform({
      onSeek: (second) => this.seek(second),
      onMark: (from, to) => this.mark(from, to),
      onUnmark: () => this.unmark(),
      onPin,
    });
    this.root = this.build();
    this.load(this.part);
    this.listen();
    this.told = -1; // whoever is told of the time comes after the player
  }

  build() {
    const button = (text, label, run, attributes = {}) => h("button", {
      type: "button", class: "quiet", "aria-label": label, title: label, text, on: { click: run }, ...attributes,
    });
    const toggle = { type: "button", class: "round", on: { click: () => this.toggle() } };
    this.toggleButton = h("button", toggle, icon("play"));
    this.clock = h("span", { class: "clock" });
    this.speed = h("select", {
      "aria-label": "Speed", class: "quiet", on: { change: () => this.setSpeed(Number(this.speed.value)) },
    }, ...SPEEDS.map((speed) => h("option", { value: speed, text: `${speed}×` })));
    this.speed.value = "1";
    this.choice = h("select", {
      "aria-label": "Recording", class: "quiet part", hidden: this.recordings.length < 2,
      on: { change: () => this.seek(this.parts[Number(this.choice.value)].from) },
    }, ...this.recordings.map((recording, place) => h("option", { value: place, text: recording.name })));
    this.skip = button("Skip silence", null, () => this.toggleSkip(), { "aria-pressed": "false" });
    this.facts = h("p", { class: "spoken-facts" });
    this.trouble = h("p", { class: "trouble", role: "status", hidden: true });
    return h("div", { class: this.messages.length === 0 ? "player alone" : "player" },
      h("div", { class: "controls" }, this.toggleButton, button("−5", "Five seconds back", () => this.nudge(-STEP)),
        button("+5", "Five seconds forward", () => this.nudge(STEP)), this.clock, h("span", { class: "stretch" }),
        button("[", "Mark from here", () => this.markEdge(true), { class: "quiet edge" }),
        button("]", "Mark up to here", () => this.markEdge(false), { class: "quiet edge" }),
        this.skip, this.choice, this.speed),
      this.picture.root, this.facts, this.trouble, this.audio);
  }

  // The waveforms, one after the other; without one there is a plain line that can be clicked all the same. Room for
  // what they tell is kept from the start, so that nothing moves when they come.
  async listen() {
    this.arrange();
    for (const [place, { url }] of this.recordings.entries()) {
      const wave = await fetchLevels(`${url}/waveform`);
      if (this.stopped) return;
      this.waves[place] = wave;
      if (wave) this.arrange();
    }
    this.listened = true;
    this.arrange();
  }

  arrange() {
    this.parts = layOut(this.recordings, this.waves);
    this.part = this.parts[this.part.place];
    this.silences = findSilences(this.parts, this.messages);
    const facts = findFacts(this.parts, this.messages);
    this.facts.hidden = Boolean(this.listened) && !facts;
    setText(this.facts, facts ? wordFacts(facts) : "");
    this.picture.show(this.parts, (facts?.names ?? []).map((name) => SIDES[name]));
    setAttribute(this.skip, "disabled", this.silences.length === 0);
    setAttribute(this.skip, "title", this.silences.length === 0 ? "No silence of two seconds or more"
      : "Pass over silence of two seconds or more (S)");
    this.paintEvidence(this.evidence);
    this.paint();
  }

  // What the import measured counts; where it measured nothing, what the browser says.
  learnLength() {
    const recording = this.recordings[this.part.place];
    if (!recording.seconds && Number.isFinite(this.audio.duration)) {
      this.recordings = this.recordings.with(this.part.place, { ...recording, seconds: this.audio.duration });
      this.arrange();
    }
    this.paint();
  }

  load(part) {
    this.part = part;
    this.trouble.hidden = true;
    this.root.classList.remove("dead");
    this.choice.value = String(part.place);
    this.audio.src = part.url;
    this.setSpeed(Number(this.speed.value));
  }

  get seconds() {
    return this.part.from + this.audio.currentTime;
  }

  get playing() {
    return !this.audio.paused;
  }

  get duration() {
    const last = this.parts.at(-1);
    return last.from + last.seconds;
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else this.play();
  }

  play() {
    this.audio.play().catch(() => this.paint());
  }

  seek(second) {
    this.until = null;
    this.moveTo(second);
  }

  moveTo(second) {
    const playing = this.playing;
    const wanted = Math.min(Math.max(0, second), this.duration || second);
    const part = this.parts.findLast(({ from }) => from <= wanted) ?? this.parts[0];
    if (part.place !== this.part.place) {
      this.load(part);
      if (playing) this.play();
    }
    this.audio.currentTime = wanted - part.from;
    this.paint();
  }

  // A stretch by itself: from its beginning, and no further than its end.
  hear({ from, to }) {
    this.seek(from);
    this.until = to;
    this.play();
  }

  goOn() {
    const next = this.parts[this.part.place + 1];
    if (next) {
      this.load(next);
      this.play();
    }
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

  toggleSkip() {
    if (this.silences.length === 0) return;
    this.skipping = !this.skipping;
    setAttribute(this.skip, "aria-pressed", String(this.skipping));
  }

  zoom(steps) {
    this.picture.zoom(steps);
  }

  // An end without a beginning marks the last five seconds: what was just heard is what is meant.
  markEdge(begins) {
    const { seconds, marks: { from, to } } = this;
    if (begins) this.mark(seconds, to !== null && to > seconds ? to : null);
    else this.mark(from !== null && from < seconds ? from : Math.max(0, seconds - STEP), seconds);
  }

  mark(from, to) {
    this.marks = { from, to };
    document.getSelection()?.removeAllRanges();
    this.paint();
  }

  unmark() {
    const { marked } = this;
    this.marks = { from: null, to: null };
    this.paint();
    return marked !== null;
  }

  // The marked stretch; before its end is marked, up to what is heard now. Null where there is none.
  get marked() {
    const { from, to } = this.marks;
    const until = to ?? this.seconds;
    return from !== null && until - from >= 0.1 ? { from: tenth(from), to: tenth(until) } : null;
  }

  get markedPiece() {
    const { marked } = this;
    return marked && heardPiece(marked.from, marked.to);
  }

  get secondPiece() {
    return heardPiece(tenth(this.seconds), null);
  }

  // A piece of evidence: a stretch without words plays, all others are gone to.
  show({ message_seq: seq, start_seconds: from, end_seconds: to }) {
    if (from !== null && to !== null && seq === null) this.hear({ from, to });
    else if (from !== null) this.seek(from);
  }

  nameCriterion(label) {
    if (label === this.label) return;
    this.label = label;
    this.paint();
  }

  paintEvidence(evidence) {
    this.evidence = evidence;
    const places = evidence.map((piece) => [piece.start_seconds, piece.end_seconds]);
    const signature = JSON.stringify([this.duration, places]);
    if (signature === this.paintedEvidence) return;
    this.paintedEvidence = signature;
    this.picture.paintStretches(evidence.filter((piece) => piece.start_seconds !== null)
      .map((piece) => ({ from: piece.start_seconds, to: piece.end_seconds ?? piece.start_seconds })));
  }

  // Where nothing of the only recording can be heard, why stands in the place of a player that would do nothing.
  async fail() {
    const { part } = this;
    const [why, stays] = await wordTrouble(part.url);
    if (this.stopped || part.place !== this.part.place) return;
    const again = { type: "button", class: "plain", text: "Try again", on: { click: () => this.load(this.part) } };
    this.root.classList.toggle("dead", this.recordings.length === 1 && this.audio.readyState === 0);
    this.trouble.replaceChildren(icon("warning"), h("span", { text: `${why} ${this.wordWay(stays)}` }), h("button", again));
    this.trouble.hidden = false;
  }

  wordWay(stays) {
    if (this.messages.length > 0) return "You can grade by the transcript.";
    return stays ? "There is no transcript either: give the ticket back, or grade what can be told without." : "";
  }

  // Once a frame while it plays; a hidden page has no frames, so the sound's own events tick as well.
  run() {
    this.tick();
    cancelAnimationFrame(this.frame);
    if (this.playing) this.frame = requestAnimationFrame(() => this.run());
  }

  tick() {
    const now = this.seconds;
    if (this.playing && this.until !== null && now >= this.until) {
      this.audio.pause();
      this.seek(this.until);
    } else if (this.playing && this.skipping) {
      const silence = this.silences.find(([from, to]) => from + LEAD <= now && now < to - 2 * LEAD);
      if (silence) this.moveTo(silence[1] - LEAD);
    }
    this.paint();
  }

  // A page whose theme changes runs the desk anew.
  recolour() {
    this.picture.draw();
  }

  paint() {
    const { seconds } = this;
    swapIcon(this.toggleButton, this.playing ? "pause" : "play");
    setAttribute(this.toggleButton, "aria-label", this.playing ? "Pause" : "Play");
    setText(this.clock, `${wordSeconds(seconds)} / ${wordSeconds(this.duration)}`);
    this.picture.paint({ seconds, stretch: this.marked, label: this.label });
    const now = Math.floor(seconds * 10);
    if (now === this.told) return;
    this.told = now;
    this.onTime(seconds, this.playing);
  }

  stop() {
    this.stopped = true;
    cancelAnimationFrame(this.frame);
    this.picture.stop();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}

const heardPiece = (from, to) => ({
  message_seq: null, start_char: null, end_char: null, quote: "", start_seconds: from, end_seconds: to,
});

const tenth = (seconds) => Math.round(seconds * 10) / 10;

async function fetchLevels(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? readLevels(await answer.arrayBuffer()) : null;
  } catch {
    return null; // A line without levels is shown; the player says by itself what is wrong with the sound.
  }
}

// Why it cannot be heard, and whether that will stay so.
async function wordTrouble(address) {
  try {
    const { status } = await fetch(address, { method: "HEAD" });
    if (status === 401) return ["You are signed out, so the recording cannot be heard.", false];
    if (status === 503) return ["The database does not answer, so the recording cannot be heard now.", false];
    if (status >= 400) return ["The recording is missing, or not for you to hear; tell an admin.", true];
    return ["This recording cannot be played: the file is broken, or its format unknown here. Tell an admin.", true];
  } catch {
    return ["The server does not answer, so the recording cannot be heard now.", false];
  }
}

function wordFacts({ source, names, shares, silence, longest, overtalk, seconds }) {
  const percent = (share) => `${Math.round(100 * share)}%`;
  const length = (some) => (some < 60 ? `${Math.round(some)} s` : wordSeconds(some));
  const talk = names.map((name, place) => `${name} ${percent(shares[place])}`);
  const silent = silence > 0
    ? `Silence: ${length(silence)} (${percent(silence / seconds)}), longest ${length(longest)}`
    : "No silence over 2 s";
  const facts = [silent];
  if (talk.length > 0) facts.unshift(`Talk: ${talk.join(", ")}`);
  if (overtalk !== null) facts.push(`Both at once: ${length(overtalk)}`);
  return `${facts.join(" · ")} · from ${source}`;
}
