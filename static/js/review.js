/* The stock phrases of the review desk become buttons that start the words of a return. Keys J K A R are data-key marks,
   read by app.js (off in inputs and while a syllable is being composed). */
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("[data-phrase]"), function (word) {
    var button = document.createElement("button"), field = document.querySelector(word.dataset.phrase);
    if (!field) { return; }
    button.type = "button";
    button.className = "chip";
    button.textContent = word.textContent;
    button.lang = (word.querySelector("[lang]") || {}).lang || "";
    if (!button.lang) { button.removeAttribute("lang"); }
    button.addEventListener("click", function () {
      var before = field.value.trim();
      field.value = before + (before && !/[，。；,.;：:]$/.test(before) ? "；" : "") + button.textContent;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    });
    word.replaceWith(button);
  });
}());
