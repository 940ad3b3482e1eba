// Follows the filling of the demo and opens the app when it is done.
const bar = document.querySelector("progress");
const words = document.querySelector("#progress-words");
const follow = async () => {
  try {
    const state = await (await fetch("/welcome/demo/progress")).json();
    bar.max = state.total;
    bar.value = state.done;
    words.textContent = `${Math.round((100 * state.done) / state.total)}%`;
    if (!state.running) {
      location.href = state.error ? "/welcome" : "/sign-in";
      return;
    }
  } catch {
    words.textContent = "The server does not answer; trying again.";
  }
  setTimeout(follow, 400);
};
if (bar) follow();
