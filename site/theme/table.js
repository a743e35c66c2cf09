/* Tables that sort, filter, search and fold columns, and keep that in the address so that it can be sent.
 *
 * A table is complete without this script. It reads the rows that stand in the page, and those that the page brings
 * as data in a file of their own (window.mirRows), and makes elements only of the rows that are shown.
 */
"use strict";
(() => {
  const PAGE = 50; // rows that a browser lays out between two keys
  const FEW = 20;
  const PARTS = 6; // pieces of a cell that are shown; html_table.SHOWN_PARTS
  const MANY = 2000; // rows from which on keys are answered once a frame, and the address says so afterwards
  const SCALES = { k: 1e3, m: 1e6, g: 1e9, b: 1e9, t: 1e12, "%": 0.01 };
  const FIRST_RESULTS = 3; // of a task, which stay in sight the longest
  const CARD_ONLY = "card only";
  const WITHOUT_TASK = "-";

  /** A number as people type it: 25.5, 60M, 4.1 G, 75%, 1,200,000 or 10,5. NaN where it is none. */
  function parseNumber(text) {
    const match = /^\s*([+-]?[\d.,]*\d(?:e[+-]?\d+)?)\s*([kmgbt%]?)\w*\s*$/i.exec(text);
    if (!match) return NaN;
    const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(match[1]);
    const digits = grouped ? match[1].replaceAll(",", "") : match[1].replace(",", ".");
    return Number(digits) * (SCALES[match[2].toLowerCase()] ?? 1);
  }

  const squeeze = (text) => text.replace(/[\s_.\-/]+/g, "");

  /** A name as an address, as `registry.vocabulary.slug` makes it of plain letters. */
  const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

  /** How numbers are written, by the form of their column, as `registry.publish.packed` does. */
  const FORMS = {
    ratio: (value) => `${(100 * value).toFixed(2)}%`,
    count(value) {
      const [step, prefix] = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([least]) => value >= least) ?? [1, ""];
      const digits = value / step;
      return `${Number(digits.toFixed(digits < 10 ? 2 : digits < 100 ? 1 : 0))} ${prefix}`.trim();
    },
    square: (value) => `${Math.sqrt(value)}x${Math.sqrt(value)}`,
  };

  /** A cell that is a number alone, perhaps with a verdict: its text is known by its column's form. */
  function unpacked(cell, form, verdicts) {
    if (!cell || typeof cell[0] !== "number") return cell;
    const [value, verdict] = cell;
    return [[FORMS[form](value), ...(verdict === undefined ? [] : [["", 0, verdicts[verdict]]])], value];
  }

  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made) made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  /** A name that may break where its parts meet. */
  function breakable(text) {
    return text.split(/(?<=[._/])(?=\w)(?!(?<=\d\.)\d)/).flatMap((part, at) => (at ? [element("wbr"), part] : [part]));
  }

  class Table {
    constructor(box) {
      this.box = box;
      this.id = box.dataset.mirTable;
      this.prefix = "main" in box.dataset ? "" : `${this.id}.`;
      this.element = box.querySelector("table");
      this.scroll = box.querySelector(".mir-scroll");
      this.body = this.element.tBodies[0];
      this.columns = [...this.element.tHead.rows[0].cells].map((cell, at) => ({
        cell, at, key: cell.dataset.key, label: cell.textContent, filter: cell.dataset.filter, first: cell.dataset.first,
        task: cell.dataset.task ?? "", folded: "folded" in cell.dataset, always: "always" in cell.dataset,
        number: cell.classList.contains("mir-number"), searched: !("unsearched" in cell.dataset) && !cell.classList.contains("mir-number"),
      }));
      box.classList.add("mir-cards"); // on a phone; mir.css
      this.named = Math.max(0, [...(this.body.rows[0]?.cells ?? [])].findIndex((cell) => cell.tagName === "TH"));
      this.items = [...this.body.rows].map((row) => this.readRow(row));
      const more = window.mirRows?.[this.id];
      if (more) {
        box.querySelector("[data-without-script]")?.remove();
        const [own, forms, verdicts, keys, ...columns] = more;
        keys.forEach((key, at) => this.items.push(this.readData(key, columns.map((cells, column) => unpacked(cells[at], forms[column], verdicts)), own)));
      }
      this.items.forEach((item, order) => this.index(item, order));
      this.ranked = this.columns.find(({ key }) => key === "rank");
      this.state = { find: "", sort: "", page: 1, filters: {}, chosen: new Set(), measured: false };
      this.squeezed = new Set();
      this.fields = {};
      if (this.items.length > 1) this.columns.forEach((column) => this.sorter(column));
      if ("main" in box.dataset || this.items.length > FEW) this.controls();
      if (box.dataset.compare && this.items.length > 1) this.compare();
      this.read();
      this.open(location.hash.slice(1));
      this.update();
      this.fit();
      let width = this.scroll.clientWidth;
      new ResizeObserver(() => {
        if (this.scroll.clientWidth !== width) {
          width = this.scroll.clientWidth;
          this.fit();
        }
      }).observe(this.box);
    }

    /** A row that stands in the page. */
    readRow(row) {
      const cells = this.columns.map(({ at, filter, label }) => {
        const cell = row.cells[at];
        const values = filter === "choice" ? [...cell.querySelectorAll("[data-value]")].map((part) => part.dataset.value || part.textContent.trim()) : null;
        cell.hidden = false;
        this.label(cell, at, label);
        return { cell, text: cell.textContent.trim(), sort: cell.dataset.sort === undefined ? undefined : Number(cell.dataset.sort), values };
      });
      return { row, key: row.dataset.key, cells };
    }

    /** A row that came as data: for each cell 0, a text, or its parts and what it is sorted by; 1 is its own page. */
    readData(said, data, own) {
      const [named] = data[this.named] || [[]];
      const key = said === 1 ? slug(typeof named === "string" ? named : named[0][0]) : said;
      const page = own.replace("*", key);
      const cells = data.map((cell, at) => {
        const parts = (typeof cell === "string" ? [cell] : cell ? cell[0] : []).map((part) => (typeof part === "string" ? [part] : part[1] === 1 ? [part[0], page] : part));
        const values = this.columns[at].filter === "choice" ? parts.map(([text, , , value]) => value || text) : null;
        return { text: parts.map(([text]) => text).join(", "), sort: cell ? cell[1] : undefined, values, parts };
      });
      return { row: null, key, cells };
    }

    /** What filters and sorting look at, worked out once for each row. */
    index(item, order) {
      item.order = order;
      // Numbers are for ranges: who searches for 27 means a name.
      item.text = this.columns.flatMap(({ at, searched }) => (searched ? item.cells[at].text : [])).join(" ").toLowerCase();
      item.name = squeeze(item.cells[this.named].text.toLowerCase());
      for (const { at, number } of this.columns) item.cells[at].sort ??= number ? NaN : item.cells[at].text.toLowerCase();
    }

    /** The row with the cells that are shown, and no others: a browser lays out what it need not show, too. */
    rowOf(item, shape) {
      if (item.shape === shape) return item.row;
      if (!item.row) {
        item.row = element("tr");
        if (item.key) item.row.dataset.key = item.key;
      }
      item.shape = shape;
      item.row.replaceChildren(...this.columns.filter(({ cell }) => !cell.hidden).map((column) => this.cellOf(item, column)));
      return item.row;
    }

    cellOf(item, { at, number, filter, label }) {
      const known = item.cells[at];
      if (known.cell) return known.cell;
      const cell = element(at === this.named ? "th" : "td");
      if (at === this.named) cell.scope = "row";
      if (number) cell.className = "mir-number";
      const rest = known.parts.length > PARTS + 1 ? element("details", { className: "mir-rest" }, element("summary", {}, `${known.parts.length - PARTS} more`)) : null;
      known.parts.forEach((part, place, all) => {
        const into = rest && place >= PARTS ? rest : cell;
        if (place) (place === PARTS ? cell : into).append(all[place][2] ? (all[place - 1][2] ? " " : "\u00a0") : at === this.named ? " " : ", ");
        if (place && at === this.named) into.append(element("small", {}, part[0]));
        else into.append(this.part(part, at === this.named, filter));
      });
      if (rest) cell.append(rest);
      if (this.element.classList.contains("mir-stacked")) window.mirSpace?.(cell);
      this.label(cell, at, label);
      known.cell = cell;
      return cell;
    }

    /** What a cell of a card is called; a name, a verdict and a result in words say it themselves. */
    label(cell, at, label) {
      const says = at === this.named || this.columns[at].key === "result" || cell.firstChild?.classList?.contains("mir-verdict");
      if (!says) cell.dataset.label = label;
    }

    part([text, href, verdict, value, spelt], named, filter) {
      if (verdict) {
        const mark = element("span", { className: `mir-verdict mir-verdict--${verdict}${spelt ? "" : " mir-mark"}` }, element("span", { className: "mir-icon" }));
        if (value) mark.dataset.value = value;
        if (text) mark.append(`${text} `);
        mark.append(element("span", { className: "mir-word", textContent: verdict.replace("within-", "within ") }));
        return mark;
      }
      if (href) {
        const link = element("a", { href }, ...breakable(text));
        if (named) link.title = text;
        if (/^https?:/.test(href)) link.rel = "nofollow noopener";
        return link;
      }
      return filter === "choice" ? element("span", {}, text) : text;
    }

    controls() {
      this.search = element("input", { type: "search", className: "mir-input", autocomplete: "off" });
      this.search.addEventListener("input", () => this.typed(() => this.change({ find: this.search.value })));
      const bar = element("div", { className: "mir-controls", role: "search", "aria-label": this.element.caption.textContent });
      bar.append(element("label", { className: "mir-field mir-field--wide" }, `Search ${this.box.dataset.noun}`, this.search));
      const more = element("div", { className: "mir-ranges" });
      const byTask = ({ key }) => key === "task";
      for (const column of [...this.columns.filter(byTask), ...this.columns.filter((each) => !byTask(each))]) {
        if (column.filter === "choice") this.choice(column.folded ? more : bar, column);
        if (column.filter === "range") this.range(more, column);
      }
      if (this.columns.some(({ key }) => key === "by") && this.items.some((item) => this.fromCard(item)) && !this.items.every((item) => this.fromCard(item))) this.measured(bar);
      if (more.childElementCount) {
        this.more = element("details", { className: "mir-more" }, element("summary", {}, "Ranges and more filters"), more);
        bar.append(this.more);
      }
      if (this.columns.length > 4) bar.append(this.chooser());
      this.reset = element("button", { type: "button", className: "mir-button", textContent: "Show all" });
      this.reset.addEventListener("click", () => this.change({ find: "", filters: {}, sort: "", measured: false, chosen: new Set() }));
      this.count = element("p", { className: "mir-count", role: "status" });
      bar.append(this.reset);
      this.box.prepend(bar, this.count);
      this.pager = element("nav", { className: "mir-pager", "aria-label": `Pages of ${this.element.caption.textContent}` });
      this.previous = this.turn("Previous", -1);
      this.next = this.turn("Next", 1);
      this.where = element("span");
      this.pager.append(this.previous, this.where, this.next);
      this.box.querySelector(".mir-table-foot").before(this.pager);
    }

    /** Does something at once, or in a large table once a frame, however many keys were pressed. */
    typed(action) {
      if (this.items.length < MANY) return action();
      if (this.waiting) cancelAnimationFrame(this.waiting);
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        this.typing = true;
        action();
        this.typing = false;
      });
    }

    turn(label, by) {
      const button = element("button", { type: "button", className: "mir-button", textContent: label });
      button.addEventListener("click", () => this.change({ page: this.state.page + by }, false));
      return button;
    }

    choice(bar, column) {
      const counts = new Map();
      for (const item of this.items)
        for (const value of new Set(item.cells[column.at].values)) counts.set(value, (counts.get(value) ?? 0) + 1);
      const [only] = counts.values();
      if (!counts.size || (counts.size === 1 && only === this.items.length)) return;
      const select = element("select", { className: "mir-input" }, element("option", { value: "" }, "all"));
      for (const value of [...counts.keys()].sort((a, b) => a.localeCompare(b)))
        select.append(element("option", { value }, `${value.replace("within-", "within ")} (${counts.get(value)})`));
      select.addEventListener("change", () => this.filter(column.key, select.value));
      this.fields[column.key] = select;
      bar.append(element("label", { className: "mir-field" }, `${column.label} `, select));
    }

    range(into, column) {
      const ends = ["min", "max"].map((end) => {
        const input = element("input", { className: "mir-input mir-input--short", inputMode: "decimal", placeholder: end, autocomplete: "off" });
        input.setAttribute("aria-label", `${column.label}, ${end}`);
        input.addEventListener("input", () => this.typed(() => this.filter(`${column.key}.${end}`, input.value.trim())));
        this.fields[`${column.key}.${end}`] = input;
        return input;
      });
      into.append(element("span", { className: "mir-field" }, `${column.label} `, ends[0], " to ", ends[1]));
    }

    fromCard(item) {
      const by = this.columns.find(({ key }) => key === "by");
      return item.cells[by.at].values.includes(CARD_ONLY);
    }

    measured(bar) {
      this.only = element("input", { type: "checkbox" });
      this.only.addEventListener("change", () => this.change({ measured: this.only.checked }));
      bar.append(element("label", { className: "mir-check" }, this.only, " Measured only"));
    }

    /** Which columns are shown: a box for each but the name's. */
    chooser() {
      this.boxes = new Map();
      const list = element("div", { className: "mir-ranges" });
      for (const column of this.columns) {
        if (column.at === this.named) continue;
        const input = element("input", { type: "checkbox" });
        input.addEventListener("change", () => {
          const chosen = new Set(this.state.chosen);
          for (const said of [column.key, `-${column.key}`]) chosen.delete(said);
          if (input.checked !== this.base(column) || this.squeezed.has(column)) chosen.add(input.checked ? column.key : `-${column.key}`);
          this.change({ chosen }, false);
        });
        this.boxes.set(column, input);
        list.append(element("label", { className: "mir-check" }, input, ` ${column.label}`));
      }
      return element("details", { className: "mir-more" }, element("summary", {}, "Columns"), list);
    }

    sorter(column) {
      const button = element("button", { type: "button", className: "mir-sort", textContent: column.label });
      button.addEventListener("click", () => {
        const down = `-${column.key}`;
        const [first, second] = column.first === "down" ? [down, column.key] : [column.key, down];
        this.change({ sort: this.state.sort === first ? second : this.state.sort === second ? "" : first });
      });
      column.cell.replaceChildren(button);
    }

    filter(key, value) {
      const filters = { ...this.state.filters };
      if (value) filters[key] = value;
      else delete filters[key];
      this.change({ filters });
    }

    change(part, first = true) {
      const shape = this.shape();
      Object.assign(this.state, part);
      if (first) this.state.page = 1;
      clearTimeout(this.writing);
      if (this.typing) this.writing = setTimeout(() => this.write());
      else this.write();
      this.update();
      if (this.shape() !== shape) this.fit();
    }

    /** Whether a column is shown before a reader says something else. */
    base(column) {
      const task = this.state.filters.task ?? this.box.dataset.task ?? "";
      if (column.task === WITHOUT_TASK) return !task && !column.folded;
      return column.task ? column.task === task : !column.folded;
    }

    /** What a reader says of a column, `undefined` where nothing. */
    said(column) {
      if (this.state.chosen.has(column.key)) return true;
      return this.state.chosen.has(`-${column.key}`) ? false : undefined;
    }

    shown(column) {
      return this.said(column) ?? (this.base(column) && !this.squeezed.has(column));
    }

    /** The page of the row that the address leads to. */
    open(id) {
      const at = id ? this.matching().findIndex(({ row }) => row?.id === id) : -1;
      if (at < PAGE) return;
      this.state.page = Math.floor(at / PAGE) + 1;
      requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView());
    }

    shape() {
      return this.columns.map((column) => +(this.said(column) ?? this.base(column))).join("");
    }

    /** Folds columns away from the right until the table fits; a phone shows a row as a card, which has room. */
    fit() {
      this.squeezed = new Set();
      this.showColumns();
      const fits = () => this.element.scrollWidth <= this.scroll.clientWidth;
      const spare = this.columns.filter((column) => column.at !== this.named && !column.always && this.shown(column) && this.said(column) === undefined);
      // A task's first results and what a model costs are the last to go.
      const results = this.columns.filter((column) => column.task && column.task !== WITHOUT_TASK && this.shown(column));
      const worth = (column) => (results.includes(column) ? (results.indexOf(column) < FIRST_RESULTS ? 3 : 1) : results.length && column.at < results[0].at ? 2 : 0);
      spare.sort((a, b) => worth(a) - worth(b) || b.at - a.at);
      while (spare.length > 1 && !fits()) {
        this.squeezed.add(spare.shift());
        this.showColumns();
      }
      this.box.classList.toggle("mir-fits", fits());
    }

    showColumns() {
      const shown = this.columns.map((column) => this.shown(column));
      for (const { cell, at } of this.columns) cell.hidden = !shown[at];
      const shape = shown.map(Number).join("");
      for (const item of this.shownItems) this.rowOf(item, shape);
      for (const [column, input] of this.boxes ?? []) input.checked = shown[column.at];
    }

    matching() {
      const words = this.state.find.toLowerCase().split(/\s+/).filter(Boolean).map((word) => [word, squeeze(word)]);
      const tests = [];
      for (const column of this.columns) {
        const wanted = this.state.filters[column.key];
        if (wanted !== undefined && column.filter === "choice") tests.push((cells) => cells[column.at].values.includes(wanted));
        const low = parseNumber(this.state.filters[`${column.key}.min`] ?? "");
        const high = parseNumber(this.state.filters[`${column.key}.max`] ?? "");
        if (!Number.isNaN(low)) tests.push((cells) => cells[column.at].sort >= low);
        if (!Number.isNaN(high)) tests.push((cells) => cells[column.at].sort <= high);
      }
      const found = this.items.filter((item) => {
        if (this.state.measured && this.fromCard(item)) return false;
        return words.every(([word, bare]) => item.text.includes(word) || (bare && item.name.includes(bare))) && tests.every((test) => test(item.cells));
      });
      const down = this.state.sort.startsWith("-");
      const column = this.columns.find(({ key }) => key === (down ? this.state.sort.slice(1) : this.state.sort));
      if (!column) return found;
      const empty = (value) => value === "" || Number.isNaN(value);
      const collator = (this.collator ??= new Intl.Collator(undefined, { numeric: true }));
      return found.sort((a, b) => {
        const [x, y] = [a.cells[column.at].sort, b.cells[column.at].sort];
        // What has no value stands last, whichever way it is sorted.
        if (empty(x) || empty(y)) return empty(x) - empty(y) || a.order - b.order;
        const by = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(x, y);
        return (down ? -by : by) || a.order - b.order;
      });
    }

    /** Ranks what filters leave among each other, so that like is ranked with like; a search for a name changes none. */
    rank(found, start) {
      const { at, cell } = this.ranked;
      const all = !this.state.measured && !Object.keys(this.state.filters).length;
      const ranks = new Map();
      let last, place;
      found.filter((item) => !Number.isNaN(item.cells[at].sort)).sort((a, b) => a.cells[at].sort - b.cells[at].sort).forEach((item, before) => {
        const own = item.cells[at].sort;
        if (own !== last) place = before + 1;
        last = own;
        ranks.set(item, all ? own : place);
      });
      for (const item of found.slice(start, start + PAGE)) this.cellOf(item, this.ranked).textContent = ranks.get(item) ?? "";
      cell.title = all ? "" : "Among those that the filters leave";
    }

    update() {
      const found = this.matching();
      const pages = Math.max(1, Math.ceil(found.length / PAGE));
      this.state.page = Math.min(Math.max(1, this.state.page), pages);
      const start = (this.state.page - 1) * PAGE;
      this.shownItems = found.slice(start, start + PAGE);
      if (this.ranked) this.rank(found, start);
      this.showColumns();
      for (const { row } of this.shownItems) this.choosable(row);
      this.body.replaceChildren(...this.shownItems.map(({ row }) => row));
      for (const { cell, key } of this.columns) {
        if (this.state.sort === key) cell.setAttribute("aria-sort", "ascending");
        else if (this.state.sort === `-${key}`) cell.setAttribute("aria-sort", "descending");
        else cell.removeAttribute("aria-sort");
      }
      if (!this.search) return;
      const all = this.items.length;
      const noun = all === 1 ? this.box.dataset.noun.replace(/s$/, "") : this.box.dataset.noun;
      const text = found.length === all ? `${all} ${noun}` : `${found.length} of ${all} ${noun}`;
      if (this.count.textContent !== text) this.count.textContent = text;
      this.pager.hidden = pages === 1;
      this.where.textContent = ` Page ${this.state.page} of ${pages} `;
      this.previous.disabled = this.state.page === 1;
      this.next.disabled = this.state.page === pages;
      this.reset.hidden = !this.state.find && !this.state.sort && !this.state.measured && !this.state.chosen.size && !Object.keys(this.state.filters).length;
      if (this.search.value !== this.state.find) this.search.value = this.state.find;
      if (this.only) this.only.checked = this.state.measured;
      for (const [key, field] of Object.entries(this.fields)) {
        const value = this.state.filters[key] ?? "";
        if (field.value.trim() !== value) field.value = value;
        if (field.tagName !== "INPUT") continue;
        const wrong = value !== "" && Number.isNaN(parseNumber(value));
        field.setAttribute("aria-invalid", wrong);
        field.title = wrong ? "Not a number; 25.5, 60M, 4.1 G and 75% are" : "";
      }
    }

    /** The state of the address; an unknown key is somebody else's, such as the theme's own q. */
    read() {
      const address = new URLSearchParams(location.search);
      this.state.find = address.get(`${this.prefix}find`) ?? "";
      this.state.sort = address.get(`${this.prefix}sort`) ?? "";
      this.state.page = Number(address.get(`${this.prefix}page`)) || 1;
      this.state.measured = Boolean(this.only) && address.get(`${this.prefix}measured`) === "1";
      const keys = new Set(this.columns.map(({ key }) => key));
      this.state.chosen = new Set((address.get(`${this.prefix}columns`) ?? "").split(",").filter((key) => keys.has(key.replace(/^-/, ""))));
      for (const [key, field] of Object.entries(this.fields)) {
        const value = address.get(this.prefix + key);
        if (!value) continue;
        this.state.filters[key] = value;
        if (this.more?.contains(field)) this.more.open = true;
      }
    }

    write() {
      const address = new URLSearchParams(location.search);
      const { find, sort, page, measured, chosen } = this.state;
      const own = { find, sort, page: page > 1 ? String(page) : "", measured: measured ? "1" : "", columns: [...chosen].join(",") };
      for (const key of Object.keys(this.fields)) own[key] = this.state.filters[key] ?? "";
      for (const [key, value] of Object.entries(own)) {
        if (value) address.set(this.prefix + key, value);
        else address.delete(this.prefix + key);
      }
      const query = address.toString();
      history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    }

    /** A box before each name, made when its row is first shown, and a link that opens the chosen side by side. */
    compare() {
      this.chosen = new Set();
      this.compared = element("a", { className: "mir-button mir-compare", hidden: true });
      this.scroll.after(this.compared);
      this.body.addEventListener("change", ({ target }) => {
        if (!target.classList.contains("mir-choose")) return;
        const { key } = target.closest("tr").dataset;
        if (target.checked) this.chosen.add(key);
        else this.chosen.delete(key);
        const query = new URLSearchParams([...this.chosen].map((each) => ["m", each]));
        const enough = this.chosen.size > 1;
        if (enough) this.compared.href = `${this.box.dataset.compare}?${query}`;
        else this.compared.removeAttribute("href");
        this.compared.textContent = enough ? `Compare ${this.chosen.size} chosen` : "Choose another to compare";
        this.compared.hidden = !this.chosen.size;
      });
    }

    choosable(row) {
      const name = row.querySelector("th");
      if (!this.compared || name.querySelector(".mir-choose")) return;
      const box = element("input", { type: "checkbox", className: "mir-choose" });
      box.setAttribute("aria-label", `Choose ${name.textContent.trim()} to compare`);
      name.prepend(box);
    }
  }

  function start() {
    for (const box of document.querySelectorAll("[data-mir-table]")) new Table(box);
  }
  // The rows of a large table come in a deferred script, which has run once the document is loaded.
  if (document.readyState === "complete" || (document.readyState === "interactive" && !document.querySelector("[data-more]"))) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
