// Quotes: from a selection to places in a message's text and back. The page counts UTF-16 units, Python counts
// characters; what is saved counts characters, as Python does.

export const toCharacters = (text, units) => Array.from(text.slice(0, units)).length;

export function toUnits(text, characters) {
  let units = 0;
  for (const character of text) {
    if (characters-- <= 0) break;
    units += character.length;
  }
  return units;
}

// The selected stretch within the open shadow root, or null. Browsers differ in how they tell.
export function selectedRange(root) {
  const selection = document.getSelection();
  if (!selection) return null;
  if (root instanceof ShadowRoot && selection.getComposedRanges) {
    const [range] = selection.getComposedRanges({ shadowRoots: [root] });
    return range && liveRange(range);
  }
  const inner = root.getSelection?.() ?? selection;
  return inner.rangeCount > 0 ? inner.getRangeAt(0) : null;
}

function liveRange({ startContainer, startOffset, endContainer, endOffset }) {
  const range = document.createRange();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return range;
}

// Where the range lies in `element`'s text, trimmed of white space at both ends: { start, end, quote } or null.
export function stretchWithin(element, range) {
  const text = element.textContent;
  const before = document.createRange();
  before.selectNodeContents(element);
  const whole = before.cloneRange();
  if (range.compareBoundaryPoints(Range.START_TO_END, whole) <= 0) return null;
  if (range.compareBoundaryPoints(Range.END_TO_START, whole) >= 0) return null;
  const [later, earlier] = [Range.START_TO_START, Range.END_TO_END];
  if (range.compareBoundaryPoints(later, whole) > 0) whole.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(earlier, whole) < 0) whole.setEnd(range.endContainer, range.endOffset);
  before.setEnd(whole.startContainer, whole.startOffset);
  const selected = whole.toString();
  const quote = selected.trim();
  if (quote === "") return null;
  const start = before.toString().length + selected.indexOf(quote);
  return place(text, start, start + quote.length);
}

export function place(text, start, end) {
  return { start_char: toCharacters(text, start), end_char: toCharacters(text, end), quote: text.slice(start, end) };
}

// Stretches without overlap, in order: a word that was quoted twice is marked once.
export function joinStretches(stretches) {
  const joined = [];
  for (const [start, end] of [...stretches].sort((one, two) => one[0] - two[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

// The text between two places as pieces, each with the stretches ({ start, end }) that it lies within.
export function cutPieces(text, from, to, stretches) {
  const near = stretches.filter(({ start, end }) => start < to && from < end);
  const cuts = [from, to, ...near.flatMap(({ start, end }) => [start, end])].filter((cut) => from <= cut && cut <= to);
  const places = [...new Set(cuts)].sort((one, two) => one - two);
  return places.slice(0, -1).map((start, index) => ({
    start,
    end: places[index + 1],
    text: text.slice(start, places[index + 1]),
    within: near.filter((stretch) => stretch.start <= start && places[index + 1] <= stretch.end),
  }));
}
