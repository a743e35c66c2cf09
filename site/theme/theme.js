/* What the theme leaves to be said, first of all the search's name for those who cannot see it. */
"use strict";
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");

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
  document.querySelector(".mir-relative")?.remove();
  const root = new URL(box.dataset.root, location).href.replace(/(index\.html)?$/, "");
  for (const code of box.querySelectorAll("code")) {
    const whole = code.textContent.replace(/\]\((?!https?:)/g, `](${root}`);
    if (whole !== code.textContent) code.textContent = whole;
    document.querySelector(".mir-relative")?.remove();
  }
}

/* Long numbers, spaced by thousands for the eye alone: who copies or finds them gets digits. */
window.mirSpace = (root) => {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) if (/\d{5}/.test(walk.currentNode.data)) found.push(walk.currentNode);
  for (const text of found) {
    const pieces = text.data.split(/(?<![\w.])(\d{5,})(?!\w)/).flatMap((piece, at) => {
      if (at % 2 === 0) return [piece];
      const [first, ...others] = piece.split(/(?=(?:\d{3})+$)/);
      return [first, ...others.map((digits) => Object.assign(document.createElement("span"), { className: "mir-group", textContent: digits }))];
    });
    if (pieces.length > 1) text.replaceWith(...pieces);
  }
};
for (const root of document.querySelectorAll(".mir-tally strong, .mir-lead, .mir-wrong li, .mir-stacked td, .mir-claims tr > :nth-child(n + 2), .mir-said .mir-number")) window.mirSpace(root);

/* A browser breaks a line after the dashes of an option, such as --output; a short one stays whole. */
for (const code of document.querySelectorAll(".md-typeset :not(pre) > code"))
  if (code.textContent.length <= 24 && /(^|\s)-/.test(code.textContent)) code.classList.add("mir-option");
