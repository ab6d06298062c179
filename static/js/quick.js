/* The quick line: Enter that only ends a composition (pinyin) never sends it; Enter before the reading is there waits for it. */
(function () {
  "use strict";
  var form = document.getElementById("quick"), line = document.getElementById("id_line"), ended = 0, wanted = false;
  if (!form || !line) { return; }
  function seen() { var field = form.querySelector('[name="seen"]'); return field && field.value === line.value.trim(); }
  line.addEventListener("compositionend", function () { ended = Date.now(); });
  line.addEventListener("keydown", function (event) {
    if (event.key !== "Enter") { return; }
    if (event.isComposing || event.keyCode === 229 || Date.now() - ended < 60) { event.preventDefault(); return; }
    if (line.value.trim() && !seen()) { event.preventDefault(); wanted = true; }
  });
  line.addEventListener("input", function () { wanted = false; });
  document.addEventListener("htmx:afterSettle", function () {
    if (wanted && seen()) { wanted = false; line.focus(); }  // the reading is in sight now: the next Enter sends it
  });
}());
