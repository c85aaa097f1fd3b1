"use strict";
// The data that stands in the page, its boards and runs, and how values are written.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const known = (value) => value !== null && value !== undefined && value !== "";

// Text only ever becomes text: nothing of the data is read as markup.
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function number(value) {
  if (!known(value)) return "-";
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 5e-4)) return value.toExponential(2);
  return size >= 1000 ? value.toFixed(0) : size >= 100 ? value.toFixed(1) : value.toFixed(3);
}
function count(value) {
  if (!known(value)) return "-";
  for (const [size, letter] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= 0.9995 * size) return String(Number((value / size).toPrecision(3))) + letter;
  }
  return String(Math.round(value));
}
function percent(share) {
  if (!known(share)) return "-";
  return share > 0 && share < 0.005 ? "<1 %" : `${Math.round(100 * share)} %`;
}
function span(low, high, digits = 2) {
  return known(low) && known(high) ? `${low.toFixed(digits)} to ${high.toFixed(digits)}` : "-";
}
function sizeOf(text) {
  const plain = text.replace(/\s/g, "").replace(/,/g, "_"), found = /^(\d+(?:[._]\d+)*(?:e\d+)?)([kmbgt]?)$/i.exec(plain);
  const value = found && Number(found[1].replace(/_/g, ""));
  const factors = { "": 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };
  return value > 0 && Number.isFinite(value) ? value * factors[found[2].toLowerCase()] : null;
}
const byName = (a, b) => {
  const [one, other] = [a.model.toLowerCase(), b.model.toLowerCase()];
  return one === other ? (a.model < b.model ? -1 : 1) : one < other ? -1 : 1;
};

// A run is kept as one value for what all its lines share, and a list for what they do not.
function linesOf(run) {
  if (run.lines) return run.lines;
  const columns = Object.entries(run.columns).map(([name, told]) => [name, Array.isArray(told) ? told : told.at.map((i) => told.of[i])]);
  run.lines = Array.from({ length: run.count }, (_, i) => {
    const line = Object.create(run.same);
    for (const [name, values] of columns) line[name] = values[i];
    return line;
  });
  const groups = new Map();
  for (const line of run.lines) if (known(line.tie_group)) groups.set(line.tie_group, (groups.get(line.tie_group) ?? 0) + 1);
  for (const line of run.lines) {
    line.shared = groups.get(line.tie_group) > 1;
    line.place = known(line.rank) ? line.rank + (line.shared ? "=" : "") : "-";
    line.known = line.model.toLowerCase() + " " + (line.family ?? "").toLowerCase();
  }
  return run.lines;
}
function reasonOf(line, name) {
  try { return JSON.parse(line.undefined ?? "{}")[name] ?? "no reason was given"; } catch { return "no reason was given"; }
}
const has = (lines, name) => lines.some((line) => known(line[name]));

const ALL = "all"; // the runs over the same rows as one pool, where there are several
const dateOf = (run) => String(run.same.date ?? "");
const BOARDS = (() => {
  const found = new Map();
  for (const run of data.runs) {
    const { dataset, config, split, fingerprint, samples } = run.same;
    const title = (dataset ?? "") + (known(config) && config !== "default" ? ` (${config})` : "") + (known(split) ? `, ${split}` : "");
    if (!found.has(run.key)) found.set(run.key, { key: run.key, dataset: dataset ?? "", title, apart: `${known(samples) ? `${samples} rows, ` : ""}probe ${String(fingerprint ?? "").slice(0, 8)}`, runs: [] });
    found.get(run.key).runs.push(run);
  }
  const all = [...found.values()], newest = (board) => board.runs.filter((run) => run.id !== ALL).map(dateOf).sort().at(-1);
  for (const board of all) {
    board.runs.sort((a, b) => (b.id === ALL) - (a.id === ALL) || (dateOf(a) < dateOf(b) ? 1 : dateOf(a) > dateOf(b) ? -1 : 0));
    board.alone = board.runs.filter((run) => run.id !== ALL).length;
  }
  const titles = all.map((board) => board.title);
  for (const board of all) if (titles.filter((title) => title === board.title).length > 1) board.title += `, ${board.apart}`;
  return all.sort((a, b) => (newest(a) < newest(b) ? 1 : newest(a) > newest(b) ? -1 : 0));
})();
function findBoard(key) {
  const named = key.includes("~") ? key.slice(0, key.lastIndexOf("~")) : key;
  return BOARDS.find((one) => one.key === key) ?? BOARDS.find((one) => one.dataset === key) ?? BOARDS.find((one) => one.dataset === named) ?? BOARDS[0];
}
const lower = (name) => (data.scores[name] ?? {}).direction === "lower";
const namesOf = (lines, group) => data.groups[group].filter((name) => has(lines, group + name));
