// Runs once for each HTML part of the page: presses in the table, tips in pictures, and the address.
const OURS = "hs_"; // what the names of this page begin with in the address
let again = null; // what to give the focus back to, once the table is drawn anew
let left = 0;
let ordered = null; // the column that the table was last sorted by
let listens = false;
let stood = null; // the view, data set and run that the address last told
let awaited = null; // the address that the visitor went back to, until it is shown

function more() {
  for (const box of element.querySelectorAll(".scroll")) box.classList.toggle("more", box.scrollWidth - box.clientWidth - box.scrollLeft > 8);
}

function scroller() { return element.querySelector(".scroll"); }

// What the table is newly sorted by comes into sight, however many columns stand before it.
function sight() {
  const box = scroller(), by = box && box.querySelector("th[aria-sort] [data-sort]");
  if (!box || !box.clientWidth || ordered === (by ? by.dataset.sort : "")) return;
  ordered = by ? by.dataset.sort : "";
  const name = box.querySelector("thead th.model");
  if (!by || !name || getComputedStyle(by.closest("th")).position === "sticky") return;
  const cell = by.closest("th").getBoundingClientRect(), frame = box.getBoundingClientRect();
  const free = getComputedStyle(name).position === "sticky" ? name.getBoundingClientRect().right : frame.left;
  if (cell.right > frame.right - 28) box.scrollLeft += Math.min(cell.right - frame.right + 28, cell.left - free);
  else if (cell.left < free) box.scrollLeft -= free - cell.left;
}

function shown() { const now = element.querySelector("[data-now]"); return now ? Number(now.dataset.now) : 1; }

function tip(mark) {
  const area = mark.closest(".area"), box = area && area.querySelector(".tip");
  if (!box) return;
  const at = mark.getBoundingClientRect(), frame = area.getBoundingClientRect();
  box.textContent = mark.dataset.tip;
  box.hidden = false;
  const x = at.left + at.width / 2 - frame.left, y = at.top + at.height / 2 - frame.top;
  box.style.left = Math.min(Math.max(x - box.offsetWidth / 2, 0), Math.max(frame.width - box.offsetWidth, 0)) + "px";
  box.style.top = (y > box.offsetHeight + 14 ? y - box.offsetHeight - 12 : y + 12) + "px";
}

function untip() { element.querySelectorAll(".tip").forEach((box) => { box.hidden = true; }); }

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button)) return;
  const { sort, page, pick, drop, pin } = button.dataset;
  left = scroller() ? scroller().scrollLeft : 0;
  if (sort !== undefined) { again = ["sort", sort]; trigger("order", { name: sort }); }
  if (page !== undefined) { again = ["page", null]; trigger("turn", { page: Number(page) }); }
  if (pick !== undefined || drop !== undefined) { again = ["pick", pick || drop]; trigger("pick", { model: pick || drop, page: shown() }); }
  if (pin !== undefined) { again = ["pin", pin]; trigger("pin", { model: pin, page: shown() }); }
});
element.addEventListener("click", (event) => {
  const step = event.target.closest("a[data-go]"); // with a key held down the browser opens it elsewhere
  if (!step || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  trigger("go", { query: step.getAttribute("href") });
  window.scrollTo(0, 0);
});
for (const name of ["pointerover", "focusin"]) {
  element.addEventListener(name, (event) => { const mark = event.target.closest("[data-tip]"); if (mark) tip(mark); });
}
for (const name of ["pointerout", "focusout"]) element.addEventListener(name, untip);
element.addEventListener("scroll", more, true); // it does not bubble
new ResizeObserver(() => { sight(); more(); }).observe(element); // a tab that was hidden has a width now
element.addEventListener("keydown", (event) => { if (event.key === "Escape") untip(); });

function settle() {
  if (element.id === "address" || element.querySelector("[data-query]")) tell();
  if (scroller() && left) scroller().scrollLeft = left;
  sight();
  more();
  labels();
  if (!again) return;
  const [kind, value] = again;
  const found = [...element.querySelectorAll(`[data-${kind}]`)].find((button) => value === null || button.dataset[kind] === value);
  again = null;
  if (found) found.focus({ preventScroll: true });
}

function back() {
  const mark = element.querySelector("[data-query]"), { search } = window.location;
  stood = null; // what comes back is no new step
  awaited = mark && mark.dataset.asked === search ? null : search;
  trigger("back", {});
}

function late(mark) { // an answer may come after a later press, whose own answer tells the address
  const open = document.querySelector("#views [role=tab][aria-selected=true]"), view = mark.dataset.place.split(" ")[0];
  if (open && open.dataset.tabId && open.dataset.tabId !== view) return true;
  if (awaited !== null && mark.dataset.asked !== awaited) return true;
  awaited = null;
  return false;
}

function tell() {
  const mark = element.querySelector("[data-query]");
  if (mark && !listens) { // once, in the part that holds the address
    window.addEventListener("popstate", back);
    new MutationObserver(tell).observe(document.body, { subtree: true, attributeFilter: ["aria-selected"] });
    listens = true;
  }
  if (!mark || late(mark)) return;
  const query = mark.dataset.query, kept = new URLSearchParams(window.location.search);
  for (const name of [...kept.keys()]) if (name.startsWith(OURS)) kept.delete(name);
  const whole = [kept.toString(), query].filter(Boolean).join("&");
  const now = window.location.search.replace(/^\?/, ""), { place } = mark.dataset;
  if (whole !== now) { // another view, data set or run is a step that Back undoes; a filter is none
    const how = stood !== null && stood !== place ? "pushState" : "replaceState";
    window.history[how](how === "pushState" ? null : window.history.state, "", whole ? "?" + whole : window.location.pathname);
  }
  stood = place;
  if (window.parent !== window) window.parent.postMessage({ queryString: query }, "*"); // the Hub's page keeps it in its own address
}

watch("value", settle);
settle();
