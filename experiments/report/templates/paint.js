"use strict";
// Colours, numbers and ticks that all figures share.

const SERIES = ["--s0", "--s1", "--s2", "--s3", "--s4", "--s5"];
const MARKS = ["circle", "square", "up", "diamond", "down", "cross"];
const FONT = "12px system-ui, sans-serif";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function seriesLook(k) {
  const turn = Math.floor(k / SERIES.length);
  return { colour: colour(SERIES[k % SERIES.length]), mark: MARKS[(k + turn) % MARKS.length] };
}

function rgb(text) {
  const value = parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function written(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "not defined";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4
    ? value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e")
    : String(Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1))))));
  return text.replaceAll("-", "−");
}

function linearTicks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((each) => each >= rough);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return ticks.map((each) => Number(each.toPrecision(12)));
}

function logTicks(low, high, most) {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return linearTicks(low, high, most).filter((each) => each > 0);
  const every = Math.max(1, Math.ceil(decades / most));
  const counted = (marks) => decades * marks.length <= most + 1;
  const shares = [[1, 2, 5], [1, 3]].find(counted) || [1];
  const ticks = [];
  for (let k = Math.floor(Math.log10(low)); k <= Math.ceil(Math.log10(high)); k++) {
    if (k % every) continue;
    for (const share of shares) {
      const tick = share * 10 ** k;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

function drawMark(pen, kind, x, y, size) {
  pen.beginPath();
  if (kind === "circle") pen.arc(x, y, size, 0, 7);
  else if (kind === "square") pen.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
  else if (kind === "cross") {
    pen.rect(x - size * 1.1, y - size * 0.35, size * 2.2, size * 0.7);
    pen.rect(x - size * 0.35, y - size * 1.1, size * 0.7, size * 2.2);
  } else {
    const turn = { up: -1, down: 1, diamond: -1 }[kind];
    pen.moveTo(x, y + turn * size * 1.2);
    pen.lineTo(x + size * 1.15, kind === "diamond" ? y : y - turn * size * 0.9);
    if (kind === "diamond") pen.lineTo(x, y + size * 1.2);
    pen.lineTo(x - size * 1.15, kind === "diamond" ? y : y - turn * size * 0.9);
    pen.closePath();
  }
  pen.fill();
}

function element(name, words = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(words)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const tip = element("div", { class: "tip", role: "status", hidden: "" });

function showTip(text, x, y) {
  if (!text) {
    tip.hidden = true;
    return;
  }
  tip.textContent = text;
  tip.hidden = false;
  const width = tip.offsetWidth;
  const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, y - tip.offsetHeight - 10)}px`;
}
