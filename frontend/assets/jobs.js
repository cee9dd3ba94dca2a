/* Short jobs: the browser follows each until it ends and says so once. Nothing asks while the page is hidden, and no
   answer is asked for again before it is there. */
(function () {
  "use strict";

  const PATIENCE_MS = 5000; // after which a question that no worker took is said to be waiting
  const newest = {}; // what is followed, by what it is for
  const none = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // Whether it came to an end while somebody still waits for it; how it ended, whoever shows it finds out.
  async function end(job, { left, saw = () => null, lost = () => null }) {
    for (let looks = 0; !left(); looks += 1) {
      await pause(looks < 10 ? 60 : 250);
      if (document.visibilityState === "hidden") continue;
      try {
        const answer = await fetch(`/api/v1/jobs/${job}`, { cache: "no-store", signal: AbortSignal.timeout(10000) });
        if (answer.status >= 500) throw new Error(answer.statusText);
        const found = answer.ok ? await answer.json() : { status: "unknown" };
        if (left()) return false;
        if (!["queued", "running"].includes(found.status)) return true;
        saw(found, looks);
      } catch (error) {
        if (!left()) lost();
        await pause(1000);
      }
    }
    return false;
  }

  // One after the other; what is followed next for the same gives up what was followed before.
  async function follow(what, jobs, { place, ended, saw }) {
    const mine = (newest[what] = {});
    const left = () => mine !== newest[what] || !document.getElementById(place);
    for (const job of jobs) {
      if (!(await end(job, { left, saw }))) return;
      ended(job);
    }
  }

  // -- Explore: more draws of the selected point ------------------------------------------------------------------

  function followDrawing(asked, selected) {
    const job = asked && asked.of === selected ? asked.job : null;
    follow("drawing", job ? [job] : [], {
      place: "drawn",
      ended: () => set("draw-ended", { data: { job, point: selected } }),
    });
    return none();
  }

  // What came of the last question, or how far it is: of the selected point and of no other.
  function showDrawing(asked, found, selected) {
    if (!asked || asked.of !== selected) return "[]";
    return found && found.of === asked.job ? found.content : asked.content;
  }

  // -- Compare ----------------------------------------------------------------------------------------------------

  function followCompared(kept, store) {
    const over = [];
    follow(store, Object.values((kept && kept.jobs) || {}), {
      place: "compare-told",
      ended: (job) => {
        over.push(job);
        set(store.replace("-jobs-", "-ended-"), { data: [...over] }); // all of them: an answer for fewer is dropped
      },
    });
    return none();
  }

  // -- the new-run form -------------------------------------------------------------------------------------------

  function followTiming(timing, opened) {
    const job = opened && timing ? timing.job : null;
    const began = Date.now();
    let late = false;
    follow("timing", job ? [job] : [], {
      place: "form-time",
      ended: () => set("form-timed", { data: job }),
      saw: ({ status }) => {
        const now = status === "queued" && Date.now() - began > PATIENCE_MS;
        if (now !== late) set("form-late", { data: now ? job : null });
        late = now;
      },
    });
    return none();
  }

  // -- a bench of the Lab -----------------------------------------------------------------------------------------

  function followBench(job) {
    let before = "";
    follow("bench", job ? [job] : [], {
      place: "bench-bar",
      ended: () => set("bench-ended", { data: job }),
      saw: ({ status, progress, cancel_requested }) => {
        const seen = { id: job, state: status, progress, cancel_requested };
        const now = JSON.stringify(seen);
        if (now !== before) set("bench-seen", { data: seen });
        before = now;
      },
    });
    return none();
  }

  // An answer that says what it is about is shown only while the page still is about that.
  const ifStill = (answer, now) => (answer && answer.of === now ? answer.content : none());

  window.rdJobs = { end };
  window.dash_clientside.frontier = Object.assign(window.dash_clientside.frontier || {}, {
    followDrawing, showDrawing, followCompared, followTiming, followBench, ifStill,
  });
})();
