// What stands above and below the views: what the numbers are, and what should make a visitor careful.
const NEARLY = 0.8, FEWEST = 8;
const SAID = { downloads: "popularity (downloads)", likes: "popularity (likes)", capacity: "capacity (depth)", heuristic: "the heuristic of depth and data size", random: "chance (the random baseline)" };
const warn = (...told) => make("p", { class: "warn" }, ...told);
const signed = (value) => `${value >= 0 ? "+" : ""}${value.toFixed(2)}`;

function taus(now) {
  return data.groups.tau_.map((name) => [name, now.lines.find((line) => known(line[`tau_${name}`]))?.[`tau_${name}`]]).filter(([, tau]) => known(tau));
}
function near(now, [name, tau]) {
  const elsewhere = Math.max(0, (now.run.same.candidates ?? 0) - now.lines.length);
  return Math.abs(tau) >= NEARLY && now.lines.filter((line) => known(line[`baseline_${name}`])).length + elsewhere >= FEWEST;
}
function warnings(now) {
  const made = taus(now).filter((one) => near(now, one)).map(([name, tau]) => warn(
    `This order is nearly the ${tau < 0 ? "reverse of the order" : "order"} by ${SAID[name] ?? name} (tau-b ${signed(tau)}): the scores have added little to it.`));
  return [...together(now), ...made];
}
// How many runs used these rows, and what is shown of them.
function together(now) {
  const { lines, board } = now, told = [], people = [...new Set(lines.map((line) => line.publisher ?? "somebody unknown"))];
  if (board.alone < 2) return [];
  if (now.run.id !== ALL) told.push(`One of ${board.alone} runs over these rows, alone: its ranks and consensus compare its own models. The control above shows all of them together.`);
  else {
    told.push(`${board.alone} runs over these rows stand together: ${counted(lines)}.`);
    told.push(people.length > 1 ? `Of each publisher (${people.slice(0, 6).join(", ")}${people.length > 6 ? ` and ${people.length - 6} more` : ""}) the newest values of a model count, and all publishers' stand.` : "Of each model the newest values count.");
    told.push(`Ranks, ties, P(best) and consensus are those of these ${lines.length} lines; the control above shows a run alone.`);
    const without = lines.filter((line) => !known(line.expected)).length;
    if (now.foreseen && without) told.push(`${without} without an expected accuracy ${without === 1 ? "stands" : "stand"} behind, by consensus.`);
  }
  return [make("p", { class: "dim" }, told.join(" "))];
}
function misread(now) {
  const words = [state.max, state.min].filter((size) => size.trim() && sizeOf(size) === null).map((size) => `'${size}'`), made = [];
  if (words.length) made.push(warn(`${words.join(" and ")} cannot be read as a size and filters nothing: write 25M or 800k.`));
  if (state.license.includes(COMMERCIAL)) made.push(make("p", { class: "dim" }, "Commercial use: models whose card names a licence that is known to allow it, some with conditions; read it before you rely on it."));
  if (state.view === "ranking" && state.sort !== "rank" && sortColumn(now.lines) === "rank") made.push(warn(`There is no column '${state.sort}' here: the models stand in the order of their ranks.`));
  return made;
}
// Which models to fine-tune, and what the estimates rest on.
function lead(now) {
  const short = modelsOf(now.lines.filter((line) => line.shortlist === 1)), of = modelsOf(now.lines.filter((line) => known(line.p_best))), made = [];
  if (short) {
    made.push(make("p", { class: "lead" }, make("b", {}, `Fine-tune ${short > 1 ? `these ${short} (*)` : "this one (*)"}:`),
      ` the best of ${of} is ${short > 1 ? "among them" : "it"} with 90 %, by an estimate.`));
  }
  const measured = now.lines.filter((line) => known(line.measured_accuracy)), few = [...new Set(measured.map((line) => line.measured_images).filter(known))].sort((a, b) => a - b);
  if (measured.length) {
    const rows = few.length ? ` on ${few.length > 1 ? `${few[0]} to ${few.at(-1)}` : few[0]} rows` : "";
    made.push(make("p", {}, `${measured.length} ${measured.length > 1 ? "models were" : "model was"} fine-tuned briefly and measured${rows}; every other number is an estimate.`));
  }
  const own = now.lines.filter((line) => line.declares_this_data === 1).length;
  if (own) made.push(make("p", {}, `${own} of these ${now.lines.length} models ${own > 1 ? "declare" : "declares"} this data: such a model looks better here than on other rows.`));
  return made;
}
// The board's name, what was looked at, and that all of it is estimated.
function head(now) {
  const facts = now.run.same, first = now.lines[0] ?? {}, dataset = now.board.dataset;
  const link = /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/.test(dataset) ? make("a", { href: `${data.endpoint}/datasets/${dataset}`, target: "_blank", rel: "noopener noreferrer" }, dataset) : dataset;
  const chips = { models: modelsOf(now.lines), "rows looked at": first.samples, classes: first.classes, scores: now.scores.length, [now.run.id === ALL ? "newest run" : "run"]: now.lines.map((line) => String(line.date ?? "")).sort().at(-1)?.slice(0, 10),
    revision: String(facts.revision ?? "").slice(0, 7), hubscore: first.hubscore_version };
  const about = now.foreseen ? `Expected accuracies are estimates from ${known(first.samples) ? `${first.samples} rows` : "a small probe"} of the data, with 90 % intervals` : "Estimates from a small probe of the data";
  $("head").replaceChildren(
    ...(asked ? [warn(`There are no results for ${asked} here; this is ${dataset}.`)] : []),
    ...(beyond.length ? [warn(`${MOST_MODELS} models are compared at most; the address also names ${beyond.join(", ")}.`)] : []),
    make("h2", {}, link, make("span", { class: "dim" }, now.board.title.slice(dataset.length))),
    make("p", {}, make("span", { class: "tag" }, "estimates"), ` ${about}, not measured accuracies: fine-tune the first few to know.`),
    first.label ? make("p", { class: "dim" }, `label: ${first.label}`) : "",
    make("ul", { class: "chips" }, ...Object.entries(chips).filter(([, value]) => known(value)).map(([name, value]) => make("li", {}, `${name} `, make("b", {}, String(value))))));
}
// Kendall's tau-b of the order with orders that cost nothing.
function thumb(now) {
  const all = taus(now);
  if (!all.length) return [];
  const items = all.map(([name, tau]) => {
    const fill = make("i"), bar = make("i", { class: near(now, [name, tau]) ? "tau near" : "tau", "aria-hidden": "true" }, fill);
    fill.style.left = `${50 + Math.min(tau, 0) * 50}%`;
    fill.style.width = `${Math.abs(tau) * 50}%`;
    return make("li", {}, bar, make("span", {}, name), " ", make("b", {}, signed(tau)));
  });
  const told = `Kendall's tau-b of this order with orders that cost nothing: +1 is the same order, 0 none, -1 the reverse; from ${NEARLY} on, among ${FEWEST} models or more, the scores add little.`;
  return [make("h3", {}, "Is it more than a rule of thumb?"), make("p", { class: "dim" }, told), make("ul", { class: "taus" }, ...items)];
}
