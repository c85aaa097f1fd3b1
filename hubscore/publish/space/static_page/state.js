// What the visitor sees, as an address: the same names as the Gradio Space has.
const VIEWS = { ranking: "Ranking", size: "Size against score", compare: "Compare", method: "Method" };
const MOST_MODELS = 4, OURS = "hs_", LONGEST = 300, MOST_GIVEN = 200;
const DEFAULTS = {
  view: "ranking", data: "", run: "", q: "", license: [], library: [], family: [], min: "", max: "", sort: "rank", reverse: false,
  page: 1, model: [], x: "parameters", y: "estimate", column: ["usual", "baselines", "facts"],
};
const state = {};
let beyond = []; // models of an address that are more than can be compared
let asked = ""; // a data set of an address that is not here

function readAddress(search) {
  const given = new URLSearchParams(search), told = {};
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const all = [OURS + name, name].map((one) => given.getAll(one)).find((one) => one.length) ?? [];
    all.splice(MOST_GIVEN);
    all.forEach((one, i) => { all[i] = one.slice(0, LONGEST); });
    if (Array.isArray(value)) told[name] = all.length ? [...new Set(all)] : [...value];
    else if (!all.length) told[name] = value;
    else if (name === "reverse") told[name] = all[0] === "1";
    else if (name === "page") told[name] = /^\d{1,6}$/.test(all[0]) ? Math.max(1, Number(all[0])) : 1;
    else told[name] = all[0];
  }
  if (!Object.hasOwn(VIEWS, told.view)) told.view = "ranking";
  beyond = told.model.slice(MOST_MODELS);
  told.model = told.model.slice(0, MOST_MODELS);
  Object.assign(state, told);
  const board = findBoard(state.data);
  asked = board && state.data && board.key !== state.data && board.dataset !== state.data && !state.data.startsWith(`${board.dataset}~`) ? state.data : "";
  state.data = board ? board.key : "";
}

function address() {
  const query = new URLSearchParams(), board = findBoard(state.data);
  const told = { ...state, data: "", run: board && state.run !== board.runs[0].id ? state.run : "" };
  const changed = Object.keys(DEFAULTS).filter((name) => String(told[name]) !== String(DEFAULTS[name]));
  if (changed.length || (board && board !== BOARDS[0])) told.data = board.key;
  for (const name of Object.keys(DEFAULTS)) {
    if (changed.includes(name) || (name === "data" && told.data)) for (const one of [told[name]].flat()) query.append(OURS + name, one === true ? "1" : String(one));
  }
  return query;
}

function tell(step) {
  const mine = address().toString(), kept = new URLSearchParams(location.search);
  for (const name of [...kept.keys()]) if (Object.hasOwn(DEFAULTS, name.replace(OURS, ""))) kept.delete(name);
  const whole = [kept.toString(), mine].filter(Boolean).join("&");
  if (whole === location.search.replace(/^\?/, "")) return;
  try {
    history[step ? "pushState" : "replaceState"](null, "", whole ? `?${whole}` : location.pathname);
  } catch { /* a page in a file of some browsers has no address to change */ }
  if (parent !== window) parent.postMessage({ queryString: mine }, "*"); // the Hub's page keeps it in its own address
}

// The next state: drawn, and in the address; `step` makes one to go back to.
function go(changes, step = false) {
  asked = "";
  beyond = [];
  Object.assign(state, "page" in changes ? {} : { page: 1 }, changes);
  draw();
  tell(step);
}
function pick(model) {
  if (!state.model.includes(model) && state.model.length >= MOST_MODELS) {
    say(`${state.model.length} models are compared at most. To compare ${model}, take one out first: ${state.model.join(", ")}.`);
    return;
  }
  const models = state.model.includes(model) ? state.model.filter((one) => one !== model) : [...state.model, model];
  say("");
  go({ model: models, page: state.page });
}
function say(text) { $("said").replaceChildren(text ? make("p", { class: "warn" }, text) : ""); }
