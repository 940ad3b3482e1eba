// Building elements and wording times. Text enters the page through textContent only.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name === "on") listen(element, value);
    else setAttribute(element, name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function listen(element, handlers) {
  for (const [event, handler] of Object.entries(handlers)) element.addEventListener(event, handler);
}

export function setAttribute(element, name, value) {
  const text = value === true ? "" : String(value);
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

// Words for those who hear the page.
export function unseen(text) {
  return h("span", { class: "unseen", text });
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Runs it when the browser has nothing else to do.
export const whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 1));

// Strokes on a 24 by 24 grid; the words beside an icon carry the meaning.
const ICONS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  comment: "M4.5 5.5h15v10.5h-8l-4 3.5v-3.5h-3z",
  pin: "M9 4h6l-.8 6 3.3 3.5h-11L9.8 10zM12 13.5V20",
  book: "M12 6.5C10 5 7.5 4.5 4 4.5v13c3.5 0 6 .5 8 2 2-1.5 4.5-2 8-2v-13c-3.5 0-6 .5-8 2zM12 6.5v13",
  star: "M12 4l2.5 5.2 5.6.8-4 4 .9 5.7-5-2.7-5 2.7.9-5.7-4-4 5.6-.8z",
  check: "M5 12.5l4.5 4.5L19.5 7",
  warning: "M12 4l9 15.5H3zM12 10v4.5M12 17v.2",
  stop: "M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8zM12 7.5v5.5M12 16v.3",
  clear: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  lock: "M6.5 11h11v8.5h-11zM9 11V8a3 3 0 0 1 6 0v3",
  wait: "M12 4a8 8 0 1 0 8 8M12 8v4.5l3 1.8",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  up: "M6 14.5l6-6 6 6",
  down: "M6 9.5l6 6 6-6",
  bot: "M5.5 8.5h13v10h-13zM12 8.5V5M9.5 13v.5M14.5 13v.5M3.5 12.5v3M20.5 12.5v3",
  keyboard: "M3.5 7h17v10.5h-17zM7 10.5v.1M10.3 10.5v.1M13.7 10.5v.1M17 10.5v.1M8 14.3h8",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.dataset.icon = name;
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function swapIcon(element, name) {
  const old = element.querySelector("svg");
  if (old.dataset.icon !== name) old.replaceWith(icon(name));
}

export function wordSeconds(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const CLOCK = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" }); // slow to make

export function wordTime(iso) {
  return CLOCK.format(new Date(iso));
}

const calmly = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const WATCHED_FRAMES = 12;

// Scrolls `pane` only, never the page around it, until `element` lies within, `margin` pixels from its edges.
export function reveal(pane, element, { margin = 12, middle = false, passed = 0 } = {}) {
  const frame = pane.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  let shift = 0;
  if (middle) shift = box.top + box.height / 2 - frame.top - frame.height / 2;
  else if (box.top < frame.top + margin) shift = box.top - frame.top - margin;
  else if (box.bottom > frame.bottom - margin) {
    shift = Math.min(box.bottom - frame.bottom + margin, box.top - frame.top - margin);
  }
  const near = passed === 0 && Math.abs(shift) < 2 * frame.height;
  if (Math.abs(shift) >= 1) pane.scrollBy({ top: shift, behavior: near && !calmly() ? "smooth" : "instant" });
  // Far lines have only an estimated height before they are drawn, and then push each other about for some frames.
  if (near || passed === WATCHED_FRAMES) return;
  requestAnimationFrame(() => reveal(pane, element, { margin, middle, passed: passed + 1 }));
}
