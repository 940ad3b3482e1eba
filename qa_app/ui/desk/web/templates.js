// Comment templates: typing "/" in a comment lists them, further letters narrow the list, Enter inserts.
import { h, setAttribute } from "./dom.js";

const MOST_SHOWN = 8;
const ASKED = /(^|\s)\/([^/\n]{0,40})$/; // a slash at the start of a word, and what was typed since

export class TemplatePicker {
  constructor(templates, pane, root) {
    Object.assign(this, { templates, root });
    this.field = null;
    this.list = h("ul", { class: "templates", role: "listbox", id: "templates", "aria-label": "Comment templates",
      hidden: true });
    this.handle = h("button", { type: "button", class: "plain handle", hidden: true, tabindex: -1, text: "/",
      title: "Comment templates (/)", "aria-label": "Comment templates",
      on: { pointerdown: (event) => this.askByPointer(event) } });
    if (templates.length === 0) return;
    pane.addEventListener("input", (event) => this.follow(event.target));
    pane.addEventListener("focusin", (event) => this.meet(event.target));
    pane.addEventListener("focusout", () => this.leave());
    pane.addEventListener("scroll", () => this.leave(), { passive: true });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  meet(target) {
    if (target.tagName !== "TEXTAREA") return;
    this.place(target, this.handle, { right: true });
  }

  leave() {
    this.handle.hidden = true;
    this.close();
  }

  follow(target) {
    if (target.tagName !== "TEXTAREA") return;
    this.field = target;
    const asked = ASKED.exec(target.value.slice(0, target.selectionStart));
    if (asked) this.open(asked[2]);
    else this.close();
  }

  // The press must not take the focus out of the comment.
  askByPointer(event) {
    event.preventDefault();
    const field = this.root.getRootNode().activeElement;
    if (field?.tagName !== "TEXTAREA") return;
    const needsSpace = /\S$/.test(field.value.slice(0, field.selectionStart));
    field.setRangeText(needsSpace ? " /" : "/", field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  open(typed) {
    const wanted = typed.trim().toLocaleLowerCase();
    const rank = ({ label, text }) => [label, text].findIndex((part) => part.toLocaleLowerCase().includes(wanted));
    const fitting = this.templates.filter((template) => rank(template) >= 0);
    this.found = fitting.toSorted((one, two) => rank(one) - rank(two)).slice(0, MOST_SHOWN);
    if (this.found.length === 0) return this.close();
    this.list.replaceChildren(...this.found.map((template, index) => h("li", {
      role: "option", id: `template-${index}`,
      on: { pointerdown: (event) => { event.preventDefault(); this.insert(index); } },
    }, h("b", { text: template.label }), h("span", { text: template.text }))));
    this.place(this.field, this.list, { right: false });
    setAttribute(this.field, "aria-controls", "templates");
    this.mark(0);
  }

  mark(index) {
    this.marked = (index + this.found.length) % this.found.length;
    [...this.list.children].forEach((option, place) =>
      setAttribute(option, "aria-selected", String(place === this.marked)));
    setAttribute(this.field, "aria-activedescendant", `template-${this.marked}`);
  }

  close() {
    if (!this.isOpen) return;
    this.list.hidden = true;
    for (const name of ["aria-controls", "aria-activedescendant"]) setAttribute(this.field, name, null);
  }

  // Beside the field, within the desk: below it, or above where there is no room.
  place(field, element, { right }) {
    element.hidden = false;
    const frame = this.root.getBoundingClientRect();
    const box = field.getBoundingClientRect();
    const size = element.getBoundingClientRect();
    const below = box.bottom - frame.top + 2;
    const above = box.top - frame.top - size.height - 2;
    const top = right ? box.top - frame.top + 3 : below + size.height < frame.height ? below : above;
    const left = right ? box.right - frame.left - size.width - 18 : box.left - frame.left;
    element.style.top = `${Math.max(0, Math.round(top))}px`;
    element.style.left = `${Math.round(left)}px`;
    if (!right) element.style.width = `${Math.round(box.width)}px`;
  }

  // True where the key was meant for the open list.
  handleKey(event) {
    if (!this.isOpen || event.isComposing) return false;
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (steps) this.mark(this.marked + steps);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.insert(this.marked);
    else if (event.key === "Tab") this.insert(this.marked);
    else if (event.key === "Escape") this.close();
    else return false;
    return true;
  }

  insert(index) {
    const { field } = this;
    const caret = field.selectionStart;
    const [whole, before, typed] = ASKED.exec(field.value.slice(0, caret));
    const start = caret - whole.length + before.length;
    field.setRangeText(this.found[index].text, start, start + typed.length + 1, "end");
    this.close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
