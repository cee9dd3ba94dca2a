/* The table of the plane's points. It is filled here: columns come from REST once, become rows, and go to the grid
   without passing through a callback, so that 100,000 of them stay usable. */
(function () {
  "use strict";

  const GRID = "table-grid";
  const MOST_PINS = 8;

  let loading = null; // the grid's script
  let filling = null; // the newest wish for rows
  let columns = null; // what the rows were made of
  let held = null; // the ids of the rows that are chosen, as the plane knows them
  let narrowed = null; // a set of ids: the rows that a brush in the plane left
  let current = null; // the selected point

  const none = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const element = (id) => document.getElementById(id);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // -- words, as formats.py and labels.py write them ------------------------------------------------------------------

  const NOTHING = "\u2013";
  const MINUS = "\u2212";
  const LETTERS = { beta: "\u03b2", alpha: "\u03b1", lambda: "\u03bb" };
  const CROSSED = "bounds in expectation: noise may cross them"; // as parts.py says it
  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

  function setting(value) {
    return isNumber(value) ? String(Number(value.toPrecision(4))).replaceAll("-", MINUS) : NOTHING;
  }

  function number(value) {
    if (!isNumber(value)) return NOTHING;
    if (Math.abs(value) >= 1e7) return setting(value);
    const large = Math.abs(value) >= 1e4;
    const text = large ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, "\u2009") : value.toFixed(2);
    return (Number(value.toFixed(large ? 0 : 2)) === 0 ? text.replace("-", "") : text).replace("-", MINUS);
  }

  const crossed = ({ mi_lower: lower, mi_upper: upper }) => lower > upper;

  function interval(row) {
    if (row.mi_lower === null || row.mi_upper === null) return NOTHING;
    return `[${number(row.mi_lower)}, ${number(row.mi_upper)}]${crossed(row) ? "*" : ""}`;
  }

  function plusMinus(stderr) {
    if (!isNumber(stderr)) return "";
    return ` \u00b1 ${stderr >= 0.005 || stderr === 0 ? stderr.toFixed(2) : String(Number(stderr.toPrecision(1)))}`;
  }

  function knob([name, value]) {
    if (name === "target_rate") return `R* = ${setting(value)} nats`;
    return name in LETTERS ? `${LETTERS[name]} = ${setting(value)}` : String(value);
  }

  function termsWords({ rate = { kind: "none" }, divergence, information }) {
    const { kind, ...settings } = rate;
    const named = { none: ["no rate term"], beta: [], target: [] }[kind] || [`${kind} rate`];
    const weighed = (term, sign) =>
      term && term.kind !== "none" ? [`${sign}${setting(term.weight ?? 1)} \u00d7 ${term.kind}`] : [];
    return [...named, ...Object.entries(settings).map(knob), ...weighed(divergence, ""), ...weighed(information, MINUS)].join(", ");
  }

  function methodLabel(name, knobs, beta, changed, terms) {
    const asked = changed ? `${name}, changed` : name;
    if (!knobs && terms && Object.keys(terms).length) return `${asked}: ${termsWords(terms)}`;
    return [asked, ...Object.entries(knobs || (beta === null ? {} : { beta })).map(knob)].join(", ");
  }

  function unmarked(kinds) {
    const parts = new Map();
    for (const [part, kind] of Object.entries(kinds || {})) parts.set(kind, [...(parts.get(kind) || []), part]);
    return [...parts].map(([kind, each]) => `${kind} ${each.join(" and ")}`);
  }

  // -- columns to rows ------------------------------------------------------------------------------------------------

  async function ask(address) {
    const answer = await fetch(`/api/v1${address}`, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  // Asked for again only when a point came or went, or another plane is on show.
  async function fetched(dataset, moved) {
    const key = JSON.stringify([dataset, moved]);
    if (columns && columns.key === key) return columns;
    const found = await ask(`/points?dataset=${encodeURIComponent(dataset)}&limit=1000000`);
    columns = { key, ...found.columns };
    return columns;
  }

  // What only the plane knows how to choose, the table takes from it; null where it shows every point.
  function drawn(figure, filters) {
    const chosen = filters.only || filters.sweep || (filters.show || "").includes("nondominated");
    return chosen && figure ? new Set(figure.data.flatMap((trace) => trace.customdata || []).flat()) : null;
  }

  function rowsOf(found, filters, { evaluation, frontier }, ids) {
    const along = new Set(frontier); // of the staircases that the plane draws
    const list = (text) => (text ? new Set(text.split(",")) : null);
    const [tuples, methods] = [list(filters.tuple), list(filters.method)];
    const rows = [];
    for (let i = 0; i < found.id.length; i += 1) {
      const limit = found.eval_limit[i];
      if (found.distortion[i] === null || (limit === null ? "all" : String(limit)) !== evaluation) continue;
      if (tuples && !tuples.has(found.architecture[i])) continue;
      if (methods && !methods.has(found.method[i])) continue;
      if (ids && !ids.has(found.id[i])) continue;
      rows.push({
        id: found.id[i],
        run_id: found.run_id[i],
        tuple: found.architecture[i],
        method: methodLabel(found.method[i], found.knobs[i], found.beta[i], found.method_changed[i], found.terms[i]),
        beta: found.beta[i],
        rate: found.rate[i],
        rate_stderr: found.rate_stderr[i],
        distortion: found.distortion[i],
        distortion_stderr: found.distortion_stderr[i],
        neg_elbo: found.neg_elbo[i],
        neg_elbo_stderr: found.neg_elbo_stderr[i],
        mi_lower: found.mi_lower[i],
        mi_upper: found.mi_upper[i],
        label: found.label[i] || "",
        frontier: along.has(found.id[i]) ? "yes" : "no",
        seed: found.seed[i],
        data: limit === null ? found.dataset[i] : `${found.dataset[i]}, ${limit} test images`,
        networks: [...unmarked(found.unmarked[i]), found.network[i]].filter(Boolean).join(", "),
      });
    }
    return rows;
  }

  // -- the grid -------------------------------------------------------------------------------------------------------

  function load(source) {
    if (!loading) {
      loading = new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = source;
        script.onload = () => done(true);
        script.onerror = () => failed(new Error("the table's script did not come"));
        document.head.append(script);
      });
      loading.catch(() => { loading = null; });
    }
    return loading;
  }

  const isOpen = (search) => new URLSearchParams(search || "").get("table") === "open";

  function now() {
    try {
      return element(GRID) && window.dash_ag_grid ? window.dash_ag_grid.getApi(GRID) : null;
    } catch (error) {
      return null; // it is not there yet
    }
  }

  function tell() {
    const api = now();
    if (!api) return;
    const chosen = api.getSelectedNodes().length;
    const shown = api.getDisplayedRowCount();
    const words = [
      chosen ? `${chosen.toLocaleString("en")} chosen` : "",
      shown < total(api) ? `${shown.toLocaleString("en")} of ${total(api).toLocaleString("en")} rows` : "",
    ];
    set("table-note", { children: words.filter(Boolean).join(" \u00b7 ") });
    set("table-all", { hidden: !narrowed });
    set("table-clear", { hidden: !chosen });
    set("table-pin", { disabled: !chosen });
  }

  const total = (api) => (api.getGridOption("rowData") || []).length;

  // A new grid: what a person does in it goes where the plane hears of it.
  function attend(api) {
    const byHand = (source) => !/^(api|rowData|gridInitializing)/.test(source);
    api.setGridOption("isExternalFilterPresent", () => narrowed !== null);
    api.setGridOption("doesExternalFilterPass", (node) => narrowed.has(node.data.id));
    api.addEventListener("selectionChanged", ({ source }) => {
      if (byHand(source)) write(api.getSelectedNodes().map((node) => node.data.id));
      tell();
    });
    api.addEventListener("filterChanged", ({ source }) => {
      if (byHand(source)) window.rdFrontier.go({ where: whereOf(api) });
      tell();
    });
    api.addEventListener("sortChanged", ({ source }) => {
      if (byHand(source)) window.rdFrontier.go({ sort: sortOf(api) });
    });
    obey(api);
    api.addEventListener("cellMouseOver", ({ event, data, column }) => {
      const cell = event.target.closest(".ag-cell");
      if (cell && column.getColId() === "mi_lower") cell.title = crossed(data) ? CROSSED : "";
    });
    api.addEventListener("cellKeyDown", ({ event, data, column }) => {
      if (event.key === "Enter" && column.getColId() !== "ag-Grid-SelectionColumn") go(data.id);
    });
  }

  // -- order and filters of the rows, as the address has them: `-rate` is from the greatest down ---------------------

  const USUAL = "rate";

  function sortOf(api) {
    const words = api.getColumnState()
      .filter((each) => each.sort)
      .sort((a, b) => a.sortIndex - b.sortIndex)
      .map(({ colId, sort }) => (sort === "desc" ? `-${colId}` : colId))
      .join(",");
    return words === USUAL ? null : words || "none";
  }

  function whereOf(api) {
    const model = api.getFilterModel();
    return Object.keys(model).length ? JSON.stringify(model) : null;
  }

  function obey(api) {
    const { sort = null, where = null } = window.rdFrontier.read(window.location.search);
    if (sort !== sortOf(api)) {
      const state = (sort || USUAL).split(",").map((name, sortIndex) => ({
        colId: name.replace(/^-/, ""), sort: name.startsWith("-") ? "desc" : "asc", sortIndex,
      }));
      api.applyColumnState({ state, defaultState: { sort: null } });
    }
    if (where !== whereOf(api)) api.setFilterModel(model(where));
  }

  function model(where) {
    try {
      return JSON.parse(where);
    } catch (error) {
      return null; // an address that says nothing filters nothing
    }
  }

  function write(ids) {
    held = ids.length ? ids : null;
    set("brushed", { data: held });
  }

  function select(api, brushed) {
    const wanted = new Set(brushed || []);
    const on = [];
    const off = [];
    api.forEachNode((node) => {
      if (wanted.has(node.data.id) !== node.isSelected()) (node.isSelected() ? off : on).push(node);
    });
    if (off.length) api.setNodesSelected({ nodes: off, newValue: false });
    if (on.length) api.setNodesSelected({ nodes: on, newValue: true });
  }

  // What was chosen in the plane leaves only its rows; what was chosen here leaves all.
  function follow(api, brushed) {
    select(api, brushed);
    if (!same(brushed, held)) narrow(api, brushed);
    held = brushed;
    tell();
  }

  function narrow(api, brushed) {
    narrowed = brushed && brushed.length ? new Set(brushed) : null;
    api.onFilterChanged();
  }

  function show(point) {
    const api = now();
    const [before, after] = api ? [current, point].map((id) => id && api.getRowNode(id)) : [];
    current = point;
    if (!api) return;
    api.redrawRows({ rowNodes: [before, after].filter(Boolean) });
    if (after && after.displayed) api.ensureNodeVisible(after, null);
  }

  // -- the address ----------------------------------------------------------------------------------------------------

  function changed(search, key, value) {
    const keys = new URLSearchParams(search || "");
    if (value) keys.set(key, value);
    else keys.delete(key);
    const text = keys.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
    return text ? `?${text}` : "";
  }

  function go(point) {
    set("location", { search: changed(window.location.search, "point", point) });
  }

  // A link from one view of the plane to another leaves the table open.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="/?"]');
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || window.location.pathname !== "/" || !isOpen(window.location.search)) return;
    event.preventDefault();
    event.stopPropagation();
    const { table, sort, where } = window.rdFrontier.read(window.location.search);
    set("location", { search: window.rdFrontier.change(new URL(link.href).search, { table, sort, where }) });
  }, true);

  function say(message) {
    const id = `notice-${Date.now()}`;
    set("notices", { sendNotifications: [{ action: "show", id, message, color: "frontier", autoClose: 4000 }] });
  }

  // -- taking rows along ----------------------------------------------------------------------------------------------

  const UNITS = ["rate", "rate_stderr", "distortion", "distortion_stderr", "neg_elbo", "neg_elbo_stderr", "mi_lower", "mi_upper"];

  function taken(api) {
    const chosen = [];
    const all = [];
    api.forEachNodeAfterFilterAndSort((node) => {
      all.push(node.data);
      if (node.isSelected()) chosen.push(node.data);
    });
    return chosen.length ? chosen : all;
  }

  const FORMATS = {
    csv: (rows) => {
      const quoted = (value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
      const names = Object.keys(rows[0] || {});
      const head = names.map((name) => (UNITS.includes(name) ? `${name} (nats)` : name));
      const lines = rows.map((row) => names.map((name) => quoted(String(row[name] ?? ""))).join(","));
      return [head.join(","), ...lines, ""].join("\n");
    },
    json: (rows) => JSON.stringify({ units: Object.fromEntries(UNITS.map((name) => [name, "nats"])), points: rows }, null, 1),
  };

  function save(format, type) {
    const api = now();
    if (!api) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([FORMATS[format](taken(api))], { type }));
    link.download = `points.${format}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // -- what the grid and the pages call -------------------------------------------------------------------------------

  Object.assign((window.dashAgGridFunctions = window.dashAgGridFunctions || {}), {
    pointTuple: ({ value }) => `(${[...value].join(", ").replaceAll("-", MINUS)})`,
    pointSetting: ({ value }) => setting(value),
    pointSeed: ({ value }) => String(value ?? NOTHING),
    pointEstimate: ({ value, data, colDef }) => number(value) + plusMinus(data[`${colDef.field}_stderr`]),
    pointInterval: ({ data }) => interval(data),
    pointIsCurrent: ({ data }) => Boolean(data) && data.id === current,
  });

  window.dash_clientside = window.dash_clientside || {};
  Object.assign((window.dash_clientside.frontier = window.dash_clientside.frontier || {}), {
    toggleTable: (clicks, search) => (clicks ? changed(search, "table", isOpen(search) ? null : "open") : none()),
    openTable: async (search, before) => {
      const frame = element("table-frame");
      const open = isOpen(search);
      if (!frame) return none();
      frame.classList.toggle("open", open);
      element("table-toggle").setAttribute("aria-expanded", String(open));
      if (open) await load(frame.dataset.script);
      const api = open && now();
      if (api && api.attended) obey(api);
      return open === before ? none() : open;
    },
    countRows: (resolved) => {
      const { count } = resolved || {};
      if (count === undefined) return;
      set("table-toggle", { children: `Table (${count.toLocaleString("en")} ${count === 1 ? "point" : "points"})` });
    },
    fillTable: async (body, resolved, filters, brushed, selected, moved, figure) => {
      if (!resolved || !body || Array.isArray(body)) return; // nothing is known, or the table is closed
      const mine = (filling = {});
      const api = await window.dash_ag_grid.getApiAsync(GRID);
      if (!api.attended) {
        api.attended = true;
        attend(api);
      }
      current = selected || null;
      const found = await fetched(resolved.dataset, moved);
      if (mine !== filling || api.isDestroyed()) return;
      const ids = drawn(figure, filters || {});
      api.setGridOption("rowData", rowsOf(found, filters || {}, resolved, ids));
      follow(api, brushed || null);
    },
    chooseRows: (brushed) => {
      const api = now();
      if (api && !same(brushed || null, held)) follow(api, brushed || null);
    },
    markRow: (selected) => show(selected || null),
    chooseRow: (cell, search) =>
      cell && cell.rowId && cell.colId !== "ag-Grid-SelectionColumn" ? changed(search, "point", cell.rowId) : none(),
    pinRows: (clicks, brushed, pinned) => {
      if (!clicks || !brushed) return none();
      const all = [...new Set([...(pinned || []), ...brushed])];
      if (all.length > MOST_PINS) say(`${MOST_PINS} points are pinned, and more do not fit side by side.`);
      return all.slice(0, MOST_PINS);
    },
    showAllRows: (clicks) => {
      if (clicks && now()) narrow(now(), null);
    },
    clearRows: (clicks) => (clicks ? null : none()),
    saveRowsCsv: (clicks) => { if (clicks) save("csv", "text/csv"); },
    saveRowsJson: (clicks) => { if (clicks) save("json", "application/json"); },
  });
})();
