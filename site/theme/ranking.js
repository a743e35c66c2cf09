/* Which names a reader means by what they typed: window.mirRank, without a page, so that tests can ask it alone. */
"use strict";
(() => {
  /* How papers shorten the words of a name. */
  const SIZES = { nano: "n", tiny: "t", small: "s", medium: "m", base: "b", large: "l", huge: "h", giant: "g", xlarge: "xl" };
  const LAST = 2;
  /* Kinds that come before others that fit as well, and those that come after them. */
  const KINDS = { "data set": 0, task: 0, guide: LAST, rule: LAST, paper: LAST };
  /* Any tag after a dot names weights, `resnet50.a1_in1k`; `Llama-3.1` is a number. */
  const TAG = /\.(?=\p{L})/u;
  const [WHOLE, STEM, FIRST_WORDS, BEGINNING, INNER_WORDS, INNER, ALL_WORDS, NOT] = [0, 1, 2, 3, 4, 5, 6, 7];
  const NUMBER = /^\s*(?:~|about )?\s*\d[\d.,' \u00a0\u202f]*(?:(?:[x*\u00d7\u00b7]\s*10\s*\^?|e)\s*\+?\d+)?\s*(?:thousand|million|billion|trillion|[kmgbt])?\s*(?:flops?|macs?|params?|parameters)?\s*$/i;

  /** The words of a text, without case and accents. */
  function split(text) {
    if (/^[ -~]*$/.test(text)) return text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean); // much quicker
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  }

  /** `vit base patch16` is `vit b 16`, as `vit b 16` is. */
  function shortened(words) {
    return words.flatMap((word, at) => {
      const patch = /^(?:p|patch)(\d*)$/.exec(word);
      if (!at || (patch && !patch[1] && !/^\d/.test(words[at + 1] ?? ""))) return [word];
      return patch ? (patch[1] ? [patch[1]] : []) : [SIZES[word] ?? word];
    });
  }

  /** A text as one word, with where its words end. */
  function joined(words) {
    const ends = [];
    let key = "";
    for (const word of words) ends.push((key += word).length);
    return { key, ends };
  }

  function form(text, change) {
    const [stem] = text.split(TAG, 1);
    return { ...joined(change(split(text))), stem: joined(change(split(stem))).key.length };
  }

  /** Every way that a name is compared: with and without its owner, with its words as they are and shortened. */
  function forms(name) {
    const found = [];
    for (const text of new Set([name.slice(name.lastIndexOf("/") + 1), name]))
      for (const change of [(words) => words, shortened]) {
        const made = form(text, change);
        if (made.key && !found.some(({ key }) => key === made.key)) found.push(made);
      }
    return found;
  }

  /** How well a form fits, the smaller the better. */
  function fit({ key, ends, stem }, { key: typed, words }) {
    if (key === typed) return WHOLE;
    if (key.startsWith(typed)) return typed.length === stem ? STEM : ends.includes(typed.length) ? FIRST_WORDS : BEGINNING;
    const inner = ends.filter((end) => key.startsWith(typed, end));
    if (inner.length) return inner.some((end) => ends.includes(end + typed.length)) ? INNER_WORDS : INNER;
    return words.every((word) => key.includes(word)) ? ALL_WORDS : NOT;
  }

  /** What the names file says, ready to be ranked: kind, name, address, how much is known of it, and what else tells it apart. */
  function read(said) {
    return said.kinds.flatMap(([kind, address, rows]) =>
      rows.map(([slug, name, weight = 0, hint = "", others = []]) => ({
        kind,
        name,
        hint,
        weight,
        address: address.replace("*", slug),
        order: KINDS[kind] ?? 1,
        forms: [name, ...others].flatMap(forms),
      })),
    );
  }

  /** The names that fit, the likeliest first. */
  function rank(entries, text, most) {
    const words = split(text);
    const asked = [words, shortened(words)].map((each) => ({ key: each.join(""), words: each }));
    if (!asked[0].key) return [];
    const found = [];
    for (const entry of entries) {
      let [best, length] = [NOT, Infinity];
      for (const each of entry.forms)
        for (const one of asked) {
          const now = fit(each, one);
          if (now < best || (now === best && each.stem < length)) [best, length] = [now, each.stem];
        }
      if (entry.order === LAST) best = Math.max(best, FIRST_WORDS); // `Mask R-CNN` is the models before it is their paper
      if (best < NOT) found.push({ entry, best, length });
    }
    found.sort(
      (a, b) =>
        a.best - b.best || a.entry.order - b.entry.order || a.length - b.length || b.entry.weight - a.entry.weight ||
        a.entry.name.length - b.entry.name.length || (a.entry.name < b.entry.name ? -1 : 1),
    );
    return found.slice(0, most).map(({ entry }) => entry);
  }

  /** For a typed number: the page that finds it, and before that the studies that print it where it is long enough to be told. */
  function ofNumber(said, text) {
    if (!NUMBER.test(text)) return [];
    const digits = text.replace(/\D/g, "");
    const studies = said.numbers.filter(([, , printed]) => printed.split(" ").includes(digits));
    const found = studies.map(([address, name]) => ({ kind: "guide", name, hint: `prints ${digits}`, address }));
    if (said.finds) found.push({ kind: "number", name: `Which count is ${text.trim()}? Find it`, hint: "", address: `${said.finds}?count=${encodeURIComponent(text.trim())}` });
    return found;
  }

  window.mirRank = { read, rank, find: (said, entries, text, most) => [...ofNumber(said, text), ...rank(entries, text, most)].slice(0, most) };
})();
