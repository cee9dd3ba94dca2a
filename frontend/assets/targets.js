/* The component library says of the box around a button that it opens something; a screen reader wants to hear it of the
   button itself. */
(function () {
  "use strict";

  const SAID = ["aria-haspopup", "aria-expanded", "aria-controls"];
  const BOXES = SAID.map((name) => `div[id$="-target"][${name}]`).join(", ");
  let waiting = false;

  // What first has the focus in a menu is an empty box of the library's; it says how to go on.
  function greet() {
    for (const box of document.querySelectorAll('[role="menu"] > div[tabindex="-1"]:not([role])')) {
      box.setAttribute("role", "menuitem");
      box.setAttribute("aria-label", "Choose with the arrow keys");
    }
  }

  function pass() {
    waiting = false;
    greet();
    for (const box of document.querySelectorAll(BOXES)) {
      const button = box.querySelector("button");
      for (const name of SAID) {
        if (button && box.hasAttribute(name)) button.setAttribute(name, box.getAttribute(name));
        box.removeAttribute(name);
      }
    }
  }

  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(pass);
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: SAID });
})();
