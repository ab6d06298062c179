// Keeps what a spreadsheet puts on the clipboard: the HTML form carries merged cells, which plain text loses (ux A1).
// Without script the plain text alone is read.
(function () {
  "use strict";
  var area = document.getElementById("id_paste");
  var html = document.getElementById("id_paste_html");
  if (!area || !html) {
    return;
  }
  area.addEventListener("paste", function (event) {
    var data = event.clipboardData;
    html.value = data && data.getData("text/html") ? data.getData("text/html") : "";
  });
  area.addEventListener("input", function (event) {
    if (event.inputType !== "insertFromPaste") {
      html.value = "";
    }
  });
})();
