// Why the server does not answer, asked beside the page's own connection, which tells nothing when it is refused.
const TROUBLES = { 401: "signed-out", 503: "database" };

// Null: nothing is known to be wrong with the server, or it is not to be reached at all.
export const findTrouble = () => fetch("/signed-in", { cache: "no-store" })
  .then(({ status }) => TROUBLES[status] ?? null, () => null);
