// Spikes of every population, one panel below the other, with one axis of time.

async function unpacked({ type, data }) {
  const raw = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(stream).arrayBuffer();
  return new { Uint8Array, Uint16Array, Uint32Array }[type](bytes);
}

function firstAtOrAfter(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

class SpikePanel {
  async load(told) {
    Object.assign(this, told);
    const steps = await unpacked(told.steps);
    this.id = await unpacked(told.ids);
    this.time = new Float64Array(steps.length);
    let at = told.first;
    for (let k = 0; k < steps.length; k++) {
      at += steps[k];
      this.time[k] = at * told.tick;
    }
    return this;
  }

  // Every visible spike is counted into the pixels of its mark; what overlaps becomes darker.
  paint(pen, frame) {
    const { ratio } = frame;
    const wide = Math.ceil(frame.width * ratio);
    const tall = Math.ceil(frame.depth * ratio);
    const counts = new Uint16Array(wide * tall);
    const { low, high } = frame.x;
    const perNeuron = tall / (frame.y.high - frame.y.low);
    const [first, last] = [firstAtOrAfter(this.time, low), firstAtOrAfter(this.time, high + 1e-9)];
    const broad = Math.max(1, Math.round(1.3 * ratio));
    // Few spikes of many neurons are seen too.
    const least = Math.min(4 * ratio, (0.2 * wide * tall) / ((last - first + 1) * broad));
    const thick = Math.max(1, Math.round(Math.max(Math.min(perNeuron * 0.7, 14 * ratio), least)));
    for (let k = first; k < last; k++) {
      const x = Math.min(wide - 1, Math.floor(((this.time[k] - low) / (high - low)) * wide));
      const middle = (frame.y.high - this.id[k]) * perNeuron;
      if (middle < 0 || middle >= tall) continue;
      const top = Math.max(0, Math.round(middle - thick / 2));
      const end = Math.min(tall, top + thick);
      const stop = Math.min(wide, x + broad);
      for (let row = top; row < end; row++) for (let c = x; c < stop; c++) counts[row * wide + c]++;
    }
    const cover = ((last - first) * thick * broad) / (wide * tall);
    this.spread(pen, frame, counts, wide, tall, Math.min(1, Math.max(0.12, 0.7 / Math.max(cover, 0.001))));
  }

  spread(pen, frame, counts, wide, tall, alpha) {
    const image = new ImageData(wide, tall);
    const [red, green, blue] = rgb(colour("--s0"));
    const shades = Array.from({ length: 256 }, (_, n) => Math.round(255 * (1 - (1 - alpha) ** n)));
    for (let k = 0; k < counts.length; k++) {
      if (!counts[k]) continue;
      image.data.set([red, green, blue, shades[Math.min(counts[k], 255)]], 4 * k);
    }
    const canvas = element("canvas", { width: wide, height: tall });
    canvas.getContext("2d").putImageData(image, 0, 0);
    pen.drawImage(canvas, frame.left, frame.top, frame.width, frame.depth);
  }

  hit(frame, x, y) {
    const [from, to] = [frame.fromX(x - 7), frame.fromX(x + 7)];
    let best = null;
    let nearest = 8 ** 2;
    for (let k = firstAtOrAfter(this.time, from); k < this.time.length && this.time[k] <= to; k++) {
      const far = (frame.toX(this.time[k]) - x) ** 2 + (frame.toY(this.id[k]) - y) ** 2;
      if (far < nearest) [nearest, best] = [far, k];
    }
    if (best === null) return null;
    return { text: `${this.name}, neuron ${this.id[best]}\n${written(this.time[best], 9)} ms` };
  }

  // Count spikes and neurons in the view.
  seen(frame) {
    let n = 0;
    for (let k = firstAtOrAfter(this.time, frame.x.low); k < this.time.length && this.time[k] <= frame.x.high; k++) {
      if (this.id[k] >= frame.y.low && this.id[k] <= frame.y.high) n++;
    }
    return n;
  }
}

class GridPanel {
  async load(told) {
    Object.assign(this, told);
    this.count = await unpacked(told.counts);
    return this;
  }

  paint(pen, frame) {
    const image = new ImageData(this.columns, this.rows);
    const most = this.count.reduce((a, b) => Math.max(a, b), 1);
    const shade = rgb(colour("--s0"));
    for (let k = 0; k < this.count.length; k++) {
      const up = this.rows - 1 - Math.floor(k / this.columns);
      const alpha = this.count[k] ? 40 + 215 * Math.sqrt(this.count[k] / most) : 0;
      image.data.set([...shade, alpha], 4 * (up * this.columns + (k % this.columns)));
    }
    const canvas = element("canvas", { width: this.columns, height: this.rows });
    canvas.getContext("2d").putImageData(image, 0, 0);
    const [left, right] = [frame.toX(this.start), frame.toX(this.start + this.columns * this.width)];
    const top = frame.toY(this.rows * this.per_row - 0.5);
    pen.imageSmoothingEnabled = right - left < this.columns;
    pen.drawImage(canvas, left, top, right - left, frame.toY(-0.5) - top);
  }

  cell(x, y) {
    return [Math.floor((x - this.start) / this.width), Math.floor((y + 0.5) / this.per_row)];
  }

  hit(frame, x, y) {
    const [column, row] = this.cell(frame.fromX(x), frame.fromY(y));
    if (column < 0 || column >= this.columns || row < 0 || row >= this.rows) return null;
    const from = this.start + column * this.width;
    const last = Math.min(this.size, (row + 1) * this.per_row) - 1;
    const n = this.count[row * this.columns + column];
    return {
      text: `${this.name}, neurons ${row * this.per_row} to ${last}\n${written(from, 6)} to ${written(from + this.width, 6)} ms\n${n} spikes`,
    };
  }

  seen(frame) {
    const [c0, r0] = this.cell(frame.x.low, frame.y.low);
    const [c1, r1] = this.cell(frame.x.high, frame.y.high);
    let n = 0;
    for (let r = Math.max(0, r0); r <= Math.min(this.rows - 1, r1); r++) {
      for (let c = Math.max(0, c0); c <= Math.min(this.columns - 1, c1); c++) n += this.count[r * this.columns + c];
    }
    return n;
  }
}

async function drawRaster(stage, told) {
  const panels = await Promise.all(told.panels.map((each) => new (each.kind === "grid" ? GridPanel : SpikePanel)().load(each)));
  const frames = [];
  let say = () => {};
  const tell = () => say(frames.map((frame, k) => {
    const { name, size } = panels[k];
    const [low, high] = [Math.max(0, Math.ceil(frame.y.low)), Math.min(size - 1, Math.floor(frame.y.high))];
    const [n, neurons] = [panels[k].seen(frame), Math.max(0, high - low + 1)];
    const rate = (n / neurons / (frame.x.high - frame.x.low)) * 1000;
    const about = panels[k].kind === "grid" ? "about " : "";
    return `${name}: ${about}${n.toLocaleString("en")} spikes, ${written(rate, 3)} spikes/s per neuron`;
  }).join("; ") + ` (${written(frames[0].x.low, 5)} to ${written(frames[0].x.high, 5)} ms)`);
  const most = Math.max(...panels.map((each) => each.size));
  for (const panel of panels) {
    const isLast = panel === panels[panels.length - 1];
    const frame = new Frame(stage, {
      group: frames,
      height: Math.round(120 + 200 * Math.sqrt(panel.size / most)),
      x: { low: told.start, high: told.stop, label: isLast ? "time (ms)" : "" },
      y: { low: -0.5, high: panel.size - 0.5, label: `${panel.name}: neuron`, whole: true },
      label: `Raster of ${panel.n} spikes of ${panel.size} neurons of ${panel.name}`,
      paint: (pen, frame) => { shadePhases(pen, frame, told.phases); panel.paint(pen, frame); },
      hit: (x, y) => panel.hit(frame, x, y) || phaseAt(told.phases, frame.fromX(x)),
      onView: (changed) => {
        for (const other of frames) {
          if (other === changed) continue;
          Object.assign(other.x, { low: changed.x.low, high: changed.x.high });
          other.draw();
        }
        tell();
      },
    });
    frames.push(frame);
  }
  say = addTools(stage, frames);
  tell();
  return frames;
}

function shadePhases(pen, frame, phases) {
  pen.fillStyle = colour("--muted");
  pen.globalAlpha = 0.13;
  phases.forEach((phase, k) => {
    if (k % 2) pen.fillRect(frame.toX(phase.start), frame.top, frame.toX(phase.stop) - frame.toX(phase.start), frame.depth);
  });
  pen.globalAlpha = 1;
}

function phaseAt(phases, time) {
  const found = phases.length > 1 && phases.find((each) => each.start <= time && time < each.stop);
  return found ? { text: `phase ${found.name}\n${written(found.start, 6)} to ${written(found.stop, 6)} ms` } : null;
}
