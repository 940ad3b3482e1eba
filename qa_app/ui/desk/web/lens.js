// Which part of a recording its picture shows: all of it, or a window that was zoomed into. No page, no sound.
const CLOSEST = 5; // seconds: a bar is then as long as a level of the waveform
const BEFORE = 0.1; // share of the window before the second that it was moved for

export class Lens {
  constructor() {
    this.seconds = 1;
    this.from = 0;
    this.to = 1;
  }

  get width() {
    return this.to - this.from;
  }

  get isWhole() {
    return this.width >= this.seconds;
  }

  // Another length of the recording: what was whole stays so.
  fit(seconds) {
    const width = this.isWhole ? seconds : this.width;
    this.seconds = seconds;
    this.place(this.from, width);
  }

  // `factor` times closer, below 1 wider; the second `at` stays where it stands.
  zoom(factor, at) {
    const share = this.share(at);
    const width = Math.min(Math.max(this.width / factor, Math.min(CLOSEST, this.seconds)), this.seconds);
    this.place(at - share * width, width);
  }

  // The window begins at this second, as far as the recording goes.
  moveTo(from) {
    this.place(from, this.width);
  }

  holds(second) {
    return this.from <= second && second <= this.to;
  }

  meets({ from, to }) {
    return from <= this.to && to >= this.from;
  }

  reveal(second) {
    if (!this.holds(second)) this.moveTo(second - BEFORE * this.width);
  }

  // Where a second lies: 0 at the window's left edge, 1 at its right, beyond them outside.
  share(second) {
    return (second - this.from) / this.width;
  }

  secondAt(share) {
    return this.from + share * this.width;
  }

  place(from, width) {
    this.from = Math.min(Math.max(0, from), this.seconds - width);
    this.to = this.from + width;
  }
}
