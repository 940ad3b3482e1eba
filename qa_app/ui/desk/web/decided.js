// What the meeting decides on one criterion: the findings so far, and the form of the next one.
import { h, icon, setAttribute, setText } from "./dom.js";

export class Decided {
  constructor({ sheet, onSend, onOpen }) {
    Object.assign(this, { sheet, onSend, onOpen });
    this.drafts = new Map(); // what was typed and not sent yet, by ticket and criterion
    this.list = h("ul", { class: "findings" });
    this.state = h("span", { class: "state", role: "status" });
    this.opener = h("button", { type: "button", class: "plain", on: { click: () => onOpen() } },
      h("kbd", { text: "F" }), h("span", { text: "Write down a finding" }));
    this.form = this.buildForm();
    this.root = h("footer", { class: "decided" }, this.list,
      sheet.records ? h("div", { class: "act" }, this.opener, this.state) : null);
    this.open(false);
  }

  buildForm() {
    const { causes, owners } = this.sheet;
    this.fields = {
      cause: h("select", {}, ...causes.map(({ id, label }) => h("option", { value: id, text: label }))),
      decision: h("textarea", { rows: 2, maxlength: 4000, placeholder: "One sentence is enough" }),
      action: h("input", { type: "text", maxlength: 500, placeholder: "Nothing" }),
      owner: h("select", {}, h("option", { value: "", text: "Nobody yet" }),
        ...owners.map(({ id, name }) => h("option", { value: id, text: name }))),
      due: h("input", { type: "date" }),
      guideline: h("input", { type: "checkbox" }),
    };
    const labels = { decision: "Decision", action: "To do", owner: "Who", due: "Until", cause: "Cause" };
    const asked = Object.entries(labels).map(([name, label]) =>
      h("label", { class: name }, h("span", { text: label }), this.fields[name]));
    const update = this.sheet.edits ? "The guideline needs an update: open a draft" : "The guideline needs an update";
    const send = h("button", { type: "submit", class: "plain send" }, h("span", { text: "Keep the finding" }),
      h("kbd", { text: "Ctrl ↵" }));
    const close = h("button", { type: "button", class: "plain", text: "Close", on: { click: () => this.onOpen(false) } });
    const form = h("form", { class: "finding", "aria-label": "Finding" }, ...asked,
      h("label", { class: "guideline" }, this.fields.guideline, h("span", { text: update })),
      h("div", { class: "send" }, close, send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.onSend();
    });
    form.addEventListener("input", () => this.drafts.set(this.place, this.read()));
    return form;
  }

  show(place, findings) {
    if (place !== this.place) this.fill(this.drafts.get(place));
    this.place = place;
    this.list.replaceChildren(...findings.map((finding) => this.buildFinding(finding)));
  }

  buildFinding({ cause, decision, action, owner, due, guideline, criterion, done }) {
    const until = due ? `until ${due}` : "";
    const todo = action ? [action, owner, until, done ? "done" : ""].filter(Boolean).join(" · ") : "";
    const draft = `${this.sheet.builder}&criterion=${encodeURIComponent(criterion)}`;
    return h("li", {}, icon("check"),
      h("div", {}, h("p", { dir: "auto", text: decision }), h("p", { class: "small" }, h("span", { text: cause }),
        todo ? h("span", { dir: "auto", text: `To do: ${todo}` }) : null,
        guideline && this.sheet.edits ? h("a", { href: draft, target: "_blank", text: "Edit the guideline in its draft" })
          : guideline ? h("span", { text: "The guideline needs an update" }) : null)));
  }

  open(on) {
    this.isOpen = on;
    setAttribute(this.form, "hidden", !on);
    setAttribute(this.opener, "hidden", on);
    if (on) this.fields.decision.focus();
  }

  read() {
    const { guideline, ...texts } = this.fields;
    return { ...Object.fromEntries(Object.entries(texts).map(([name, field]) => [name, field.value])),
      guideline: guideline.checked };
  }

  fill(draft) {
    const { guideline, ...texts } = this.fields;
    for (const [name, field] of Object.entries(texts)) field.value = draft?.[name] ?? (name === "cause" ? field.options[0].value : "");
    guideline.checked = draft?.guideline ?? false;
  }

  sent(place) {
    this.drafts.delete(place);
    if (place === this.place) this.fill();
  }

  get isTyped() {
    return [...this.drafts.values()].some(({ decision, action }) => decision || action);
  }

  say(words) {
    setText(this.state, words);
  }
}
