// Compare: two to four models side by side, what was estimated, and where they stand elsewhere.
function compare(now) {
  const models = state.model.map((name) => now.lines.find((line) => line.model === name)).filter(Boolean), missing = state.model.filter((name) => !models.some((line) => line.model === name));
  const parts = [chooser(now)];
  if (missing.length) parts.push(warn(`Not in this run: ${missing.join(", ")}.`));
  if (models.length < 2) parts.push(make("p", { class: "empty" }, "Nothing to compare yet: choose two to four models here, or press + beside a model in the ranking."));
  else parts.push(...verdict(models), ...warnings(now), facts(now, models), ...elsewhere(models));
  $("view-compare").replaceChildren(...parts.filter(Boolean));
}
function chooser(now) {
  const select = make("select", { id: "f-model", disabled: state.model.length >= MOST_MODELS }, make("option", { value: "" }, state.model.length >= MOST_MODELS ? "four at most" : "choose ..."));
  for (const line of [...now.lines].sort(byName)) if (!state.model.includes(line.model)) select.append(make("option", { value: line.model }, line.model));
  select.addEventListener("change", () => { if (select.value) { pick(select.value); $("f-model").focus(); } });
  return make("div", { class: "pickers" }, field("Add a model (two to four)", select), chosenChips());
}
function chosenChips() {
  return make("ul", { class: "chips" }, ...state.model.map((name) => {
    const out = make("button", { type: "button", class: "out", "aria-label": `Take out ${name}` }, "\u00d7");
    out.addEventListener("click", () => { pick(name); (document.querySelector("#picked:not([hidden]) .out, #view-compare:not([hidden]) .out") ?? $(`tab-${state.view}`)).focus(); });
    return make("li", { title: name }, name.split("/").at(-1), " ", out);
  }));
}
function verdict(models) {
  const groups = new Set(models.map((line) => line.tie_group));
  return groups.size === 1 && known(models[0].tie_group) ? [make("p", {}, make("b", {}, "These models cannot be told apart with this probe:"), " they share one tie group.")] : [];
}
function facts(now, models) {
  const line = (title, cells, help) => make("tr", {}, make("th", { scope: "row", title: help }, title), ...cells.map((cell) => make("td", {}, ...[cell].flat())));
  const part = (title) => make("tr", { class: "part" }, make("th", { scope: "colgroup", colspan: models.length + 1 }, title));
  const estimate = (name, level, write) => (one) => (known(one[name]) ? [make("b", {}, write(one[name])), " ", bar(one[name], one[`${name}_lo`], one[`${name}_hi`], level)] : "-");
  const rows = [line("rank (estimate)", models.map((one) => [make("b", {}, one.place), known(one.candidates) ? ` of ${one.candidates}` : ""])), line("rank, 95 % interval", models.map((one) => span(one.rank_lo, one.rank_hi, 0)))];
  if (now.foreseen) rows.push(line("expected accuracy (estimate)", models.map(estimate("expected", 90, percent))), line("P(best) (estimate)", models.map((one) => percent(one.p_best))));
  if (models.some((one) => known(one.measured_accuracy))) rows.push(line("measured accuracy, on how many rows", models.map(measuredOf)), line("both together (estimate)", models.map((one) => percent(one.combined))));
  rows.push(line("consensus (estimate)", models.map(estimate("consensus", 95, number))), line("rows looked at", models.map((one) => count(one.rows ?? one.samples))),
    line("declares this data", models.map((one) => (known(one.declares_this_data) ? (one.declares_this_data ? "yes" : "no") : "-"))),
    ...data.compare.map((fact) => line(fact.title, models.map((one) => written(fact, one[fact.name])))), part("scores (estimates); the best of a line is marked"));
  for (const name of now.scores) {
    const low = lower(name), values = models.map((one) => one[`score_${name}`]).filter(known), best = number(low ? Math.min(...values) : Math.max(...values));
    rows.push(line(name + (low ? " \u2193" : ""), models.map((one) => {
      const value = one[`score_${name}`];
      if (!known(value)) return make("span", { class: "dim" }, `undefined: ${reasonOf(one, name)}`);
      return number(value) === best ? make("mark", {}, number(value)) : number(value);
    }), (data.scores[name] ?? {}).title));
  }
  if (now.baselines.length) rows.push(part("baselines"), ...now.baselines.map((name) => line(name, models.map((one) => baseline(name, one[`baseline_${name}`])))));
  const heads = [make("th", { scope: "col" }, "model"), ...models.map((one) => make("th", { scope: "col" }, linked(one.model)))];
  return make("div", { class: "scroll fit", tabindex: "0", role: "region", "aria-label": "Comparison, scrolls sideways" },
    make("table", { class: "compare" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
}
// Ranks on the other data sets, newest run of each.
function elsewhere(models) {
  const lines = [];
  for (const board of BOARDS) {
    if (board.key === state.data) continue;
    const found = models.map((one) => board.runs.map((run) => linesOf(run).find((line) => line.model === one.model)).find(Boolean));
    if (found.some(Boolean)) lines.push(make("tr", {}, make("th", { scope: "row" }, board.title), ...found.map((one) => make("td", {}, one ? `${one.place} of ${one.candidates ?? "?"}` : "-"))));
  }
  if (!lines.length) return [];
  const heads = [make("th", { scope: "col" }, "data set"), ...models.map((one) => make("th", { scope: "col" }, one.model))];
  return [make("h3", {}, "Elsewhere"), make("div", { class: "scroll fit", tabindex: "0", role: "region", "aria-label": "Ranks on other data sets, scrolls sideways" },
    make("table", { class: "compare" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)))];
}
// What is picked so far, and the step from there to the comparison; on every view but that one.
function pickedBar() {
  const bar = $("picked"), many = state.model.length;
  bar.hidden = !many || state.view === "compare";
  if (bar.hidden) { bar.replaceChildren(); return; }
  const open = make("button", { type: "button", class: "strong", disabled: many < 2 }, many < 2 ? "Pick one more to compare" : `Compare these ${many}`);
  open.addEventListener("click", () => { go({ view: "compare" }, true); $("tab-compare").focus(); });
  bar.replaceChildren(chosenChips(), open);
}
