// The keyboard: one table that the handler, the strip of hints and the help all read.
import { h } from "./dom.js";

// `hint`: shown in the strip; `call`: only with a recording; `typing`: works inside text fields as well; `line`: works
// inside fields of one line.
export const KEYS = [
  { keys: ["ArrowDown", "ArrowUp"], show: ["↑", "↓"], hint: "criterion", label: "Previous or next criterion",
    line: true, run: (desk, key) => desk.move(key === "ArrowUp" ? -1 : 1) },
  { keys: [..."1234567890"], show: ["1", "–", "9"], hint: "answer",
    label: "Answer and go on (0 is the tenth answer)", run: (desk, key) => desk.answer(key) },
  { keys: ["n"], show: ["N", "N"], hint: "N/A", label: "Not applicable, where allowed: asked first, then set",
    run: (desk) => desk.notApplicable() },
  { keys: ["Enter"], show: ["↵"], label: "Write the number or text; in a number: go on", line: true,
    run: (desk, key, target) => (isLine(target) ? desk.move(1) : desk.write()) },
  { keys: ["Backspace", "Delete"], show: ["⌫"], label: "Take the answer back", run: (desk) => desk.clear() },
  { keys: ["c"], show: ["C"], hint: "comment", label: "Comment on the criterion; / in it lists the templates", run: (desk) => desk.comment() },
  { keys: ["p"], show: ["P"], label: "Praise: the coach tells the agent", run: (desk) => desk.praise() },
  { keys: ["r"], show: ["R"], label: "Reasons, where asked; digits tick them", run: (desk) => desk.reasons() },
  { keys: ["e"], show: ["E"], hint: "evidence",
    label: "Pin the selected words, the marked stretch or message, or the second heard", run: (desk) => desk.pin() },
  { keys: ["g"], show: ["G"], hint: "guideline", label: "Guideline and levels", run: (desk) => desk.guide() },
  { keys: ["j", "k"], show: ["J", "K"], label: "Next or previous message",
    run: (desk, key) => desk.stepMessage(key === "j" ? 1 : -1) },
  { keys: ["/"], show: ["/"], label: "Search the conversation; Enter goes on, Esc leaves the find selected",
    run: (desk) => desk.search() },
  { keys: [" "], show: ["Space"], hint: "play", call: true, label: "Play or pause", run: (desk) => desk.togglePlay() },
  { keys: ["ArrowLeft", "ArrowRight"], show: ["←", "→"], hint: "5 s", call: true,
    label: "Five seconds back or forward", run: (desk, key) => desk.nudge(key === "ArrowRight" ? 5 : -5) },
  { keys: ["+", "-"], show: ["+", "−"], call: true, label: "Faster or slower",
    run: (desk, key) => desk.changeSpeed(key === "+" ? 1 : -1) },
  { keys: ["[", "i", "]", "o"], show: ["[", "]"], hint: "mark", call: true,
    label: "Mark a stretch of the recording from here, up to here (or I and O)",
    run: (desk, key) => desk.markStretch("[i".includes(key.toLowerCase())) },
  { keys: ["s"], show: ["S"], call: true, label: "Pass over silence, or hear it again",
    run: (desk) => desk.toggleSkip() },
  { keys: ["z", "x"], show: ["Z", "X"], call: true, label: "Closer or wider look at the waveform (or the wheel on it)",
    run: (desk, key) => desk.zoom(key.toLowerCase() === "z" ? 1 : -1) },
  { keys: ["Ctrl+Enter"], show: ["Ctrl", "↵"], typing: true, label: "Submit", run: (desk) => desk.submit() },
  { keys: ["u"], show: ["U"], label: "Undo the last submit, within 30 seconds", run: (desk) => desk.undo() },
  { keys: ["Escape"], show: ["Esc"], typing: true, label: "Leave a text field, close, forget marks",
    run: (desk, key, target) => desk.escape(isWriting(target)) },
  { keys: ["?"], show: ["?"], label: "Show or hide the keys", run: (desk) => desk.toggleHelp() },
];

// Runs what the key stands for; tells whether there was anything.
export function handleKey(event, desk) {
  const target = event.composedPath()[0];
  if (event.altKey) desk.keeper?.save(); // a shortcut of the page may lead away
  const name = event.key === "Enter" && (event.ctrlKey || event.metaKey) ? "Ctrl+Enter" : event.key;
  if (event.altKey || event.isComposing || ((event.ctrlKey || event.metaKey) && name !== "Ctrl+Enter")) return false;
  const inside = desk.contains(target);
  if (!inside && !isIdle(target)) return false;
  const binding = KEYS.find(({ keys }) => keys.includes(name.length === 1 ? name.toLowerCase() : name));
  if (!binding || !desk.keeper || (binding.call && !desk.hasRecording)) return false;
  if (desk.isHelping && !["?", "Escape"].includes(name)) return false;
  if (isWriting(target) && !binding.typing && !(isLine(target) && binding.line)) return false;
  if (isOwnKey(target, name)) return false;
  if (event.repeat && !/^Arrow|^[+-]$/.test(name)) return true;
  return binding.run(desk, name, target) !== false;
}

// Nothing that takes keys has the focus: the page itself, not another widget or an open dialog of it.
function isIdle(target) {
  const dialog = document.querySelector("[role=dialog], [aria-modal=true]");
  return !dialog && target instanceof Element && !target.closest(WIDGETS);
}

const WIDGETS = "a, button, input, select, textarea, summary, iframe, [contenteditable], "
  + "[role]:not([role=main]):not([role=document])";

const isLine = (target) => target.tagName === "INPUT" && target.type === "text";
const isWriting = (target) => target.tagName === "TEXTAREA" || isLine(target) || target.type === "search";

// Keys that the focused element needs for itself.
function isOwnKey(target, name) {
  if (target.tagName === "SELECT") return name !== "Escape" && name !== "Ctrl+Enter";
  if (target.tagName === "INPUT" && target.type === "range") return /^Arrow(Left|Right)$/.test(name);
  if (target.type === "checkbox" && /^\d$/.test(name)) return true;
  return [" ", "Enter"].includes(name) && (["BUTTON", "A"].includes(target.tagName) || target.type === "checkbox");
}

export function buildStrip(hasRecording, onHelp) {
  const hints = KEYS.filter((binding) => binding.hint && (!binding.call || hasRecording)).map(({ show, hint }) =>
    h("span", { class: "keyhint" }, ...keycaps(show), h("span", { text: hint })));
  const help = h("button", { type: "button", class: "keyhint", on: { click: onHelp } }, ...keycaps(["?"]),
    h("span", { text: "all keys" }));
  return h("div", { class: "strip" }, h("div", { class: "hints", "aria-hidden": "true" }, ...hints), help);
}

export function buildHelp(hasRecording, onClose) {
  const rows = KEYS.filter((binding) => !binding.call || hasRecording).flatMap(({ show, label }) =>
    [h("dt", {}, ...keycaps(show)), h("dd", { text: label })]);
  const close = h("button", { type: "button", class: "plain", text: "Close", on: { click: onClose } });
  const dialog = h("div", { class: "help", role: "dialog", "aria-modal": "true", "aria-label": "Keys", tabindex: -1 },
    h("header", {}, h("h2", { text: "Keys" }), close), h("dl", {}, ...rows));
  const clickBeside = (event) => event.target === event.currentTarget && onClose();
  return h("div", { class: "veil", hidden: true, on: { click: clickBeside } }, dialog);
}

const keycaps = (show) => show.map((key) => h("kbd", { text: key }));
