/* Which convention gives a number: of one model, or of all. The question is in the address (?count=4.11&model=resnet50). */
"use strict";
(() => {
  const root = document.getElementById("mir-ways");
  if (!root) return;
  const asked = new URLSearchParams(location.search);
  const MOST = 40;
  const NEAREST = 3;
  const NEAR = 0.01; // of a number that was rounded otherwise, or counted of another version of a tool
  const SIZES = [128, 160, 192, 224, 240, 256, 260, 288, 299, 300, 320, 331, 336, 380, 384, 416, 448, 456, 480, 512, 518, 528, 600, 640, 800, 1024];
  const PREFIXES = { k: 1e3, t: 1e12, m: 1e6, g: 1e9, b: 1e9, thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
  const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
  /* What papers print of versions that libraries do not build: by the beginning of a name, in GMACs. */
  const FIRST_RESNETS = { resnet50: 3.8, resnet101: 7.6, resnet152: 11.3 };
  /* How papers shorten the words of a name. */
  const WORDS = { n: "nano", t: "tiny", s: "small", b: "base", m: "medium", l: "large", h: "huge", g: "giant", xl: "xlarge" };

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const number = element("input", { id: "mir-ways-number", className: "mir-input", placeholder: "4.11", value: asked.get("count") || "" });
  const model = element("input", { id: "mir-ways-model", className: "mir-input", placeholder: "resnet50", value: asked.get("model") || "" });
  const answer = element("div", { id: "mir-ways-answer" });
  answer.setAttribute("aria-live", "polite");

  const squeeze = (text) => text.toLowerCase().replace(/[\s_.\-/:]+/g, "");

  /** A name as typed, and with its short words written out: "ViT-B/16" is vitb16 and vitbasepatch16. */
  function spellings(text) {
    const parts = text.toLowerCase().split(/[\s_.\-/:]+/).filter(Boolean);
    const long = parts.flatMap((part, at) => (at && WORDS[part] ? [WORDS[part], ...(/^\d+$/.test(parts[at + 1] ?? "") ? ["patch"] : [])] : [part]));
    return [...new Set([parts.join(""), long.join("")])];
  }

  /** A printed number ("4.11", "8.2G", "569 million", "3.8 x 10^9", "4,089,184,256"), with half a unit of its last digit.
   * Without a prefix, a small one is in units of 10^9, or else of 10^6, as the columns of papers are. */
  function parse(text) {
    const plain = text.replace(new RegExp(`10([${RAISED}]+)`), (_, raised) => `10^${[...raised].map((each) => RAISED.indexOf(each)).join("")}`);
    const found = /^\s*(?:~|about )?\s*(\d[\d.,' \u00a0\u202f]*)\s*(?:(?:[x*\u00d7\u00b7]\s*10\s*\^?|e)\s*\+?(\d+))?\s*(thousand|million|billion|trillion|[kmgbt])?/i.exec(plain);
    if (!found) return null;
    let digits = found[1].replace(/[' \u00a0\u202f]/g, "").replace(/[.,]$/, "");
    if (/^\d{1,3}([.,]\d{3}){2,}$/.test(digits)) digits = digits.replace(/[.,]/g, "");
    else if (/^\d{1,3}(,\d{3})+\.\d+$/.test(digits)) digits = digits.replaceAll(",", "");
    digits = digits.replace(",", ".");
    const value = Number(digits);
    if (!(value > 0)) return null;
    const places = (digits.split(".")[1] || "").length;
    const scale = found[2] ? [10 ** Number(found[2])] : found[3] ? [PREFIXES[found[3].toLowerCase()]] : value < 1e5 ? [1e9, 1e6] : [1];
    return scale.map((step) => ({ value: value * step, half: 0.5 * 10 ** -places * step }));
  }

  const holds = (count, wanted) => Math.abs(count - wanted.value) <= wanted.half * (1 + 1e-9);

  /** Every count of the models that are meant: as it is, and of multiply-accumulates also twice. */
  function* counted(models) {
    for (const [at, [slug, title, size, counts]] of models.entries())
      for (const [value, unit, names] of counts)
        for (const factor of unit === "MACs" ? [1, 2] : [1]) yield { at, slug, title, size, names, unit, factor, value, count: value * factor };
  }

  /** The models that are meant, those first whose name begins so. */
  function meant(data, names) {
    if (!names[0]) return data;
    const found = data.map((row) => [row, squeeze(row[1])]).filter(([, title]) => names.some((name) => title.includes(name)));
    const far = ([, title]) => Math.min(...names.map((name) => (title.startsWith(name) ? 0 : 1) + (title.includes(name) ? 0 : 2)));
    return found.map((each) => [far(each), each]).sort(([a], [b]) => a - b).map(([, [row]]) => row);
  }

  /** The most words of a name, from its first, by which some model goes, where none goes by all of them. */
  function known(data, typed) {
    const words = typed.trim().split(/(?<=[\s_.\-/:])/);
    while (words.length && !meant(data, spellings(words.join(""))).length) words.pop();
    return words.join("").replace(/[\s_.\-/:]+$/, "");
  }

  /** How far a row is from a convention as a tool has it: without head or as in training, it is one more switch. */
  const switches = ({ names }) => Math.min(...names.map((name) => name.split(", ").length));

  function find(models, scales) {
    for (const wanted of scales) {
      const rows = [...counted(models)].filter(({ count }) => holds(count, wanted));
      if (rows.length) return rows.sort((a, b) => a.at - b.at || switches(a) - switches(b)); // the likeliest of each model first
    }
    return [];
  }

  const side = (size) => {
    const sides = size.split("x").map(Number).slice(-2);
    return sides.length === 2 && sides[0] === sides[1] ? sides[0] : 0;
  };

  /** Of several ways to read a number without a prefix, that which comes nearest to some count. */
  function likeliest(models, scales) {
    const far = (wanted) => Math.min(...[...counted(models)].map(({ count }) => Math.abs(Math.log(count / wanted.value))));
    return scales.length > 1 ? scales.map((each) => [far(each), each]).sort(([a], [b]) => a - b)[0][1] : scales[0];
  }

  /** The counts that would be the number on another usual input: those of convolutions grow with its area. */
  function elsewhere(models, wanted) {
    return [...counted(models)].flatMap((row) => {
      const own = side(row.size);
      if (!own) return [];
      return SIZES.filter((other) => other !== own && holds(row.count * (other / own) ** 2, wanted)).map((other) => ({ ...row, other }));
    });
  }

  function nearest(models, { value }) {
    const far = ({ count }) => Math.abs(Math.log(count / value));
    return grouped([...counted(models)].sort((a, b) => far(a) - far(b))).slice(0, NEAREST);
  }

  /** Models of which a convention counts the same share a row. */
  function grouped(rows) {
    const found = new Map();
    for (const row of rows) {
      const key = [row.value, row.factor, row.size, row.other, row.names].join();
      if (found.has(key)) found.get(key).others += 1;
      else found.set(key, { ...row, others: 0 });
    }
    return [...found.values()];
  }

  /** How far a count is from a number: in percent, or how many times as large. */
  const off = (ratio) => (ratio > 0.5 && ratio < 2 ? `${(100 * (ratio - 1)).toFixed(1)}%` : ratio < 1 ? `${(1 / ratio).toPrecision(3)} times less` : `${ratio.toPrecision(3)} times more`);

  const said = ({ factor, value, unit }) => `${factor === 2 ? "2 x " : ""}${value.toLocaleString("en")} ${unit}`;

  const page = (addresses, slug) => addresses.replace(/x(?=\.html|\/|\.md)/, slug);

  /** Names of conventions, each with a link to its formulas; a switch behind a name, such as "without head", has none of its own. */
  function linked(names) {
    return names.flatMap((name, at) => {
      const known = Object.keys(window.mirConventions).filter((each) => name.startsWith(each)).sort((a, b) => b.length - a.length)[0];
      const shown = known ? element("a", { href: page(root.dataset.conventions, window.mirConventions[known]), textContent: name }) : name;
      return at ? ["; ", shown] : [shown];
    });
  }

  function table(all, extra) {
    const rows = grouped(all);
    const body = element("tbody");
    for (const row of rows.slice(0, MOST)) {
      const link = element("a", { href: page(root.dataset.models, row.slug), textContent: row.title });
      const cells = [[said(row)], [row.size], linked(row.names), ...(extra ? [[extra[1](row)]] : [])];
      body.append(element("tr", {}, element("th", { scope: "row" }, link, ...(row.others ? [element("small", { textContent: ` and ${row.others} more` })] : [])), ...cells.map((parts, at) => element("td", { className: at ? "" : "mir-number" }, ...parts))));
    }
    const heads = ["Model", "Count", "Input", "Convention", ...(extra ? [extra[0]] : [])];
    const head = element("tr", {}, ...heads.map((text, at) => element("th", { scope: "col", className: at === 1 ? "mir-number" : "", textContent: text })));
    answer.append(element("table", { className: "mir-table mir-stacked" }, element("thead", {}, head), body));
    if (rows.length > MOST) answer.append(element("p", { textContent: `And ${rows.length - MOST} more; name the model, or more digits.` }));
  }

  const say = (textContent) => answer.append(element("p", { textContent }));

  function show(data) {
    const scales = parse(number.value);
    const query = new URLSearchParams(Object.entries({ count: number.value, model: model.value }).filter(([, text]) => text));
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
    answer.replaceChildren();
    if (number.value.trim() && !scales) say("This is no number; 4.11, 8.2 G, 569 million and 4089184256 are.");
    if (!scales) return;
    const named = known(data, model.value);
    if (model.value.trim() && !named) return say("No model that was counted here has such a name.");
    if (squeeze(named) !== squeeze(model.value)) say(`No model that was counted here is named so; these are those with "${named}".`);
    const models = meant(data, spellings(named));
    const rows = find(models, scales);
    if (rows.length) return table(rows);
    if (!named) return say("No convention gives this number for any model here. Name the model to see what comes near.");
    const wanted = likeliest(models, scales);
    const own = models.filter(([, title]) => spellings(named).some((name) => squeeze(title).startsWith(name)));
    const [resnet, paper] = Object.entries(FIRST_RESNETS).find(([name]) => spellings(named).includes(name)) ?? [];
    if (resnet && holds(paper * 1e9, wanted)) say(`The paper of ResNet prints ${paper} GMACs for its first version, which has the stride of a block in its first 1x1 convolution. Libraries build a later one, with the stride in the 3x3 convolution.`);
    const difference = ["Off by", ({ count }) => off(count / wanted.value)];
    const near = nearest(own.length ? own : models, wanted);
    if (near.some(({ count }) => Math.abs(count / wanted.value - 1) <= NEAR)) {
      say("No convention gives this number to its last digit: rounded otherwise, or another version. The nearest:");
      return table(near, difference);
    }
    const scaled = elsewhere(own, wanted);
    if (scaled.length) {
      say("No convention gives this number on the input that was counted; on another input one would, if it is convolutions that cost, which grow with the area:");
      return table(scaled, ["It would be on", ({ other }) => `${other}x${other}`]);
    }
    say("No convention gives this number: another version of the model, or a mistake. The nearest:");
    table(near, difference);
  }

  function ready() {
    const data = window.mirWays;
    const labelled = (text, field) => element("label", { className: "mir-field" }, text, field);
    root.replaceChildren(element("div", { className: "mir-controls" }, labelled("Number", number), labelled("Model", model)), answer);
    for (const field of [number, model]) field.addEventListener("input", () => show(data));
    show(data);
  }

  // A script and not JSON, so that the page works from the disk, where a browser lets no page read data.
  const script = element("script", { src: root.dataset.ways });
  script.addEventListener("load", ready);
  script.addEventListener("error", () => root.append(element("p", { textContent: "The numbers could not be read." })));
  document.head.append(script);
})();
