// Entry of the preview: the desk's own scorecard with nothing behind it. Answers stay in this page and are never sent.
import { h, reveal, setText } from "./dom.js";
import { Footer } from "./footer.js";
import { Form } from "./form.js";
import { scoreForm } from "./score.js";
import { Scorecard } from "./scorecard.js";

const previews = new WeakMap();

export default function ({ data, parentElement }) {
  if (!previews.has(parentElement)) previews.set(parentElement, new Preview(parentElement));
  previews.get(parentElement).show(data);
}

class Preview {
  constructor(parentElement) {
    this.host = parentElement.querySelector(".host");
    this.root = parentElement.querySelector(".desk");
    this.dressed = [];
  }

  show({ scorecard, draft, criterion, theme }) {
    this.dress(theme);
    const [form, opening] = [JSON.stringify(scorecard), JSON.stringify(draft)];
    if (form !== this.shown || opening !== this.opening) {
      const kept = opening === this.opening ? keepFitting(scorecard, this.form.snapshot()) : draft;
      this.build(scorecard, kept);
      [this.shown, this.opening] = [form, opening];
      this.criterion = undefined;
    }
    if (criterion !== this.criterion) this.point(criterion);
  }

  // The theme's variables by hand, for a look at the other scheme than the page's.
  dress(theme) {
    for (const name of this.dressed) this.host.style.removeProperty(name);
    for (const [name, colour] of Object.entries(theme)) this.host.style.setProperty(name, colour);
    this.dressed = Object.keys(theme);
  }

  build(scorecard, draft) {
    const top = this.card?.pane.scrollTop ?? 0;
    this.form = new Form(scorecard, draft);
    this.scorecard = scorecard;
    this.card = new Scorecard(scorecard, this.form, {
      edited: () => this.paint(),
      locked: () => false,
      pin: () => {},
      show: () => {},
      activated: () => this.paint(),
    });
    this.footer = new Footer({ scorecard });
    this.count = h("span", { class: "count" });
    const bar = h("div", { class: "bar" }, this.footer.root.querySelector(".score"), this.count);
    this.root.replaceChildren(this.card.pane, h("footer", {}, bar));
    this.paint();
    this.card.pane.scrollTop = top;
  }

  // Shows where the criterion stands; the focus stays with what is being edited.
  point(criterion) {
    this.criterion = criterion;
    const row = this.card.rowOf.get(criterion);
    if (!row || row.root.hidden) return;
    this.card.activate(row);
    reveal(this.card.pane, row.root, { margin: this.card.margin });
  }

  paint() {
    if (!this.count) return;
    const result = scoreForm(this.scorecard, this.form.answers());
    const asked = this.form.askedInOrder();
    this.card.paint(result);
    this.footer.paintScore(result);
    const answered = asked.filter(({ id }) => this.form.isAnswered(id)).length;
    setText(this.count, `${answered} of ${asked.length}`);
  }
}

// The answers that the edited form still takes.
function keepFitting(scorecard, { ratings, comment }) {
  const criteria = new Map(scorecard.sections.flatMap((section) => section.criteria).map((some) => [some.id, some]));
  const fits = ({ criterion: id, state, option, number, text }) => {
    const criterion = criteria.get(id);
    if (!criterion) return false;
    if (state === "not_applicable") return criterion.allow_na;
    if (option !== undefined) return criterion.options.some((some) => some.id === option);
    return number !== undefined ? criterion.number !== null : text === undefined || criterion.type === "text";
  };
  return { ratings: ratings.filter(fits), evidence: [], comment };
}
