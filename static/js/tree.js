/* Dragging a unit of the tree onto another opens the same page as its menu: what would happen, then the button that confirms. */
(function () {
  "use strict";
  var moving = "", over = null;
  function row(event) { var node = event.target; return node && node.closest ? node.closest("[data-unit]") : null; }
  function mark(next) {
    if (over && over !== next) { over.classList.remove("chosen"); }
    over = next;
    if (over) { over.classList.add("chosen"); }
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-move]"), function (node) { node.draggable = true; });
  document.addEventListener("dragstart", function (event) {
    var from = row(event);
    moving = from && from.dataset.move ? from.dataset.move : "";
    if (moving) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", from.dataset.unit); }
  });
  document.addEventListener("dragover", function (event) {
    var to = moving && row(event);
    mark(to && to.dataset.move !== moving ? to : null);
    if (over) { event.preventDefault(); }
  });
  document.addEventListener("dragend", function () { moving = ""; mark(null); });
  document.addEventListener("drop", function (event) {
    if (!moving || !over) { return; }
    event.preventDefault();
    window.location.assign(moving + "?to=" + encodeURIComponent(over.dataset.unit));
  });
}());
