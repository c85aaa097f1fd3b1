// What chooses, narrows and orders the models.
const SIZES = ["1M", "2M", "5M", "10M", "25M", "50M", "100M", "300M", "1B", "3B"];
const AXES = { parameters: "size", bytes: "size on disk" };
const USUAL = 6;
// Scores that ordered real fine-tunings best, one of a kind: docs/truth.md of hubscore.
const BEST = ["layer_kernel_probe", "kernel_probe", "logistic", "leep", "knn", "logme"];
let built = ""; // which run the form was made for

const field = (label, input) => make("div", {}, make("label", { for: input.id }, label), input);
function choice(name, label, options, changes = (value) => ({ [name]: value })) {
  const select = make("select", { id: `f-${name}` });
  for (const [value, told] of options) select.append(make("option", { value, selected: value === state[name] }, told));
  select.addEventListener("change", () => go(changes(select.value), name === "data" || name === "run"));
  return field(label, select);
}
function typed(name, label, placeholder, list) {
  const input = make("input", { id: `f-${name}`, placeholder, value: state[name], list, autocomplete: "off" });
  input.addEventListener("input", () => go({ [name]: input.value }));
  return field(label, input);
}
// Several of some values: boxes to tick behind one press, so that the keyboard is enough. `none` stands for none of them.
function several(name, label, values, told, none = []) {
  const summary = make("summary", { id: `f-${name}` }, `${label}: ${told()}`), list = make("div", { class: "list", role: "group", "aria-label": label });
  for (const [value, title] of values) {
    const box = make("input", { type: "checkbox", value, checked: state[name].includes(value) });
    box.addEventListener("change", () => {
      const next = values.map(([one]) => one).filter((one) => (one === value ? box.checked : state[name].includes(one)));
      go({ [name]: next.length ? next : none });
      summary.textContent = `${label}: ${told()}`;
    });
    list.append(make("label", {}, box, title));
  }
  return make("details", { class: "several" }, summary, list);
}
function countedValues(lines, name) {
  const counts = new Map();
  for (const line of lines) counts.set(line[name] || UNKNOWN, (counts.get(line[name] || UNKNOWN) ?? 0) + 1);
  for (const value of state[name]) if (!counts.has(value) && value !== COMMERCIAL) counts.set(value, 0); // it filters, so it is seen
  const values = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => [value, value]);
  return name === "license" ? [[COMMERCIAL, "commercial use"], ...values] : values;
}
function firstOf(name) {
  const [first, ...more] = state[name];
  return first === undefined ? "any" : first + (more.length ? ` and ${more.length} more` : "");
}
// Which columns the ranking shows: groups, and single ones that a visitor chose.
function shownColumns(now) {
  const wanted = new Set([...state.column, state.sort]), usual = [...BEST.filter((name) => now.scores.includes(name)), ...now.scores.filter((name) => !BEST.includes(name))].slice(0, USUAL);
  const scores = now.scores.filter((name) => wanted.has(name) || wanted.has("all") || (wanted.has("usual") && usual.includes(name)));
  const baselines = now.baselines.filter((name) => wanted.has(name) || wanted.has("baselines"));
  const facts = [...data.facts.map((fact) => fact.name), "date"].filter((name) => wanted.has(name) || wanted.has("facts"));
  return { scores, baselines, facts };
}
function offeredColumns(now) {
  const many = now.scores.length, groups = [["usual", `${Math.min(USUAL, many)} usual scores`], ["all", `all ${many} scores`], ["baselines", "baselines"], ["facts", "facts"]];
  const single = [...now.scores.map((name) => [name, name]), ...now.baselines.map((name) => [name, `baseline: ${name}`]), ...data.facts.map((fact) => [fact.name, fact.title]), ["date", "date of the run"]];
  return [...groups, ...single.filter(([name], i) => single.findIndex(([one]) => one === name) === i)];
}
function orders(now) {
  const facts = data.facts.map((fact) => [fact.name, fact.title]), names = (list) => list.map((name) => [name, name]);
  const known = [["rank", "rank"], ...(now.foreseen ? [["expected", "expected accuracy"]] : []), ["consensus", "consensus"], ...names(now.scores), ...facts, ["date", "date"], ["model", "name"]];
  for (const name of now.baselines) if (!known.some(([one]) => one === name)) known.push([name, `baseline: ${name}`]);
  return known;
}

function form(now) {
  const key = JSON.stringify([state.data, state.run]);
  if (key === built) return follow();
  built = key;
  const focus = document.activeElement?.id, narrow = matchMedia("(max-width: 640px)").matches;
  const pickers = make("div", { class: "pickers" }, choice("data", "Data set", BOARDS.map((one) => [one.key, one.title]), (value) => ({ data: value, run: "" })));
  if (now.board.runs.length > 1) pickers.append(choice("run", "Run", now.board.runs.map((run) => [run.id, run.id === ALL ? `all ${now.board.alone} runs together` : `${run.id} (${run.same.publisher ? `${run.same.publisher}, ` : ""}${run.count} models)`])));
  const worst = make("input", { type: "checkbox", id: "f-reverse", checked: state.reverse });
  worst.addEventListener("change", () => go({ reverse: worst.checked }));
  const clear = make("button", { type: "button", class: "plain" }, "Clear filters");
  clear.addEventListener("click", () => { built = ""; go({ q: "", min: "", max: "", license: [], library: [], family: [] }); $("f-q").focus(); });
  const filters = make("details", { id: "filters", open: !narrow || filtered() }, make("summary", {}, "Filter and sort"), make("div", { class: "filters" },
    typed("q", "Search", "part of a name"), typed("max", "Size at most", "25M", "sizes"), typed("min", "Size at least", "800k", "sizes"),
    ...Object.entries(FILTERS).map(([name, label]) => several(name, label, countedValues(now.lines, name), () => firstOf(name))),
    choice("sort", "Sort by", orders(now)), make("label", { class: "tick" }, worst, "worst first"),
    several("column", "Columns", offeredColumns(now), () => `${shownColumns(now).scores.length} scores`, ["none"]), clear),
    make("datalist", { id: "sizes" }, ...SIZES.map((size) => make("option", { value: size }))));
  $("form").replaceChildren(pickers, filters);
  if (focus?.startsWith("f-")) $(focus)?.focus();
  follow();
}
function follow() {
  $("filters").hidden = !["ranking", "size"].includes(state.view);
  for (const name of ["q", "min", "max", "sort", "data", "run"]) if ($(`f-${name}`) && $(`f-${name}`) !== document.activeElement) $(`f-${name}`).value = name === "sort" ? sortName() : state[name];
  $("f-reverse").checked = state.reverse;
}
const sortName = () => ([...$("f-sort").options].some((one) => one.value === state.sort) ? state.sort : "rank");

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.several[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details.several[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

function tabs() {
  const names = Object.keys(VIEWS);
  $("tabs").replaceChildren(...names.map((name) => {
    const tab = make("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}` }, VIEWS[name]);
    tab.addEventListener("click", () => go({ view: name, page: state.page }, true));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = event.key === "Home" ? 0 : event.key === "End" ? names.length - 1 : step && (names.indexOf(name) + step + names.length) % names.length;
      if (next === undefined) return;
      event.preventDefault();
      go({ view: names[next], page: state.page }, true);
      $(`tab-${names[next]}`).focus();
    });
    return tab;
  }));
}
function follows() {
  for (const name of Object.keys(VIEWS)) {
    const on = name === state.view;
    $(`tab-${name}`).setAttribute("aria-selected", on);
    $(`tab-${name}`).tabIndex = on ? 0 : -1;
    $(`view-${name}`).hidden = !on;
  }
}
