/* What the theme leaves without a name for those who cannot see it. */
"use strict";
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");

/* Where the site is served, its badges have whole addresses to copy. */
for (const box of document.querySelectorAll(".mir-badges")) {
  if (!location.protocol.startsWith("http")) continue;
  const root = new URL(box.dataset.root, location).href.replace(/(index\.html)?$/, "");
  for (const code of box.querySelectorAll("code")) {
    const whole = code.textContent.replace(/\]\((?!https?:)/g, `](${root}`);
    if (whole !== code.textContent) code.textContent = whole;
  }
}
