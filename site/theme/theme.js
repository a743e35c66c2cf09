/* What the theme leaves without a name for those who cannot see it. */
"use strict";
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");
