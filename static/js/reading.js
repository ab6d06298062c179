// The page of a list that is being read looks again every second; when the list is there the page opens it.
// Without script it reloads by itself.
(function () {
  "use strict";
  var place = document.querySelector("[data-reading]");
  if (!place || !window.fetch || !window.DOMParser) { return; }
  function look() {
    fetch(window.location.href, { credentials: "same-origin", headers: { "Accept": "text/html" } })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-reading]");
        if (!fresh) { window.location.reload(); return; }
        place.querySelector("[role=status]").textContent = fresh.querySelector("[role=status]").textContent.trim();
        place.querySelector("progress").value = fresh.querySelector("progress").value;
        setTimeout(look, 1000);
      })
      .catch(function () { setTimeout(look, 4000); });
  }
  setTimeout(look, 1000);
})();
