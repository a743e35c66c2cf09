/* Tables that sort, filter and search, and keep that in the address so that it can be sent.
 *
 * A table is complete without this script. It reads the rows that stand in the page, and those that the page brings
 * in a file of their own (window.mirRows), keeps them as elements, and shows a page of those that match.
 */
"use strict";
(() => {
  const PAGE = 100;
  const FEW = 20;
  const SCALES = { k: 1e3, m: 1e6, g: 1e9, b: 1e9, t: 1e12, "%": 0.01 };

  /** A number as people type it: 25.5, 60M, 4.1 G, 75%. NaN where it is none. */
  function parseNumber(text) {
    const match = /^\s*([+-]?[\d.,]*\d(?:e[+-]?\d+)?)\s*([kmgbt%]?)\w*\s*$/i.exec(text);
    return match ? Number(match[1].replaceAll(",", "")) * (SCALES[match[2].toLowerCase()] ?? 1) : NaN;
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

  class Table {
    constructor(box) {
      this.box = box;
      this.id = box.dataset.mirTable;
      this.prefix = "main" in box.dataset ? "" : `${this.id}.`;
      this.element = box.querySelector("table");
      this.body = this.element.tBodies[0];
      this.columns = [...this.element.tHead.rows[0].cells].map((cell, at) => ({
        cell, at, key: cell.dataset.key, label: cell.textContent, filter: cell.dataset.filter, first: cell.dataset.first,
        number: cell.classList.contains("mir-number"),
      }));
      this.rows = [...this.body.rows];
      const more = window.mirRows?.[this.id];
      if (more) {
        box.querySelector("[data-without-script]")?.remove();
        const template = document.createElement("template");
        template.innerHTML = more;
        this.rows.push(...template.content.querySelectorAll("tr"));
      }
      this.index();
      this.state = { find: "", sort: "", page: 1, filters: {} };
      this.fields = {};
      if (this.rows.length > 1) this.columns.forEach((column) => this.sorter(column));
      if ("main" in box.dataset || this.rows.length > FEW) this.controls();
      if (box.dataset.compare && this.rows.length > 1) this.compare();
      this.read();
      this.update();
    }

    /** What filters and sorting look at, read once from each row. */
    index() {
      this.items = this.rows.map((row, order) => {
        const cells = this.columns.map(({ at, number, filter }) => {
          const cell = row.cells[at];
          const text = cell.textContent.trim();
          const sort = cell.dataset.sort !== undefined ? Number(cell.dataset.sort) : number ? NaN : text.toLowerCase();
          let values;
          if (filter === "choice") {
            const parts = [...cell.querySelectorAll("[data-value]")].map((part) => part.dataset.value || part.textContent.trim());
            values = parts.length ? parts : text ? [text] : [];
          }
          return { sort, values };
        });
        // Numbers are for ranges: who searches for 27 means a name.
        const text = this.columns.flatMap(({ at, number }) => (number ? [] : row.cells[at].textContent)).join(" ").toLowerCase();
        return { row, order, cells, text };
      });
    }

    controls() {
      this.search = element("input", { type: "search", className: "mir-input", autocomplete: "off" });
      this.search.addEventListener("input", () => this.change({ find: this.search.value }));
      const bar = element("div", { className: "mir-controls", role: "search", "aria-label": this.element.caption.textContent });
      bar.append(element("label", { className: "mir-field mir-field--wide" }, `Search ${this.box.dataset.noun}`, this.search));
      const ranges = element("div", { className: "mir-ranges" });
      for (const column of this.columns) {
        if (column.filter === "choice") this.choice(bar, column);
        if (column.filter === "range") this.range(ranges, column);
      }
      if (ranges.childElementCount) {
        this.more = element("details", { className: "mir-more" }, element("summary", {}, "Ranges"), ranges);
        bar.append(this.more);
      }
      this.reset = element("button", { type: "button", className: "mir-button", textContent: "Show all" });
      this.reset.addEventListener("click", () => this.change({ find: "", filters: {}, sort: "" }));
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
        input.addEventListener("input", () => this.filter(`${column.key}.${end}`, input.value.trim()));
        this.fields[`${column.key}.${end}`] = input;
        return input;
      });
      into.append(element("span", { className: "mir-field" }, `${column.label} `, ends[0], " to ", ends[1]));
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
      Object.assign(this.state, part);
      if (first) this.state.page = 1;
      this.write();
      this.update();
    }

    matching() {
      const words = this.state.find.toLowerCase().split(/\s+/).filter(Boolean);
      const tests = [];
      for (const column of this.columns) {
        const wanted = this.state.filters[column.key];
        if (wanted !== undefined && column.filter === "choice") tests.push((cells) => cells[column.at].values.includes(wanted));
        const low = parseNumber(this.state.filters[`${column.key}.min`] ?? "");
        const high = parseNumber(this.state.filters[`${column.key}.max`] ?? "");
        if (!Number.isNaN(low)) tests.push((cells) => cells[column.at].sort >= low);
        if (!Number.isNaN(high)) tests.push((cells) => cells[column.at].sort <= high);
      }
      const found = this.items.filter(({ text, cells }) => words.every((word) => text.includes(word)) && tests.every((test) => test(cells)));
      const down = this.state.sort.startsWith("-");
      const column = this.columns.find(({ key }) => key === (down ? this.state.sort.slice(1) : this.state.sort));
      if (!column) return found;
      const empty = (value) => value === "" || Number.isNaN(value);
      return found.sort((a, b) => {
        const [x, y] = [a.cells[column.at].sort, b.cells[column.at].sort];
        // What has no value stands last, whichever way it is sorted.
        if (empty(x) || empty(y)) return empty(x) - empty(y) || a.order - b.order;
        const by = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true });
        return (down ? -by : by) || a.order - b.order;
      });
    }

    update() {
      const found = this.matching();
      const pages = Math.max(1, Math.ceil(found.length / PAGE));
      this.state.page = Math.min(Math.max(1, this.state.page), pages);
      const start = (this.state.page - 1) * PAGE;
      const shown = found.slice(start, start + PAGE).map(({ row }) => row);
      for (const row of shown) this.choosable(row);
      this.body.replaceChildren(...shown);
      for (const { cell, key } of this.columns) {
        if (this.state.sort === key) cell.setAttribute("aria-sort", "ascending");
        else if (this.state.sort === `-${key}`) cell.setAttribute("aria-sort", "descending");
        else cell.removeAttribute("aria-sort");
      }
      if (!this.search) return;
      const all = this.items.length;
      const text = found.length === all ? `${all} ${this.box.dataset.noun}` : `${found.length} of ${all} ${this.box.dataset.noun}`;
      if (this.count.textContent !== text) this.count.textContent = text;
      this.pager.hidden = pages === 1;
      this.where.textContent = ` Page ${this.state.page} of ${pages} `;
      this.previous.disabled = this.state.page === 1;
      this.next.disabled = this.state.page === pages;
      this.reset.hidden = !this.state.find && !this.state.sort && !Object.keys(this.state.filters).length;
      if (this.search.value !== this.state.find) this.search.value = this.state.find;
      for (const [key, field] of Object.entries(this.fields)) {
        const value = this.state.filters[key] ?? "";
        if (field.value.trim() !== value) field.value = value;
      }
    }

    /** The state of the address; an unknown key is somebody else's, such as the theme's own q. */
    read() {
      const address = new URLSearchParams(location.search);
      this.state.find = address.get(`${this.prefix}find`) ?? "";
      this.state.sort = address.get(`${this.prefix}sort`) ?? "";
      this.state.page = Number(address.get(`${this.prefix}page`)) || 1;
      for (const key of Object.keys(this.fields)) {
        const value = address.get(this.prefix + key);
        if (value) this.state.filters[key] = value;
      }
      if (this.more && Object.keys(this.state.filters).some((key) => /\.(min|max)$/.test(key))) this.more.open = true;
    }

    write() {
      const address = new URLSearchParams(location.search);
      const own = { find: this.state.find, sort: this.state.sort, page: this.state.page > 1 ? String(this.state.page) : "" };
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
      this.box.querySelector(".mir-scroll").after(this.compared);
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
