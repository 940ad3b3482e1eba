// Runs in every page of the benchmark before the page's own scripts. Times are milliseconds, from the moment when the
// browser got the key or the press to the first moment after the frame that shows what it did was painted.
globalThis.plumblineProbe = (() => {
  const SLOWEST = 20_000;

  // Desks on the page; while one ticket gives way to the next there may be two.
  const desks = () => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
    .map((host) => host.shadowRoot?.querySelector(".desk")).filter((desk) => desk?.querySelector("footer .count"));

  const subjects = () => desks().map((desk) => desk.querySelector(".facts h2").textContent).join();
  const answers = () => desks().map((desk) => [...desk.querySelectorAll("[aria-checked=true]")]
    .map((radio) => `${radio.closest(".row").querySelector(".name").id} ${radio.dataset.choice}`).join()).join();
  const scores = () => desks().map((desk) => desk.querySelector(".score strong").textContent).join();

  // What has to differ from before the key was pressed, every part of it.
  const LOOKS = {
    answer: () => [answers(), scores()],
    ticket: () => [subjects()],
    bare: () => [document.querySelector("#bare")?.textContent],
  };

  const isSettled = (look) => look.every((part) => part !== undefined && part !== "" && !part.includes("–"));

  // After the paint of the frame that is being made.
  const afterPaint = (run) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = run;
    channel.port2.postMessage(0);
  };

  function watch(what, started) {
    const before = LOOKS[what]();
    return new Promise((resolve, reject) => {
      const since = performance.now();
      const look = () => {
        const now = LOOKS[what]();
        const done = started() !== null && isSettled(now) && now.every((part, place) => part !== before[place]);
        if (done) afterPaint(() => resolve(performance.now() - started()));
        else if (performance.now() - since > SLOWEST) reject(new Error(`${what} stayed ${JSON.stringify(now)}`));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  }

  // Watches from now on; the clock starts at the next key that is not held down for another one, or press.
  function arm(what) {
    let start = null;
    const begin = (event) => {
      if (["Control", "Alt"].includes(event.key)) return;
      for (const name of ["keydown", "pointerup"]) removeEventListener(name, begin, true);
      start = event.timeStamp;
    };
    for (const name of ["keydown", "pointerup"]) addEventListener(name, begin, true);
    globalThis.plumblineProbe.took = watch(what, () => start);
  }

  const isDesk = location.pathname.startsWith("/desk");
  return { arm, took: null, loaded: isDesk ? watch("ticket", () => 0) : null };
})();
