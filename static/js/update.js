/* The report form on a phone: photos are made smaller and sent one by one while the person types, with progress and a second
   try; the form itself then carries only their ticks. Without this script the files travel with the form. */
(function () {
  "use strict";
  var form = document.getElementById("update"), input = document.getElementById("id_files"), list = document.getElementById("ticked");
  var LONG_SIDE = 1600, SMALL = 400 * 1024, held = null;
  if (!form || !input || !list || !window.FormData) { return; }
  var words = form.dataset;

  var clash = document.querySelector(".conflict");
  if (clash) { clash.focus(); }

  /* --- The last words, without losing those typed now --- */
  var again = form.querySelector("[data-last]"), text = document.getElementById("id_text");
  if (again) {
    again.addEventListener("click", function (event) {
      event.preventDefault();
      var last = document.querySelector(again.dataset.last).textContent, typed = text.value.trim();
      text.value = typed ? typed + "\n" + last : last;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
  }

  /* --- The field grows with its words --- */
  function grow() {
    text.style.height = "auto";
    text.style.height = Math.min(text.scrollHeight + 4, window.innerHeight * 0.5) + "px";
  }
  text.addEventListener("input", grow);
  if (text.value) { grow(); }

  /* --- How long it is --- */
  var counter = form.querySelector("[data-counter]"), limit = Number(text.dataset.counted);
  function measure() {
    counter.textContent = text.value.trim().length + "/" + limit;
    counter.classList.toggle("counter-over", text.value.trim().length > limit);
  }
  if (counter && limit) { counter.hidden = false; measure(); text.addEventListener("input", measure); }

  /* --- Photos: long side 1600 px, 400 KB; what this browser cannot draw is sent as it is --- */
  function shrink(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= SMALL || !window.createImageBitmap) { return Promise.resolve(file); }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return smaller(canvas, 0.82);
    }).then(function (blob) {
      if (!blob || blob.size >= file.size) { return file; }
      return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    }).catch(function () { return file; });
  }
  function smaller(canvas, quality) {
    return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", quality); }).then(function (blob) {
      return blob && blob.size > SMALL && quality > 0.5 ? smaller(canvas, quality - 0.12) : blob;
    });
  }

  /* --- One file on its way: its name, how far it is, and what to do when it does not arrive --- */
  function named(name) {
    var made = document.createElement("span");
    made.className = "paper-name";
    made.textContent = name;
    if (/[\u4e00-\u9fff]/.test(name)) { made.lang = "zh-Hans"; }  // as people wrote it, on a page of any language
    return made;
  }
  function line(name) {
    var item = document.createElement("li"), label = named(name), bar = document.createElement("progress");
    item.className = "uploading";
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    item.appendChild(label);
    item.appendChild(bar);
    list.appendChild(item);
    return item;
  }
  function button(item, name, work) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-secondary btn-sm";
    made.textContent = name;
    made.addEventListener("click", work);
    item.appendChild(made);
  }
  function send(file, item) {
    var request = new XMLHttpRequest(), data = new FormData(), bar = item.querySelector("progress");
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("files", file, file.name);
    request.open("POST", words.upload);
    request.upload.addEventListener("progress", function (event) { if (event.lengthComputable) { bar.value = event.loaded / event.total; } });
    request.addEventListener("load", function () { arrived(request, file, item); });
    request.addEventListener("error", function () { lost(file, item); });
    request.send(data);
  }
  function arrived(request, file, item) {
    if (request.status !== 200 || !request.getResponseHeader("X-Fragment")) { lost(file, item); return; }
    var box = new DOMParser().parseFromString(request.responseText, "text/html").body;
    var refused = box.querySelector(".field-error");
    while (box.firstElementChild) { place(box.firstElementChild, item); }
    item.remove();
    if (refused) { held = null; busy(false); return; }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    go();
  }
  function place(made, item) {
    var tick = made.querySelector("input"), known = tick && form.querySelector('input[name="file"][value="' + tick.value + '"]');
    if (known) { known.checked = true; made.remove(); made = known.closest("li"); }  // sent before: the same file, not twice
    list.insertBefore(made, item);
  }
  function lost(file, item) {
    held = null;
    busy(false);
    item.textContent = "";
    var note = document.createElement("span");
    note.className = "field-error";
    note.setAttribute("role", "alert");
    var around = words.lost.split("{name}");
    note.append(around[0], named(file.name), around[1] || "");
    item.appendChild(note);
    button(item, words.retry, function () { item.remove(); send(file, line(file.name)); });
    button(item, words.remove, function () { item.remove(); });
  }

  /* --- Files whose ticks were kept on this device stand with those that go along, not in the fold --- */
  Array.prototype.forEach.call(form.querySelectorAll("details input[name=file]:checked"), function (tick) { list.appendChild(tick.closest("li")); });

  input.addEventListener("change", function () {
    var chosen = Array.prototype.slice.call(input.files);
    input.value = "";
    Array.prototype.forEach.call(list.querySelectorAll(".field-error"), function (old) { old.remove(); });
    chosen.forEach(function (file) {
      var item = line(file.name);
      shrink(file).then(function (ready) { send(ready, item); });
    });
  });
  input.addEventListener("focus", function () { picker(input.matches(":focus-visible")); });
  input.addEventListener("blur", function () { picker(false); });
  function picker(on) { var face = form.querySelector(".picker-button"); if (face) { face.classList.toggle("picker-focus", on); } }

  /* --- Pressed while a photo is still on its way: it is sent as soon as the last one has arrived --- */
  function busy(on) {
    Array.prototype.forEach.call(form.querySelectorAll("button[name=done]"), function (one) {
      if (on) { one.setAttribute("aria-busy", "true"); } else { one.removeAttribute("aria-busy"); }
    });
  }
  form.addEventListener("submit", function (event) {
    if (!list.querySelector(".uploading progress")) { return; }
    event.preventDefault();
    event.stopPropagation();
    held = event.submitter || form.querySelector("button[name=done]");
    busy(true);
  }, true);
  function go() {
    if (!held || list.querySelector(".uploading progress")) { return; }
    var pressed = held;
    held = null;
    busy(false);
    pressed.click();
  }
}());
