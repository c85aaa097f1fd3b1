// Puts the page together.
const kindOf = (now) => data.modalities[now.lines[0]?.run];
function method(now) {
  const made = [], facts = now.run.same;
  made.push(make("h2", {}, "How to read this"), make("p", {}, "Everything here is estimated from a probe of the data, without fine-tuning, unless it says measured. Models that share a rank (=) cannot be told apart. Ranks, P(best) and consensus compare the models of one run."));
  if (known(facts.ordered_by)) made.push(make("p", {}, `This run is in the order of the ${facts.ordered_by}, an estimate; models that were fine-tuned briefly stand by estimate and measurement together.`));
  made.push(make("h2", {}, "The scores"));
  const worded = data.worded[kindOf(now)] ?? {}; // words of texts where texts were ranked
  for (const [name, plain] of Object.entries(data.scores)) {
    const words = { ...plain, ...worded[name] };
    const details = make("details", {}, make("summary", {}, `${name}: ${words.title ?? ""}`));
    for (const key of ["measures", "misleads", "reading", "range", "direction", "paper"]) if (words[key]) details.append(make("p", {}, `${key}: ${words[key]}`));
    made.push(details);
  }
  $("view-method").replaceChildren(...made);
}
const DRAWN = { ranking, size, compare, method };

function draw() {
  if (!BOARDS.length) {
    $("view-ranking").replaceChildren(make("p", { class: "empty" }, "There are no results yet."));
    return;
  }
  const now = chosen();
  form(now);
  follows();
  head(now);
  DRAWN[state.view](now);
  pickedBar();
}
function begin() {
  built = "";
  readAddress(location.search);
  draw();
}

const theme = new URLSearchParams(location.search).get("__theme"); // what the Hub's page has
if (theme === "light" || theme === "dark") document.documentElement.style.colorScheme = theme;
$("source").textContent = data.source;
if (/^[\w.-]+\/[\w.-]+$/.test(data.source)) $("source").href = `${data.endpoint}/datasets/${data.source}`;
tabs();
begin();
if (BOARDS.length) tell(false);
addEventListener("popstate", begin);
let width = innerWidth;
addEventListener("resize", () => { if (state.view === "size" && innerWidth !== width) { width = innerWidth; draw(); } }); // names have places of their own
