// Draw what the page holds; draw again when its width or the colour scheme changes.

const redraws = [];
const KINDS = { raster: drawRaster, matrix: drawMatrix, curves: drawCurves };

async function start() {
  document.body.append(tip);
  const told = JSON.parse(document.getElementById("data").textContent);
  for (const figure of document.querySelectorAll("figure.live")) {
    const stage = figure.querySelector(".stage");
    try {
      const frames = figure.dataset.pareto
        ? drawPareto(stage, told.sweep)
        : await KINDS[told.figures[figure.dataset.number].kind](stage, told.figures[figure.dataset.number]);
      redraws.push(...frames.map((frame) => () => frame.draw()));
      figure.classList.add("drawn");
    } catch (fault) {
      stage.append(element("p", { class: "problems" }, `This browser cannot draw the figure (${fault}).`));
      console.error(fault);
    }
  }
  const redraw = () => redraws.forEach((each) => each());
  redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let asked = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(redraw);
  });
  document.documentElement.dataset.ready = "yes";
}

start();
