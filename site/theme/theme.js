/* What the theme leaves to be said: the search's name for those who cannot see it, and why it finds nothing. */
"use strict";
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");

/* A page that is opened from the disk may not read the search's index; the tables search what they hold. */
if (location.protocol === "file:") {
  const root = document.currentScript.src.replace(/assets\/mir\/theme\.js$/, "");
  const line = document.createElement("p");
  line.className = "mir-from-disk";
  line.setAttribute("role", "note");
  const models = Object.assign(document.createElement("a"), { href: `${root}models/index.html`, textContent: "list of models" });
  line.append("This page was opened from the disk, where a browser lets no page read the index of the site's search. The ", models, " has a search of its own; mir site serve serves the whole.");
  document.querySelector("article")?.prepend(line);
}

/* A page that is not there: the models whose names are like the last part of its address. */
for (const item of document.querySelectorAll("[data-mir-missing]")) {
  const name = decodeURIComponent(location.pathname.replace(/\/(index\.html)?$/, "").split("/").pop()).replace(/\.\w+$/, "");
  const words = name.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  if (!words || words === "404") continue;
  const link = Object.assign(document.createElement("a"), { href: `${item.dataset.mirMissing}?find=${encodeURIComponent(words)}`, textContent: `Models called ${words}` });
  item.before(document.createElement("li"));
  item.previousSibling.append(link);
}

/* Where the site is served, its badges have whole addresses to copy. */
for (const box of document.querySelectorAll(".mir-badges")) {
  if (!location.protocol.startsWith("http")) continue;
  const root = new URL(box.dataset.root, location).href.replace(/(index\.html)?$/, "");
  for (const code of box.querySelectorAll("code")) {
    const whole = code.textContent.replace(/\]\((?!https?:)/g, `](${root}`);
    if (whole !== code.textContent) code.textContent = whole;
    document.querySelector(".mir-relative")?.remove();
  }
}
