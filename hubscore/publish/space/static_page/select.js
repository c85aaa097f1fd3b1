// Which lines of which run are shown, and in which order; the columns are those of the Gradio Space.
const FILTERS = { license: "Licence", library: "Library", family: "Family" };
const UNKNOWN = "unknown", COMMERCIAL = "commercial";
const free = new Set(data.commercial);

function chosen() {
  const board = findBoard(state.data), run = board.runs.find((one) => one.id === state.run) ?? board.runs[0], lines = linesOf(run);
  state.data = board.key;
  state.run = run.id;
  const foreseen = has(lines, "expected"), scores = namesOf(lines, "score_"), baselines = namesOf(lines, "baseline_");
  const several = run.id === ALL && new Set(lines.map((line) => line.publisher)).size > 1; // publishers
  return { board, run, lines, several, foreseen, scores, baselines, shown: ordered(lines.filter(passes()), lines, foreseen) };
}
const modelsOf = (lines) => new Set(lines.map((line) => line.model)).size;
function counted(lines) {
  const models = modelsOf(lines);
  return `${models} model${models === 1 ? "" : "s"}${lines.length > models ? ` in ${lines.length} lines` : ""}`;
}
function passes() {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean), low = sizeOf(state.min), high = sizeOf(state.max);
  return (line) => words.every((word) => line.known.includes(word))
    && (low === null || (known(line.parameters) && line.parameters >= low)) && (high === null || (known(line.parameters) && line.parameters <= high))
    && Object.keys(FILTERS).every((name) => !state[name].length || state[name].includes(line[name] || UNKNOWN)
      || (name === "license" && state.license.includes(COMMERCIAL) && free.has(line.license)));
}
const filtered = () => Boolean(state.q || state.min || state.max || Object.keys(FILTERS).some((name) => state[name].length));

// The column that an address asks to sort by; the rank where there is none of that name.
function sortColumn(lines) {
  const name = state.sort;
  if (["rank", "model", "expected", "consensus", "date", ...data.facts.map((fact) => fact.name), ...data.compare.map((fact) => fact.name)].includes(name)) return name;
  return ["score_", "baseline_"].map((group) => group + name).find((column) => has(lines, column)) ?? "rank";
}
const UPWARD = new Set(["rank", "model", ...[...data.facts, ...data.compare].filter((fact) => fact.ascending).map((fact) => fact.name)]);
const upward = (column) => (UPWARD.has(column) || lower(column.replace(/^score_/, ""))) !== state.reverse;

function ordered(lines, all, foreseen) {
  const column = sortColumn(all), up = upward(column) ? 1 : -1, turned = state.reverse ? -1 : 1;
  const ranks = column === (foreseen ? "expected" : "consensus"); // in tie groups, as the ranks are
  const estimate = (line) => (known(line.expected) ? line.expected : -1);
  return [...lines].sort((a, b) => {
    const [one, other] = [a[column], b[column]];
    if (known(one) !== known(other)) return known(one) ? -1 : 1;
    if (ranks && a.rank !== b.rank) return turned * (a.rank - b.rank);
    if (column !== "model" && one !== other && known(one)) return one < other ? -up : up;
    if (column === "rank" && estimate(a) !== estimate(b)) return estimate(a) > estimate(b) ? -up : up;
    return column === "model" ? up * byName(a, b) : byName(a, b);
  });
}

// The models that no model of the same size or smaller matches, smallest first.
function front(lines, across, up, low) {
  const sign = low ? -1 : 1, found = [];
  let best = -Infinity;
  for (const line of [...lines].sort((a, b) => a[across] - b[across] || sign * (b[up] - a[up]) || byName(a, b))) {
    if (sign * line[up] > best) { best = sign * line[up]; found.push(line); }
  }
  return found;
}

function csvOf(now) {
  const columns = data.columns.filter((name) => has(now.lines, name));
  // Spreadsheets read a cell that begins like one as a formula.
  const safe = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const cell = (value) => {
    if (!known(value)) return "";
    const text = typeof value === "number" ? String(value) : safe(String(value));
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [columns, ...now.shown.map((line) => columns.map((name) => line[name]))].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}
function download(now) {
  const name = `hubscore-estimates-${now.board.dataset.replace(/[^A-Za-z0-9.]+/g, "-")}.csv`;
  const url = URL.createObjectURL(new Blob([csvOf(now)], { type: "text/csv" }));
  const link = make("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
