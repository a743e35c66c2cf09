/* Which convention gives a number: of one model, or of all. The question is in the address (?count=4.11&model=resnet50). */
"use strict";
(() => {
  const root = document.getElementById("mir-ways");
  if (!root) return;
  const asked = new URLSearchParams(location.search);

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const number = element("input", { id: "mir-ways-number", inputMode: "decimal", placeholder: "4.11", value: asked.get("count") || "" });
  const model = element("input", { id: "mir-ways-model", placeholder: "resnet50", value: asked.get("model") || "" });
  const answer = element("div", { id: "mir-ways-answer" });
  answer.setAttribute("aria-live", "polite");

  const squeeze = (text) => text.toLowerCase().replace(/[\s_.\-/:]+/g, "");

  /* A printed number, such as "4.11", "8.2G" or "4.1 GMACs", with half a unit of its last digit; plain small ones are in units of 10^9. */
  function parse(text) {
    const found = /^\s*(\d+(?:[.,]\d+)?)\s*([kmgt]?)/i.exec(text);
    if (!found) return null;
    const digits = found[1].replace(",", ".");
    const prefix = found[2].toLowerCase();
    const value = Number(digits);
    const step = prefix ? { k: 1e3, m: 1e6, g: 1e9, t: 1e12 }[prefix] : value < 1e5 ? 1e9 : 1;
    const places = (digits.split(".")[1] || "").length;
    return { value: value * step, half: 0.5 * 10 ** -places * step };
  }

  function find(data, wanted, name) {
    const rows = [];
    for (const [slug, title, size, counts] of data) {
      if (name && !squeeze(title).includes(name)) continue;
      for (const [value, unit, names] of counts) {
        for (const factor of unit === "MACs" ? [1, 2] : [1]) {
          if (Math.abs(value * factor - wanted.value) <= wanted.half) rows.push({ slug, title, size, value, unit, factor, names });
        }
      }
    }
    return rows;
  }

  function show(data) {
    const wanted = parse(number.value);
    const name = squeeze(model.value);
    const query = new URLSearchParams(Object.entries({ count: number.value, model: model.value }).filter(([, text]) => text));
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
    answer.replaceChildren();
    if (!wanted) return;
    const rows = find(data, wanted, name);
    if (!rows.length) {
      answer.append(element("p", { textContent: `No convention gives this number${name ? " for such a model" : ""}: another input size, another version of the model, or a mistake.` }));
      return;
    }
    const body = element("tbody");
    for (const row of rows.slice(0, 40)) {
      const count = row.factor === 2 ? `2 x ${row.value.toLocaleString("en")} MACs` : `${row.value.toLocaleString("en")} ${row.unit}`;
      const link = element("a", { href: root.dataset.models.replace(/x(?=\.html|\/|\.md)/, row.slug), textContent: row.title });
      body.append(element("tr", {}, element("th", { scope: "row" }, link), element("td", { className: "mir-number", textContent: count }), element("td", { textContent: row.size }), element("td", { textContent: row.names.join(", ") })));
    }
    const head = element("tr", {}, ...["Model", "Count", "Input", "Convention"].map((text) => element("th", { scope: "col", textContent: text })));
    answer.append(element("table", { className: "mir-table mir-stacked" }, element("thead", {}, head), body));
    if (rows.length > 40) answer.append(element("p", { textContent: `And ${rows.length - 40} more; name the model.` }));
  }

  fetch(root.dataset.ways)
    .then((reply) => reply.json())
    .then((data) => {
      const label = (text, field) => element("label", { htmlFor: field.id, textContent: text });
      root.replaceChildren(element("p", { className: "mir-ways-form" }, label("Number ", number), number, " ", label("of the model ", model), model), answer);
      for (const field of [number, model]) field.addEventListener("input", () => show(data));
      show(data);
    })
    .catch(() => root.append(element("p", { textContent: "The numbers could not be read: a browser reads no data of a page that was opened from disk." })));
})();
