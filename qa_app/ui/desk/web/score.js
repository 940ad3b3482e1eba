// The published scoring rule `plumbline-1` (docs/algorithms/scoring.md) in exact arithmetic, for the score on screen.
// The server computes the one that counts; tests hold the two equal. Decimals come as text and are computed as
// fractions of whole numbers, rounded once, by `percent`. Numbers such as S7 name the rule's steps.

const ZERO = { n: 0n, d: 1n };
const ONE = { n: 1n, d: 1n };

const PARSED = new Map();
const MOST_PARSED = 1000; // more than a form has numbers

export function parseDecimal(text) {
  if (PARSED.size > MOST_PARSED) PARSED.clear();
  if (!PARSED.has(text)) PARSED.set(text, readDecimal(text));
  return PARSED.get(text);
}

function readDecimal(text) {
  const [whole, fraction = ""] = text.split(".");
  return reduce({ n: BigInt(whole + fraction), d: 10n ** BigInt(fraction.length) });
}

function reduce({ n, d }) {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b) [a, b] = [b, a % b];
  return a > 1n ? { n: n / a, d: d / a } : { n, d };
}

const add = (x, y) => reduce({ n: x.n * y.d + y.n * x.d, d: x.d * y.d });
const subtract = (x, y) => reduce({ n: x.n * y.d - y.n * x.d, d: x.d * y.d });
const multiply = (x, y) => reduce({ n: x.n * y.n, d: x.d * y.d });
const divide = (x, y) => reduce(y.n < 0n ? { n: -x.n * y.d, d: x.d * -y.n } : { n: x.n * y.d, d: x.d * y.n });
const isBelow = (x, y) => x.n * y.d < y.n * x.d;
const isZero = (x) => x.n === 0n;
const isOne = (x) => x.n === x.d;
const sum = (fractions) => fractions.reduce(add, ZERO);

// Percent with one decimal, half up (S16); null stays null.
function percent(share) {
  if (share === null) return null;
  const digits = String((2000n * share.n + share.d) / (2n * share.d)).padStart(2, "0");
  return `${digits.slice(0, -1)}.${digits.slice(-1)}`;
}

export function isOnStep(text, { low, high, step }) {
  const [number, from, to] = [text, low, high].map(parseDecimal);
  return !isBelow(number, from) && !isBelow(to, number)
    && divide(subtract(number, from), parseDecimal(step)).d === 1n;
}

const VALUES = new WeakMap(); // of options: a form on the desk does not change, and every press asks for all of them

function optionValue(criterion, option) {
  if (!VALUES.has(option)) VALUES.set(option, computeValue(criterion, option));
  return VALUES.get(option);
}

// S1 and S2.
function computeValue(criterion, option) {
  if (option.value !== null) return parseDecimal(option.value);
  const points = criterion.options.map((each) => parseDecimal(each.points ?? "0"));
  const low = points.reduce((x, y) => (isBelow(y, x) ? y : x));
  const high = points.reduce((x, y) => (isBelow(x, y) ? y : x));
  return divide(subtract(parseDecimal(option.points ?? "0"), low), subtract(high, low));
}

// S3.
function numberValue({ low, high, better }, number) {
  const [from, to] = [low, high].map(parseDecimal);
  const share = divide(subtract(parseDecimal(number), from), subtract(to, from));
  return better === "high" ? share : subtract(ONE, share);
}

export function chosenOption(criterion, entry) {
  if (entry.state !== "chosen") return null;
  return criterion.options.find((option) => option.id === entry.option) ?? null;
}

// The value of an answer, a fraction in [0, 1]; null for what does not count: not applicable, missing, text (S4).
export function valueOf(criterion, entry) {
  if (entry.state !== "chosen" || criterion.type === "text") return null;
  if (criterion.number) return numberValue(criterion.number, entry.number);
  return optionValue(criterion, chosenOption(criterion, entry));
}

export const isBest = (criterion, entry) => isOne(valueOf(criterion, entry));
export const isWorst = (criterion, entry) => isZero(valueOf(criterion, entry));
export const isUpperHalf = (criterion, entry) => isBelow({ n: 1n, d: 2n }, valueOf(criterion, entry));

// Whether the options stand worst first, as the levels of a scale do.
export function isRising(criterion) {
  const values = criterion.options.map((option) => optionValue(criterion, option));
  return values.every((value, index) => index === 0 || !isBelow(value, values[index - 1]));
}

// The ids of the criteria that are asked (S5); the answer of one that is not asked decides nothing.
export function askedCriteria(scorecard, answers) {
  const asked = new Set();
  const isMet = ({ criterion, is_one_of: options }) => {
    const entry = answers[criterion];
    return asked.has(criterion) && entry?.state === "chosen" && options.includes(entry.option);
  };
  for (const { id, show_if: rule } of scorecard.sections.flatMap((section) => section.criteria)) {
    const shown = !rule || (rule.all_of.length > 0 && rule.all_of.every(isMet)) || rule.any_of.some(isMet);
    if (shown) asked.add(id);
  }
  return asked;
}

// Share of the whole of each counting criterion (S6, S7); null where no weight is left to share (S8).
function applyWeights(scorecard, values) {
  const parts = scorecard.sections.map((section) => {
    const counting = section.criteria.filter((criterion) => values.has(criterion.id));
    return { section, counting, within: sum(counting.map((criterion) => parseDecimal(criterion.weight))) };
  });
  const bySection = scorecard.sections.some((section) => section.weight !== null);
  const alive = bySection ? parts.filter(({ within }) => !isZero(within)) : parts;
  const weightOf = ({ section, within }) => (bySection ? parseDecimal(section.weight ?? "0") : within);
  const total = sum(alive.filter(({ section }) => section.kind === "standard").map(weightOf));
  if (isZero(total)) return null;
  const weights = new Map();
  for (const part of alive) {
    const share = bySection ? divide(weightOf(part), multiply(total, part.within)) : divide(ONE, total);
    for (const criterion of part.counting) weights.set(criterion.id, multiply(share, parseDecimal(criterion.weight)));
  }
  return weights;
}

// Weighted sum of values, capped at 1 unless bonus may lift it (S9).
function totalShare(scorecard, values, weights) {
  if (weights === null || weights.size === 0) return null;
  const total = sum([...weights].map(([id, weight]) => multiply(weight, values.get(id))));
  return scorecard.bonus_over_100 || isBelow(total, ONE) ? total : ONE;
}

function sectionShare(section, values) {
  const counting = section.criteria.filter((criterion) => values.has(criterion.id));
  const total = sum(counting.map((criterion) => parseDecimal(criterion.weight)));
  if (isZero(total)) return null;
  const got = sum(counting.map((criterion) => multiply(parseDecimal(criterion.weight), values.get(criterion.id))));
  return divide(got, total);
}

function findAutoFails(scorecard, answers, asked) {
  const fails = [];
  for (const section of scorecard.sections) {
    for (const criterion of section.criteria.filter(({ id }) => asked.has(id) && answers[id])) {
      const option = chosenOption(criterion, answers[criterion.id]);
      if (!option?.auto_fail) continue;
      fails.push({ level: option.auto_fail, criterion: criterion.id, option: option.id, section });
    }
  }
  return fails;
}

// The values that auto-fails leave (S10, S11): item and section failures count 0 in the reported score.
function lower(values, fails) {
  const lowered = new Map(values);
  for (const { level, criterion, section } of fails) {
    const down = level === "item" ? [criterion] : level === "section" ? section.criteria.map(({ id }) => id) : [];
    for (const id of down) if (lowered.has(id)) lowered.set(id, ZERO);
  }
  return lowered;
}

// Scores are percent with one decimal, as text; null is no score. Criteria without an answer do not count.
export function scoreForm(scorecard, answers) {
  const asked = askedCriteria(scorecard, answers);
  const values = new Map();
  for (const criterion of scorecard.sections.flatMap((section) => section.criteria)) {
    const entry = answers[criterion.id];
    const value = asked.has(criterion.id) && entry ? valueOf(criterion, entry) : null;
    if (value !== null) values.set(criterion.id, value);
  }
  const weights = applyWeights(scorecard, values);
  const fails = findAutoFails(scorecard, answers, asked);
  const lowered = lower(values, fails);
  const formFailed = fails.some(({ level }) => level === "form");
  let reported = percent(totalShare(scorecard, lowered, weights));
  if (formFailed && reported !== null && scorecard.auto_fail_score === "zero") reported = percent(ZERO);
  return {
    raw: percent(totalShare(scorecard, values, weights)),
    reported,
    autoFails: fails.map(({ level, criterion, option }) => ({ level, criterion, option })),
    passed: hasPassed(scorecard, reported, formFailed),
    band: findBand(scorecard, reported),
    sections: Object.fromEntries(scorecard.sections.map((section) => [section.id, {
      raw: percent(sectionShare(section, values)),
      reported: percent(sectionShare(section, lowered)),
    }])),
  };
}

function hasPassed(scorecard, reported, formFailed) {
  if (formFailed) return false;
  if (reported === null || scorecard.pass_mark === null) return null;
  return !isBelow(parseDecimal(reported), parseDecimal(scorecard.pass_mark));
}

function findBand(scorecard, reported) {
  if (reported === null) return null;
  const reached = scorecard.bands.filter((band) => !isBelow(parseDecimal(reported), parseDecimal(band.from)));
  return reached.at(-1)?.label ?? null;
}
