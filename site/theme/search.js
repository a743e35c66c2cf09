/* The names of this site, above what the builder's search finds: in Material's panel, in Zensical's, and from the disk. */
"use strict";
(() => {
  const MOST = 6;
  const root = document.currentScript.src.replace(/assets\/mir\/search\.js.*$/, "");
  const section = element("section", { className: "mir-names", hidden: true });
  section.setAttribute("aria-label", "Names");
  const list = element("ul");
  section.append(element("p", { className: "mir-names-head", textContent: "Names" }), list);
  let field = null;
  let entries = null;

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // Scripts and not JSON, so that it works from the disk, where a browser lets no page read data.
  const script = (path) => new Promise((done, failed) => document.head.append(element("script", { src: root + path, onload: done, onerror: failed })));
  let loading = null;
  function load() {
    loading ??= Promise.all([script("assets/mir/ranking.js"), script("assets/rows/names.js")]).then(() => {
      entries = window.mirRank.read(window.mirNames);
      show();
    });
  }

  const links = () => [...list.querySelectorAll("a")];

  function show() {
    if (!field) return;
    const found = entries && field.value.trim() ? window.mirRank.find(window.mirNames, entries, field.value, MOST) : [];
    list.replaceChildren(
      ...found.map((each) => {
        const name = element("span", { className: "mir-names-name", textContent: each.name });
        const kind = element("span", { className: "mir-names-kind", textContent: [each.kind, each.hint].filter(Boolean).join(", ") });
        return element("li", {}, element("a", { href: root + each.address }, name, kind));
      }),
    );
    section.hidden = !found.length;
    delete section.dataset.past;
  }

  /** The field of a search that an event is of, with the section put in its place. */
  function fieldOf(event) {
    const [target] = event.composedPath();
    if (!(target instanceof HTMLInputElement)) return null;
    const shadow = target.getRootNode();
    const place = target.matches("[data-md-component=search-query]") ? document.querySelector("[data-md-component=search-result]")
      : target.matches(".mir-disk-field") ? target.nextElementSibling
      : shadow instanceof ShadowRoot && target.matches("dialog [role=combobox]") ? shadow.getElementById(target.getAttribute("aria-controls"))?.parentElement
      : null;
    if (!place) return null;
    if (section.parentElement !== place) place.prepend(section);
    if (shadow instanceof ShadowRoot && !shadow.querySelector("link")) shadow.append(element("link", { rel: "stylesheet", href: `${root}assets/mir/mir.css` }));
    return target;
  }

  for (const type of ["focusin", "input"])
    document.addEventListener(type, (event) => {
      const found = fieldOf(event);
      if (!found) return;
      field = found;
      load();
      show();
    }, true);
  document.addEventListener("reset", () => setTimeout(show), true);

  /** Enter and arrows reach the names before what the builder found; Material's own arrows reach them already. */
  document.addEventListener("keydown", (event) => {
    if (!field || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = links();
    const [target] = event.composedPath();
    const at = all.indexOf(target);
    const selected = section.parentElement.querySelector("[role=option][aria-selected=true]");
    const past = "past" in section.dataset;
    const goes = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!all.length || (target !== field && at < 0) || (field.matches("[data-md-component]") && (goes || at >= 0))) return;
    if (at >= 0 && event.key.length === 1) return field.focus();
    if (target === field && event.key === "Enter" && !past) all[0].click();
    else if (!goes) return;
    else if (target === field && goes > 0 && !past) all[0].focus();
    else if (target === field && goes < 0 && past && selected?.getAttribute("aria-posinset") === "1") {
      delete section.dataset.past;
      all.at(-1).focus();
    } else if (target === field) return;
    else if (all[at + goes]) all[at + goes].focus();
    else {
      if (goes > 0 && selected) section.dataset.past = "";
      field.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }, true);

  if (location.protocol !== "file:") return;

  /* From the disk, where neither builder's search can work. */
  const input = element("input", { className: "mir-input mir-disk-field", type: "text", autocomplete: "off", placeholder: "Search names", ariaLabel: "Search names" });
  const said = "Opened from the disk, this site can be searched by names alone; mir site serve lets its whole text be searched.";
  const dialog = element("dialog", { className: "mir-disk", ariaLabel: "Search" }, input, element("div"), element("p", { textContent: said }));
  document.body.append(dialog);
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  for (const box of document.querySelectorAll(".md-search[hidden]")) {
    box.replaceChildren(element("button", { type: "button", className: "mir-disk-button", textContent: "Search" }));
    box.hidden = false;
  }
  const open = (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (!dialog.open) dialog.showModal();
  };
  document.addEventListener("click", (event) => event.target.closest?.(".md-search, label[for=__search]") && open(event), true);
  document.addEventListener("keydown", (event) => {
    const typing = document.activeElement.matches("input, textarea, select, [contenteditable]");
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && ["/", "s", "f"].includes(event.key)) open(event);
  }, true);
})();
