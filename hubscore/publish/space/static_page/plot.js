// Size against score: one dot per model, and which models nothing smaller beats.
const LABELLED = 8, MOST_BANDS = 60;
let pinned = null; // the model whose words stay until another is pressed

function ticks(low, high, most = 6) {
  const raw = (high - low) / most, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].map((factor) => power * factor).find((one) => one >= raw);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(value);
  return found.map((value) => [value, Math.abs(value) >= 1000 ? count(value) : String(Number(value.toFixed(10)))]);
}
function logTicks(low, high) {
  for (const factors of [[1], [1, 3], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      for (const factor of factors) { const value = factor * 10 ** power; if (value >= low && value <= high) found.push(value); }
    }
    if (found.length >= 3 || factors.length === 9) return found.filter((_, i) => found.length <= 9 || i % Math.floor(found.length / 6) === 0).map((value) => [value, count(value)]);
  }
  return [];
}
function axis(values, log, up = true) {
  const low = Math.min(...values), high = Math.max(...values), room = 0.06 * (high - low) || Math.max(Math.abs(high), 1) * 0.1;
  const [from, to] = log ? [low / 1.25, high * 1.25] : [low - room, high + room], turn = log ? Math.log10 : (value) => value;
  const at = (value) => { const place = (100 * (turn(value) - turn(from))) / (turn(to) - turn(from)); return up ? place : 100 - place; };
  return { at, ticks: (log ? logTicks : ticks)(from, to) };
}
function size(now) {
  const across = Object.hasOwn(AXES, state.x) ? state.x : "parameters", ordering = now.foreseen ? "expected" : "consensus";
  const up = now.scores.includes(state.y) ? `score_${state.y}` : state.y === "consensus" ? "consensus" : ordering, title = up === "expected" ? "expected accuracy" : up.replace(/^score_/, "");
  const low = lower(title), lines = now.shown.filter((line) => line[across] > 0 && known(line[up])), left = now.shown.length - lines.length;
  const options = [...(now.foreseen ? [["estimate", "expected accuracy"], ["consensus", "consensus"]] : [["estimate", "consensus"]]), ...now.scores.map((one) => [one, one])];
  const kept = document.activeElement?.id, controls = make("div", { class: "pickers" }, choice("x", "Across", Object.entries(AXES)), choice("y", "Up", options));
  const about = make("p", { class: "dim" }, "Up is better: an estimate from a probe, not a measured accuracy. The line joins the models that no smaller one equals or beats.");
  if (!lines.length) { $("view-size").replaceChildren(...misread(now), about, controls, make("p", { class: "empty" }, "No model has both values. Choose another axis, or loosen a filter.")); $(kept)?.focus(); return; }
  const best = front(lines, across, up, low), words = (line) => `${line.model}: ${title} ${number(line[up])} (estimate), ${AXES[across]} ${count(line[across])}${across === "bytes" ? "B" : ""}, rank ${line.place}`;
  const picture = make("figure", { class: "plot" });
  const note = left ? make("p", { class: "dim" }, `${left} ${left === 1 ? "model is" : "models are"} not drawn: size or score is not known.`) : "";
  $("view-size").replaceChildren(...warnings(now), ...misread(now), about, controls, picture, note, make("h3", {}, "The front, smallest first"), frontTable(best, across, up, title));
  $(kept)?.focus();
  scatter(picture, { lines, best, across, up, title, low, words });
}
function frontTable(best, across, up, title) {
  const head = ["model", AXES[across], title, "rank", "rank 95 %"].map((told) => make("th", { scope: "col" }, told));
  const body = best.map((line) => make("tr", {}, make("th", { class: "model", scope: "row" }, linked(line.model)), make("td", {}, count(line[across]) + (across === "bytes" ? "B" : "")),
    make("td", {}, number(line[up])), make("td", {}, line.place), make("td", {}, span(line.rank_lo, line.rank_hi, 0))));
  return make("div", { class: "scroll fit", tabindex: "0", role: "region", "aria-label": "The front, scrolls sideways" }, make("table", { class: "small" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)));
}
const svg = (tag, attributes) => { const made = document.createElementNS("http://www.w3.org/2000/svg", tag); for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value); return made; };

function scatter(figure, told) {
  const { lines, best, across, up, title, low, words } = told, banded = ["expected", "consensus"].includes(up) && lines.length <= MOST_BANDS;
  const ends = lines.flatMap((line) => (banded ? [line[up], line[`${up}_lo`], line[`${up}_hi`]].filter(known) : [line[up]]));
  const x = axis(lines.map((line) => line[across]), true), y = axis(ends, false, !low), on = new Set(best);
  const area = make("div", { class: "area" }), picture = svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const tip = make("div", { class: "tip", hidden: true }), dots = make("div", { class: "dots", role: "group", "aria-label": `${lines.length} models by ${AXES[across]} and ${title}; arrow keys go from one to the next` });
  for (const [value, text] of x.ticks) { picture.append(svg("path", { class: "grid", d: `M${x.at(value)} 0V100` })); const mark = make("span", { class: "mark x" }, text); mark.style.left = `${x.at(value)}%`; area.append(mark); }
  for (const [value, text] of y.ticks) { picture.append(svg("path", { class: "grid", d: `M0 ${100 - y.at(value)}H100` })); const mark = make("span", { class: "mark y" }, text); mark.style.bottom = `${y.at(value)}%`; area.append(mark); }
  if (banded) for (const line of lines) if (known(line[`${up}_lo`])) picture.append(svg("path", { class: "whisker", d: `M${x.at(line[across])} ${100 - y.at(line[`${up}_lo`])}V${100 - y.at(line[`${up}_hi`])}` }));
  if (best.length > 1) picture.append(svg("path", { class: "front", d: best.map((line, i) => (i ? `H${x.at(line[across])}V${100 - y.at(line[up])}` : `M${x.at(line[across])} ${100 - y.at(line[up])}`)).join("") }));
  const show = (dot) => {
    tip.textContent = words(dot.line);
    tip.hidden = false;
    const left = (dot.offsetLeft + dot.offsetWidth / 2) - tip.offsetWidth / 2, above = dot.offsetTop - tip.offsetHeight - 6;
    tip.style.left = `${Math.min(Math.max(left, 0), Math.max(area.clientWidth - tip.offsetWidth, 0))}px`;
    tip.style.top = `${above < 0 ? dot.offsetTop + dot.offsetHeight + 6 : above}px`;
  };
  const rest = () => { const dot = [...dots.children].find((one) => one.line === pinned); if (dot) show(dot); else tip.hidden = true; };
  const ordered = [...lines].sort((a, b) => a[across] - b[across] || a[up] - b[up]);
  ordered.forEach((line, i) => {
    const dot = make("button", { type: "button", class: on.has(line) ? "dot on" : "dot", "aria-label": words(line), tabindex: line === best.at(-1) ? "0" : "-1" });
    dot.line = line;
    dot.style.left = `${x.at(line[across])}%`;
    dot.style.bottom = `${y.at(line[up])}%`;
    dot.addEventListener("pointerenter", () => show(dot));
    dot.addEventListener("pointerleave", rest);
    dot.addEventListener("focus", () => show(dot));
    dot.addEventListener("blur", rest);
    dot.addEventListener("click", () => { pinned = pinned === line ? null : line; (pinned ? show : rest)(dot); });
    dot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { pinned = null; tip.hidden = true; }
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key], next = step && dots.children[(i + step + ordered.length) % ordered.length];
      if (!next) return;
      event.preventDefault();
      dot.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    dots.append(dot);
  });
  area.append(picture, dots, tip);
  figure.append(make("figcaption", { class: "dim" }, `${title} (estimate${low ? ", negated: lower is better" : ""}); orange: the front`), area, make("div", { class: "axis dim" }, `${AXES[across]} (log)`));
  names(area, dots, best);
  pinned = lines.includes(pinned) ? pinned : null;
  rest();
}
// Names of the front beside their dots, where they lie on no dot and on no other name; the tips have all of them.
function names(area, dots, best) {
  const wide = area.clientWidth, boxes = [...dots.children].map((dot) => [dot.offsetLeft, dot.offsetTop, dot.offsetLeft + dot.offsetWidth, dot.offsetTop + dot.offsetHeight]);
  const free = (box) => box[0] >= 0 && box[2] <= wide && box[1] >= 0 && boxes.every((one) => one[2] <= box[0] || one[0] >= box[2] || one[3] <= box[1] || one[1] >= box[3]);
  const wanted = best.slice(-LABELLED).reverse();
  for (const line of wanted) {
    const dot = [...dots.children].find((one) => one.line === line), name = make("span", { class: "name", "aria-hidden": "true" }, line.model.split("/").at(-1));
    area.append(name);
    const [w, h, left, top] = [name.offsetWidth, name.offsetHeight, dot.offsetLeft, dot.offsetTop], middle = left + dot.offsetWidth / 2;
    const places = [[left + dot.offsetWidth + 1, top + (dot.offsetHeight - h) / 2], [left - w - 1, top + (dot.offsetHeight - h) / 2], [middle - w / 2, top - h], [middle - w / 2, top + dot.offsetHeight]];
    const place = places.map(([x, y]) => [x, y, x + w, y + h]).find(free);
    if (!place) { name.remove(); continue; }
    name.style.left = `${place[0]}px`;
    name.style.top = `${place[1]}px`;
    boxes.push(place);
  }
}
