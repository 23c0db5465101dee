// A table that is sorted by its headings and filtered by words and comparisons.

function readFilter(text, names) {
  const tests = [];
  const rest = text.replace(/([^\s<>=]+)\s*(<=|>=|=|<|>)\s*(\S+)/g, (all, name, sign, value) => {
    const column = names.findIndex((each) => each === name);
    const near = column >= 0 ? column : names.findIndex((each) => each.split(/[./]/).pop() === name);
    if (near < 0) return all;
    const number = Number(value);
    const compare = {
      "<": (a) => a < number, ">": (a) => a > number, "<=": (a) => a <= number, ">=": (a) => a >= number,
      "=": (a, word) => (Number.isNaN(number) ? word === value : a === number),
    }[sign];
    tests.push((cells) => compare(Number(cells[near].dataset.sort), cells[near].textContent.trim()));
    return " ";
  });
  const words = rest.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    const text = row.textContent.toLowerCase();
    return words.every((word) => text.includes(word)) && tests.every((test) => test(row.cells));
  };
}

function liveTable(table, filter, say, onFilter) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const names = heads.map((head) => head.querySelector("button").textContent);
  const rows = [...body.rows];
  const apply = () => {
    const fits = readFilter(filter.value, names);
    for (const row of rows) row.hidden = !fits(row);
    const n = rows.filter((row) => !row.hidden).length;
    say.textContent = n === rows.length ? `${n} rows` : `${n} of ${rows.length} rows`;
    onFilter();
  };
  const sortBy = (column, up) => {
    const key = (row) => row.cells[column].dataset.sort;
    const number = (row) => (key(row) === "" ? NaN : Number(key(row)));
    const areNumbers = rows.every((row) => key(row) === "nan" || !Number.isNaN(number(row)));
    const order = (a, b) => {
      if (!areNumbers) return key(a).localeCompare(key(b), "en", { numeric: true });
      const [x, y] = [number(a), number(b)];
      // What is not defined comes last, whatever the direction.
      if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) - Number.isNaN(y)) * (up ? 1 : -1);
      return x - y;
    };
    body.append(...[...rows].sort((a, b) => (up ? order(a, b) : order(b, a))));
    heads.forEach((head, k) => head.setAttribute("aria-sort", k === column ? (up ? "ascending" : "descending") : "none"));
  };
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    sortBy(column, head.getAttribute("aria-sort") !== "ascending");
  }));
  filter.addEventListener("input", apply);
  return rows;
}
