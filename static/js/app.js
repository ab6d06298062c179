/* Small helps for pages that work without them: one send per form, typed text kept on the device, copying,
   shortcuts, a line when something takes long. No inline code, no library, nothing newer than Chromium 90. */
(function () {
  "use strict";
  var root = document.documentElement, body = document.body, live = document.getElementById("live");
  var WEEK = 7 * 24 * 3600 * 1000, PREFIX = "draft:";
  root.classList.add("js");

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function say(words) { if (live) { live.textContent = ""; setTimeout(function () { live.textContent = words; }, 50); } }
  function storage(work) { try { return work(window.localStorage); } catch (error) { return null; } }  // private windows have none

  /* --- Typed text stays on this device until the server has it (design 8) --- */
  function draftKey(form) { return PREFIX + body.dataset.user + ":" + form.dataset.keep; }
  function read(key) { return storage(function (store) { return JSON.parse(store.getItem(key) || "null"); }); }
  function write(key, draft) { storage(function (store) { store.setItem(key, JSON.stringify(draft)); }); }
  function drop(key) { storage(function (store) { store.removeItem(key); }); }
  function draftKeys() {
    return storage(function (store) { return Object.keys(store).filter(function (key) { return key.indexOf(PREFIX) === 0; }); }) || [];
  }
  function keepable(field) {
    if (!field.name || field.name === "op" || field.name === "csrfmiddlewaretoken" || field.disabled) { return false; }
    if (/^(checkbox|radio)$/.test(field.type)) { return true; }
    return !/^(hidden|password|file|submit|button|reset|image)$/.test(field.type);
  }
  function eachKept(form, work) {
    var place = 0;  // counted among the fields we keep, so that a button more or less changes nothing
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!keepable(field)) { return; }
      // a tick is known by its value: files that arrive add ticks, and the one below must not take the place of the one above
      if (/^(checkbox|radio)$/.test(field.type)) { work(field, field.name + "=" + field.value, "checked"); return; }
      work(field, place + ":" + field.name, "value");
      place += 1;
    });
  }
  function values(form) {
    var found = {};
    eachKept(form, function (field, key, part) { found[key] = field[part]; });
    return found;
  }
  function fill(form, kept) {
    var changed = 0;
    eachKept(form, function (field, key, part) {
      if (key in kept && field[part] !== kept[key]) { field[part] = kept[key]; changed += 1; }
    });
    return changed;
  }
  function tellRestored(form, before, key) {
    var note = document.createElement("p"), button = document.createElement("button");
    note.className = "note note-info";
    note.setAttribute("role", "status");
    note.textContent = live.dataset.restored + " ";
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    button.textContent = live.dataset.discard;
    button.addEventListener("click", function () { fill(form, before); drop(key); note.remove(); });
    note.appendChild(button);
    form.insertBefore(note, form.firstChild);
  }
  function restore(form) {
    var key = draftKey(form), draft = read(key), before = values(form);
    if (draft && !form.querySelector("[aria-invalid='true'], .is-invalid, .field-error") && fill(form, draft.values)) { tellRestored(form, before, key); }
    var keep = function () { write(key, { at: Date.now(), values: values(form) }); };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  }
  function settleDrafts() {
    var said = body.dataset.drafts;  // "wipe": what was refused may not stay on the device either (a secrecy marking)
    var hold = said === "hold" || (said !== "wipe" && document.querySelector(".error-summary"));
    draftKeys().forEach(function (key) {
      var draft = read(key);
      if (!draft || Date.now() - draft.at > WEEK) { drop(key); return; }
      if (!draft.sent) { return; }
      if (hold) { delete draft.sent; write(key, draft); } else { drop(key); }  // a page of ours after a send: the server has it
    });
  }
  settleDrafts();
  all("form[data-keep]").forEach(restore);

  /* --- One send per form; the server's operation id is the real guard --- */
  function busy(form, on) {
    if (on) { form.dataset.sending = "1"; } else { delete form.dataset.sending; }
    all("button:not([type=button]), input[type=submit]", form).forEach(function (button) {
      if (on) { button.setAttribute("aria-busy", "true"); } else { button.removeAttribute("aria-busy"); }
    });
  }
  var bar = document.querySelector(".busy-bar"), barTimer;
  function showBar(on) {
    clearTimeout(barTimer);
    if (!bar) { return; }
    if (on) { barTimer = setTimeout(function () { bar.hidden = false; }, 150); } else { bar.hidden = true; }
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") { return; }
    if (form.dataset.sending) { event.preventDefault(); return; }
    if (form.hasAttribute("data-sign-out")) { draftKeys().forEach(drop); }
    if (form.dataset.keep !== undefined) {
      write(draftKey(form), { at: Date.now(), values: values(form), sent: true });
    }
    busy(form, true);
    showBar(true);
    if (form.dataset.busy) { setTimeout(function () { if (form.dataset.sending) { say(form.dataset.busy); } }, 2000); }
    if (!form.hasAttribute("hx-post")) { setTimeout(function () { busy(form, false); }, 30000); }
  });
  window.addEventListener("pageshow", function () { showBar(false); all("form[data-sending]").forEach(function (form) { busy(form, false); }); });

  /* --- No network --- */
  function network() { var line = document.querySelector(".offline-bar"); if (line) { line.hidden = navigator.onLine !== false; } }
  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  network();

  /* --- htmx: busy marks, focus never lost, a failed call says so in place --- */
  document.addEventListener("htmx:beforeRequest", function (event) { showBar(true); event.detail.target.setAttribute("aria-busy", "true"); });
  document.addEventListener("htmx:afterRequest", function (event) {
    showBar(false);
    event.detail.target.removeAttribute("aria-busy");
    var form = event.detail.elt;
    if (form.tagName !== "FORM") { return; }
    busy(form, false);
    var refused = /error-summary|aria-invalid="true"/.test(event.detail.xhr ? event.detail.xhr.responseText : "");
    if (form.dataset.keep !== undefined && event.detail.successful && !refused) { drop(draftKey(form)); }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    all("form[data-keep]", event.target).forEach(restore);
    if (document.activeElement === body || !document.activeElement) {
      var next = event.target.querySelector("[data-take-focus], h1, h2, a, button");
      if (next) { if (!next.hasAttribute("tabindex") && /^H/.test(next.tagName)) { next.tabIndex = -1; } next.focus(); }
    }
    var told = event.target.querySelector("[data-say]");
    if (told) { say(told.dataset.say); }
  });
  function failed(event) {
    var target = event.detail.target || event.detail.elt, note = document.createElement("p"), again = document.createElement("button");
    note.className = "note note-warn";
    note.setAttribute("role", "alert");
    note.textContent = live.dataset.failed + " ";
    again.type = "button";
    again.className = "btn btn-secondary btn-sm";
    again.textContent = live.dataset.retry;
    again.addEventListener("click", function () {
      note.remove();
      if (event.detail.elt.tagName === "FORM" && event.detail.elt.requestSubmit) { event.detail.elt.requestSubmit(); } else { event.detail.elt.click(); }
    });
    note.appendChild(again);
    target.insertBefore(note, target.firstChild);
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:timeout", failed);

  /* --- Menus and folds --- */
  var phone = window.matchMedia("(max-width: 35.99em)");
  if (phone.matches) { all("details.filters").forEach(function (fold) { fold.open = false; }); }
  document.addEventListener("click", function (event) {
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) { menu.open = false; } });
  });

  /* --- Copying text, or a table for Excel and Word (ux.md A1, 3) --- */
  function shown(cell) {
    var copy = cell.cloneNode(true);
    all(".visually-hidden, svg, button", copy).forEach(function (part) { part.remove(); });
    all("br, p, div, li, summary", copy).forEach(function (part) { part.after("\u0001"); });
    return copy.textContent.replace(/\s+/g, " ").split("\u0001").map(function (line) { return line.trim(); }).filter(Boolean).join("\n");
  }
  function inCopy(row) { return Array.prototype.filter.call(row.cells, function (cell) { return !cell.classList.contains("tick"); }); }
  function asText(element) {
    if (element.tagName !== "TABLE") { return element.innerText.trim(); }
    return all("tr", element).map(function (row) {
      return inCopy(row).map(function (cell) {
        var words = shown(cell);
        return /[\t\n"]/.test(words) ? '"' + words.replace(/"/g, '""') + '"' : words;
      }).join("\t");
    }).join("\n");
  }
  // Excel keeps lines in one cell, and words with = in front as words, only where the copied page says so in its own style
  var FOR_EXCEL = '<style>br { mso-data-placement: same-cell; } .words { mso-number-format: "\\@"; }</style>';
  function asTable(table) {
    var copy = document.createElement("table");
    all("tr", table).forEach(function (row) {
      var line = copy.insertRow();
      inCopy(row).forEach(function (cell) {
        var box = document.createElement(cell.tagName);
        shown(cell).split("\n").forEach(function (words, place) {
          if (place) { box.appendChild(document.createElement("br")); }
          box.appendChild(document.createTextNode(words));
        });
        if (/^[=+\-@]/.test(box.textContent)) { box.className = "words"; }
        box.rowSpan = cell.rowSpan;
        box.colSpan = cell.colSpan;
        line.appendChild(box);
      });
    });
    return "<html><head>" + FOR_EXCEL + "</head><body>" + copy.outerHTML + "</body></html>";
  }
  function copy(element) {
    var catcher = function (event) {
      event.clipboardData.setData("text/plain", asText(element));
      if (element.tagName === "TABLE") { event.clipboardData.setData("text/html", asTable(element)); }
      event.preventDefault();
    };
    document.addEventListener("copy", catcher);
    document.execCommand("copy");  // works on plain http inside an office, where the newer way is switched off
    document.removeEventListener("copy", catcher);
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-copy]");
    if (!button) { return; }
    var source = document.querySelector(button.dataset.copy);
    if (source) { copy(source); say(button.dataset.copied || live.dataset.copied); flash(button, button.dataset.copied || live.dataset.copied); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-print]")) { window.print(); }
  });
  function flash(button, words) {
    var place = button.lastChild, before = place.textContent;
    if (button.dataset.flashing) { return; }
    button.dataset.flashing = "1";
    place.textContent = words;
    setTimeout(function () { place.textContent = before; delete button.dataset.flashing; }, 2000);
  }

  /* --- Ticking all, counting, sending a filter as soon as it is chosen --- */
  function count(name) {
    var boxes = all('input[type=checkbox][name="' + name + '"]'), ticked = boxes.filter(function (box) { return box.checked; }).length;
    all('[data-count="' + name + '"]').forEach(function (place) { place.textContent = ticked; });
    all('[data-check-all="' + name + '"]').forEach(function (box) { box.checked = ticked > 0 && ticked === boxes.length; box.indeterminate = ticked > 0 && ticked < boxes.length; });
  }
  document.addEventListener("change", function (event) {
    var field = event.target, name = field.dataset.checkAll;
    if (name) { all('input[type=checkbox][name="' + name + '"]').forEach(function (box) { box.checked = field.checked; }); }
    if (name || field.type === "checkbox") { count(name || field.name); }
    if (field.hasAttribute("data-submit-on-change") && field.form) { field.form.submit(); }
  });

  /* --- Shortcuts: none is needed for anything, all can be switched off (WCAG 2.1.4) --- */
  var OFF = "shortcuts-off";
  function off() { return storage(function (store) { return store.getItem(OFF); }) === "1"; }
  function walk(step) {
    var rows = all("[data-row]"), here = rows.findIndex(function (row) { return row.contains(document.activeElement); });
    var row = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    if (row) { (row.matches("a, button") ? row : row.querySelector("a") || row.querySelector("button, input") || row).focus(); }
  }
  all("[data-shortcuts-switch]").forEach(function (box) {
    box.checked = !off();
    box.addEventListener("change", function () { storage(function (store) { store.setItem(OFF, box.checked ? "0" : "1"); }); });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      all("details.menu[open]").forEach(function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
      return;
    }
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey || off()) { return; }
    if (event.target.closest && event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) { return; }
    var key = event.key.toLowerCase();
    if (key === "j" || key === "k") { if (document.querySelector("[data-row]")) { event.preventDefault(); walk(key === "j" ? 1 : -1); return; } }
    if (key === "x") {
      var row = document.activeElement.closest("[data-row]"), box = row && row.querySelector("input[type=checkbox]");
      if (box) { event.preventDefault(); box.click(); return; }
    }
    if (key === "/") {
      var filter = all(".filters select, .filters input:not([type=hidden])").find(function (one) { return one.offsetParent !== null; });
      if (filter) { event.preventDefault(); filter.focus(); return; }
    }
    var door = all("[data-key]").find(function (one) { return one.dataset.key === key && one.offsetParent !== null; });
    if (!door) { return; }
    event.preventDefault();
    if (door.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) { door.focus(); } else { door.click(); }
  });

  /* --- A page with problems begins at their summary --- */
  var first = document.querySelector(".error-summary[data-take-focus]");
  if (first) { first.focus(); }
}());
