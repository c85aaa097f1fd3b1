// The ranking: one row per model, what was estimated, what it is, and what a rule of thumb says.
const PAGE = 50;
const COUNTS = /^(size|downloads|likes)$/;

// A value between 0 and 1 as a dot, its interval as a band.
function bar(value, low, high, level) {
  if (!known(value)) return "-";
  const told = value.toFixed(2) + (known(low) ? `, ${level} % interval ${span(low, high)}` : "");
  const at = (share) => `${(100 * Math.min(Math.max(share, 0), 1)).toFixed(1)}%`, made = make("span", { class: "span", role: "img", "aria-label": told, title: told });
  if (known(low)) { const band = make("i", { class: "band" }); band.style.left = at(low); band.style.width = at(Math.max(high - low, 0.01)); made.append(band); }
  const dot = make("i", { class: "dot" });
  dot.style.left = at(value);
  made.append(dot);
  return made;
}
function linked(model) {
  if (!/^[A-Za-z0-9][\w.-]*\/[\w.-]+$/.test(model)) return model;
  return make("a", { href: `${data.endpoint}/${model}`, target: "_blank", rel: "noopener noreferrer" }, model);
}
// What a reader must know of a model before believing its place.
function flags(line) {
  const told = [];
  if (line.shortlist === 1) told.push(make("span", { title: "among those to fine-tune" }, " *"));
  if (line.declares_this_data === 1) told.push(" ", make("span", { class: "tag", title: "its card, or that of its base model, names this data set as training data" }, "declares this data"));
  return told;
}
const measuredOf = (line) => (known(line.measured_accuracy) ? percent(line.measured_accuracy) + (known(line.measured_images) ? ` of ${line.measured_images}` : "") : "-");
const written = (fact, value) => (!known(value) ? "-" : fact.text ? value : fact.count ? count(value) + (fact.unit ?? "") : fact.tenths ? value.toFixed(1) : number(value));
const baseline = (name, value) => (COUNTS.test(name) || Number.isInteger(value) ? count : number)(value);

function columnsOf(now) {
  const { lines, foreseen } = now, bool = (condition, ...columns) => (condition ? columns : []);
  const wanted = shownColumns(now), facts = data.facts.filter((fact) => wanted.facts.includes(fact.name));
  return [
    { sort: "rank", title: "rank", cls: "rank", cell: (line) => line.place },
    { sort: "model", title: "model", cls: "model" },
    ...bool(has(lines, "measured_accuracy"),
      { title: "estimate and measurement", cell: (line) => percent(line.combined), help: "Expected and measured accuracy put together: an estimate, which orders the models that were measured" },
      { title: "measured", cell: measuredOf, help: "Accuracy after a short fine-tuning, and on how many rows it was measured" }),
    ...bool(foreseen, { sort: "expected", title: "expected accuracy", cell: (line) => make("b", {}, percent(line.expected)), help: "Estimated accuracy after fine-tuning; not measured" },
      { title: "90 % interval", cls: "text", cell: (line) => bar(line.expected, line.expected_lo, line.expected_hi, 90) },
      { title: "P(best)", cell: (line) => percent(line.p_best), help: "How probable it is that this model becomes the best of these. An estimate" }),
    ...bool(!foreseen, { sort: "consensus", title: "consensus", cell: (line) => make("b", {}, number(line.consensus)), help: "Mean percentile among these models. An estimate, not an accuracy" },
      { title: "95 % interval", cls: "text", cell: (line) => bar(line.consensus, line.consensus_lo, line.consensus_hi, 95) }),
    ...bool(has(lines, "rank_lo"), { title: "rank 95 %", cell: (line) => span(line.rank_lo, line.rank_hi, 0) }),
    ...bool(has(lines, "rows") && new Set(lines.map((line) => line.rows)).size > 1, { title: "rows", cell: (line) => count(line.rows), help: "Rows of the data that the numbers of this model rest on" }),
    ...bool(foreseen, { sort: "consensus", title: "consensus", cell: (line) => number(line.consensus) }),
    ...facts.map((fact) => ({ sort: fact.name, title: fact.title, cls: fact.text ? "text dim" : "", cell: (line) => written(fact, line[fact.name]) })),
    ...wanted.scores.map((name) => ({ sort: name, title: name, help: (data.scores[name] ?? {}).title, cell: (line) => number(line[`score_${name}`]), undefinedFor: (line) => !known(line[`score_${name}`]) })),
    ...wanted.baselines.map((name) => ({ sort: name, title: `baseline ${name}`, cls: "dim", cell: (line) => baseline(name, line[`baseline_${name}`]) })),
    ...bool(wanted.facts.includes("date"), { sort: "date", title: "run of", cls: "text dim",
      cell: (line) => String(line.date ?? "-").slice(0, 10) + (now.several ? `, ${line.publisher ?? "unknown"}` : "") }),
  ];
}
function ranking(now) {
  const columns = columnsOf(now), pages = Math.max(1, Math.ceil(now.shown.length / PAGE)), at = Math.min(state.page, pages), part = now.shown.slice((at - 1) * PAGE, at * PAGE);
  const behind = now.foreseen ? "" : " (tied models stand in the order of their names)", sort = sortColumn(now.lines);
  const by = sort === "rank" ? `rank${behind}` : orders(now).find(([name]) => name === state.sort)?.[1] ?? state.sort;
  const tally = make("p", { class: "tally" }, make("span", { role: "status" },
    `${filtered() ? `${now.shown.length} of ` : ""}${counted(now.lines)}, by ${by}${state.reverse ? ", the other way round" : ""}. = shares its rank: such models cannot be told apart.`));
  const save = make("button", { type: "button", class: "plain" }, "Download these as CSV");
  save.addEventListener("click", () => download(now));
  tally.append(save);
  const table = make("table", { class: "order" }, make("thead", {}, make("tr", {}, ...columns.map((column) => header(column, now)))),
    make("tbody", {}, ...part.map((line, i) => row(line, columns, i ? part[i - 1] : null, now))));
  const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Ranking, scrolls sideways" }, table);
  const left = document.querySelector("#view-ranking .scroll")?.scrollLeft ?? 0;
  const empty = make("p", { class: "empty" }, "No model passes these filters. Loosen one: a model whose size is not known passes no limit of size.");
  $("view-ranking").replaceChildren(...warnings(now), ...misread(now), ...lead(now), tally, part.length ? scroll : empty, pager(at, pages, now.shown.length), ...thumb(now));
  scroll.scrollLeft = left;
  sight(scroll, now);
}
let cameBy = null; // what the table was last sorted by: a new one comes into sight, however many columns stand before it
function sight(box, now) {
  const by = `${now.run.id} ${state.sort}`, cell = box.querySelector("th[aria-sort]"), name = box.querySelector("th.model");
  if (by === cameBy || !box.clientWidth) return;
  cameBy = by;
  if (!cell || !name || getComputedStyle(cell).position === "sticky") return;
  const at = cell.getBoundingClientRect(), frame = box.getBoundingClientRect();
  const free = getComputedStyle(name).position === "sticky" ? name.getBoundingClientRect().right : frame.left;
  if (at.right > frame.right) box.scrollLeft += Math.min(at.right - frame.right, at.left - free);
}
function header(column, now) {
  const on = column.sort !== undefined && (column.sort === "rank" ? sortColumn(now.lines) === "rank" : column.sort === state.sort), turn = upward(on ? sortColumn(now.lines) : "");
  const cell = make("th", { class: column.cls, scope: "col", title: column.help, "aria-sort": on ? (turn ? "ascending" : "descending") : null });
  if (column.sort === undefined) cell.append(column.title);
  else {
    const button = make("button", { type: "button", "data-sort": column.sort }, column.title + (on ? (turn ? " \u25b4" : " \u25be") : ""));
    button.addEventListener("click", () => {
      go({ reverse: on && !state.reverse, sort: column.sort });
      [...document.querySelectorAll("[data-sort]")].find((one) => one.dataset.sort === column.sort)?.focus();
    });
    cell.append(button);
  }
  if (lower(column.sort)) cell.append(make("small", { class: "dim", title: "lower is better" }, " \u2193 better"));
  return cell;
}
function row(line, columns, above, now) {
  const picked = state.model.includes(line.model), kinds = [above && above.tie_group === line.tie_group ? "" : "group", line.shared ? "tied" : "", picked ? "picked" : ""];
  const plus = make("button", { type: "button", class: "pick", "data-pick": line.model, "aria-pressed": String(picked), "aria-label": `Compare ${line.model}` }, picked ? "\u2713" : "+");
  plus.addEventListener("click", () => { pick(line.model); [...document.querySelectorAll("[data-pick]")].find((one) => one.dataset.pick === line.model)?.focus(); });
  const cells = columns.map((column) => {
    if (column.sort === "model") return make("th", { class: "model", scope: "row" }, make("div", {}, plus, make("span", {}, linked(line.model), ...flags(line), now.several ? make("small", { class: "dim" }, ` by ${line.publisher ?? "somebody unknown"}`) : null)));
    if (column.undefinedFor?.(line)) return make("td", { class: "dim", title: `undefined: ${reasonOf(line, column.sort)}` }, "-");
    return make("td", { class: column.cls }, column.cell(line));
  });
  return make("tr", { class: kinds.filter(Boolean).join(" ") || null }, ...cells);
}
function pager(at, pages, total) {
  const turn = (told, to) => {
    const button = make("button", { type: "button", class: "plain", disabled: to < 1 || to > pages }, told);
    button.addEventListener("click", () => { go({ page: to }, true); document.querySelector("#view-ranking .scroll")?.scrollIntoView(); });
    return button;
  };
  if (pages < 2) return "";
  return make("nav", { class: "pager", "aria-label": "Pages" }, turn("Previous", at - 1), make("span", {}, `${(at - 1) * PAGE + 1} to ${Math.min(at * PAGE, total)} of ${total}`), turn("Next", at + 1));
}
