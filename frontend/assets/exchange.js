/* A file of a frontier comes in: any button with data-do="import" asks for it, REST takes it, a notice says what it brought. */
(function () {
  "use strict";

  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function say(message, color) {
    const notice = { action: "show", id: `import-${Date.now()}`, title: "Import", message, color, autoClose: 10000 };
    window.dash_clientside.set_props("notices", { sendNotifications: [notice] });
  }

  function brought(found) {
    const words = found.runs.length
      ? [`${plural(found.runs.length, "run")} with ${plural(found.points, "point")} came in`]
      : ["nothing new in it"];
    if (found.already.length) words.push(`${plural(found.already.length, "run")} of the file were here already`);
    if (found.datasets.length) words.push(`known now without its images: ${found.datasets.join(", ")}`);
    return `${words.join("; ")}.`;
  }

  async function send(file) {
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch("/api/v1/import", { method: "POST", body });
      const found = await answer.json();
      if (answer.ok) say(brought(found), found.runs.length ? "teal" : "frontier");
      else say(found.detail || found.title, "red");
    } catch (error) {
      say(`The file did not arrive: ${error.message}`, "red");
    }
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-do="import"]')) return;
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".frontier";
    input.addEventListener("change", () => {
      if (!input.files.length) return;
      say(`Reading ${input.files[0].name}`, "frontier");
      send(input.files[0]);
    });
    input.click();
  });
})();
