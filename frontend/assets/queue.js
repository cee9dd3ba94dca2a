/* The queue: runs that are picked, and runs that are dragged to another place in line. */
(function () {
  "use strict";

  const none = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  // -- picking ----------------------------------------------------------------------------------------------------

  function pick(action, before) {
    const picked = before || [];
    if (!action) return none();
    if (action.do === "pick-none") return [];
    return picked.includes(action.id) ? picked.filter((id) => id !== action.id) : [...picked, action.id];
  }

  // The lists are drawn anew while runs move on; what is picked stays picked, unless it is not on show any more.
  async function paint(picked) {
    const drawn = window.dash_clientside.callback_context.triggered.some(({ prop_id: id }) => id.startsWith("queue-line"));
    await new Promise((done) => setTimeout(done, 30)); // until what is new stands on the page
    const boxes = [...document.querySelectorAll('[data-do="pick"]')];
    const shown = new Set(boxes.map((box) => box.dataset.target));
    const left = (picked || []).filter((id) => shown.has(id));
    for (const box of boxes) box.setAttribute("aria-checked", String(left.includes(box.dataset.target)));
    if (drawn) {
      follow();
      setTimeout(follow, 300); // a slow machine draws later
    }
    const words = left.length === 1 ? "1 run picked" : `${left.length} runs picked`;
    // The shell keeps them: a callback that wrote there and on the page would fail once the page is left.
    const here = document.getElementById("queue-bar");
    if (here && left.length !== (picked || []).length) set("queue-picked", { data: left });
    return [!left.length, left.length ? words : ""];
  }

  // -- moving -----------------------------------------------------------------------------------------------------

  const FOLLOWED_MS = 5000; // the line is drawn anew by the answer, and again by the news of it
  let moved = null; // the run that was moved by a button, by which one, and until when the focus goes with it

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".moves [data-do]");
    moved = button && {
      run: button.closest("[data-run]").dataset.run,
      place: [...button.parentElement.children].indexOf(button),
      until: Date.now() + FOLLOWED_MS,
    };
  });

  document.addEventListener("keydown", ({ key }) => {
    if (key === "Tab") moved = null; // a person who goes elsewhere is not brought back
  });

  function follow() {
    if (!moved || Date.now() > moved.until) return;
    const row = document.querySelector(`.line [data-run="${CSS.escape(moved.run)}"]`);
    const buttons = row ? [...row.querySelectorAll(".moves [data-do]")] : [];
    const own = buttons[moved.place];
    const button = own && !own.disabled ? own : buttons.find((each) => !each.disabled);
    if (button) button.focus();
  }

  let dragged = null;

  const rowOf = (target) => (target.closest ? target.closest(".line > .row") : null);
  const below = (row, event) => {
    const { top, height } = row.getBoundingClientRect();
    return event.clientY > top + height / 2;
  };

  function unmark() {
    for (const row of document.querySelectorAll(".drop-above, .drop-below")) row.classList.remove("drop-above", "drop-below");
  }

  document.addEventListener("dragstart", (event) => {
    const row = rowOf(event.target);
    if (!row || event.target !== row) return; // a link that is dragged is a link
    dragged = row.dataset.run;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
    row.classList.add("dragged");
  });

  document.addEventListener("dragover", (event) => {
    const row = dragged && rowOf(event.target);
    unmark();
    if (!row) return;
    event.preventDefault();
    row.classList.add(below(row, event) ? "drop-below" : "drop-above");
  });

  document.addEventListener("drop", (event) => {
    const row = dragged && rowOf(event.target);
    if (!row) return;
    event.preventDefault();
    const next = below(row, event) ? row.nextElementSibling : row;
    const more = !next && row.closest(".line").nextElementSibling; // others wait behind those on show
    const before = next ? next.dataset.run : "";
    if (before !== dragged && row.dataset.run !== dragged && !more) {
      window.rdFrontier.press("place", `${dragged}:${before}`);
    }
    dragged = null; // its row may have been drawn anew meanwhile, and a row that is gone ends no drag
    unmark();
  });

  document.addEventListener("dragend", () => {
    dragged = null;
    unmark();
    for (const row of document.querySelectorAll(".dragged")) row.classList.remove("dragged");
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.frontier = Object.assign(window.dash_clientside.frontier || {}, { pick, paintPicked: paint });
})();
