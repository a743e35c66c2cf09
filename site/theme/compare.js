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

  function verdict(word) {
    return element("span", { className: `mir-verdict mir-verdict--${word}` }, element("span", { className: "mir-icon" }), element("span", { className: "mir-word", textContent: word.replace("within-", "within ") }));
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
      line("macs", "MACs, counted by mir", at, { text: model.macs === null ? "" : `${model.macs}`, macs: model.macs });
      line("input", "Input", at, { text: model.input ?? "" });
      line("data", "Training data", at, { text: model.training_data.join(", ") });
      for (const claim of model.claims) {
        const label = [claim.subject === "flops" ? `${claim.label} on the card` : claim.label, claim.dataset, claim.part].filter(Boolean).join(", ");
        line(`claim:${claim.subject}:${claim.dataset ?? ""}:${claim.part ?? ""}`, label, at, { text: claim.reported, claim });
      }
    });
    models.forEach((model, at) => {
      const claimed = new Set(model.claims.filter((claim) => !claim.dataset).map((claim) => claim.label));
      for (const [label, values] of Object.entries(model.metadata))
        if (!claimed.has(label) && !(label === "Training Data" && model.training_data.length)) line(`field:${label}`, label, at, { text: values.join(", ") });
    });
    return [...found.values()].filter(({ cells }) => cells.some((cell) => cell?.text));
  }

  /** The least of some values; `null` where they are all the same. */
  const least = (values) => (new Set(values).size > 1 ? Math.min(...values) : null);

  /** The best value of a line, `null` where its numbers are not alike: FLOPs of cards never are, and results only on
   * the same input after training on the same data. */
  function best(cells, alike) {
    if (cells.every((cell) => cell?.macs !== undefined)) {
      const counts = cells.map(({ macs }) => macs);
      return alike.input && !counts.includes(null) ? least(counts) : null;
    }
    if (cells.some((cell) => cell?.claim?.subject === "flops" || (cell?.claim?.dataset && !(alike.input && alike.data)))) return null;
    const claims = cells.map((cell) => cell?.claim).filter((claim) => claim && claim.verdict !== "refuted");
    const better = claims[0]?.better;
    if (claims.length < 2 || !better) return null;
    const values = claims.map((claim) => claim.value);
    return better === "lower" ? least(values) : -(least(values.map((value) => -value)) ?? NaN);
  }

  function row({ label, cells }, alike) {
    const top = best(cells, alike);
    const line = element("tr", {}, element("th", { scope: "row", textContent: label }));
    for (const cell of cells) {
      const box = element("td");
      if (cell?.claim) {
        const leads = cell.claim.value === top && cell.claim.verdict !== "refuted";
        box.append(element(leads ? "strong" : "span", { textContent: cell.text }), leads ? " (best) " : " ", verdict(cell.claim.verdict));
        if (cell.claim.convention) box.append(element("small", { textContent: cell.claim.convention }));
      } else if (cell?.macs != null && cell.macs === top) box.append(element("strong", { textContent: cell.text }), " (best)");
      else box.textContent = cell?.text ?? "";
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
        const models = there.map(([, model]) => model);
        const same = (key) => models.every((model) => JSON.stringify(model[key]) === JSON.stringify(models[0][key]));
        const alike = { input: same("input"), data: same("training_data") };
        const table = element("table", { className: "mir-table mir-comparison" }, element("caption", { className: "mir-unseen", textContent: "Chosen models" }));
        table.style.setProperty("--mir-models", models.length);
        const head = element("tr", {}, element("td"), ...there.map(([slug, model]) => heading(model, slug)));
        table.append(element("thead", {}, head), element("tbody", {}, ...lines(models).map((line) => row(line, alike))));
        window.mirSpace?.(table);
        const box = element("div", { className: "mir-scroll", tabIndex: 0 }, table);
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", "Chosen models");
        parts.push(box);
        const differ = [alike.input ? "" : "input sizes", alike.data ? "" : "training data"].filter(Boolean);
        if (models.length > 1 && differ.length) parts.push(element("p", { className: "mir-legend", textContent: `Their ${differ.join(" and ")} differ, so that no result is called the best.` }));
      } else if (!missing.length) {
        parts.push(element("p", {}, "Choose models in ", element("a", { href: list, textContent: "the list" }), ", or name one here."));
      }
    } finally {
      root.replaceChildren(...parts);
    }
  }

  show();
})();
