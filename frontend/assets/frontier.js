/* What has to happen in the browser: polling, the colour scheme, the address bar, buttons, downloads, arrow keys.
   Everything else is a callback on the server. */
(function () {
  "use strict";

  const SCHEME_KEY = "rd-frontier-scheme";
  const statuses = new Map(); // run id -> status, as last heard
  let asking = false;

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

  // -- live -------------------------------------------------------------------------------------------------------

  async function poll(_ticks, live) {
    if (asking || document.visibilityState === "hidden") return [none(), none()];
    asking = true;
    try {
      const since = live ? `?since=${live.revision}` : "";
      const answer = await fetch(`/api/v1/changes${since}`, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.status === 401) {
        window.location.reload();
        return [none(), none()];
      }
      if (!answer.ok) throw new Error(answer.statusText);
      const changes = await answer.json();
      return [news(changes, live), true];
    } catch (error) {
      return [none(), false];
    } finally {
      asking = false;
    }
  }

  function news(changes, live) {
    if (!live) return { revision: changes.revision, structure: changes.revision, points: changes.revision, changed: [] };
    if (changes.revision === live.revision) return none();
    const restarted = changes.revision < live.revision || changes.more;
    let structure = restarted || changes.deleted.length > 0;
    let points = structure;
    for (const run of changes.runs) {
      const state = `${run.status} ${run.cancel_requested} ${run.notes} ${run.tags.join(" ")}`;
      if (statuses.get(run.id) !== state) structure = true;
      if (run.status !== "running" && run.status !== "queued") points = points || run.points.length > 0;
      statuses.set(run.id, state);
    }
    return {
      revision: changes.revision,
      structure: structure ? changes.revision : live.structure,
      points: points ? changes.revision : live.points,
      changed: restarted ? null : changes.runs.map((run) => run.id).concat(changes.deleted),
    };
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
    });
  }

  function walk(step) {
    const figure = plot("plane-frame");
    if (!figure) return;
    const points = [];
    for (const trace of figure.data) {
      if (!trace.customdata) continue;
      for (let i = 0; i < trace.customdata.length; i += 1) points.push({ rate: trace.x[i], id: trace.customdata[i][0] });
    }
    if (!points.length) return;
    points.sort((a, b) => a.rate - b.rate);
    const current = read(window.location.search).point;
    const at = points.findIndex((point) => point.id === current);
    const next = at < 0 ? (step > 0 ? 0 : points.length - 1) : Math.min(Math.max(at + step, 0), points.length - 1);
    window.dash_clientside.set_props("location", { search: change(window.location.search, { point: points[next].id }) });
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

  // -- the callbacks of the pages -----------------------------------------------------------------------------------

  function currentScheme() {
    const kept = window.localStorage.getItem(SCHEME_KEY);
    if (kept === "light" || kept === "dark") return kept;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.frontier = {
    poll,
    away: (alive) => alive !== false,
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
      return [same(keys, filters) ? none() : keys, point === selected ? none() : point];
    },
    chooseDataset: (dataset, shown, search) =>
      !dataset || dataset === shown || dataset === read(search).dataset
        ? none()
        : write({ ...read(search), dataset, tuple: null, method: null, eval: null, point: null }),
    choosePoint: (click, search) => {
      const point = click && click.points && click.points.find((each) => each.customdata);
      return point ? change(search, { point: point.customdata[0] }) : none();
    },
    chooseFilters: (tuples, methods, evaluation, group, axes, overlays, evaluations, search) => {
      const shown = (overlays || []).slice().sort().reverse().join(",");
      return change(search, {
        tuple: (tuples || []).join(","),
        method: (methods || []).join(","),
        eval: evaluations && evaluations.length > 1 ? evaluation : read(search).eval,
        group: group === "none" ? null : group,
        axes: axes === "rd" ? null : axes,
        overlay: shown === "staircase" ? null : shown || "off",
      });
    },
    mark: (selected) => {
      mark(selected);
      return none();
    },
    downloadSvg: (clicks, frame, name) => (clicks ? download(frame, "svg", name) : none()),
    downloadPng: (clicks, frame, name) => (clicks ? download(frame, "png", name) : none()),
    slide: (power, number) => {
      const triggered = window.dash_clientside.callback_context.triggered_id;
      if (!triggered) return [none(), none()];
      if (triggered.type === "slider") {
        const value = Number((10 ** power).toPrecision(3));
        return [none(), value === number ? none() : value];
      }
      const at = Number(number) > 0 ? Math.log10(Number(number)) : none();
      return [Number.isFinite(at) && Math.abs(at - power) > 0.005 ? at : none(), none()];
    },
  };

  window.dashMantineFunctions = window.dashMantineFunctions || {};
  window.dashMantineFunctions.powerOfTen = (power) => Number((10 ** power).toPrecision(3)).toString();
})();
