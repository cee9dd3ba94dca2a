/* Panels of one figure that stand beside or under each other, by the room there is: the figure brings both ways along. */
(function () {
  "use strict";

  const narrow = window.matchMedia("(max-width: 720px)");
  const FRAME = "run-curves-frame";

  function way(figure) {
    const ways = figure && figure.layout && figure.layout.meta && figure.layout.meta.arrangements;
    return ways && ways[narrow.matches ? "narrow" : "wide"];
  }

  function stand(height) {
    const frame = document.getElementById(FRAME);
    if (frame) frame.style.height = `${height}px`;
  }

  // "xaxis2.domain" or "annotations[3].x", as Plotly.relayout reads it.
  function put(layout, path, value) {
    const steps = path.replaceAll("[", ".").replaceAll("]", "").split(".");
    const last = steps.pop();
    const place = steps.reduce((at, step) => at[step], layout);
    place[last] = value;
  }

  narrow.addEventListener("change", () => {
    const figure = document.querySelector(`#${FRAME} .js-plotly-plot`);
    const chosen = way(figure);
    if (!chosen) return;
    stand(chosen.height);
    window.Plotly.relayout(figure, chosen.layout);
  });

  window.dash_clientside.frontier.panels = (next, now) => {
    const figure = window.dash_clientside.frontier.keepZoom(next, now);
    const chosen = way(figure);
    if (!chosen) return figure;
    for (const [path, value] of Object.entries(chosen.layout)) put(figure.layout, path, value);
    stand(chosen.height);
    return figure;
  };
})();
