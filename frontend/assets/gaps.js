/* Where the proposed runs are expected, as rings over the plane: they follow zoom, axes and size. */
(function () {
  "use strict";

  let offered = []; // [rate, distortion] of each proposal that is chosen
  let about = null; // the plane that they are offered for

  function layer(frame) {
    const known = frame.querySelector(".gap-marks");
    if (known) return known;
    const made = document.createElement("div");
    made.className = "gap-marks";
    made.setAttribute("aria-hidden", "true"); // the list below says the same
    frame.append(made);
    return made;
  }

  function draw() {
    const frame = document.getElementById("plane-frame");
    const figure = frame && frame.querySelector(".js-plotly-plot");
    if (!figure) return;
    const layout = figure._fullLayout;
    const rings = layer(frame);
    rings.replaceChildren();
    if (!layout || !layout.xaxis || !layout.xaxis.d2p) return;
    const skew = new URLSearchParams(window.location.search).get("axes") === "skew";
    const { xaxis: x, yaxis: y } = layout;
    for (const [rate, distortion] of offered) {
      const across = x.d2p(rate);
      const down = y.d2p(skew ? rate + distortion : distortion);
      if (!(across >= 0 && across <= x._length && down >= 0 && down <= y._length)) continue;
      const ring = document.createElement("span");
      ring.style.left = `${x._offset + across}px`;
      ring.style.top = `${y._offset + down}px`;
      rings.append(ring);
    }
  }

  function follow() {
    const figure = document.querySelector("#plane-frame .js-plotly-plot");
    if (!figure || !figure.on || figure.dataset.gaps) return;
    figure.dataset.gaps = "followed";
    figure.on("plotly_afterplot", draw);
    figure.on("plotly_relayouting", draw);
  }

  function mark(found, chosen) {
    const proposals = (found && found.proposals) || [];
    offered = proposals
      .filter((each, place) => each.distortion !== null && (!chosen || chosen.includes(String(place))))
      .map((each) => [each.rate, each.distortion]);
    follow();
    draw();
    return window.dash_clientside.no_update;
  }

  const plane = ({ dataset, evaluation }) => `${dataset}, ${evaluation}`;

  // Whether what is offered is for the plane on show; if not, it goes.
  function stays(resolved) {
    if (!about || !resolved || about === plane(resolved)) return true;
    about = null;
    offered = [];
    draw();
    window.dash_clientside.set_props("gaps", { children: [] });
    window.dash_clientside.set_props("gaps-offered", { data: null });
    return false;
  }

  Object.assign(window.dash_clientside.frontier, {
    leaveGaps: (resolved) => {
      stays(resolved);
      return window.dash_clientside.no_update;
    },
    offerGaps: (found, resolved) => {
      if (found) about = plane(found);
      if (!stays(resolved)) return window.dash_clientside.no_update;
      if (found) requestAnimationFrame(() => document.querySelector(".gaps")?.scrollIntoView({ block: "nearest" }));
      return mark(found, null);
    },
    chooseGaps: (chosen, found) => mark(found, chosen || []),
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do=fill], [data-do=close-gaps]");
    if (!button || !document.getElementById("gaps")) return;
    window.dash_clientside.set_props("gaps-asked", { data: { do: button.dataset.do, at: Date.now() } });
  });

  window.addEventListener("resize", () => requestAnimationFrame(draw));
})();
