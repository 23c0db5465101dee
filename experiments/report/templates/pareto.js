// One metric of a sweep against another, with the line of what nothing beats in both.

function frontOf(points, lessX, lessY) {
  const better = (a, b) => (lessX ? a.x - b.x : b.x - a.x) || (lessY ? a.y - b.y : b.y - a.y);
  let best = null;
  return [...points].sort(better).filter((point) => {
    const wins = best === null || (lessY ? point.y < best : point.y > best);
    if (wins) best = point.y;
    return wins;
  });
}

function drawPareto(stage, told) {
  const controls = {};
  for (const axis of ["x", "y"]) {
    controls[axis] = ["", "-less", "-log"].map((end) => document.getElementById(`pareto-${axis}${end}`));
    told.metrics.forEach((metric, k) => controls[axis][0].append(element("option", { value: k }, metric.name)));
    controls[axis][0].value = String(told[axis]);
  }
  const chosen = (axis) => Number(controls[axis][0].value);
  const isLess = (axis) => controls[axis][1].checked;
  const isLog = (axis) => controls[axis][2].checked && !controls[axis][2].disabled;
  const groups = [...new Set(told.rows.map((row) => (row.axes[0] ? row.axes[0].text : "all")))];
  let [frame, picked, rows] = [null, null, []];
  let say = () => {};
  const numbers = (axis) => told.rows.map((row) => row.values[chosen(axis)][0]);
  const points = () => told.rows.map((row, k) => ({
    k, row, x: row.values[chosen("x")][0], y: row.values[chosen("y")][0],
    group: groups.indexOf(row.axes[0] ? row.axes[0].text : "all"),
  })).filter((p) => p.x !== null && p.y !== null && !(isLog("x") && p.x <= 0) && !(isLog("y") && p.y <= 0)
    && !(rows[p.k] && rows[p.k].hidden));
  const paint = (pen) => {
    const found = points();
    const front = frontOf(found, isLess("x"), isLess("y"));
    pen.strokeStyle = colour("--muted");
    pen.lineWidth = 1.5;
    pen.beginPath();
    front.forEach((p, k) => (k ? pen.lineTo(frame.toX(p.x), frame.toY(p.y)) : pen.moveTo(frame.toX(p.x), frame.toY(p.y))));
    pen.stroke();
    pen.lineWidth = 1;
    for (const p of found) {
      const look = seriesLook(p.group);
      pen.fillStyle = pen.strokeStyle = look.colour;
      pen.globalAlpha = 0.55;
      const [, x0, x1] = p.row.values[chosen("x")];
      const [, y0, y1] = p.row.values[chosen("y")];
      const fits = (axis, value) => (isLog(axis) ? Math.max(value, frame[axis].low) : value);
      if (x0 !== null && x1 !== null) frame.rule(frame.toX(fits("x", x0)), frame.toY(p.y), frame.toX(x1), frame.toY(p.y));
      if (y0 !== null && y1 !== null) frame.rule(frame.toX(p.x), frame.toY(fits("y", y0)), frame.toX(p.x), frame.toY(y1));
      pen.globalAlpha = 1;
      drawMark(pen, look.mark, frame.toX(p.x), frame.toY(p.y), p.k === picked ? 8 : 5);
    }
  };
  const text = (p) => [
    ...told.axes.map((name, k) => `${name.split(".").pop()} = ${p.row.axes[k].text}`),
    ...["x", "y"].map((axis) => {
      const [mean, low, high] = p.row.values[chosen(axis)];
      const ends = low !== null && high !== null ? ` (${written(low)} to ${written(high)})` : "";
      return `${told.metrics[chosen(axis)].name}: ${written(mean)}${ends}`;
    }),
    `${p.row.n} run${p.row.n === 1 ? "" : "s"}`,
  ].join("\n");
  const hit = (x, y) => {
    let [best, nearest] = [null, 14 ** 2];
    for (const p of points()) {
      const far = (frame.toX(p.x) - x) ** 2 + (frame.toY(p.y) - y) ** 2;
      if (far < nearest) [nearest, best] = [far, p];
    }
    return best && { text: text(best), k: best.k };
  };
  const label = (axis) => {
    const { name, unit } = told.metrics[chosen(axis)];
    return `${name}${unit ? ` (${unit})` : ""}, ${isLess(axis) ? "less" : "more"} is better`;
  };
  // Intervals are seen whole unless they dwarf the means.
  const reach = (axis) => {
    const means = numbers(axis).filter((each) => each !== null);
    const ends = told.rows.flatMap((row) => row.values[chosen(axis)].slice(1)).filter((each) => each !== null);
    const log = isLog(axis);
    const [low, high] = extent(means, log);
    if (log) return [low, high];
    const [least, most] = extent([...means, ...ends], false);
    return [Math.max(least, low - 0.5 * (high - low)), Math.min(most, high + 0.5 * (high - low))];
  };
  const fit = () => {
    for (const axis of ["x", "y"]) {
      const [low, high] = reach(axis);
      Object.assign(frame.whole[axis], { low, high, log: isLog(axis), label: label(axis) });
      Object.assign(frame[axis], frame.whole[axis]);
    }
    const front = frontOf(points(), isLess("x"), isLess("y"));
    say(`${points().length} of ${told.rows.length} combinations drawn; ${front.length} of them beaten by none`);
    frame.draw();
  };
  const choose = (axis) => {
    const known = numbers(axis).filter((each) => each !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    controls[axis][1].checked = told.metrics[chosen(axis)].less;
    controls[axis][2].disabled = !(low > 0);
    controls[axis][2].checked = low > 0 && high > 20 * low;
  };
  frame = new Frame(stage, {
    height: (wide) => Math.round(Math.min(480, Math.max(300, wide * 0.5))),
    x: { low: 0, high: 1 }, y: { low: 0, high: 1 },
    label: "One metric of the sweep against another; the numbers are in the table below", paint, hit,
    onPick: (found) => {
      picked = found ? found.k : null;
      rows.forEach((row, k) => row.classList.toggle("chosen", k === picked));
      if (picked !== null) rows[picked].scrollIntoView({ block: "nearest", behavior: "auto" });
    },
  });
  if (groups.length > 1 && groups.length <= 24) stage.append(groupLegend(told.axes[0], groups));
  say = addTools(stage, [frame]);
  for (const axis of ["x", "y"]) {
    choose(axis);
    controls[axis][0].addEventListener("change", () => { choose(axis); fit(); });
    controls[axis].slice(1).forEach((box) => box.addEventListener("change", fit));
  }
  rows = liveTable(document.getElementById("sweep-table"), document.getElementById("filter"), document.getElementById("shown"), fit);
  fit();
  return [frame];
}

function groupLegend(name, groups) {
  const box = element("div", { class: "legend" }, `${name.split(".").pop()}:`);
  groups.forEach((group, k) => {
    const sample = element("canvas", { width: "52", height: "28", "aria-hidden": "true" });
    box.append(element("span", {}, sample, group));
    redraws.push(() => {
      const pen = sample.getContext("2d");
      pen.setTransform(2, 0, 0, 2, 0, 0);
      pen.clearRect(0, 0, 26, 14);
      const look = seriesLook(k);
      pen.fillStyle = look.colour;
      drawMark(pen, look.mark, 13, 7, 5);
    });
  });
  return box;
}
