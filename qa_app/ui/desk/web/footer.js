// Always in sight: the score, how far the review is, whether it is saved, and the way out.
import { h, icon, setAttribute, setText, swapIcon, wordTime } from "./dom.js";

const STATUS = {
  new: ["check", "Saves by itself"],
  saving: ["wait", "Saving…"],
  saved: ["check", "Saved"],
  partly: ["warning", "Saved in part"],
  unsaved: ["warning", "Not saved"],
  "signed-out": ["lock", "Signed out"],
  finished: ["stop", "Finished elsewhere"],
  ended: ["stop", "Not handed in"],
  conflict: ["warning", "Two versions"],
  submitting: ["wait", "Submitting…"],
  unsent: ["warning", "Not submitted yet"],
  submitted: ["check", "Submitted"],
};
// What comes with every answer; who hears the page would hear nothing else.
const ROUTINE = new Set(["new", "saving", "saved", "submitting"]);

export class Footer {
  constructor({ scorecard, onSubmit, onKeepMine, onTakeOther, onProblem }) {
    Object.assign(this, { scorecard, onKeepMine, onTakeOther, onProblem });
    this.number = h("strong");
    this.verdict = h("span", { class: "verdict" });
    this.raw = h("span", { class: "raw" });
    this.meter = h("progress", { "aria-label": "Answered criteria", value: 0 });
    this.count = h("span", { class: "count" });
    this.status = h("span", { class: "status" }, icon("wait"), h("span"));
    this.spoken = h("span", { class: "unseen", role: "status" });
    this.submitWord = h("span", { text: "Submit" });
    this.submit = h("button", { type: "button", class: "submit", on: { click: onSubmit } }, this.submitWord,
      h("kbd", { "aria-hidden": "true", text: "Ctrl ↵" }));
    this.notice = h("div", { class: "notice", role: "alert", hidden: true });
    this.root = h("footer", {}, this.notice, h("div", { class: "bar" },
      h("div", { class: "score", role: "group", "aria-label": "Score" }, this.number, h("div", { class: "verdicts" }, this.verdict, this.raw)),
      h("div", { class: "progress" }, this.meter, this.count), this.status, this.spoken, this.submit));
  }

  paint({ result, keeper, problems, answered, total, tried, restored }) {
    this.paintScore(result);
    this.meter.max = total || 1;
    this.meter.value = answered;
    setText(this.count, `${answered} of ${total}`);
    this.paintStatus(keeper);
    this.submit.classList.toggle("ready", problems.length === 0);
    setAttribute(this.submit, "disabled", keeper.busy || keeper.other !== null || keeper.isSignedOut);
    setAttribute(this.submit, "hidden", keeper.isOver);
    setText(this.submitWord, keeper.submitted ? "Submitted" : keeper.busy ? "Submitting…" : "Submit");
    this.paintNotice(this.chooseNotice({ keeper, problems, tried, restored }));
  }

  paintScore({ raw, reported, autoFails, band, passed }) {
    if (this.scorecard.scored === false) {
      setText(this.number, "–");
      setText(this.verdict, "Some criteria only: no score");
      setAttribute(this.verdict, "data-tone", "plain");
      return;
    }
    const fails = autoFails.length > 0;
    setText(this.number, (fails ? reported : raw) ?? "–");
    const words = [];
    if (fails) words.push("Auto-fail");
    else if (raw === null) words.push("No score yet");
    if (!fails && band) words.push(band);
    if (!fails && passed !== null) words.push(passed ? "passes" : `below ${trim(this.scorecard.pass_mark)}`);
    setText(this.verdict, words.join(" · ") || "score");
    setAttribute(this.verdict, "data-tone", fails || passed === false ? "bad" : passed ? "good" : "plain");
    setText(this.raw, fails ? `${raw ?? "–"} without it` : "");
  }

  paintStatus(keeper) {
    const [name, word] = STATUS[keeper.status];
    swapIcon(this.status, name);
    const time = keeper.status === "saved" ? ` ${wordTime(keeper.savedAt)}` : "";
    setText(this.status.querySelector("span"), word + time);
    setAttribute(this.status, "data-status", keeper.status);
    setText(this.spoken, ROUTINE.has(keeper.status) ? "" : word);
  }

  chooseNotice({ keeper, problems, tried, restored }) {
    if (keeper.status === "conflict") return this.wordConflict(keeper.other);
    if (keeper.status === "signed-out") return SIGNED_OUT;
    // The page says there what became of the ticket, and leads to the next one.
    if (keeper.status === "finished") {
      return { tone: "ask", text: keeper.refusal.message, actions: [["Go on", location.href]] };
    }
    if (keeper.status === "ended") return { tone: "ask", text: keeper.refusal.message, actions: keeper.refusal.ways };
    if (keeper.refusal) return { tone: "bad", text: keeper.refusal.message };
    if (keeper.trouble === "database" && keeper.status !== "saved") return wordWait(keeper);
    if (keeper.status === "unsaved") {
      return { tone: "bad", text: "Not saved: the server does not answer. Keep grading; we try again by ourselves." };
    }
    if (keeper.status === "unsent") {
      const text = "Not submitted yet: the server does not answer. We try again; leave this page open.";
      return { tone: "bad", text };
    }
    if (keeper.dropped.length > 0) {
      const text = `Not everything could be saved. ${keeper.dropped.join(" ")} Reload the page to see what was saved.`;
      return { tone: "bad", text };
    }
    if (tried && problems.length > 0) return this.wordProblems(problems);
    return restored ? { tone: "plain", text: restored } : null;
  }

  wordConflict(other) {
    const saved = `Another tab saved this review at ${wordTime(other.saved_at)}, with ${countAnswers(other)}.`;
    return {
      tone: "bad",
      text: `${saved} Nothing was overwritten.`,
      actions: [["Load the other version", this.onTakeOther], ["Keep mine", this.onKeepMine]],
    };
  }

  wordProblems(problems) {
    const first = problems[0].criterion;
    return {
      tone: "ask",
      text: `Still to do before you can submit: ${countMissing(problems)}.`,
      actions: [[`Go to “${first.label}”`, () => this.onProblem(first.id)]],
    };
  }

  paintNotice(notice) {
    const signature = notice ? JSON.stringify([notice.text, notice.actions?.map(([label]) => label)]) : "";
    if ((this.notice.dataset.of ?? "") === signature) return;
    this.notice.dataset.of = signature;
    this.notice.hidden = !notice;
    if (!notice) return this.notice.replaceChildren();
    this.notice.dataset.tone = notice.tone;
    const buttons = (notice.actions ?? []).map(([label, run]) => (typeof run === "string"
      ? h("a", { class: "plain", href: run, text: label })
      : h("button", { type: "button", class: "plain", text: label, on: { click: run } })));
    const sign = icon(notice.tone === "plain" ? "check" : "warning");
    this.notice.replaceChildren(sign, h("span", { text: notice.text }), ...buttons);
  }
}

// The link leads to this very page: the server asks who it is, and leads back here.
const SIGNED_OUT = {
  tone: "ask",
  text: "Your session has ended. Your work on this ticket is kept in this tab; sign in, and it goes on here.",
  get actions() {
    return [["Sign in again", location.href]];
  },
};

function wordWait({ submission }) {
  const what = submission ? "Not submitted yet" : "Not saved yet";
  const then = submission ? "it is submitted" : "everything is saved";
  const text = `${what}: the database does not answer. Your work is kept here, and ${then} as soon as it is back.`;
  return { tone: "ask", text: submission ? `${text} Leave this page open.` : `${text} Keep grading.` };
}

const trim = (decimal) => (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal);

function countMissing(problems) {
  const counts = ["answer", "reason", "comment"].map((kind) => [kind, problems.filter((some) => some.kind === kind).length]);
  return counts.filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`).join(", ");
}

function countAnswers(draft) {
  const count = draft.ratings.filter((rating) => rating.state !== "missing").length;
  return count === 1 ? "one answer" : `${count} answers`;
}
