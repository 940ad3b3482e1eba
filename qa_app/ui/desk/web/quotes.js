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

// The text as pieces, the quoted ones marked; quotes may overlap.
export function markedPieces(text, quotes) {
  const stretches = quotes.map((quote) => [toUnits(text, quote.start_char), toUnits(text, quote.end_char)]);
  const cuts = [...new Set([0, text.length, ...stretches.flat()])].sort((one, two) => one - two);
  const pieces = [];
  for (let index = 0; index + 1 < cuts.length; index++) {
    const [start, end] = [cuts[index], cuts[index + 1]];
    const marked = stretches.some(([from, to]) => from <= start && end <= to);
    const last = pieces.at(-1);
    if (last && last.marked === marked) last.text += text.slice(start, end);
    else pieces.push({ text: text.slice(start, end), marked });
  }
  return pieces;
}
