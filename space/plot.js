// Pictures of points: names find a place beside their dots, one of the dots is reached by Tab, the others by arrow keys.
const GAP = 9, NEAR = 22; // pixels from a dot to its name, and how far beside a dot a finger may land

function middle(dot, frame) {
  const box = dot.getBoundingClientRect();
  return { x: box.left + box.width / 2 - frame.left, y: box.top + box.height / 2 - frame.top, dot };
}

function spots({ x, y }, w, h) {
  const beside = y - h / 2, centred = x - w / 2;
  return [
    [x + GAP, beside], [x - GAP - w, beside], [centred, y - GAP - h], [centred, y + GAP],
    [x + GAP, y - GAP - h], [x + GAP, y + GAP], [x - GAP - w, y - GAP - h], [x - GAP - w, y + GAP],
    [x + GAP, y - 2.2 * h], [x + GAP, y + 1.2 * h], [x - GAP - w, y - 2.2 * h], [x - GAP - w, y + 1.2 * h],
  ];
}

function label(area) {
  const frame = area.getBoundingClientRect(), names = [...area.querySelectorAll(".name")];
  if (!frame.width || !names.length) return;
  const dots = [...area.querySelectorAll("[data-dot]")].map((dot) => middle(dot, frame)), taken = [];
  const own = new Map(dots.map((at) => [at.dot.dataset.dot, at]));
  for (const name of names) {
    const w = name.offsetWidth, h = name.offsetHeight, at = own.get(name.dataset.of);
    let best = null;
    for (const [x, y] of at ? spots(at, w, h) : []) {
      if (x < 0 || x + w > frame.width + 12 || y < 0 || y + h > frame.height) continue;
      if (taken.some((box) => x < box.x + box.w && box.x < x + w && y < box.y + box.h && box.y < y + h)) continue;
      const hidden = dots.filter((dot) => dot.x > x - 6 && dot.x < x + w + 6 && dot.y > y - 6 && dot.y < y + h + 6).length;
      if (!best || hidden < best.hidden) best = { x, y, w, h, hidden };
      if (!hidden) break;
    }
    const fits = best && (!best.hidden || name.classList.contains("kept")); // a pinned name is shown whatever it covers
    name.classList.toggle("put", Boolean(fits));
    if (!fits) continue;
    taken.push(best);
    name.style.left = best.x + "px";
    name.style.top = best.y + "px";
  }
}

function labels() { element.querySelectorAll(".plot .area").forEach(label); }

function pinDot(dot) { again = ["dot", dot.dataset.dot]; trigger("pin", { model: dot.dataset.dot, page: shown() }); }

element.addEventListener("click", (event) => {
  const area = event.target.closest(".plot .area");
  if (!area) return;
  const frame = area.getBoundingClientRect(), x = event.clientX - frame.left, y = event.clientY - frame.top;
  const far = (at) => Math.hypot(at.x - x, at.y - y);
  const near = [...area.querySelectorAll("[data-dot]")].map((dot) => middle(dot, frame)).sort((one, other) => far(one) - far(other))[0];
  if (near && far(near) <= NEAR) pinDot(near.dot);
});

const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -Infinity, End: Infinity };
element.addEventListener("keydown", (event) => {
  const dot = event.target.closest("[data-dot]");
  if (!dot) return;
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pinDot(dot); return; }
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const place = (one) => one.getBoundingClientRect().left;
  const dots = [...dot.closest("svg").querySelectorAll("[data-dot]")].sort((one, other) => place(one) - place(other));
  const next = dots[Math.min(Math.max(dots.indexOf(dot) + step, 0), dots.length - 1)];
  dot.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus({ preventScroll: true });
});
new ResizeObserver(labels).observe(element); // of a tab that was hidden nothing could be measured
