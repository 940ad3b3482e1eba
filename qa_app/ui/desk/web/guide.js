// The guideline of a criterion with what each of its levels looks like, and the digit of each answer.
import { h } from "./dom.js";

export const digitOf = (index) => (index < 9 ? String(index + 1) : index === 9 ? "0" : "");

export function buildGuide(criterion) {
  const levels = criterion.options.map((option, index) => option.anchor
    ? [h("dt", { text: `${digitOf(index)} ${option.label}` }), h("dd", { text: option.anchor })]
    : []);
  if (criterion.number?.anchor) levels.push([h("dt", { text: "Number" }), h("dd", { text: criterion.number.anchor })]);
  const parts = [];
  if (criterion.guideline) parts.push(h("p", { text: criterion.guideline }));
  if (levels.flat().length > 0) parts.push(h("dl", {}, ...levels.flat()));
  return parts.length > 0 ? parts : [h("p", { text: "This criterion has no guideline." })];
}
