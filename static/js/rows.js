/* The editor of rows: saves by itself after a pause, fills a pasted range into the cells and adds rows for the rest, Alt+Up
   and Alt+Down move a row, Enter goes down a row (Shift+Enter is a line break). Everything works without it; it sends the
   same form. */
(function () {
  "use strict";
  var form = document.getElementById("rows"), said = document.getElementById("saved"), lines = document.getElementById("id_lines");
  var PAUSE = 2500, MOST_NEW = 200, COLUMNS = ["number", "content", "lead_units", "supporting_units", "due"];
  if (!form || !said || !window.fetch || !window.FormData) { return; }
  var timer = null, busy = false, again = false, pressed = null, stopped = Boolean(form.dataset.clash);

  function say(words) { said.textContent = words; }
  function field(name) { return form.querySelector('[name="' + name + '"]'); }
  function rows() { return Array.prototype.slice.call(form.querySelectorAll("[data-key-of-row]")); }
  function cell(row, name) { return row && form.querySelector('[name="c-' + row.dataset.keyOfRow + "-" + name + '"]'); }

  /* --- A shared draft: only touched rows are sent, a row in which somebody else writes is read only, others' words come in --- */
  var shared = Boolean(form.dataset.shared), touched = {}, BEAT = 15000, others = document.getElementById("others");
  function rowOf(part) { return part && part.closest && part.closest("[data-key-of-row]"); }
  function here() { var row = rowOf(document.activeElement); return row ? row.dataset.keyOfRow : ""; }
  function mark(part) {
    var row = rowOf(part);
    touched[row ? row.dataset.keyOfRow : /^g-/.test(part.name) ? part.name : "head"] = 1;
  }
  function fields(row) { return Array.prototype.slice.call(row.querySelectorAll('[name^="c-"]:not([type="hidden"])')); }
  function together(paper) {
    rows().forEach(function (row) {
      var key = row.dataset.keyOfRow, words = paper.locks[key] || "", note = row.querySelector("[data-lock]"), stand = paper.stand[key];
      note.textContent = words;
      note.hidden = !words;
      fields(row).forEach(function (one) { one.readOnly = Boolean(words); });
      if (!stand || touched[key]) { return; }
      Object.keys(stand).forEach(function (name) {
        var target = cell(row, name);
        if (target && target !== document.activeElement && target.value !== stand[name]) { target.value = stand[name]; }
      });
    });
    var known = rows().map(function (row) { return row.dataset.keyOfRow; });
    var gone = known.some(function (key) { return !/^new/.test(key) && paper.order.indexOf(key) < 0; });
    var more = gone || (form.dataset.single && paper.order.some(function (key) { return known.indexOf(key) < 0; }));
    if (others) { others.querySelector("[data-words]").textContent = more ? form.dataset.more : ""; }
  }
  if (shared) {
    setInterval(function () { if (!busy && !stopped && !document.hidden) { save(); } }, BEAT);
    form.addEventListener("focusin", function (event) { if (rowOf(event.target) && !busy) { later(400); } });
  }

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
    Array.prototype.forEach.call(row.querySelectorAll('button[name="do"], [name="pick"]'), function (part) {
      part.value = part.name === "pick" ? key : part.value.replace(/:.*$/, ":" + key);
    });
    if (!/^new/.test(key)) { Array.prototype.forEach.call(row.querySelectorAll("[data-when-kept]"), function (part) { part.hidden = false; }); }
  }
  function save() {
    if (busy) { again = true; return; }
    var data = new FormData(form), sent = touched;
    data.delete("lines");
    data.delete("do");
    data.set("autosave", "1");
    if (shared) {
      data.set("touched", Object.keys(sent).join(","));
      data.set("at", here());
      touched = {};
    }
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
        if (shared) { together(found.paper); }
        var undo = form.querySelector("[data-undo]");
        if (undo) { undo.disabled = false; }
        if (!again) { say(said.dataset.saved + " " + found.paper.at); }
      })
      .catch(function () {
        Object.keys(sent).forEach(function (key) { touched[key] = 1; });
        say(said.dataset.offline); later(PAUSE * 4);
      })
      .then(function () {
        busy = false;
        if (pressed) { pressed.click(); pressed = null; } else if (again) { again = false; later(); }
      });
  }
  form.addEventListener("input", function (event) {
    if (event.target === lines || stopped) { return; }
    mark(event.target);
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

  /* --- A new row below the last one: the empty row of the page is the pattern --- */
  var pattern = form.querySelector('[data-key-of-row^="new"]'), made = 0;
  pattern = pattern && pattern.cloneNode(true);
  function addRow() {
    if (!pattern) { return null; }
    var row = pattern.cloneNode(true), last = rows().pop();
    rename(row, "new" + (made += 1));
    Array.prototype.forEach.call(row.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea"), function (one) { one.value = ""; });
    last.parentNode.insertBefore(row, last.nextSibling);
    var number = String(rows().length);  // the words of its labels name the row
    Array.prototype.forEach.call(row.querySelectorAll("td label.visually-hidden, label > .visually-hidden"), function (one) { one.textContent = one.textContent.replace(/\d+/, number); });
    Array.prototype.forEach.call(row.querySelectorAll("button[aria-label]"), function (one) { one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+/, number)); });
    return row;
  }

  /* --- A range pasted into a cell fills the cells to the right and below, and adds rows for what is left --- */
  function cells(text) {  // tab-separated; a quoted cell may hold line breaks, as Excel and WPS write it
    var found = [[]], sign = /"((?:[^"]|"")*)"(?=[\t\n]|$)|[^\t\n]*/y, place = 0;
    text = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    while (place <= text.length) {
      sign.lastIndex = place;
      var hit = sign.exec(text);
      found[found.length - 1].push((hit[1] !== undefined ? hit[1].replace(/""/g, '"') : hit[0]).trim());
      place += hit[0].length;
      if (place >= text.length) { break; }
      if (text[place] === "\n") { found.push([]); }
      place += 1;
    }
    return found;
  }
  var note = document.getElementById("pasted"), before = [], fresh = [];
  function takeBack() {
    before.forEach(function (one) { one.cell.value = one.value; mark(one.cell); one.cell.classList.remove("cell-filled"); });
    fresh.forEach(function (row) { if (/^new/.test(row.dataset.keyOfRow)) { row.remove(); } });
    note.hidden = true;
    if (before.length) { before[0].cell.focus(); }
    say(said.dataset.unsaved);
    later();
  }
  function tell(count) {
    if (!note) { return; }
    note.querySelector("[data-words]").textContent = note.dataset.words.replace("{cells}", before.length).replace("{rows}", count).replace("{added}", fresh.length);
    note.hidden = false;
  }
  if (note) { note.querySelector("button").addEventListener("click", takeBack); }
  form.addEventListener("paste", function (event) {
    var match = /^c-(\w+?)-(\w+)$/.exec(event.target.name || ""), text = event.clipboardData && event.clipboardData.getData("text/plain");
    var first = match ? COLUMNS.indexOf(match[2]) : -1;
    if (first < 0 || !text || text.replace(/\s+$/, "").search(/[\t\n]/) < 0) { return; }
    var range = cells(text), place = rows().indexOf(event.target.closest("[data-key-of-row]")), rest = [];
    if (text.indexOf("\t") < 0 && match[2] === "content" && text.indexOf('"') < 0 && event.target.value) { return; }  // lines into a begun text
    event.preventDefault();
    before = [];
    fresh = [];
    range.forEach(function (line, down) {
      var row = rows()[place + down];
      if (!row && fresh.length < MOST_NEW) { row = addRow(); if (row) { fresh.push(row); } }
      if (!row) { rest.push(line.join("\t")); return; }
      line.forEach(function (value, right) {
        var target = cell(row, COLUMNS[first + right]);
        if (!target || target.readOnly || target.value === value) { return; }
        before.push({ cell: target, value: target.value });
        target.value = value;
        mark(target);
        target.classList.add("cell-filled");
      });
    });
    if (rest.length && lines) { lines.value = (lines.value ? lines.value + "\n" : "") + rest.join("\n"); }
    tell(range.length - rest.length);
    say(said.dataset.unsaved);
    later(PAUSE * 2);  // time enough to see what was filled and to take it back
  });

  /* --- Keys --- */
  form.addEventListener("keydown", function (event) {
    var row = event.target.closest && event.target.closest("[data-key-of-row]");
    if (!row || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) { return; }
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      var button = /^new/.test(row.dataset.keyOfRow) ? null : row.querySelector('[value^="' + (event.key === "ArrowUp" ? "up:" : "down:") + '"]');
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    var match = /^c-\w+?-(\w+)$/.exec(event.target.name || ""), grid = match && COLUMNS.indexOf(match[1]) >= 0;
    if (event.key === "Tab" && !event.shiftKey && match && match[1] === "content" && cell(row, "lead_units")) {
      event.preventDefault();  // to the next cell; the fold with the other columns is one Shift+Tab back from there
      cell(row, "lead_units").focus();
      return;
    }
    if (event.key === "Enter" && !event.altKey && !event.shiftKey && (grid || event.target.tagName === "INPUT") && event.target.type !== "checkbox") {
      event.preventDefault();
      if (!grid) { return; }
      var all = rows(), next = all[all.indexOf(row) + 1];
      if (!next && cell(row, "content").value.trim()) { next = addRow(); }
      if (next && cell(next, match[1])) { cell(next, match[1]).focus(); }
    }
  });
}());
