// The form in the making: answers, comments, reasons and evidence, what is asked and what is still open.
// No element of the page is touched here.
import { askedCriteria, isBest, isOnStep, isWorst, valueOf } from "./score.js";

export const TEXT_LIMIT = 20000;
// What is said where a field takes no more: a paste is cut there without a word by the browser.
export const FULL = "This field is full: it takes 20,000 characters, and what was pasted beyond is not in it";
export const isFull = (text) => (text?.length ?? 0) >= TEXT_LIMIT;

export class Form {
  constructor(scorecard, draft) {
    this.scorecard = scorecard;
    this.criteria = scorecard.sections.flatMap((section) => section.criteria);
    this.load(draft);
  }

  load(draft) {
    this.entries = new Map(this.criteria.map((criterion) => [criterion.id, emptyEntry()]));
    for (const rating of draft.ratings) {
      const entry = this.entries.get(rating.criterion);
      if (!entry) continue;
      const { state, option = null, number = null, text = null, comment, reasons, praise = false } = rating;
      const typed = number ?? "";
      Object.assign(entry, { state, option, number, text, comment, praise, reasons: new Set(reasons), typed });
    }
    this.evidence = draft.evidence.map((piece) => ({ ...piece }));
    this.comment = draft.comment;
  }

  entry(id) {
    return this.entries.get(id);
  }

  choose(id, option) {
    this.answer(id, { state: "chosen", option });
  }

  notApplicable(id) {
    this.answer(id, { state: "not_applicable" });
  }

  write(id, text) {
    this.answer(id, text.trim() === "" ? { state: "missing" } : { state: "chosen", text });
  }

  // Keeps what was typed even where it is no answer, so that nobody loses a half-written number.
  measure(id, typed) {
    const number = this.readNumber(id, typed);
    this.answer(id, number === null ? { state: "missing" } : { state: "chosen", number });
    this.entry(id).typed = typed;
  }

  readNumber(id, typed) {
    const text = typed.trim().replace(",", ".");
    const span = this.criterion(id).number;
    return /^-?\d{1,10}(\.\d{1,6})?$/.test(text) && isOnStep(text, span) ? text : null;
  }

  clear(id) {
    this.answer(id, { state: "missing" });
  }

  answer(id, { state, option = null, number = null, text = null }) {
    Object.assign(this.entry(id), { state, option, number, text, typed: number ?? "" });
  }

  criterion(id) {
    return this.criteria.find((criterion) => criterion.id === id);
  }

  answers() {
    return Object.fromEntries(this.entries);
  }

  asked() {
    return askedCriteria(this.scorecard, this.answers());
  }

  // In reading order: the criteria that the show-if rules ask for now.
  askedInOrder() {
    const asked = this.asked();
    return this.criteria.filter((criterion) => asked.has(criterion.id));
  }

  isAnswered(id) {
    return this.entry(id).state !== "missing";
  }

  commentNeeded(criterion) {
    const entry = this.entry(criterion.id);
    if (entry.state === "missing") return false;
    const option = criterion.options.find((some) => some.id === entry.option);
    return option?.comment === "required" || concerns(criterion.comment, criterion, entry);
  }

  reasonsNeeded(criterion) {
    const entry = this.entry(criterion.id);
    if (criterion.reasons.length === 0 || entry.state !== "chosen") return false;
    return concerns(criterion.ask_reasons, criterion, entry);
  }

  // What still keeps the form from being submitted, in reading order.
  problems() {
    const problems = [];
    for (const criterion of this.askedInOrder()) {
      const entry = this.entry(criterion.id);
      if (entry.state === "missing" && !isOptional(criterion)) problems.push({ criterion, kind: "answer" });
      if (this.commentNeeded(criterion) && entry.comment.trim() === "") problems.push({ criterion, kind: "comment" });
      if (this.reasonsNeeded(criterion) && entry.reasons.size === 0) problems.push({ criterion, kind: "reason" });
    }
    return problems;
  }

  pin(piece) {
    const same = this.evidence.some((other) => JSON.stringify(other) === JSON.stringify(piece));
    if (!same) this.evidence.push(piece);
    return !same;
  }

  unpin(piece) {
    this.evidence = this.evidence.filter((other) => other !== piece);
  }

  evidenceOf(id) {
    return this.evidence.filter((piece) => piece.criterion === id);
  }

  // What is saved and submitted. Answers and reasons that are no longer asked stay in this form only, so that they
  // are back when they are asked again.
  snapshot() {
    const asked = this.asked();
    const ratings = [];
    for (const criterion of this.criteria) {
      const entry = this.entry(criterion.id);
      const touched = entry.state !== "missing" || entry.comment.trim() !== "" || entry.praise;
      if (!asked.has(criterion.id) || !touched) continue;
      const reasons = this.reasonsNeeded(criterion) ? [...entry.reasons] : [];
      const { state, comment, praise } = entry;
      const rating = { criterion: criterion.id, state, comment, reasons };
      if (praise) rating.praise = true;
      for (const part of ["option", "number", "text"]) if (entry[part] !== null) rating[part] = entry[part];
      ratings.push(rating);
    }
    const evidence = this.evidence.filter((piece) => asked.has(piece.criterion));
    return { ratings, evidence, comment: this.comment };
  }
}

// A text that may be N/A may also be left empty.
export const isOptional = (criterion) => criterion.type === "text" && criterion.allow_na;

function emptyEntry() {
  return { state: "missing", option: null, number: null, text: null, typed: "", comment: "", praise: false,
    reasons: new Set() };
}

// Whether a rule such as "below_best" speaks about this answer. N/A has no value: only "always" means it.
function concerns(rule, criterion, entry) {
  if (rule === "always") return true;
  if (valueOf(criterion, entry) === null) return false;
  if (rule === "below_best") return !isBest(criterion, entry);
  return rule === "worst" && isWorst(criterion, entry);
}

// The difference of two snapshots that a reader would see; used to recognise our own save. The server writes numbers
// its own way: 015 comes back as 15.
export function sameSnapshot(one, other) {
  return canonical(one) === canonical(other);
}

function canonical({ ratings, evidence, comment }) {
  const rating = ({ criterion, state, option, number, text, comment: words, reasons, praise }) => [
    criterion, state, option ?? null, Number(number ?? NaN), text ?? null, words, [...reasons].sort(), Boolean(praise),
  ];
  const piece = (some) => [
    some.criterion, some.message_seq, some.start_char, some.end_char, some.start_seconds, some.end_seconds,
  ];
  const byCriterion = (one, two) => (one[0] < two[0] ? -1 : 1);
  return JSON.stringify([ratings.map(rating).sort(byCriterion), evidence.map(piece), comment]);
}
