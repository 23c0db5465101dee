// One canvas with two axes: zoom, move, hover, click.

class Frame {
  // paint(pen, frame) draws inside the axes; hit(x, y) returns {text, ...} of what is there, or null.
  // Frames of one group have their axes of time below each other.
  constructor(stage, { height, x, y, label, paint, hit, onView, onPick, group }) {
    this.whole = { x, y };
    this.x = { ...x };
    this.y = { ...y };
    Object.assign(this, { height, paint, hit, onView, onPick, group: group || [this] });
    this.canvas = element("canvas", { tabindex: "0", role: "img", "aria-label": label });
    this.pen = this.canvas.getContext("2d");
    stage.append(this.canvas);
    this.listen();
  }

  get isZoomed() {
    return ["x", "y"].some((a) => this[a].low !== this.whole[a].low || this[a].high !== this.whole[a].high);
  }

  share(axis, value) {
    const { low, high, log } = this[axis];
    return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  }

  value(axis, share) {
    const { low, high, log } = this[axis];
    return log ? low * (high / low) ** share : low + share * (high - low);
  }

  toX(value) { return this.left + this.share("x", value) * this.width; }
  toY(value) {
    const share = this.share("y", value);
    return this.top + (this.y.down ? share : 1 - share) * this.depth;
  }
  fromX(pixel) { return this.value("x", (pixel - this.left) / this.width); }
  fromY(pixel) {
    const share = (pixel - this.top) / this.depth;
    return this.value("y", this.y.down ? share : 1 - share);
  }

  measure() {
    const wide = this.canvas.clientWidth || 300;
    this.ratio = window.devicePixelRatio || 1;
    const tall = typeof this.height === "function" ? this.height(wide) : this.height;
    this.canvas.style.height = `${tall}px`;
    this.canvas.width = Math.round(wide * this.ratio);
    this.canvas.height = Math.round(tall * this.ratio);
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.pen.font = FONT;
    this.top = this.y.names ? 6 : 24;
    this.depth = tall - this.top - (this.x.names || !this.x.label ? 26 : 44);
    const wishes = this.group.map((each) => (each === this ? this.margin() : each.wish || 0));
    this.left = Math.min(Math.max(...wishes), wide * 0.35);
    this.width = Math.max(10, wide - this.left - 14);
    if (this.x.names) this.depth -= 18;
  }

  margin() {
    const marks = this.ticks("y").map((each) => this.pen.measureText(each.text).width);
    this.wish = Math.ceil(Math.max(16, ...marks)) + 12;
    return this.wish;
  }

  ticks(axis) {
    const { low, high, log, names, whole } = this[axis];
    const room = axis === "x" ? this.width / 72 : this.depth / 34;
    if (names) {
      const every = Math.max(1, Math.ceil((high - low) / Math.max(1, axis === "x" ? this.width / 34 : this.depth / 16)));
      return names.map((text, k) => ({ at: k + 0.5, text, k }))
        .filter(({ at, k }) => at > low && at < high && k % every === 0);
    }
    let found = (log ? logTicks : linearTicks)(low, high, Math.max(2, Math.floor(room || 5)));
    if (whole) found = found.filter(Number.isInteger);
    return found.map((at) => ({ at, text: written(at, 6) }));
  }

  draw() {
    this.measure();
    const { pen } = this;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.drawAxes();
    pen.save();
    pen.beginPath();
    pen.rect(this.left, this.top, this.width, this.depth);
    pen.clip();
    this.paint(pen, this);
    if (this.band) {
      pen.fillStyle = colour("--accent");
      pen.globalAlpha = 0.2;
      const { x0, y0, x1, y1 } = this.band;
      pen.fillRect(x0, y0, x1 - x0, y1 - y0);
    }
    pen.restore();
    pen.strokeStyle = colour("--muted");
    pen.strokeRect(this.left - 0.5, this.top - 0.5, this.width + 1, this.depth + 1);
  }

  drawAxes() {
    const { pen } = this;
    const bottom = this.top + this.depth;
    pen.fillStyle = colour("--muted");
    pen.strokeStyle = colour("--line");
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const { at, text } of this.ticks("y")) {
      const y = Math.round(this.toY(at)) + 0.5;
      if (!this.y.names) this.rule(this.left, y, this.left + this.width, y);
      pen.fillText(text, this.left - 6, y, this.left - 8);
    }
    pen.textAlign = "center";
    pen.textBaseline = "top";
    let free = -Infinity;
    for (const { at, text } of this.ticks("x")) {
      const x = Math.round(this.toX(at)) + 0.5;
      if (!this.x.names) this.rule(x, this.top, x, bottom);
      const half = Math.min(pen.measureText(text).width, 90) / 2;
      const middle = Math.min(Math.max(x, half + 1), this.left + this.width + 12 - half);
      if (middle - half < free) continue;
      pen.fillText(text, middle, bottom + 6, 90);
      free = middle + half + 8;
    }
    pen.fillStyle = colour("--ink");
    if (this.x.label) pen.fillText(this.x.label, this.left + this.width / 2, bottom + 25, this.width);
    pen.textAlign = "left";
    if (this.y.label) pen.fillText(this.y.label, 1, this.y.names ? bottom + 6 : 4, this.left + this.width);
  }

  rule(x0, y0, x1, y1) {
    this.pen.beginPath();
    this.pen.moveTo(x0, y0);
    this.pen.lineTo(x1, y1);
    this.pen.stroke();
  }

  // Ends of a new view by shares of the present one, kept within the whole.
  look(axis, from, to) {
    const { low: least, high: most, log, fixed } = this.whole[axis];
    if (fixed) return;
    let [low, high] = [this.value(axis, from), this.value(axis, to)];
    const span = log ? high / low : high - low;
    const all = log ? most / least : most - least;
    if (!(log ? span > 1 + 1e-9 : span > all * 1e-7) || !Number.isFinite(span)) return;
    if (span >= all * (1 - 1e-9)) [low, high] = [least, most];
    else if (low < least) [low, high] = [least, log ? least * span : least + span];
    else if (high > most) [low, high] = [log ? most / span : most - span, most];
    Object.assign(this[axis], { low, high });
  }

  zoom(factor, x = 0.5, y = 0.5) {
    this.look("x", x - x * factor, x + (1 - x) * factor);
    this.look("y", y - y * factor, y + (1 - y) * factor);
    this.viewed();
  }

  move(x, y) {
    this.look("x", x, 1 + x);
    this.look("y", y, 1 + y);
    this.viewed();
  }

  reset() {
    for (const a of ["x", "y"]) Object.assign(this[a], { low: this.whole[a].low, high: this.whole[a].high });
    this.viewed();
  }

  viewed() {
    showTip("");
    if (this.onView) this.onView(this);
    this.draw();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  shares({ x, y }) {
    const up = (y - this.top) / this.depth;
    return [(x - this.left) / this.width, this.y.down ? up : 1 - up];
  }

  inside({ x, y }) {
    return x >= this.left && x <= this.left + this.width && y >= this.top && y <= this.top + this.depth;
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      this.from = event.button ? null : this.place(event);
      if (this.from) canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", () => { this.from = this.band = null; this.draw(); });
    canvas.addEventListener("pointerleave", () => showTip(""));
    canvas.addEventListener("dblclick", () => this.reset());
    canvas.addEventListener("wheel", (event) => {
      const at = this.place(event);
      // The page scrolls unless the figure was chosen.
      if ((document.activeElement !== canvas && !event.ctrlKey) || !this.inside(at)) return;
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, ...this.shares(at));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const does = {
        "+": () => this.zoom(0.6), "=": () => this.zoom(0.6), "-": () => this.zoom(1 / 0.6),
        0: () => this.reset(), Escape: () => this.reset(),
        ArrowLeft: () => this.move(-0.2, 0), ArrowRight: () => this.move(0.2, 0),
        ArrowUp: () => this.move(0, this.y.down ? -0.2 : 0.2), ArrowDown: () => this.move(0, this.y.down ? 0.2 : -0.2),
      }[event.key];
      if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      does();
    });
  }

  hover(event) {
    const at = this.place(event);
    if (this.from && Math.hypot(at.x - this.from.x, at.y - this.from.y) > 4) {
      showTip("");
      this.band = this.spanned(this.from, at);
      this.draw();
      return;
    }
    const found = this.inside(at) ? this.hit(at.x, at.y) : null;
    showTip(found && found.text, event.clientX, event.clientY);
  }

  spanned(a, b) {
    const fits = (value, low, size) => Math.min(Math.max(value, low), low + size);
    const band = { x0: Math.min(a.x, b.x), x1: Math.max(a.x, b.x), y0: Math.min(a.y, b.y), y1: Math.max(a.y, b.y) };
    const flat = band.y1 - band.y0 < 12 || this.whole.y.fixed;
    const thin = band.x1 - band.x0 < 12;
    return {
      x0: thin ? this.left : fits(band.x0, this.left, this.width),
      x1: thin ? this.left + this.width : fits(band.x1, this.left, this.width),
      y0: flat ? this.top : fits(band.y0, this.top, this.depth),
      y1: flat ? this.top + this.depth : fits(band.y1, this.top, this.depth),
    };
  }

  release(event) {
    const { band, from } = this;
    this.from = this.band = null;
    if (band) {
      const [x0, ya] = this.shares({ x: band.x0, y: band.y0 });
      const [x1, yb] = this.shares({ x: band.x1, y: band.y1 });
      this.look("x", x0, x1);
      this.look("y", Math.min(ya, yb), Math.max(ya, yb));
      this.viewed();
    } else if (from && this.onPick) {
      const at = this.place(event);
      this.onPick(this.inside(at) ? this.hit(at.x, at.y) : null);
      this.draw();
    }
  }
}

// Buttons under a figure, and a line that says what is seen.
function addTools(stage, frames, ...before) {
  const say = element("output");
  const group = element("span", { class: "buttons" });
  const tools = element("div", { class: "tools" }, ...before, say, group);
  const buttons = { "+": ["closer", (f) => f.zoom(0.6)], "−": ["further", (f) => f.zoom(1 / 0.6)], all: ["show all", (f) => f.reset()] };
  for (const [text, [label, act]] of Object.entries(buttons)) {
    const button = element("button", { type: "button", "aria-label": label, title: label }, text);
    button.addEventListener("click", () => frames.forEach(act));
    group.append(button);
  }
  stage.append(tools);
  return (text) => { say.textContent = text; };
}
