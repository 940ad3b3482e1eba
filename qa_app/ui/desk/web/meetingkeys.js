// The keyboard of the wall: one table that the handler and the list of keys both read.
import { h } from "./dom.js";

// `records`: only for those who write down what is decided; `typing`: works inside text fields as well.
export const MEETING_KEYS = [
  { keys: ["ArrowDown", "ArrowUp"], show: ["↑", "↓"], label: "Previous or next criterion",
    run: (meeting, key) => meeting.step(key === "ArrowDown" ? 1 : -1) },
  { keys: ["ArrowRight", "ArrowLeft"], show: ["←", "→"], label: "Previous or next ticket",
    run: (meeting, key) => meeting.stepTicket(key === "ArrowRight" ? 1 : -1) },
  { keys: ["PageDown", "PageUp"], show: ["PgUp", "PgDn"],
    label: "Criterion by criterion and on to the next ticket, as a clicker does",
    run: (meeting, key) => meeting.walk(key === "PageDown" ? 1 : -1) },
  { keys: [..."1234567890"], show: ["1", "–", "9"], records: true, label: "The agreed answer (0 is the tenth)",
    run: (meeting, key) => meeting.agree(key) },
  { keys: ["n"], show: ["N"], records: true, label: "Agreed: not applicable", run: (meeting) => meeting.agreeNotApplicable() },
  { keys: ["f"], show: ["F"], records: true, label: "Write down a finding: cause, decision, to do",
    run: (meeting) => meeting.openForm() },
  { keys: ["Ctrl+Enter"], show: ["Ctrl", "↵"], records: true, typing: true, label: "Keep the finding",
    run: (meeting) => meeting.sendForm() },
  { keys: ["e"], show: ["E"], label: "Next piece of evidence in the conversation", run: (meeting) => meeting.nextEvidence() },
  { keys: ["m"], show: ["M"], label: "Names, or letters in their place", run: (meeting) => meeting.toggleMask() },
  { keys: ["a"], show: ["A"], label: "Who is here", run: (meeting) => meeting.toggleRoll() },
  { keys: ["l"], show: ["L"], label: "List of tickets", run: (meeting) => meeting.toggleList() },
  { keys: ["t"], show: ["T"], label: "Stop the clock, or let it go on", run: (meeting) => meeting.clock.toggle() },
  { keys: ["+", "-"], show: ["+", "−"], label: "More or less time for a ticket",
    run: (meeting, key) => meeting.clock.change(key === "+" ? 1 : -1) },
  { keys: ["Escape"], show: ["Esc"], typing: true, label: "Close what is open", run: (meeting) => meeting.escape() },
  { keys: ["?"], show: ["?"], label: "Show or hide the keys", run: (meeting) => meeting.toggleHelp() },
];

// Runs what the key stands for; tells whether there was anything.
export function handleMeetingKey(event, meeting) {
  const target = event.composedPath()[0];
  const name = event.key === "Enter" && (event.ctrlKey || event.metaKey) ? "Ctrl+Enter" : event.key;
  const key = name.length === 1 ? name.toLowerCase() : name;
  if (event.altKey || event.isComposing || ((event.ctrlKey || event.metaKey) && name !== "Ctrl+Enter")) return false;
  const binding = MEETING_KEYS.find(({ keys }) => keys.includes(key));
  if (!binding) return false;
  if (takesText(target) && !binding.typing) return false;
  if (meeting.isCovered && !["?", "l", "a", "Escape"].includes(key)) return false;
  if (binding.records && !meeting.records) return meeting.refuse();
  if (event.repeat && !/^(Arrow|Page)/.test(name)) return true;
  return binding.run(meeting, name) !== false;
}

const takesText = (target) => ["TEXTAREA", "SELECT", "AUDIO"].includes(target.tagName)
  || (target.tagName === "INPUT" && target.type !== "checkbox" && target.type !== "radio");

export function buildKeyList(records) {
  const rows = MEETING_KEYS.filter((binding) => records || !binding.records).flatMap(({ show, label }) =>
    [h("dt", {}, ...show.map((key) => h("kbd", { text: key }))), h("dd", { text: label })]);
  return h("dl", {}, ...rows);
}
