// An accuracy matrix as shades with numbers, and the course of the task that was clicked.

function drawMatrix(stage, told) {
  const { values, rows, columns } = told;
  let chosen = null;
  let frame = null;
  const percent = (value) => (value === null ? "not tested" : `${written(100 * value, 3)} %`);
  const paint = (pen) => {
    const [wide, tall] = [frame.toX(1) - frame.toX(0), frame.toY(1) - frame.toY(0)];
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = `${Math.min(14, tall * 0.5, wide * 0.34)}px system-ui, sans-serif`;
    const [ink, paper] = [rgb(colour("--s0")), rgb(colour("--paper"))];
    values.forEach((line, row) => line.forEach((value, column) => {
      const [x, y] = [frame.toX(column), frame.toY(row)];
      if (value === null) {
        pen.strokeStyle = colour("--line");
        pen.beginPath();
        pen.moveTo(x, y + tall);
        pen.lineTo(x + wide, y);
        pen.stroke();
        return;
      }
      const share = Math.min(1, Math.max(0, value)) * 0.95;
      pen.fillStyle = `rgb(${ink.map((each, k) => Math.round(share * each + (1 - share) * paper[k])).join(",")})`;
      pen.fillRect(x, y, wide + 0.5, tall + 0.5);
      if (Math.min(wide * 0.34, tall * 0.5) < 7) return;
      pen.fillStyle = share > 0.5 ? colour("--paper") : colour("--ink");
      pen.fillText(written(100 * value, 3), x + wide / 2, y + tall / 2);
    }));
    if (chosen) {
      pen.strokeStyle = colour("--s1");
      pen.lineWidth = 3;
      pen.strokeRect(frame.toX(chosen.column) + 1, frame.toY(0) + 1, wide - 2, frame.toY(rows.length) - frame.toY(0) - 2);
      pen.lineWidth = 1;
    }
  };
  const hit = (x, y) => {
    const [column, row] = [Math.floor(frame.fromX(x)), Math.floor(frame.fromY(y))];
    if (!(values[row] && column < columns.length && column >= 0)) return null;
    return { row, column, text: `after learning ${rows[row]}\ntested on ${columns[column]}: ${percent(values[row][column])}` };
  };
  let say = () => {};
  const tell = () => {
    if (!chosen) return say("Shade: accuracy, 0 to 100 %. Click a cell to follow its task.");
    const { row, column } = chosen;
    const course = values.map((line) => (line[column] === null ? "–" : written(100 * line[column], 3))).join(", ");
    const learnt = values[column] && values[column][column];
    const now = values[row][column];
    const change = row > column && learnt !== null && learnt !== undefined && now !== null
      ? `; change since it was learnt: ${written(100 * (now - learnt), 2)} points` : "";
    return say(`${columns[column]} after ${rows[row]}: ${percent(now)}${change}. Its course: ${course} %`);
  };
  frame = new Frame(stage, {
    height: (wide) => Math.min(520, Math.max(220, Math.min(wide * 0.8, 60 + rows.length * 52))),
    x: { low: 0, high: columns.length, names: columns, label: "tested on" },
    y: { low: 0, high: rows.length, names: rows, down: true, label: "after" },
    label: `Accuracy matrix of ${columns.length} tasks; its numbers are in the table below`,
    paint, hit, onPick: (found) => { chosen = found; tell(); },
  });
  say = addTools(stage, [frame]);
  tell();
  return [frame];
}
