/* Controls whose value is a key of the address: they write it there, and follow it when something else changes it. */
(function () {
  "use strict";

  const FIRST = { after: null }; // of what is asked for now, the first page

  // The control's id -> its key, the value that needs no key, and what else another value changes in the address.
  const KEPT = {
    "strip-image": ["image", "0", {}],
    "sweep-shown": ["shown", "neg_elbo", {}],
    "queue-status": ["status", "any", FIRST],
    "queue-dataset": ["dataset", null, FIRST],
    "queue-tuple": ["tuple", null, FIRST],
    "queue-method": ["method", null, FIRST],
    "queue-tag": ["tag", "", FIRST],
  };
  const held = {}; // what each control stands at
  const none = () => window.dash_clientside.no_update;

  function write(value, search) {
    const { id } = window.dash_clientside.callback_context.inputs_list[0];
    const [key, usual, besides] = KEPT[id];
    held[id] = value;
    const keys = window.rdFrontier.read(search);
    if ((keys[key] || usual) === value) return none();
    return window.rdFrontier.change(search, { [key]: value === usual ? null : value, ...besides });
  }

  function follow(search) {
    const keys = window.rdFrontier.read(search);
    for (const [id, [key, usual]] of Object.entries(KEPT)) {
      const value = keys[key] || usual;
      if (!document.getElementById(id) || held[id] === value) continue;
      held[id] = value;
      window.dash_clientside.set_props(id, { value });
    }
  }

  // Pages of a list: the address has the cursors on the way to the one on show, so that it can be left again.
  function turn(older, newer, next, search) {
    const trail = (window.rdFrontier.read(search).after || "").split(",").filter(Boolean);
    const { triggered_id: button } = window.dash_clientside.callback_context;
    if (!button) return none();
    if (!button.endsWith("-older")) trail.pop();
    else if (next && trail.at(-1) !== next) trail.push(next); // a double click turns once
    return window.rdFrontier.change(search, { after: trail.join(",") });
  }

  window.dash_clientside = window.dash_clientside || {};
  Object.assign((window.dash_clientside.frontier = window.dash_clientside.frontier || {}), {
    keepValue: (value, search) => (value === undefined ? none() : write(value, search)),
    turnPage: turn,
  });
  window.rdKept = { follow };
})();
