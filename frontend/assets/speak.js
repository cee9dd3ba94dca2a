/* What a screen reader is told when the selection moves: the point that the plane shows, in numbers. */
(function () {
  "use strict";

  const none = () => window.dash_clientside.no_update;

  function number(value) {
    return typeof value === "number" && Number.isFinite(value) ? value.toFixed(1) : "not defined";
  }

  function found(id) {
    const figure = document.querySelector("#plane-frame .js-plotly-plot");
    const points = [];
    for (const trace of (figure && figure._fullData) || []) {
      for (let i = 0; trace.customdata && i < trace.customdata.length; i += 1) {
        points.push({ id: trace.customdata[i][0], x: trace.x[i], y: trace.y[i], beside: trace.xaxis === "x2", name: trace.name });
      }
    }
    const order = points.filter((each) => !each.beside).sort((a, b) => a.x - b.x);
    const point = points.find((each) => each.id === id);
    const title = figure && figure._fullLayout && figure._fullLayout.yaxis.title.text;
    return point && { point, place: order.indexOf(point) + 1, of: order.length, up: /^R \+ D/.test(title || "") ? "R + D" : "D" };
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.frontier = Object.assign(window.dash_clientside.frontier || {}, {
    speak: (selected) => {
      if (!selected) return "";
      const at = found(selected);
      if (!at) return none();
      const rate = at.point.beside ? "R not defined" : `R ${number(at.point.x)}`;
      const place = at.place ? `point ${at.place} of ${at.of} along the rate, ` : "";
      return `${place}${at.point.name || ""}: ${rate}, ${at.up} ${number(at.point.y)} nats`;
    },
  });
})();
