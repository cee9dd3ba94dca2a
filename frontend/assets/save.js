/* Figures as files: SVG, PNG, CSV, JSON. A menu's row says what (data-save), of what (data-frame) and under which name. */
(function () {
  "use strict";

  const UNITS = Object.fromEntries(
    ["rate", "rate_stderr", "distortion", "distortion_stderr", "neg_elbo", "neg_elbo_stderr", "rate_stdev", "distortion_stdev", "neg_elbo_stdev", "mi_lower", "mi_upper", "loss"].map((name) => [
      name,
      "nats",
    ]),
  );

  function give(content, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // -- SVG and PNG --------------------------------------------------------------------------------------------------

  // The figure's own paper is often clear: what shines through is the background of whatever it stands in.
  function background(element) {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour && !/^(transparent|rgba\(.*,\s*0\))$/.test(colour)) return colour;
    }
    return "white";
  }

  function image(figure, name, format) {
    const { width, height } = figure.getBoundingClientRect();
    const layout = { ...figure.layout, paper_bgcolor: background(figure), width, height };
    const ring = window.rdRing.shape(figure);
    if (ring) layout.shapes = [...(layout.shapes || []), ring];
    const drawn = { data: figure.data, layout, config: { staticPlot: true } };
    return window.Plotly.downloadImage(drawn, { format, filename: name, width, height, scale: format === "png" ? 2 : 1 });
  }

  // -- CSV ----------------------------------------------------------------------------------------------------------

  const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cell = (value) =>
    value === null || value === undefined ? "" : quoted(typeof value === "object" ? JSON.stringify(value) : String(value));

  function csv(columns) {
    const names = Object.keys(columns);
    const head = names.map((name) => quoted(name in UNITS ? `${name} (${UNITS[name]})` : name));
    const lines = Array.from(columns[names[0]] || [], (_, row) => names.map((name) => cell(columns[name][row])).join(","));
    return [head.join(","), ...lines, ""].join("\n");
  }

  // What is drawn, a row for each mark; a contour is drawn from the marks that are there.
  function marks(figure) {
    const table = { name: [], x: [], y: [] };
    for (const trace of figure._fullData) {
      if (trace.type === "contour" || trace.visible !== true) continue;
      const grid = trace.z && trace.z[0] && trace.z[0].length !== undefined;
      const { x, y } = trace;
      const rows = grid ? trace.z.flatMap((line, i) => Array.from(line, (z, j) => [x ? x[j] : j, y ? y[i] : i, z])) : [];
      if (!grid) for (let i = 0; i < Math.max(x ? x.length : 0, y ? y.length : 0); i += 1) rows.push([x && x[i], y && y[i]]);
      for (const [atX, atY, z] of rows) {
        table.name.push(trace.name);
        table.x.push(atX);
        table.y.push(atY);
        if (grid) (table.z = table.z || [])[table.x.length - 1] = z;
      }
    }
    return table;
  }

  // The rows of a table that belong to the figure: `where` says which values a column may have.
  function chosen(columns, figure, { where = {}, drawn = false }) {
    const ids = drawn && new Set(figure.data.flatMap((trace) => (trace.customdata || []).flat()));
    const wanted = Object.entries(where);
    if (!ids && !wanted.length) return columns;
    const names = Object.keys(columns);
    const rows = Array.from(columns.id, (_, row) => row)
      .filter((row) => wanted.every(([name, values]) => values.includes(columns[name][row])))
      .filter((row) => !ids || ids.has(columns.id[row]));
    return Object.fromEntries(names.map((name) => [name, rows.map((row) => columns[name][row])]));
  }

  async function columns(figure, known) {
    const { table } = known;
    if (table && typeof table === "object") return table;
    if (!table) return marks(figure);
    const answer = await fetch(`/api/v1${table}`);
    if (!answer.ok) throw new Error(`/api/v1${table} answered ${answer.status}`);
    const found = await answer.json();
    return chosen(found.columns || found, figure, known);
  }

  // -- JSON ---------------------------------------------------------------------------------------------------------

  function json(figure) {
    const { data, layout } = JSON.parse(window.Plotly.Plots.graphJson(figure, false, "keepdata"));
    delete layout.meta; // what the page keeps for itself
    layout.paper_bgcolor = background(figure);
    return JSON.stringify({ data, layout });
  }

  const WAYS = {
    svg: (figure, name) => image(figure, name, "svg"),
    png: (figure, name) => image(figure, name, "png"),
    csv: async (figure, name, known) => give(csv(await columns(figure, known)), `${name}.csv`, "text/csv"),
    json: (figure, name) => give(json(figure), `${name}.json`, "application/json"),
    frontier: (_figure, _name, known) => {
      const link = document.createElement("a");
      link.href = `/api/v1/export?${known.export || ""}`;
      link.download = "";
      link.click();
    },
  };

  function say(text) {
    const message = { action: "show", id: `save-${Date.now()}`, message: text, color: "red", autoClose: 8000 };
    window.dash_clientside.set_props("notices", { sendNotifications: [message] });
  }

  document.addEventListener("click", async (event) => {
    const item = event.target.closest("[data-save]");
    const frame = item && document.getElementById(item.dataset.frame);
    const figure = frame && frame.querySelector(".js-plotly-plot");
    if (!figure) return;
    const { save, name, table } = item.dataset;
    const known = (figure.layout.meta && figure.layout.meta.save) || {};
    try {
      await WAYS[save](figure, known.name || name, { ...known, table: known.table || table });
    } catch (error) {
      say(`The figure cannot be saved: ${error.message}`);
    }
  });
})();
