// Entry of the courier component: hands a case to the desk of the same name, shows nothing. The case stays there when
// the courier has gone.
import { bringCase } from "./link.js";

export default function ({ data }) {
  bringCase(data.desk, data.case);
}
