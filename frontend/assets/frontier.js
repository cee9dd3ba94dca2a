/* What has to happen in the browser: polling, the colour scheme, the address bar, buttons, downloads, arrow keys.
   Everything else is a callback on the server. */
(function () {
  "use strict";

  const SCHEME_KEY = "rd-frontier-scheme";
  const statuses = new Map(); // run id -> status, as last heard
  let asking = false;
  let settling = null; // the newest state of the form that waits to stand still
  let shown = null; // the data set on show

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

  function change(search, changes) {
    const before = read(search);
    const after = write({ ...before, ...changes });
    return after === write(before) ? none() : after;
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
  }

  // -- live -------------------------------------------------------------------------------------------------------

  async function poll(_ticks, live, alive) {
    const quiet = [none(), none(), none(), none()];
    if (asking || document.visibilityState === "hidden") return quiet;
    asking = true;
    try {
      const answer = live ? await ask(`/api/v1/changes?since=${live.revision}`) : await ask("/api/v1/points?method=-&limit=1");
      if (!answer) return quiet;
      return [...(live ? news(answer, live) : beginning(answer)), alive ? none() : true];
    } catch (error) {
      return [none(), none(), none(), alive === false ? none() : false];
    } finally {
      asking = false;
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
      if (before !== state) {
        runs = true;
        points = points || run.points.length > 0 || (before !== undefined && !before.endsWith(",0]"));
      }
      statuses.set(run.id, state);
    }
    const { revision } = changes;
    const changed = restarted ? null : changes.runs.map((run) => run.id).concat(changes.deleted);
    return [{ revision, changed }, runs ? revision : none(), points ? revision : none()];
  }

  // -- figures ----------------------------------------------------------------------------------------------------

  function plot(frame) {
    const holder = document.getElementById(frame);
    return holder && holder.querySelector(".js-plotly-plot");
  }

  function download(frame, format, name) {
    const figure = plot(frame);
    if (figure && window.Plotly) {
      const { width, height } = figure.getBoundingClientRect();
      window.Plotly.downloadImage(figure, { format, filename: name, width, height, scale: format === "png" ? 2 : 1 });
    }
    return none();
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
      ring(selected);
    });
  }

  function ring(selected) {
    const figure = plot("plane-frame");
    if (!figure || !figure.data || !figure.data.length || figure.data[0].name !== "selected") return;
    const place = pointsOf(figure).find((point) => point.id === selected);
    const before = figure.data[0].x;
    if ((before && before[0]) === (place && place.x)) return;
    window.Plotly.restyle(figure, { x: [place ? [place.x] : []], y: [place ? [place.y] : []] }, [0]);
  }

  function pointsOf(figure) {
    const found = [];
    for (const trace of figure._fullData || []) {
      if (!trace.customdata || trace.visible === "legendonly") continue;
      for (let i = 0; i < trace.customdata.length; i += 1) {
        found.push({ x: trace.x[i], y: trace.y[i], id: trace.customdata[i][0] });
      }
    }
    return found;
  }

  function walk(step) {
    const figure = plot("plane-frame");
    const points = figure ? pointsOf(figure).sort((a, b) => a.x - b.x) : [];
    if (!points.length) return;
    const at = points.findIndex((point) => point.id === read(window.location.search).point);
    const first = step > 0 ? 0 : points.length - 1;
    const next = at < 0 ? first : Math.min(Math.max(at + step, 0), points.length - 1);
    go({ point: points[next].id });
  }

  function go(changes) {
    const search = change(window.location.search, changes);
    if (search !== none()) window.dash_clientside.set_props("location", { search });
  }

  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const busy = "input, textarea, select, [role=slider], [role=dialog], [role=menu], [role=radiogroup], pre";
    if (event.target.closest(busy) || !document.getElementById("plane-frame")) return;
    event.preventDefault();
    walk(step);
  });

  // -- buttons ----------------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.disabled) return;
    if (button.dataset.do === "copy") {
      const text = button.parentElement.querySelector("pre").innerText;
      navigator.clipboard.writeText(text).then(() => {
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      return;
    }
    window.dash_clientside.set_props("action", {
      data: { do: button.dataset.do, id: button.dataset.target || "", at: Date.now() },
    });
  });

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
  window.dash_clientside.frontier = {
    poll,
    away: (alive) => alive !== false, // hides the banner
    scheme: (clicks, now) => {
      const next = clicks ? (now === "dark" ? "light" : "dark") : currentScheme();
      if (clicks) window.localStorage.setItem(SCHEME_KEY, next);
      return [next, next];
    },
    split: (search, pathname, filters, selected) => {
      if (pathname !== "/") return [none(), none()];
      const keys = read(search);
      const point = keys.point || null;
      delete keys.point;
      const moved = !same(keys, filters);
      if (moved && filters && document.getElementById("plane-frame")) stand(keys);
      return [moved ? keys : none(), point === selected ? none() : point];
    },
    offer: (resolved) => {
      if (!resolved) return none();
      shown = resolved.dataset;
      const { set_props: set } = window.dash_clientside;
      const options = (names) => names.map(([value, label]) => ({ value, label }));
      set("dataset", { value: resolved.dataset });
      set("tuples", { data: options(resolved.tuples) });
      set("methods", { data: options(resolved.methods) });
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
        : write({ ...read(search), dataset, tuple: null, method: null, eval: null, point: null }),
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
    keepZoom: (next, now) => {
      if (!next) return none();
      const same = now && now.layout && now.layout.uirevision === next.layout.uirevision;
      for (const [name, axis] of Object.entries(same ? next.layout : {})) {
        const before = /^[xy]axis\d*$/.test(name) && now.layout[name];
        if (before && before.autorange === false) Object.assign(axis, { autorange: false, range: before.range });
      }
      return next;
    },
    mark: (selected) => {
      mark(selected);
      return none();
    },
    downloadSvg: (clicks, frame, name) => (clicks ? download(frame, "svg", name) : none()),
    downloadPng: (clicks, frame, name) => (clicks ? download(frame, "png", name) : none()),
    settle: async (written, asked, refused) => {
      if (!written) return none();
      const mine = (settling = {});
      await new Promise((done) => setTimeout(done, 600));
      if (mine !== settling || Object.keys(written.faults).length) return none();
      return asked && asked.question === written.question && !refused ? none() : written;
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
        .flatMap((path) => ["field", "structure"].map((type) => document.getElementById(JSON.stringify({ path, type }))))
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
  };

  window.dashMantineFunctions = window.dashMantineFunctions || {};
  window.dashMantineFunctions.powerOfTen = (power) => Number((10 ** power).toPrecision(3)).toString();
})();
