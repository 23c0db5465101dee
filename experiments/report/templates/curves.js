// Means with their intervals as points, theory as dashed lines.

function extent(values, log, isFraction) {
  const known = values.filter((each) => Number.isFinite(each) && (!log || each > 0));
  if (!known.length) return [log ? 0.1 : 0, 1];
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (log) return low === high ? [low / 2, high * 2] : [low / (high / low) ** 0.04, high * (high / low) ** 0.04];
  if (isFraction && low >= 0 && high <= 1 && high > 0.3) return [-0.03, 1.03];
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - room, high + room];
}

function drawCurves(stage, told) {
  const lines = told.lines.map((each, k) => ({ ...each, k, shown: true }));
  const all = (axis) => lines.flatMap((each) => [
    ...each[axis], ...(axis === "y" ? [...each.low, ...each.high] : []), ...(each.theory ? each.theory[axis] : []),
  ]).filter((each) => each !== null);
  const [x0, x1] = extent(all("x"), told.x.log);
  const [y0, y1] = extent(all("y"), told.y.log, true);
  let frame = null;
  const visible = () => lines.filter((each) => each.shown);
  const stroke = (pen, xs, ys) => {
    pen.beginPath();
    let down = false;
    xs.forEach((x, k) => {
      if (ys[k] === null || (told.y.log && ys[k] <= 0)) { down = false; return; }
      if (down) pen.lineTo(frame.toX(x), frame.toY(ys[k]));
      else pen.moveTo(frame.toX(x), frame.toY(ys[k]));
      down = true;
    });
    pen.stroke();
  };
  const paint = (pen) => visible().forEach((line) => {
    const look = seriesLook(line.k);
    pen.strokeStyle = pen.fillStyle = look.colour;
    if (line.theory) {
      pen.setLineDash([7, 4]);
      pen.lineWidth = 1.5;
      stroke(pen, line.theory.x, line.theory.y);
      pen.setLineDash([]);
    }
    pen.lineWidth = 1;
    if (!line.theory || line.x.length > 60) stroke(pen, line.x, line.y);
    line.x.forEach((x, k) => {
      if (line.y[k] === null) return;
      const at = frame.toX(x);
      if (line.low[k] !== null && line.high[k] !== null) {
        const [low, high] = [frame.toY(told.y.log ? Math.max(line.low[k], frame.y.low) : line.low[k]), frame.toY(line.high[k])];
        frame.rule(at, low, at, high);
        frame.rule(at - 3, low, at + 3, low);
        frame.rule(at - 3, high, at + 3, high);
      }
      drawMark(pen, look.mark, at, frame.toY(line.y[k]), line.x.length > 60 ? 2 : 4);
    });
  });
  const hit = (x, y) => {
    let [best, nearest] = [null, 14 ** 2];
    for (const line of visible()) {
      line.x.forEach((each, k) => {
        if (line.y[k] === null) return;
        const far = (frame.toX(each) - x) ** 2 + (frame.toY(line.y[k]) - y) ** 2;
        if (far < nearest) [nearest, best] = [far, { line, k }];
      });
    }
    return best && { text: lineText(told, best.line, best.k) };
  };
  frame = new Frame(stage, {
    height: (wide) => Math.round(Math.min(380, Math.max(260, wide * 0.5))),
    x: { low: x0, high: x1, log: told.x.log, label: told.x.label, whole: told.x.whole },
    y: { low: y0, high: y1, log: told.y.log, label: told.y.label },
    label: `${told.title}: ${lines.length} lines; numbers under Theory and Metrics`,
    paint, hit,
  });
  const hasLegend = lines.length > 1 || lines[0].theory;
  addTools(stage, [frame], ...(hasLegend ? [legend(lines, () => frame.draw())] : []))("");
  return [frame];
}

function lineText(told, line, k) {
  const text = [line.label, `${told.x.label}: ${written(line.x[k], 6)}`, `found: ${written(line.y[k])}`];
  if (line.low[k] !== null && line.high[k] !== null) text.push(`95 % interval: ${written(line.low[k])} to ${written(line.high[k])}`);
  const at = line.theory ? line.theory.x.indexOf(line.x[k]) : -1;
  if (at >= 0) text.push(`${line.dashed}: ${written(line.theory.y[at])}`);
  return text.join("\n");
}

// A button for each line, which hides it and shows it again.
function legend(lines, redraw) {
  const box = element("div", { class: "legend" });
  for (const line of lines) {
    const sample = element("canvas", { width: "52", height: "28", "aria-hidden": "true" });
    const button = element("button", { type: "button", "aria-pressed": "true" }, sample);
    button.append(line.label + (line.theory ? ` (dashed: ${line.dashed})` : ""));
    button.addEventListener("click", () => {
      line.shown = !line.shown;
      button.setAttribute("aria-pressed", String(line.shown));
      redraw();
    });
    const paint = () => {
      const pen = sample.getContext("2d");
      pen.setTransform(2, 0, 0, 2, 0, 0);
      pen.clearRect(0, 0, 26, 14);
      const look = seriesLook(line.k);
      pen.fillStyle = pen.strokeStyle = look.colour;
      if (line.theory) pen.setLineDash([4, 3]);
      pen.beginPath();
      pen.moveTo(0, 7);
      pen.lineTo(26, 7);
      pen.stroke();
      drawMark(pen, look.mark, 13, 7, 4);
    };
    redraws.push(paint);
    box.append(button);
  }
  return box;
}
