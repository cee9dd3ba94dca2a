/* Trees without callbacks, built from one description each: [tag, attributes, ...children] or a text. A new description
   changes only what differs from the one before, so that the focus, the scrolling and what other scripts wrote stay. */
(function () {
  "use strict";

  const drawn = new WeakMap(); // element -> the nodes that stand in it

  function made(node) {
    if (typeof node === "string") return document.createTextNode(node);
    const element = document.createElement(node[0]);
    write(element, {}, node[1]);
    fill(element, [], node.slice(2));
    return element;
  }

  function write(element, before, after) {
    for (const name of Object.keys(before)) if (!(name in after)) element.removeAttribute(name);
    for (const [name, value] of Object.entries(after)) {
      if (name === "style") paint(element.style, before.style || {}, value);
      else if (before[name] !== value) element.setAttribute(name, value);
    }
  }

  function paint(style, before, after) {
    for (const name of Object.keys(before)) if (!(name in after)) style.removeProperty(dashed(name));
    for (const [name, value] of Object.entries(after)) if (before[name] !== value) style.setProperty(dashed(name), value);
  }

  const dashed = (name) => (name.startsWith("--") ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));

  // A run's row stays that run's row wherever it moves to; everything else is known by its place.
  const key = (node) => (typeof node === "string" ? undefined : node[1].id || node[1]["data-run"]);

  const alike = (before, after) => typeof before !== "string" && typeof after !== "string" && before[0] === after[0];

  function fill(element, before, after) {
    const were = [...element.childNodes];
    const known = new Map(before.flatMap((node, index) => (key(node) ? [[key(node), index]] : [])));
    after.forEach((node, index) => {
      const old = key(node) ? known.get(key(node)) : index;
      const same = old !== undefined && were[old] && before[old] !== undefined && key(before[old]) === key(node);
      let child = same && (before[old] === node || alike(before[old], node)) ? were[old] : null;
      if (!child) child = made(node);
      else if (typeof node !== "string") {
        write(child, before[old][1], node[1]);
        fill(child, before[old].slice(2), node.slice(2));
      }
      const here = element.childNodes[index];
      if (here !== child) element.insertBefore(child, here || null);
    });
    while (element.childNodes.length > after.length) element.lastChild.remove();
  }

  function draw(element) {
    const nodes = JSON.parse(element.dataset.plain || "[]");
    fill(element, drawn.get(element) || [], nodes);
    drawn.set(element, nodes);
  }

  new MutationObserver((records) => {
    const found = new Set();
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") found.add(target);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.dataset && "plain" in node.dataset) found.add(node);
        node.querySelectorAll("[data-plain]").forEach((each) => found.add(each));
      }
    }
    for (const element of found) if ("plain" in element.dataset) draw(element);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-plain"] });

  // A link within the program leads there without loading it anew, as Dash's own do.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-inner]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { pathname, search } = new URL(link.href);
    const elsewhere = pathname !== window.location.pathname;
    // A path that is written is news, though it were the same: the whole page would be drawn anew.
    window.dash_clientside.set_props("location", elsewhere ? { pathname, search } : { search });
    if (elsewhere) window.scrollTo(0, 0);
  });
})();
