/* The editor of rows: saves by itself after a pause, fills a pasted range into the cells, Alt+Up and Alt+Down move a row,
   Enter goes down a row. Everything works without it; it sends the same form. */
(function () {
  "use strict";
  var form = document.getElementById("rows"), said = document.getElementById("saved"), lines = document.getElementById("id_lines");
  var PAUSE = 2500, COLUMNS = ["number", "content", "lead_units", "supporting_units", "due"];
  if (!form || !said || !window.fetch || !window.FormData) { return; }
  var timer = null, busy = false, again = false, pressed = null, stopped = Boolean(form.dataset.clash);

  function say(words) { said.textContent = words; }
  function field(name) { return form.querySelector('[name="' + name + '"]'); }
  function rows() { return Array.prototype.slice.call(form.querySelectorAll("[data-key-of-row]")); }
  function cell(row, name) { return row && form.querySelector('[name="c-' + row.dataset.keyOfRow + "-" + name + '"]'); }

  /* --- Autosave: the form as it stands, without the quick lines; one request at a time --- */
  function later(wait) {
    if (stopped) { return; }
    clearTimeout(timer);
    timer = setTimeout(save, wait || PAUSE);
  }
  function rename(row, key) {
    var old = row.dataset.keyOfRow;
    row.dataset.keyOfRow = key;
    row.id = "row-" + key;
    Array.prototype.forEach.call(row.querySelectorAll("[name],[id],[for]"), function (part) {
      ["name", "id", "for"].forEach(function (attribute) {
        var value = part.getAttribute(attribute);
        if (value && value.indexOf("c-" + old + "-") === 0) { part.setAttribute(attribute, value.replace("c-" + old + "-", "c-" + key + "-")); }
      });
    });
  }
  function save() {
    if (busy) { again = true; return; }
    var data = new FormData(form);
    data.delete("lines");
    data.set("autosave", "1");
    busy = true;
    fetch(form.action || window.location.href, { method: "POST", body: data, credentials: "same-origin", headers: { "Accept": "application/json" } })
      .then(function (answer) { return answer.json().then(function (paper) { return { ok: answer.ok, paper: paper }; }); })
      .then(function (found) {
        if (!found.ok) { stopped = true; say(found.paper.error); return; }
        field("version").value = found.paper.version;
        field("op").value = found.paper.op;
        Object.keys(found.paper.keys).forEach(function (key) {
          var row = document.getElementById("row-" + key);
          if (!row) { return; }
          rename(row, found.paper.keys[key][0]);
          if (!cell(row, "number").value) { cell(row, "number").value = found.paper.keys[key][1]; }
        });
        var undo = form.querySelector("[data-undo]");
        if (undo) { undo.disabled = false; }
        if (!again) { say(said.dataset.saved + " " + found.paper.at); }
      })
      .catch(function () { say(said.dataset.offline); later(PAUSE * 4); })
      .then(function () {
        busy = false;
        if (pressed) { pressed.click(); pressed = null; } else if (again) { again = false; later(); }
      });
  }
  form.addEventListener("input", function (event) {
    if (event.target === lines || stopped) { return; }
    say(said.dataset.unsaved);
    later();
  });
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (busy) {  // the save under way brings a new version: the button is pressed again when it is there
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = event.submitter || form.querySelector('[name="do"][value="save"]');
    }
  }, true);

  /* --- A range pasted into a cell fills the cells to the right and below; what is left goes to the quick lines --- */
  form.addEventListener("paste", function (event) {
    var match = /^c-(\w+)-(\w+)$/.exec(event.target.name || ""), text = event.clipboardData && event.clipboardData.getData("text/plain");
    var first = match ? COLUMNS.indexOf(match[2]) : -1;
    if (first < 0 || !text || text.replace(/\s+$/, "").search(/[\t\n]/) < 0 || text.indexOf('"') >= 0) { return; }
    var range = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n"), place = rows().indexOf(document.getElementById("row-" + match[1])), rest = [];
    if (range.length > 1 && range[0].indexOf("\t") < 0 && match[2] === "content") { return; }  // a text of several lines is one cell
    event.preventDefault();
    range.forEach(function (line, down) {
      var row = rows()[place + down];
      if (!row) { rest.push(line); return; }
      line.split("\t").forEach(function (value, right) {
        var target = cell(row, COLUMNS[first + right]);
        if (target) { target.value = value.trim(); }
      });
    });
    if (rest.length && lines) { lines.value = (lines.value ? lines.value + "\n" : "") + rest.join("\n"); lines.focus(); }
    say(said.dataset.unsaved);
    later();
  });

  /* --- Keys --- */
  form.addEventListener("keydown", function (event) {
    var row = event.target.closest && event.target.closest("[data-key-of-row]");
    if (!row || event.isComposing) { return; }
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      var button = row.querySelector('[value^="' + (event.key === "ArrowUp" ? "up:" : "down:") + '"]');
      if (button) { event.preventDefault(); button.click(); }
    } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
      var match = /^c-\w+-(\w+)$/.exec(event.target.name), all = rows(), target = match && cell(all[all.indexOf(row) + 1], match[1]);
      event.preventDefault();
      if (target) { target.focus(); }
    }
  });
}());
