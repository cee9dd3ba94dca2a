/* What has to happen in the browser: polling, the colour scheme, the address bar, buttons, arrow keys.
   Everything else is a callback on the server. */
(function () {
  "use strict";

  const SCHEME_KEY = "rd-frontier-scheme";
  const DATASET_KEY = "rd-frontier-dataset";
  const last = window.localStorage.getItem(DATASET_KEY); // the data set on show when this browser last left
  const statuses = new Map(); // run id -> status, as last heard
  let asking = null; // what /changes is about to answer
  let settling = null; // the newest state of the form that waits to stand still
  let shown = null; // the data set on show

  const BESIDE = ["table", "sort", "where", "image"]; // keys of the address that leave the plane as it is
  const none = () => window.dash_clientside.no_update;
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // -- the address bar --------------------------------------------------------------------------------------------

  function read(search) {
    const found = {};
    for (const [key, value] of new URLSearchParams(search || "")) found[key] = key === "tuple" ? value.replaceAll(" ", "+") : value;
    return found;
  }

  function write(keys) {
    const parts = Object.entries(keys)
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",")}`);
    return parts.length ? `?${parts.join("&")}` : "";
  }

  // What is shown alone is an entry of the legend, and goes when the legend says something else.
  function change(search, changes) {
    const before = read(search);
    const [role] = (before.only || "").split(":");
    const gone = role in changes && (changes[role] || "") !== (before[role] || "");
    const after = write({ ...before, ...(gone ? { only: null } : {}), ...changes });
    return after === write(before) ? none() : after;
  }

  // What draws the plane: the order of the keys says nothing, nor does the name of the data set that is on show.
  function drawing({ last: _last, ...keys }) {
    const whole = { ...keys, dataset: keys.dataset || shown };
    return Object.keys(whole).sort().map((key) => [key, whole[key]]);
  }

  // The controls follow the address when it was changed by something else, such as the back button.
  function stand(keys) {
    const { set_props: set } = window.dash_clientside;
    const list = (text) => (text ? text.split(",") : []);
    set("tuples", { value: list(keys.tuple) });
    set("methods", { value: list(keys.method) });
    set("group", { value: keys.group || "none" });
    set("axes", { value: keys.axes || "rd" });
    set("overlays", { value: keys.overlay === undefined ? ["staircase"] : list(keys.overlay) });
    set("look-colour", { value: keys.colour || "decoder" });
    set("look-shape", { value: keys.shape || "marginal" });
    set("look-fill", { value: keys.fill || "encoder" });
    set("look-seeds", { value: keys.seeds || "each" });
    set("look-logs", { value: list(keys.log) });
    set("look-layers", { value: list(keys.show) });
  }

  // -- live -------------------------------------------------------------------------------------------------------

  // Dash drops the answer of a call once there is a newer one, so one that comes while an answer is awaited waits for
  // the same: else a busy machine, where an answer takes longer than a tick, would never hear any.
  function poll(_ticks, live, alive) {
    if (document.visibilityState === "hidden") return [none(), none(), none(), none()];
    if (!asking) asking = once(live, alive).finally(() => { asking = null; });
    return asking;
  }

  async function once(live, alive) {
    try {
      const answer = live ? await ask(`/api/v1/changes?since=${live.revision}`) : await ask("/api/v1/points?architecture=-&limit=1");
      if (!answer) return [none(), none(), none(), none()];
      return [...(live ? news(answer, live) : beginning(answer)), alive ? none() : true];
    } catch (error) {
      return [none(), none(), none(), alive === false ? none() : false];
    }
  }

  async function ask(address) {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (answer.status === 401) {
      window.location.reload(); // signed out elsewhere: the server leads to its sign-in
      return null;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  // The points' revision is one number, wherever the program stands; from there /changes tells the rest.
  function beginning({ revision }) {
    tellRun(revision, null);
    return [{ revision, changed: [] }, revision, revision];
  }

  function news(changes, live) {
    if (changes.revision === live.revision) return [none(), none(), none()];
    const restarted = changes.revision < live.revision;
    let runs = restarted || changes.deleted.length > 0;
    let points = runs;
    for (const run of changes.runs) {
      const state = JSON.stringify([run.status, run.cancel_requested, run.notes, run.tags, run.points.length]);
      const before = statuses.get(run.id);
      if (before !== state || run.status === "queued") { // what waits may have moved in line
        runs = true;
        points = points || run.points.length > 0 || (before !== undefined && !before.endsWith(",0]"));
      }
      statuses.set(run.id, state);
    }
    const { revision } = changes;
    const changed = restarted ? null : changes.runs.map((run) => run.id).concat(changes.deleted);
    tellRun(revision, changed);
    return [{ revision, changed }, runs ? revision : none(), points ? revision : none()];
  }

  // The page of a run hears of that run: news of another would drop the answer that it waits for.
  function tellRun(revision, changed) {
    const [, run] = window.location.pathname.match(/^\/run\/([^/]+)/) || [];
    if (!run || (changed && !changed.some((id) => encodeURIComponent(id) === run))) return;
    window.dash_clientside.set_props("run-moved", { data: revision });
  }

  // -- figures ----------------------------------------------------------------------------------------------------

  function plot(frame) {
    const holder = document.getElementById(frame);
    return holder && holder.querySelector(".js-plotly-plot");
  }

  function mark(selected) {
    requestAnimationFrame(() => {
      for (const item of document.querySelectorAll("[data-point]")) {
        const column = item.closest("a") || item;
        if (item.dataset.point === selected) column.setAttribute("aria-current", "true");
        else column.removeAttribute("aria-current");
      }
      const current = document.querySelector(".strip-columns [aria-current]");
      if (current) current.scrollIntoView({ block: "nearest", inline: "nearest" });
      window.rdRing.stand();
    });
  }

  function pointsOf(figure) {
    const found = [];
    for (const trace of figure._fullData || []) {
      if (!trace.customdata || trace.visible === "legendonly") continue;
      for (let i = 0; i < trace.customdata.length; i += 1) {
        found.push({ x: trace.x[i], y: trace.y[i], id: trace.customdata[i][0], ids: trace.customdata[i], axis: trace.xaxis });
      }
    }
    return found;
  }

  // Along the rate; then, in the band at the edge, from the lowest distortion up.
  function along(a, b) {
    const beside = (point) => point.axis === "x2";
    if (beside(a) !== beside(b)) return beside(a) ? 1 : -1;
    return beside(a) ? a.y - b.y : a.x - b.x;
  }

  function walk(step) {
    const figure = plot("plane-frame");
    const points = figure ? pointsOf(figure).sort(along) : [];
    if (!points.length) return;
    const at = points.findIndex((point) => point.id === read(window.location.search).point);
    const first = step > 0 ? 0 : points.length - 1;
    const next = at < 0 ? first : Math.min(Math.max(at + step, 0), points.length - 1);
    go({ point: points[next].id });
  }

  // What has a use of its own for the arrow keys.
  const BUSY = [
    "input", "textarea", "select", "pre", "dialog", "[role=slider]", "[role=dialog]", "[role=menu]", "[role=radiogroup]",
    "[role=grid]", "[role=treegrid]", "[role=gridcell]", ".strip-columns",
  ].join(", ");

  function go(changes) {
    const search = change(window.location.search, changes);
    if (search !== none()) window.dash_clientside.set_props("location", { search });
  }

  window.rdFrontier = { read, change, go, press, points: pointsOf };

  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest(BUSY) || !document.getElementById("plane-frame")) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    walk(step);
  });

  // -- buttons ----------------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.disabled) return;
    if (event.detail > 1 && /^(start|resume)-/.test(button.dataset.do)) return; // a double click makes one thing
    if (button.dataset.do === "copy") {
      copy(button.parentElement.querySelector("pre")).then((done) => {
        button.textContent = done ? "Copied" : "Press Ctrl+C";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      return;
    }
    press(button.dataset.do, button.dataset.target);
  });

  // A page that came over plain HTTP from another machine has no clipboard: there the text is selected.
  async function copy(element) {
    try {
      await navigator.clipboard.writeText(element.innerText);
      return true;
    } catch (error) {
      window.getSelection().selectAllChildren(element);
      return false;
    }
  }

  // To the store of its own callback: what was pressed before goes on undisturbed.
  function press(verb, target) {
    const store = JSON.parse(document.getElementById("verbs").dataset.stores)[verb];
    if (store) window.dash_clientside.set_props(store, { data: { do: verb, id: target || "", at: Date.now() } });
  }

  // A form that is drawn anew keeps unfolded what a person has unfolded.
  document.addEventListener("toggle", ({ target }) => {
    if (target.id === "form-advanced") window.dash_clientside.set_props("form-advanced", { open: target.open });
  }, true);

  // A message stands for as long as the value does that it was about.
  function stands(held, path, value) {
    return (held[path] ?? null) === (value ?? null);
  }

  function wrong(path, value, refused, written) {
    if (refused && refused.errors[path] && stands(refused.held, path, value)) return refused.errors[path];
    return written && written.faults[path] && stands(written.held, path, value) ? written.faults[path] : null;
  }

  // -- the callbacks of the pages -----------------------------------------------------------------------------------

  function currentScheme() {
    const kept = window.localStorage.getItem(SCHEME_KEY);
    if (kept === "light" || kept === "dark") return kept;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  window.dash_clientside = window.dash_clientside || {};
  // Files before this one in the alphabet have added theirs.
  window.dash_clientside.frontier = Object.assign(window.dash_clientside.frontier || {}, {
    poll,
    away: (alive) => alive !== false, // hides the banner
    scheme: (clicks, now) => {
      const next = clicks ? (now === "dark" ? "light" : "dark") : currentScheme();
      if (clicks) window.localStorage.setItem(SCHEME_KEY, next);
      return [next, next];
    },
    split: (search, pathname, filters, selected) => {
      window.rdKept.follow(search);
      if (pathname !== "/") return [none(), none(), none()];
      const { point = null, ...keys } = read(search);
      const beside = {};
      for (const key of BESIDE.filter((each) => each in keys)) {
        beside[key] = keys[key];
        delete keys[key];
      }
      if (!keys.dataset && last) keys.last = last;
      const moved = !filters || !same(drawing(keys), drawing(filters));
      if (moved && filters && document.getElementById("plane-frame")) stand(keys);
      return [moved ? keys : none(), point === selected ? none() : point, beside];
    },
    offer: (resolved) => {
      if (!resolved) return none();
      shown = resolved.dataset;
      window.localStorage.setItem(DATASET_KEY, shown);
      const { set_props: set } = window.dash_clientside;
      const options = (names) => names.map(([value, label]) => ({ value, label }));
      set("dataset", { value: resolved.dataset });
      set("tuples", { data: options(resolved.tuples) });
      set("methods", { data: options(resolved.methods) });
      for (const [role, data] of Object.entries(resolved.look)) set(`look-${role}`, { data });
      set("evaluation", {
        data: options(resolved.evaluations),
        value: resolved.evaluation,
        className: resolved.evaluations.length > 1 ? "filter" : "filter hidden",
      });
      return none();
    },
    chooseDataset: (dataset, search) =>
      !dataset || !shown || dataset === shown
        ? none()
        : write({ ...read(search), dataset, tuple: null, method: null, eval: null, only: null, sweep: null, where: null, point: null }),
    choosePoint: (click, search) => {
      const point = click && click.points && click.points.find((each) => each.customdata);
      return point ? change(search, { point: point.customdata[0] }) : none();
    },
    chooseFilters: (tuples, methods, evaluation, group, axes, overlays, resolved, search) => {
      const before = read(search);
      const drawn = ["staircase", "hull"].filter((name) => (overlays || []).includes(name)).join(",");
      return change(search, {
        tuple: (tuples || []).join(","),
        method: (methods || []).join(","),
        eval: resolved && resolved.evaluation !== evaluation ? evaluation : before.eval,
        group: group === "none" ? null : group,
        axes: axes === "rd" ? null : axes,
        overlay: drawn === "staircase" ? null : drawn || "off",
      });
    },
    chooseSeed: (seed, shown, search) =>
      !seed || !shown || seed === String(shown.seed) ? none() : change(search, { seed }),
    chooseToyPoint: (click, search) => {
      const point = click && click.points && click.points.find((each) => each.customdata);
      return point ? change(search, { seed: point.customdata[1] }) : none();
    },
    whileEmpty: (live, resolved) => (live && resolved && resolved.empty ? live.revision : none()),
    mark: (selected) => {
      mark(selected);
      return none();
    },
    settle: async (written, asked, refused) => {
      if (!written) return none();
      const mine = (settling = {});
      await new Promise((done) => setTimeout(done, 600));
      if (mine !== settling || Object.keys(written.faults).length) return none();
      return asked && asked.wanted === written.wanted && !refused ? none() : written;
    },
    complain: (refused, written) => {
      const groups = window.dash_clientside.callback_context.inputs_list.slice(2);
      const all = groups.flatMap((group) => group.map(({ id, value }) => [id.path, value]));
      const words = groups.map((group) => group.map(({ id, value }) => wrong(id.path, value, refused, written)));
      const first = words.flat().findIndex(Boolean);
      const path = first < 0 ? "" : all[first][0];
      const told = path ? [`${(written && written.titles[path]) || path}: ${words.flat()[first]}`] : [];
      const rest = refused && all.every(([name, value]) => stands(refused.held, name, value)) ? refused.rest : [];
      return [...words, [...told, ...rest].join("; ")];
    },
    lead: (refused) => {
      if (!refused || !refused.focus) return none();
      const controls = Object.keys(refused.errors)
        .flatMap((path) => ["field", "structure", "swept-field", "swept-values"].map((type) => document.getElementById(JSON.stringify({ path, type }))))
        .filter(Boolean)
        .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      if (controls.length) {
        const folded = controls[0].closest("details");
        if (folded) folded.open = true;
        controls[0].scrollIntoView({ block: "center" });
        controls[0].focus({ preventScroll: true });
      }
      return none();
    },
    slide: (power, number) => {
      const triggered = window.dash_clientside.callback_context.triggered_id;
      if (!triggered) return [none(), none()];
      if (triggered.type === "slider") {
        const value = Number((10 ** power).toPrecision(3));
        return [none(), value === Number(number) ? none() : String(value)];
      }
      const at = Number(number) > 0 ? Math.log10(Number(number)) : none();
      return [Number.isFinite(at) && Math.abs(at - power) > 0.005 ? at : none(), none()];
    },
  });

  window.dashMantineFunctions = window.dashMantineFunctions || {};
  window.dashMantineFunctions.powerOfTen = (power) => Number((10 ** power).toPrecision(3)).toString();
})();
