/* The plane in the browser: what is kept when its figure is drawn anew, choosing points by brush, the legend, a double
   click on an empty place, and how it stands on a narrow screen. */
(function () {
  "use strict";

  const FRAME = "plane-frame";
  const NEAR = 14; // pixels: closer to a point than this, a place is not empty
  const BUSY = "input:not([type=checkbox], [type=radio]), textarea, select, [role=dialog], [role=menu], [role=listbox]";
  const narrow = window.matchMedia("(max-width: 720px)");
  const none = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const plot = () => document.querySelector(`#${FRAME} .js-plotly-plot`);

  let chosen = null; // ids of the points that the brush or the table chose
  let brushing = false; // a person drags: Plotly tells of a choice of nothing at other times too
  let wide = null; // of the figure's layout, what a narrow screen changes
  let pressed = null; // where the pointer went down last

  // -- the figure, drawn anew -----------------------------------------------------------------------------------------

  // The places of the chosen points in a trace; null where nothing is chosen, so that nothing is pale.
  function places(trace, wanted) {
    if (!wanted) return null;
    return trace.customdata.flatMap((ids, index) => (ids.some((id) => wanted.has(id)) ? [index] : []));
  }

  const numbers = (text) => text.split(" ").map(Number);

  // Of thousands of points the words come once, and which of them each has; ids and shapes come as one text each.
  function unfold(trace) {
    const { ids, words: columns, symbols } = trace.meta || {};
    if (!ids || trace.text) return;
    trace.customdata = ids.split(" ").map((each) => each.split(","));
    const [model, how, trained] = columns.map(({ words, at }) => numbers(at).map((slot) => words[slot]));
    trace.marker.symbol = numbers(symbols);
    trace.text = model.map((line, index) => `${line}<br>${how[index]} \u00b7 ${trained[index]}`);
  }

  function keep(next, now) {
    next.data.forEach(unfold);
    const same = now && now.layout && now.layout.uirevision === next.layout.uirevision;
    for (const [name, axis] of Object.entries(same ? next.layout : {})) {
      const before = /^[xy]axis\d*$/.test(name) && now.layout[name];
      if (before && before.autorange === false) Object.assign(axis, { autorange: false, range: before.range });
    }
    if (now && now.layout && now.layout.dragmode) next.layout.dragmode = now.layout.dragmode;
    next.layout.selectionrevision = Date.now(); // what is chosen is told here, and not kept by Plotly besides
    const wanted = chosen && new Set(chosen);
    for (const trace of next.data) if (trace.customdata) trace.selectedpoints = places(trace, wanted);
    const { margin, legend, annotations = [] } = next.layout;
    wide = structuredClone({ margin, legend, annotations });
    if (narrow.matches) stack(next.layout);
    return next;
  }

  // On a narrow screen the legend stands below, where it takes no height from the plane.
  function stack(layout) {
    Object.assign(layout.margin, { l: 46, r: 8, t: 8, b: 40 });
    Object.assign(layout.legend, { y: -0.17, yanchor: "top", font: { ...layout.legend.font, size: 10.5 } });
    for (const note of layout.annotations || []) {
      note.font = { ...note.font, size: 9 };
      if (note.name === "bound") note.visible = false; // the note below says it, where it hides no point
    }
  }

  function restack() {
    const figure = plot();
    if (!figure || !figure.layout || !wide) return;
    const layout = structuredClone(wide);
    if (narrow.matches) stack(layout);
    window.Plotly.relayout(figure, layout);
  }

  function paint() {
    const figure = plot();
    if (!figure || !figure.data) return;
    const wanted = chosen && new Set(chosen);
    const traces = figure.data.map((trace, index) => [trace, index]).filter(([trace]) => trace.customdata);
    if (!traces.length) return;
    window.Plotly.restyle(
      figure,
      { selectedpoints: traces.map(([trace]) => places(trace, wanted)) },
      traces.map(([, index]) => index),
    );
  }

  // -- what happens on it ---------------------------------------------------------------------------------------------

  function listen() {
    const figure = plot();
    window.rdRing.stand();
    if (!figure || !figure.on || figure.frontierListens) return;
    figure.frontierListens = true;
    figure.on("plotly_selecting", () => { brushing = true; });
    figure.on("plotly_selected", (event) => {
      if (!event || !brushing) return;
      brushing = false;
      const ids = [...new Set(event.points.flatMap((point) => point.customdata || []))];
      choose(ids.length ? ids : null);
      // The outline is not kept: what it chose is, whatever moves.
      setTimeout(() => unline(figure), 0);
    });
    figure.on("plotly_legendclick", (event) => {
      const entry = (event.data[event.curveNumber].meta || {}).only;
      if (!entry) return true;
      const { only } = window.rdFrontier.read(window.location.search);
      window.rdFrontier.go({ only: only === entry ? null : entry });
      return false;
    });
    figure.on("plotly_legenddoubleclick", (event) => !(event.data[event.curveNumber].meta || {}).only);
    figure.on("plotly_doubleclick", () => put(figure));
    figure.on("plotly_relayout", showMode);
    showMode();
  }

  async function unline(figure) {
    await window.Plotly.relayout(figure, { selections: [] });
    paint();
  }

  function choose(ids) {
    set("brushed", { data: ids });
  }

  function mode() {
    const figure = plot();
    return figure && figure._fullLayout ? figure._fullLayout.dragmode : "zoom";
  }

  function showMode() {
    const button = document.getElementById("brush");
    if (button) button.setAttribute("aria-pressed", String(["select", "lasso"].includes(mode())));
  }

  function put(figure) {
    const { xaxis, yaxis } = figure._fullLayout;
    const drag = figure.querySelector('.nsewdrag[data-subplot="xy"]');
    if (!pressed || !drag || ["select", "lasso"].includes(mode())) return;
    const box = drag.getBoundingClientRect();
    const [left, top] = [pressed.x - box.left, pressed.y - box.top];
    if (left < 0 || top < 0 || left > box.width || top > box.height) return;
    const near = (point) => Math.hypot(xaxis.d2p(point.x) - left, yaxis.d2p(point.y) - top) < NEAR;
    if (window.rdFrontier.points(figure).some((point) => point.axis === "x" && near(point))) return;
    const [rate, up] = [xaxis.p2d(left), yaxis.p2d(top)];
    const { axes } = window.rdFrontier.read(window.location.search);
    set("place", { data: { rate, distortion: axes === "skew" ? up - rate : up, at: Date.now() } });
  }

  // What hides points goes; how they look and which is selected stays.
  function unfilter() {
    const { show } = window.rdFrontier.read(window.location.search);
    const layers = (show || "").split(",").filter((each) => each !== "nondominated").join(",");
    window.rdFrontier.go({ tuple: null, method: null, only: null, sweep: null, show: layers });
  }

  narrow.addEventListener("change", restack);

  document.addEventListener("pointerdown", (event) => { pressed = { x: event.clientX, y: event.clientY }; }, true);

  document.addEventListener("click", (event) => {
    const figure = plot();
    const button = event.target.closest("#brush, #reset-view, #unbrush, #unfilter");
    if (!button || !figure) return;
    if (button.id === "unfilter") {
      unfilter();
      return;
    }
    if (button.id === "brush") {
      window.Plotly.relayout(figure, { dragmode: ["select", "lasso"].includes(mode()) ? "zoom" : "select" });
    } else if (button.id === "reset-view") {
      window.Plotly.relayout(figure, { "xaxis.autorange": true, "yaxis.autorange": true });
    } else {
      choose(null);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !document.getElementById(FRAME)) return;
    if (event.target.closest(BUSY)) return;
    const figure = plot();
    if (figure && ["select", "lasso"].includes(mode())) window.Plotly.relayout(figure, { dragmode: "zoom" });
    if (chosen) choose(null);
  });

  // -- the callbacks of the page --------------------------------------------------------------------------------------

  Object.assign(window.dash_clientside.frontier, {
    keepZoom: (next, now) => {
      if (!next) return none();
      requestAnimationFrame(() => setTimeout(listen, 0));
      return keep(next, now);
    },
    brushed: (ids) => {
      chosen = ids && ids.length ? ids : null;
      listen();
      paint();
      const words = chosen ? `${chosen.length} chosen: clear` : "Clear";
      return [words, chosen ? "link-button" : "link-button hidden"];
    },
    chooseLook: (colour, shape, fill, seeds, logs, layers, search) => {
      const other = (value, usual) => (value === usual ? null : value);
      const list = (names, known) => known.filter((name) => (names || []).includes(name)).join(",");
      return window.rdFrontier.change(search, {
        colour: other(colour, "decoder"),
        shape: other(shape, "marginal"),
        fill: other(fill, "encoder"),
        seeds: other(seeds, "each"),
        log: list(logs, ["x", "y"]),
        show: list(layers, ["published", "nondominated"]),
      });
    },
  });
})();
