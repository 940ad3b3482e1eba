// Entry of the messenger component: hands draft and acknowledgement to the desk of the same name, shows nothing.
import { bringNews } from "./link.js";

export default function ({ data }) {
  bringNews(data.desk, data);
}
