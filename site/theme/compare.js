/* Chosen models side by side. The address names them (?m=alexnet&m=resnet-50); their numbers come from the site's JSON. */
"use strict";
(() => {
  const root = document.getElementById("mir-compare");
  if (!root) return;
  const { api, list } = root.dataset;
  const chosen = () => [...new Set(new URLSearchParams(location.search).getAll("m"))].filter((slug) => /^[a-z0-9-]+$/.test(slug)).slice(0, 12);

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function choose(slugs) {
    const query = new URLSearchParams(slugs.map((slug) => ["m", slug]));
    history.replaceState(history.state, "", `${location.pathname}${slugs.length ? `?${query}` : ""}`);
    show();
  }

  async function get(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return (await answer.json()).data;
  }

  function verdict(status) {
    return element("span", { className: `mir-verdict mir-verdict--${status}` }, element("span", { className: "mir-icon" }), element("span", { className: "mir-word", textContent: status.replace("within-", "within ") }));
  }

  /** One line for each claim that any of the models makes, then one for each field. */
  function lines(models) {
    const found = new Map();
    const line = (key, label, at, cell) => {
      if (!found.has(key)) found.set(key, { label, cells: models.map(() => null) });
      found.get(key).cells[at] ??= cell;
    };
    models.forEach((model, at) => {
      line("collection", "Collection", at, { text: model.collection ?? "" });
      for (const claim of model.claims) {
        const label = claim.dataset ? `${claim.label}, ${claim.dataset}` : claim.label;
        line(`claim:${claim.subject}:${claim.dataset ?? ""}`, label, at, { text: claim.reported, claim });
      }
    });
    models.forEach((model, at) => {
      const claimed = new Set(model.claims.filter((claim) => !claim.dataset).map((claim) => claim.label));
      for (const [label, values] of Object.entries(model.metadata))
        if (!claimed.has(label)) line(`field:${label}`, label, at, { text: values.join(", ") });
    });
    return [...found.values()];
  }

  function best(cells) {
    const claims = cells.map((cell) => cell?.claim).filter((claim) => claim && claim.verdict !== "refuted");
    const better = claims[0]?.better;
    if (claims.length < 2 || !better) return null;
    const values = claims.map((claim) => claim.value);
    return better === "lower" ? Math.min(...values) : Math.max(...values);
  }

  function row({ label, cells }) {
    const top = best(cells);
    const line = element("tr", {}, element("th", { scope: "row", textContent: label }));
    for (const cell of cells) {
      const box = element("td");
      if (cell?.claim) {
        const leads = cell.claim.value === top && cell.claim.verdict !== "refuted";
        box.append(element(leads ? "strong" : "span", { textContent: cell.text }), leads ? " (best) " : " ", verdict(cell.claim.verdict));
        if (cell.claim.convention) box.append(element("small", { textContent: cell.claim.convention }));
      } else box.textContent = cell?.text ?? "";
      line.append(box);
    }
    return line;
  }

  function heading(model, slug) {
    const remove = element("button", { type: "button", className: "mir-button", textContent: "Remove" });
    remove.setAttribute("aria-label", `Remove ${model.name}`);
    remove.addEventListener("click", () => choose(chosen().filter((other) => other !== slug)));
    return element("th", { scope: "col" }, element("a", { href: root.dataset.models.replace("x", slug), textContent: model.name }), element("br"), remove);
  }

  function adder(slugs) {
    const names = element("datalist", { id: "mir-names" });
    const input = element("input", { className: "mir-input", autocomplete: "off" });
    input.setAttribute("list", "mir-names");
    let asked;
    const known = () =>
      (asked ??= get(`${api}models.json`).then((models) => {
        names.append(...models.slice(0, 3000).map(({ name }) => new Option(name, name)));
        return new Map(models.map(({ name, url }) => [name, /([^/]+)\.json$/.exec(url)[1]]));
      }));
    input.addEventListener("focus", known);
    input.addEventListener("change", async () => {
      const slug = (await known()).get(input.value);
      if (slug) choose([...slugs, slug]);
    });
    return element("p", {}, element("label", { className: "mir-field" }, "Add a model ", input), names);
  }

  async function show() {
    const slugs = chosen();
    if (location.protocol === "file:") {
      root.textContent = "A page that is opened from the disk may not read the site's JSON; serve the site with mir site serve.";
      return;
    }
    const parts = [adder(slugs)];
    try {
      const answers = await Promise.allSettled(slugs.map((slug) => get(`${api}models/${slug}.json`)));
      const there = slugs.flatMap((slug, at) => (answers[at].status === "fulfilled" ? [[slug, answers[at].value]] : []));
      const missing = slugs.filter((slug) => !there.some(([found]) => found === slug));
      if (missing.length) parts.push(element("p", { textContent: `There is no model ${missing.join(", ")} here.` }));
      if (there.length) {
        const table = element("table", { className: "mir-table mir-comparison" }, element("caption", { className: "mir-unseen", textContent: "Chosen models" }));
        const head = element("tr", {}, element("td"), ...there.map(([slug, model]) => heading(model, slug)));
        table.append(element("thead", {}, head), element("tbody", {}, ...lines(there.map(([, model]) => model)).map(row)));
        const box = element("div", { className: "mir-scroll", tabIndex: 0 }, table);
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", "Chosen models");
        parts.push(box);
      } else if (!missing.length) {
        parts.push(element("p", {}, "Choose models in ", element("a", { href: list, textContent: "the list" }), ", or name one here."));
      }
    } finally {
      root.replaceChildren(...parts);
    }
  }

  show();
})();
