// The conversation beside the criterion: messages to read and hear, with the words marked that reviewers pinned.
import { h, reveal } from "./dom.js";
import { buildMessage } from "./message.js";

export class Reading {
  constructor({ ticket, messages, recordings, readable }) {
    this.messages = messages;
    this.language = ticket.language;
    this.hasRecording = recordings.length > 0;
    this.recordings = recordings;
    this.onHear = (seconds) => this.hear(seconds);
    const built = messages.map((message, index) => buildMessage(message, index, this));
    this.lines = built.map(({ line }) => line);
    this.texts = built.map(({ text }) => text);
    this.players = recordings.map(({ url }) => h("audio", { controls: true, preload: "metadata", src: url }));
    this.pane = h("div", { class: "messages", tabindex: 0, role: "region", "aria-label": "Conversation" },
      ...built.flatMap(({ lapse, line }) => (lapse ? [lapse, line] : [line])), this.buildEmpty(readable));
    this.root = h("aside", { class: "conversation" }, ...this.players, this.pane);
  }

  buildEmpty(readable) {
    if (this.messages.length > 0) return null;
    const words = readable ? "This ticket has no messages." : "This ticket belongs to a team out of your reach.";
    return h("p", { class: "empty", text: words });
  }

  // Marks the evidence of one criterion and brings the first piece to sight.
  mark(pieces) {
    this.lines.forEach((line, index) => {
      const { seq } = this.messages[index];
      const here = pieces.filter((piece) => piece.seq === seq);
      this.texts[index].paint(here.filter((piece) => piece.start_char !== undefined));
      line.classList.toggle("cited", here.length > 0);
      line.classList.remove("now");
    });
    const first = this.lines.find((line) => line.classList.contains("cited"));
    if (first) reveal(this.pane, first, { margin: 48 });
  }

  // Brings one piece of evidence to sight, and plays it where it is a stretch of the recording.
  point({ seq, start_char: start, end_char: end, seconds }, { play = false } = {}) {
    const index = this.messages.findIndex((message) => message.seq === seq);
    this.lines.forEach((line, place) => line.classList.toggle("now", place === index));
    if (index !== -1) {
      if (start !== undefined) this.texts[index].unfold(start, end);
      reveal(this.pane, this.lines[index], { margin: 48 });
    }
    if (play && seconds !== undefined) this.hear(seconds);
  }

  // Seconds count on from one recording to the next.
  hear(seconds) {
    let before = 0;
    const place = this.recordings.findIndex((recording) => {
      if (seconds < before + (recording.seconds ?? Infinity)) return true;
      before += recording.seconds;
      return false;
    });
    this.players.forEach((player) => player.pause());
    const player = this.players[place];
    if (!player) return;
    player.currentTime = seconds - before;
    player.play();
  }

  stop() {
    this.players.forEach((player) => player.pause());
  }
}
