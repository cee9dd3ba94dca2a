/* Latent: what is chosen stands in the address; jobs are followed until they end, and of each panel the last one wins. */
(function () {
  "use strict";

  const PATH = "/latent";
  const USUAL = { image: "0", span: "3", order: "carrying", path: "linear", seed: "0", pair: "0,1" };
  const MOST_ROWS = 16;
  const KEYS = ["point", "image", "dims", "span", "order", "pair", "path", "seed"];

  const none = () => window.dash_clientside.no_update;
  const here = (panel) => document.getElementById(`latent-${panel}-panel`);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const list = (text) => (text ? text.split(",") : []);

  // -- the address --------------------------------------------------------------------------------------------------

  function read(search) {
    return Object.fromEntries(new URLSearchParams(search || ""));
  }

  function write(keys) {
    const parts = KEYS.filter((key) => keys[key] && keys[key] !== USUAL[key]).map(
      (key) => `${key}=${encodeURIComponent(keys[key]).replaceAll("%2C", ",")}`,
    );
    return parts.length ? `?${parts.join("&")}` : "";
  }

  function readLook(search, pathname, point, look) {
    if ((pathname || "").replace(/\/$/, "") !== PATH) {
      leave();
      return [none(), none()];
    }
    const keys = read(search);
    const next = keys.point || "";
    return [next === point ? none() : next, JSON.stringify(keys) === JSON.stringify(look) ? none() : keys];
  }

  // -- what is chosen -----------------------------------------------------------------------------------------------

  function rows(keys) {
    if (keys.dims) return list(keys.dims);
    return [...document.querySelectorAll("[data-latent=dim][data-default]")].map((bar) => bar.dataset.value);
  }

  function toggled(keys, dimension) {
    const now = rows(keys);
    if (!now.includes(dimension)) return [...now, dimension].slice(-MOST_ROWS).join(",");
    return now.length > 1 ? now.filter((each) => each !== dimension).join(",") : now.join(",");
  }

  const CHOICES = {
    dim: (keys, value) => ({ dims: toggled(keys, value) }),
    pair: (keys, value) => {
      const end = list(keys.pair || USUAL.pair)[1];
      return end === value ? {} : { pair: `${end},${value}` };
    },
    seed: (keys) => ({ seed: String(Number(keys.seed || 0) + 1) }),
  };

  function choose(name, value) {
    const keys = read(window.location.search);
    const change = CHOICES[name] ? CHOICES[name](keys, value) : { [name]: value };
    const search = write({ ...keys, ...change });
    if (search !== window.location.search) window.dash_clientside.set_props("location", { search });
  }

  function chosen(keys) {
    const [start, end] = list(keys.pair || USUAL.pair);
    return {
      dim: (value) => rows(keys).includes(value),
      pair: (value) => value === start || value === end,
      of: (name, value) => (keys[name] || USUAL[name]) === value,
      word: (value) => (value === start && value === end ? "both" : value === start ? "from" : value === end ? "to" : ""),
    };
  }

  function markLook(look) {
    requestAnimationFrame(() => {
      const now = chosen(look || {});
      for (const button of document.querySelectorAll("[data-latent][aria-pressed]")) {
        const { latent: name, value } = button.dataset;
        const on = now[name] ? now[name](value) : now.of(name, value);
        button.setAttribute("aria-pressed", String(on));
        if (name === "pair") button.dataset.word = now.word(value);
      }
      for (const bars of document.querySelectorAll(".latent-bars")) bars.classList.toggle("by-index", now.of("order", "index"));
    });
    return none();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-latent]");
    if (button) choose(button.dataset.latent, button.dataset.value);
  });

  // Arrow keys go to the neighbour that is seen, whatever the order in the document.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const button = event.target.closest(".latent-bar, .latent-input");
    if (!step || !button || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const place = (each) => each.getBoundingClientRect();
    const all = [...button.parentElement.querySelectorAll("button")].sort(
      (a, b) => place(a).top - place(b).top || place(a).left - place(b).left,
    );
    const next = all[Math.min(Math.max(all.indexOf(button) + step, 0), all.length - 1)];
    if (button.classList.contains("latent-bar")) {
      button.tabIndex = -1;
      next.tabIndex = 0;
    }
    next.focus();
  });

  // -- short jobs ---------------------------------------------------------------------------------------------------

  const newest = {}; // panel -> what is followed there
  const open = new Map(); // panel -> the job that it waits for
  const shownFor = {}; // panel -> the point whose pictures are on show

  function stand(panel, state, words) {
    if (!here(panel)) return;
    here(panel).dataset.state = state;
    set(`latent-${panel}-told`, { children: words });
  }

  function howFar({ status, progress }) {
    if (status === "queued") return "Waiting for a worker\u2026";
    const { step, steps } = progress || {};
    return steps ? `Decoding\u2026 ${Math.round((100 * step) / steps)} %` : "Decoding\u2026";
  }

  async function follow({ panel, job, why, point }) {
    const mine = (newest[panel] = {});
    if (!job || shownFor[panel] !== point) set(`latent-${panel}-shown`, { children: [] });
    shownFor[panel] = point;
    if (!job) {
      stand(panel, "ended", why);
      return;
    }
    stand(panel, "working", "");
    open.set(panel, job);
    const over = await window.rdJobs.end(job, {
      left: () => mine !== newest[panel] || !here(panel),
      saw: (found, looks) => { if (looks > 4) stand(panel, "working", howFar(found)); },
      lost: () => stand(panel, "working", "The server does not answer; it is asked again."),
    });
    if (open.get(panel) === job) open.delete(panel);
    if (!over) return;
    stand(panel, "ended", "");
    set(`latent-${panel}-ended`, { data: { job } });
  }

  // Nobody will look at them any more.
  function leave() {
    for (const job of open.values()) {
      fetch(`/api/v1/jobs/${encodeURIComponent(job)}/cancel`, { method: "POST", keepalive: true }).catch(() => null);
    }
    open.clear();
  }

  window.addEventListener("pagehide", leave);

  // Nobody waits for it: the next request may come before this one has ended.
  function followDecoding(asked) {
    if (asked) follow(asked);
    return none();
  }

  Object.assign(window.dash_clientside.frontier, { readLook, markLook, followDecoding });
})();
