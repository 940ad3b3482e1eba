// The meeting point of the desk with its courier, messenger and waker: components on one page, one line between them
// per desk name.
// The courier brings a case (conversation and scorecard) once, the next one ahead of time; the messenger says with
// every save which case stands there, and brings its draft and the acknowledgement, a few kilobytes. So the desk's own
// message (its code) stays the same and is never sent twice, and the next case stands there as soon as it is named.

const LINES = Symbol.for("plumbline.desk.lines");
const KEPT_CASES = 3; // the one before, for an undo; the one that stands there; the next

export function lineOf(name) {
  globalThis[LINES] ??= new Map();
  const lines = globalThis[LINES];
  if (!lines.has(name)) lines.set(name, { news: null, cases: new Map(), stage: null, wake: null });
  return lines.get(name);
}

export function bringNews(name, news) {
  const line = lineOf(name);
  line.news = news;
  line.stage?.hear();
}

export function bringCase(name, work) {
  const line = lineOf(name);
  line.cases.delete(work.id);
  line.cases.set(work.id, work);
  const idle = [...line.cases.keys()].filter((id) => id !== line.news?.case);
  if (line.cases.size > KEPT_CASES) line.cases.delete(idle[0]);
  line.stage?.hear();
}
