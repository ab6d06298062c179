// Keys of the import wizard: Alt+N goes to the next problem, and from the last one to the next page (ux g.2);
// Ctrl+Enter goes on to the next step. Everything works without it.
(function () {
  "use strict";
  var HERE = "#next-problem";
  function places() { return Array.prototype.slice.call(document.querySelectorAll("[data-problem]")); }
  function enter(place) {
    var control = place.querySelector("button, input:not([type=hidden]), select") || place;
    if (control === place) { place.tabIndex = -1; }
    control.focus();
    control.scrollIntoView({ block: "center" });
  }
  function next() {
    var all = places(), now = document.activeElement;
    var after = all.filter(function (place) {
      return !place.contains(now) && (now.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING);
    })[0];
    var page = document.querySelector("a[rel=next]");
    if (after) { enter(after); } else if (page) { window.location.href = page.href + HERE; } else if (all[0]) { enter(all[0]); }
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey && event.key === "Enter" && !event.repeat && !event.isComposing) {
      var on = document.querySelector(".sticky-actions .btn-primary");
      if (on) { event.preventDefault(); on.click(); }
      return;
    }
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyN") { event.preventDefault(); next(); }
  });
  if (window.location.hash === HERE && places()[0]) { enter(places()[0]); }
})();
