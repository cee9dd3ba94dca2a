/* The tray of pinned points, and what stands on Compare. */
(function () {
  "use strict";

  const PINNED = "pinned"; // the store's id, which is its key in localStorage too
  const MOST = 8;

  const none = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  // -- pins -------------------------------------------------------------------------------------------------------

  let pinned = [];

  function say(text) {
    const id = `notice-${Date.now()}`;
    set("notices", { sendNotifications: [{ action: "show", id, message: text, color: "frontier", autoClose: 4000 }] });
  }

  function pin(action, before) {
    if (!action) return none();
    if (action.do === "unpin-all") return [];
    const now = before || [];
    if (now.includes(action.id)) return now.filter((id) => id !== action.id);
    if (now.length < MOST) return [...now, action.id];
    say(`${MOST} points are pinned, and more do not fit side by side: take one off first.`);
    return none();
  }

  // -- the tray ---------------------------------------------------------------------------------------------------

  const TRAY_KEY = "rd-frontier-tray";
  const root = document.documentElement;

  // Open where there is room, unless this person has said otherwise.
  function wanted() {
    return window.localStorage.getItem(TRAY_KEY) || (window.matchMedia("(max-width: 720px)").matches ? "closed" : "open");
  }

  function lay() {
    const toggle = document.querySelector(".tray-toggle");
    if (!toggle) {
      delete root.dataset.tray;
      return;
    }
    root.dataset.tray = wanted();
    toggle.setAttribute("aria-expanded", String(wanted() === "open"));
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".tray-toggle")) return;
    window.localStorage.setItem(TRAY_KEY, wanted() === "open" ? "closed" : "open");
    lay();
  });

  // Every pin button on the page says whether its point is pinned, whoever drew it and when.
  function press() {
    for (const button of document.querySelectorAll('[data-do="pin"][aria-pressed]')) {
      const on = String(pinned.includes(button.dataset.target));
      if (button.getAttribute("aria-pressed") !== on) button.setAttribute("aria-pressed", on);
    }
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      press();
      fill();
    });
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-cell", "data-target"] });

  // Several tabs agree: this event only reaches the other ones.
  window.addEventListener("storage", (event) => {
    if (event.key !== PINNED) return;
    const list = JSON.parse(event.newValue || "[]");
    set(PINNED, { data: Array.isArray(list) ? list : [] });
  });

  // -- Compare ----------------------------------------------------------------------------------------------------

  const PLAIN = { images: "8", order: "kind", difference: "off" };
  const here = (pathname) => (pathname || "").replace(/\/$/, "") === "/compare";

  function written(search, changes) {
    const keys = new URLSearchParams(search || "");
    for (const [name, value] of Object.entries(changes)) {
      if (value === PLAIN[name]) keys.delete(name);
      else keys.set(name, value);
    }
    const text = keys.toString().replaceAll("%2C", ",");
    return text ? `?${text}` : "";
  }

  // -- differences ------------------------------------------------------------------------------------------------

  const differences = new Map(); // of two sheets, by both addresses: a promise of |a - b| as a picture

  function loaded(address) {
    return new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = failed;
      image.src = address;
    });
  }

  async function difference(sheet, minus) {
    const [a, b] = await Promise.all([loaded(sheet), loaded(minus)]);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: a.naturalWidth, height: a.naturalHeight });
    const pen = canvas.getContext("2d");
    pen.drawImage(b, 0, 0);
    pen.globalCompositeOperation = "difference";
    pen.drawImage(a, 0, 0);
    return canvas.toDataURL();
  }

  // |a - b| of whole sheets at once; the tiles are windows over it as over any sheet.
  function subtracted(image, url, minus) {
    const key = `${url} ${minus}`;
    if (!differences.has(key)) differences.set(key, difference(url, minus));
    differences.get(key).then((address) => { image.src = address; }, () => differences.delete(key));
  }

  // -- tiles: one description for each cell, in plain JSON ----------------------------------------------------------

  function tile(part, index, told) {
    const image = document.createElement("img");
    const note = part.notes[index] ? `, ${part.notes[index]}` : "";
    Object.assign(image, { alt: `${part.what} ${index + 1}${note}, ${told.where}`, draggable: false });
    Object.assign(image.style, {
      width: `${100 * part.columns}%`,
      height: `${100 * part.rows}%`,
      left: `${-100 * (index % part.columns)}%`,
      top: `${-100 * Math.floor(index / part.columns)}%`,
    });
    if (part.minus) subtracted(image, part.url, part.minus);
    else image.src = part.url;
    const frame = document.createElement("span");
    frame.className = part.ink ? "tile ink" : "tile";
    frame.style.aspectRatio = part.ratio;
    frame.append(image);
    const place = document.createElement("div");
    place.className = "compare-tile";
    Object.assign(place.dataset, { picture: part.name, point: told.point, index });
    if (note) place.title = image.alt;
    place.append(frame);
    return place;
  }

  const filled = new WeakMap();

  function fill() {
    for (const cell of document.querySelectorAll("[data-cell]")) {
      if (filled.get(cell) === cell.dataset.cell) continue;
      filled.set(cell, cell.dataset.cell);
      const told = JSON.parse(cell.dataset.cell);
      cell.replaceChildren(...told.indices.flatMap((index) => told.parts.map((part) => tile(part, index, told))));
    }
  }

  // Short jobs that nobody will look at any more are cancelled.
  let outstanding = [];

  function cancel() {
    for (const job of outstanding) {
      fetch(`/api/v1/jobs/${encodeURIComponent(job)}/cancel`, { method: "POST", keepalive: true }).catch(() => null);
    }
    outstanding = [];
  }

  window.addEventListener("pagehide", cancel);

  // -- one image at full size -------------------------------------------------------------------------------------

  const LARGEST = 32;
  const view = { name: "", index: 0, zoom: 1, x: 0, y: 0 };
  const full = () => document.getElementById("compare-full");
  const clamp = (value, far) => Math.min(Math.max(value, -far), far);

  function tiles() {
    return [...document.querySelectorAll(".compare-table [data-index]")].filter((each) => each.dataset.picture === view.name);
  }

  function move() {
    const far = (view.zoom - 1) / 2;
    view.x = clamp(view.x, far);
    view.y = clamp(view.y, far);
    const panes = full().querySelector(".full-panes");
    panes.style.setProperty("--zoom", view.zoom);
    panes.style.setProperty("--x", `${100 * view.x}%`);
    panes.style.setProperty("--y", `${100 * view.y}%`);
  }

  // About a point of the pane, in shares of it from its middle.
  function scale(factor, at = { x: 0, y: 0 }) {
    const zoom = Math.min(Math.max(view.zoom * factor, 1), LARGEST);
    const by = zoom / view.zoom;
    Object.assign(view, { zoom, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by });
    move();
  }

  function pane(head) {
    const mine = (each) => each.dataset.point === head.dataset.point && Number(each.dataset.index) === view.index;
    const found = tiles().find(mine);
    const frame = document.createElement("div");
    frame.className = "full-frame";
    if (found) frame.append(found.firstChild.cloneNode(true));
    else frame.textContent = "no such picture";
    const words = document.createElement("figcaption");
    words.append(head.querySelector(".tuple").cloneNode(true), head.querySelector(".compare-numbers").cloneNode(true));
    const figure = document.createElement("figure");
    figure.append(frame, words);
    return figure;
  }

  const indices = () => Math.max(...tiles().map((each) => Number(each.dataset.index)), -1) + 1;

  function show() {
    const heads = [...document.querySelectorAll(".compare-table thead [data-point]")];
    const panes = full().querySelector(".full-panes");
    panes.style.setProperty("--columns", heads.length);
    panes.replaceChildren(...heads.map(pane));
    const words = view.name.replaceAll("_", " ").replace("reconstruction mean", "reconstruction, mean of 5");
    full().querySelector(".full-title").textContent = `${words}: image ${view.index + 1} of ${indices()}`;
    move();
  }

  function open(name, index) {
    Object.assign(view, { name, index, zoom: 1, x: 0, y: 0 });
    if (!tiles().length) return;
    show();
    if (!full().open) full().showModal();
  }

  function step(by) {
    const count = indices();
    view.index = (view.index + by + count) % count;
    show();
  }

  const PRESSED = {
    previous: () => step(-1),
    next: () => step(1),
    in: () => scale(1.5),
    out: () => scale(1 / 1.5),
    reset: () => scale(1 / LARGEST),
    close: () => full().close(),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-full]");
    if (button) return open(button.dataset.full, 0);
    const place = event.target.closest(".compare-table [data-index]");
    if (place) return open(place.dataset.picture, Number(place.dataset.index));
    const pressed = event.target.closest("[data-zoom]");
    if (pressed) return PRESSED[pressed.dataset.zoom]();
    return event.target === full() ? full().close() : undefined; // beside the dialog
  });

  document.addEventListener("keydown", (event) => {
    if (!full() || !full().open || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = { "+": "in", "=": "in", "-": "out", 0: "reset" };
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (keys[event.key]) PRESSED[keys[event.key]]();
    else if (!moves[event.key]) return;
    else if (view.zoom > 1) {
      view.x += 0.15 * moves[event.key][0];
      view.y += 0.15 * moves[event.key][1];
      move();
    } else step(-moves[event.key][0]);
    event.preventDefault();
  });

  document.addEventListener("wheel", (event) => {
    const frame = event.target.closest && event.target.closest(".full-frame");
    if (!frame) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    const at = { x: (event.clientX - box.left) / box.width - 0.5, y: (event.clientY - box.top) / box.height - 0.5 };
    scale(event.deltaY < 0 ? 1.2 : 1 / 1.2, at);
  }, { passive: false });

  document.addEventListener("pointerdown", (event) => {
    const frame = event.target.closest(".full-frame");
    if (!frame || event.button) return;
    const { width, height } = frame.getBoundingClientRect();
    const from = { x: view.x - event.clientX / width, y: view.y - event.clientY / height };
    const drag = (to) => {
      Object.assign(view, { x: from.x + to.clientX / width, y: from.y + to.clientY / height });
      move();
    };
    const end = () => {
      document.removeEventListener("pointermove", drag);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
    };
    document.addEventListener("pointermove", drag);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
    event.preventDefault();
  });

  window.dash_clientside = window.dash_clientside || {};
  Object.assign((window.dash_clientside.frontier = window.dash_clientside.frontier || {}), {
    pin,
    chooseComparison: (images, order, difference, search, pathname) => {
      if (!here(pathname)) return none();
      const after = written(search, { images, order, difference });
      return after === written(search, {}) ? none() : after;
    },
    followComparison: (search, pathname) => {
      if (!here(pathname)) return none();
      const keys = new URLSearchParams(search || "");
      for (const [name, plain] of Object.entries(PLAIN)) set(`compare-${name}`, { value: keys.get(name) || plain });
      return none();
    },
    leaveComparison: (pathname, ...jobs) => {
      if (!here(pathname)) {
        cancel();
        differences.clear();
      } else outstanding = jobs.flatMap((each) => Object.values((each && each.jobs) || {}));
      return none();
    },
    press: (list) => {
      pinned = list || [];
      press();
      requestAnimationFrame(lay);
      return none();
    },
  });
})();
