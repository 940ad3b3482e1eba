// Entry of the waker component: mounted outside the desk's fragment, so that what it sends runs the whole page.
// A server that was started anew knows no fragment of a page that was open before, and answers nothing from the desk,
// until that page has run once.
import { lineOf } from "./link.js";

export default function ({ data, setTriggerValue }) {
  lineOf(data.desk).wake = () => setTriggerValue("woken", Date.now());
}
