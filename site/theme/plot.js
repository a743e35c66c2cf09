/* The plot of the home page: chosen axes, scale and front, kept in the address; a click on a point goes to its model.
 * The specification and the models come from window.mirPlot; without this script, a drawing stands in its place. */
"use strict";
(() => {
  const figure = document.getElementById("mir-plot");
  const { spec, costs, results, models } = window.mirPlot ?? {};
  if (!figure || !spec || !window.vegaEmbed) return;

  const COLOURS = { reproduced: "--mir-good", "within tolerance": "--mir-good", refuted: "--mir-bad", error: "--mir-bad", unverifiable: "--mir-one", imported: "--mir-one", stale: "--mir-warn" };
  const address = new URLSearchParams(location.search);
  const one = (key, choices) => (choices.some(([value]) => value === address.get(key)) ? address.get(key) : choices[0][0]);
  const state = { x: one("x", costs), y: one("y", results), log: address.get("log") !== "0", front: address.get("front") !== "0" };
  const picture = figure.querySelector("img");
  const place = document.createElement("div");

  function select(key, label, choices) {
    const field = document.createElement("select");
    field.className = "mir-input";
    for (const [value, text] of choices) field.append(new Option(text, value, false, value === state[key]));
    field.addEventListener("change", () => change(key, field.value));
    return labelled("mir-field", label, field);
  }

  function check(key, label) {
    const field = document.createElement("input");
    field.type = "checkbox";
    field.checked = state[key];
    field.addEventListener("change", () => change(key, field.checked));
    return labelled("mir-check", label, field);
  }

  function labelled(className, label, field) {
    const around = document.createElement("label");
    around.className = className;
    if (className === "mir-check") around.append(field, ` ${label}`);
    else around.append(`${label} `, field);
    return around;
  }

  function change(key, value) {
    state[key] = value;
    const query = new URLSearchParams(location.search);
    if (key === "x" || key === "y") query.set(key, value);
    else if (value) query.delete(key);
    else query.set(key, "0");
    const text = query.toString();
    history.replaceState(history.state, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
    draw();
  }

  /** The models that have both numbers, each with whether no other beats it. */
  function points(better, form) {
    const found = [];
    for (const model of models) {
      if (!model[state.x] || !model[state.y]) continue;
      const [[x, costs], [y, holds, extra]] = [model[state.x], model[state.y]];
      if (state.log && x <= 0) continue;
      const verdict = (costs === "refuted" ? costs : holds).replace("within-", "within ");
      found.push({ name: model.name, page: model.page, x, y, verdict, cost: x.toLocaleString("en"), result: form === "~%" ? `${+(100 * y).toFixed(3)}%` : y.toLocaleString("en"), front: false, extra });
    }
    const sign = better === "lower" ? -1 : 1;
    let best = -Infinity;
    for (const point of found.filter(({ verdict, extra }) => verdict !== "refuted" && !extra).sort((a, b) => a.x - b.x || sign * (b.y - a.y)))
      if (sign * point.y > best) {
        best = sign * point.y;
        point.front = state.front;
      }
    return found;
  }

  const titled = (choices, key) => choices.find(([value]) => value === key);

  async function draw() {
    const [, result, better, form] = titled(results, state.y);
    const [, cost] = titled(costs, state.x);
    const shown = structuredClone(spec);
    const data = points(better, form);
    shown.datasets = { models: data };
    shown.width = "container";
    shown.autosize = { type: "fit-x", contains: "padding" };
    const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
    const text = colour("--md-default-fg-color") || "#222";
    const quiet = { domainColor: text, gridColor: colour("--mir-line"), labelColor: text, tickColor: text, titleColor: text };
    shown.config = { ...shown.config, background: null, font: getComputedStyle(document.body).fontFamily, axis: { ...quiet, labelFontSize: 12, titleFontSize: 13 }, legend: { ...shown.config.legend, ...(figure.clientWidth < 500 && { columns: 2 }), labelColor: text, labelFontSize: 12 } };
    shown.description = `${result} against ${cost}, ${data.length} models`;
    const [front, dots] = shown.layer;
    front.mark.color = colour("--mir-warn");
    const { domain } = dots.encoding.color.scale;
    const there = new Set(data.map(({ verdict }) => verdict));
    const kept = domain.map((_, at) => at).filter((at) => there.has(domain[at]));
    const shapes = dots.encoding.shape.scale.range;
    dots.encoding.color.scale = { domain: kept.map((at) => domain[at]), range: kept.map((at) => colour(COLOURS[domain[at]] ?? "--mir-calm")) };
    dots.encoding.shape.scale = { domain: kept.map((at) => domain[at]), range: kept.map((at) => shapes[at]) };
    dots.encoding.tooltip[1].title = cost;
    dots.encoding.tooltip[2].title = result;
    const { x, y } = shown.encoding;
    Object.assign(x, { title: cost, scale: { ...x.scale, ...(state.log ? {} : { type: "linear", zero: false }) } });
    Object.assign(y, { title: result, axis: { ...y.axis, format: form } });
    if (!data.some((point) => point.front)) shown.layer.shift(); // a line of nothing has no extent
    const { view } = await window.vegaEmbed(place, shown, { actions: false, tooltip: { theme: document.body.dataset.mdColorScheme === "slate" ? "dark" : "light" }, renderer: data.length > 1500 ? "canvas" : "svg" });
    view.addEventListener("click", (_, item) => {
      if (item?.datum?.page) location.href = item.datum.page;
    });
    figure.dataset.points = data.length;
  }

  const bar = document.createElement("div");
  bar.className = "mir-plot-controls";
  bar.append(select("y", "Vertical", results), select("x", "Horizontal", costs), check("log", "Logarithmic"), check("front", "Front, without extra data"));
  place.style.width = "100%";
  picture.replaceWith(place);
  figure.before(bar);
  draw();
  // The theme's switch between light and dark changes an attribute of the body.
  new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
})();
