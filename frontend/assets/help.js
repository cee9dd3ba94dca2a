/* Explanations: the words stand once in the help, and appear beside whatever carries their key when it is pointed at,
   focused or touched. Escape takes them away; the pointer may move onto them. And the help itself, and the menu. */
(function () {
  "use strict";

  const DELAY_MS = 400;
  const GRACE_MS = 150; // for the pointer's way onto the words
  let bubble = null;
  let source = null;
  let timer = 0;
  let used = null; // what was just pressed or typed into: its own list opens where the words would stand

  function later(action, delay) {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  }

  function made() {
    const element = document.createElement("div");
    element.className = "help-bubble";
    element.setAttribute("popover", "manual");
    element.setAttribute("aria-hidden", "true"); // what has the focus is described by the words in the help
    element.addEventListener("pointerenter", () => clearTimeout(timer));
    element.addEventListener("pointerleave", () => later(hide, GRACE_MS));
    document.body.append(element);
    return element;
  }

  function place(anchor, side) {
    const at = (anchor.firstElementChild || anchor).getBoundingClientRect();
    const own = anchor.matches(".explained") ? at : anchor.getBoundingClientRect();
    const { width, height } = bubble.getBoundingClientRect();
    const above = own.top - height - 8;
    const below = own.bottom + 8;
    const fits = { top: above >= 4, bottom: below + height <= window.innerHeight - 4 };
    const top = side === "top" ? fits.top || !fits.bottom : fits.top && !fits.bottom;
    bubble.style.top = `${Math.max(4, top ? above : below)}px`;
    const middle = own.left + own.width / 2 - width / 2;
    bubble.style.left = `${Math.min(Math.max(8, middle), window.innerWidth - width - 8)}px`;
  }

  function show(anchor) {
    const words = document.getElementById(`help-${anchor.dataset.help}`);
    if (!words || !anchor.isConnected) return;
    bubble = bubble || made();
    bubble.replaceChildren(...words.cloneNode(true).childNodes);
    source = anchor;
    if (bubble.matches(":popover-open")) bubble.hidePopover(); // in front of a dialog that opened since
    bubble.showPopover();
    place(anchor, anchor.dataset.side);
  }

  function hide() {
    clearTimeout(timer);
    source = null;
    if (bubble && bubble.matches(":popover-open")) bubble.hidePopover();
  }

  const explained = (element) => (element && element.closest ? element.closest("[data-help]") : null);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const anchor = explained(event.target);
    if (anchor !== used) used = null;
    if (used) return;
    if (anchor && anchor !== source) later(() => show(anchor), source ? 0 : DELAY_MS);
    else if (anchor) clearTimeout(timer);
    else if (!bubble || !bubble.contains(event.target)) later(hide, GRACE_MS);
  });

  document.addEventListener("focusin", (event) => {
    const anchor = explained(event.target);
    if (!anchor) {
      if (source) hide();
      return;
    }
    if (!event.target.hasAttribute("aria-describedby"))
      event.target.setAttribute("aria-describedby", `help-${anchor.dataset.help}`);
    if (anchor !== used && event.target.matches(":focus-visible")) later(() => show(anchor), DELAY_MS);
  });

  document.addEventListener("pointerdown", (event) => {
    used = explained(event.target);
    hide();
  }, true);

  document.addEventListener("click", (event) => {
    const anchor = explained(event.target);
    if (anchor && anchor.matches(".term")) show(anchor);
  });

  document.addEventListener("keydown", (event) => {
    if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    if (event.key !== "Escape" || !source) {
      if (!explained(event.target)?.matches(".term")) hide();
      return;
    }
    hide();
    event.preventDefault();
    event.stopPropagation(); // the dialog around it stays
  }, true);

  document.addEventListener("scroll", () => source && hide(), { capture: true, passive: true });

  // -- the help, and the menu of a narrow screen -------------------------------------------------------------------

  function menu(open) {
    const button = document.getElementById("menu");
    if (button) button.setAttribute("aria-expanded", String(open));
  }

  document.addEventListener("click", ({ target }) => {
    const help = document.getElementById("help");
    if (target.closest("[data-open=help]")) help.showModal();
    else if (target.closest("[data-close]") || target === help) target.closest("dialog").close();
    const button = target.closest("#menu");
    menu(Boolean(button) && button.getAttribute("aria-expanded") !== "true");
  });

  document.addEventListener("keydown", (event) => {
    const button = document.getElementById("menu");
    if (event.key !== "Escape" || !button || button.getAttribute("aria-expanded") !== "true") return;
    menu(false);
    button.focus();
  });
})();
