/* The tour: a modal dialog, so that the focus stays inside and returns; its light and its card stand where the step's
   target is. Arrow keys go back and forth, Escape ends it. The first visit is offered it once. */
(function () {
  "use strict";

  const KEY = "rd-frontier-tour";
  let at = 0;

  const dialog = () => document.getElementById("tour");
  const steps = () => [...dialog().querySelectorAll(".tour-step")];

  function remember() {
    document.documentElement.removeAttribute("data-tour");
    try { window.localStorage.setItem(KEY, "seen"); } catch (error) { /* it is offered again, then */ }
  }

  function target(step) {
    for (const selector of step.dataset.target.split(", ")) {
      const found = document.querySelector(selector);
      if (found && found.getClientRects().length) return found;
    }
    return document.body;
  }

  function stand() {
    if (!dialog() || !dialog().open) return;
    const light = dialog().querySelector(".tour-light");
    const card = dialog().querySelector(".tour-card");
    const place = target(steps()[at]);
    place.scrollIntoView({ block: "nearest" });
    const box = place.getBoundingClientRect();
    const bottom = Math.min(box.bottom, window.innerHeight - 6);
    const top = Math.max(box.top, 6);
    Object.assign(light.style, {
      left: `${box.left + 2}px`, top: `${top}px`, width: `${box.width - 4}px`, height: `${Math.max(bottom - top, 0)}px`,
    });
    const { width, height } = card.getBoundingClientRect();
    const free = [
      [box.left + box.width / 2 - width / 2, bottom + 12], // below
      [box.left + box.width / 2 - width / 2, top - height - 12], // above
      [box.left - width - 12, top + 20], // left
      [box.right + 12, top + 20], // right
      [box.left + box.width / 2 - width / 2, bottom - height - 16], // on it
    ];
    const fits = ([x, y]) => x >= 8 && y >= 8 && x + width <= window.innerWidth - 8 && y + height <= window.innerHeight - 8;
    const [x, y] = free.find(fits) || free[4];
    card.style.left = `${Math.min(Math.max(12, x), window.innerWidth - width - 12)}px`;
    card.style.top = `${Math.min(Math.max(12, y), window.innerHeight - height - 12)}px`;
  }

  function go(to) {
    const all = steps();
    if (to >= all.length) {
      dialog().close();
      return;
    }
    at = Math.max(0, to);
    all.forEach((step, index) => { step.hidden = index !== at; });
    dialog().querySelector(".tour-count").textContent = `${at + 1} of ${all.length}`;
    dialog().querySelector("[data-tour=back]").disabled = at === 0;
    dialog().querySelector("[data-tour=next]").textContent = at === all.length - 1 ? "Done" : "Next";
    stand();
  }

  // Round and round its buttons: a browser lets the focus go on to its own.
  function keep(event) {
    const buttons = [...dialog().querySelectorAll("button:enabled")];
    const from = buttons.indexOf(document.activeElement);
    const to = (from + (event.shiftKey ? -1 : 1) + buttons.length) % buttons.length;
    event.preventDefault();
    buttons[from < 0 ? 0 : to].focus();
  }

  function start() {
    remember();
    const help = document.getElementById("help");
    if (help && help.open) help.close();
    if (window.location.pathname !== "/") window.dash_clientside.set_props("location", { pathname: "/", search: "" });
    const give_up = Date.now() + 10000;
    (function open() {
      const plane = document.getElementById("plane-frame");
      if ((!plane || plane.classList.contains("loading")) && Date.now() < give_up) {
        setTimeout(open, 50);
        return;
      }
      if (dialog().open) return;
      dialog().showModal();
      go(0);
      dialog().querySelector("[data-tour=next]").focus();
    })();
  }

  // The focus returns by itself to what started the tour, unless that has gone with the offer.
  document.addEventListener("close", ({ target: closed }) => {
    const help = document.querySelector("[data-open=help]");
    const back = document.activeElement;
    if (closed === dialog() && help && (back === document.body || !back.getClientRects().length)) help.focus();
  }, true);

  const moves = { next: () => go(at + 1), back: () => go(at - 1), close: () => dialog().close() };

  document.addEventListener("click", ({ target: clicked }) => {
    const button = clicked.closest("[data-do=tour], [data-do=no-tour]");
    if (button) (button.dataset.do === "tour" ? start : remember)();
    const move = clicked.closest("button[data-tour]");
    if (move) moves[move.dataset.tour]();
  });

  document.addEventListener("keydown", (event) => {
    if (!dialog() || !dialog().open) return;
    if (event.key === "Tab") keep(event);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // the plane behind it stays where it is
    go(at + step);
  }, true);

  window.addEventListener("resize", stand);
})();
