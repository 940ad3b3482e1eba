// Why the server does not answer, asked beside the page's own connection, which tells nothing when it is refused.
const TROUBLES = { 401: "signed-out", 503: "database" };
const ASKED_FOR_AT_MOST = 3000;

// Null: nothing is known to be wrong with the server, or it is not to be reached at all.
export const findTrouble = () => fetch("/signed-in", {
  cache: "no-store", signal: AbortSignal.timeout(ASKED_FOR_AT_MOST),
}).then(({ status }) => TROUBLES[status] ?? null, () => null);
