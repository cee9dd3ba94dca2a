/* The ring around the selected point lies over the plane. In the figure it would be drawn with it, and moving it would
   draw thousands of points anew. */
(function () {
  "use strict";

  const SIZE = 21; // pixels across

  const plot = () => document.querySelector("#plane-frame .js-plotly-plot");

  function layer(frame) {
    const known = frame.querySelector(".plane-ring");
    if (known) return known;
    const made = document.createElement("div");
    made.className = "plane-ring";
    made.setAttribute("aria-hidden", "true"); // the pane says which point it is
    made.append(document.createElement("span"));
    frame.append(made);
    return made;
  }

  // The point that the address selects, as it is drawn now, `null` where it is not.
  function place(figure) {
    const { point: selected } = window.rdFrontier.read(window.location.search);
    if (!selected || !figure || !figure._fullLayout) return null;
    return window.rdFrontier.points(figure).find((point) => point.ids.includes(selected)) || null;
  }

  const axis = (figure, name) => figure._fullLayout[name.replace(/^([xy])/, "$1axis")];

  function draw() {
    const figure = plot();
    if (!figure) return;
    const point = place(figure);
    const across = point && axis(figure, point.axis);
    const up = point && figure._fullLayout.yaxis;
    const [x, y] = point && across && across.d2p ? [across.d2p(point.x), up.d2p(point.y)] : [NaN, NaN];
    const shows = x >= 0 && y >= 0 && x <= across._length && y <= up._length;
    const over = layer(figure.closest("#plane-frame"));
    over.hidden = !shows;
    if (!shows) return;
    const span = over.firstElementChild;
    span.style.left = `${across._offset + x}px`;
    span.style.top = `${up._offset + y}px`;
  }

  function follow() {
    const figure = plot();
    if (!figure || !figure.on || figure.dataset.ring) return;
    figure.dataset.ring = "followed";
    figure.on("plotly_afterplot", draw);
    figure.on("plotly_relayouting", draw);
  }

  // As a shape, for a picture that is taken along.
  function shape(figure) {
    const point = figure === plot() && place(figure);
    if (!point) return null;
    const reach = SIZE / 2;
    const colour = getComputedStyle(figure).getPropertyValue("--accent").trim();
    return {
      type: "circle", xref: point.axis, yref: "y", xsizemode: "pixel", ysizemode: "pixel", xanchor: point.x,
      yanchor: point.y, x0: -reach, x1: reach, y0: -reach, y1: reach, line: { color: colour, width: 2.5 },
    };
  }

  window.rdRing = {
    stand: () => {
      follow();
      draw();
    },
    shape,
  };
})();
