// The meeting point of the desk, its messenger and its waker: components on one page, one line between them per desk
// name.
// The messenger carries what changes with every save (draft and acknowledgement, a few kilobytes), so that the desk's
// own message (code, conversation, scorecard) stays the same and is never sent twice.

const LINES = Symbol.for("plumbline.desk.lines");

export function lineOf(name) {
  globalThis[LINES] ??= new Map();
  const lines = globalThis[LINES];
  if (!lines.has(name)) lines.set(name, { news: null, listener: null, wake: null });
  return lines.get(name);
}

export function bringNews(name, news) {
  const line = lineOf(name);
  line.news = news;
  line.listener?.(news);
}
