// Keeps the page up: sections as they change, forms without a new page, lines drawn by pointer or keyboard.
"use strict";

// --- Day or night: the reader's choice, remembered in this browser.
const root = document.documentElement;
const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const theme = document.getElementById("theme");
if (remembered()) root.dataset.theme = remembered();
theme.hidden = false;
theme.addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme || (dark ? "night" : "day");
  root.dataset.theme = now === "day" ? "night" : "day";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* it holds for this page */ }
});

// --- What is told to a person, for a while.
const told = document.getElementById("told");
let hides = 0;
function tell(text, stays) {
  clearTimeout(hides);
  told.textContent = text;
  told.hidden = !text;
  if (!stays) hides = setTimeout(() => { told.hidden = true; }, 8000);
}

// --- Makes `old` like `fresh` and leaves alone what is the same: focus, what is open and what is typed stay.
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute("data-keep") && fresh.hasAttribute("data-keep")) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  children(old, fresh);
}

function children(old, fresh) {
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((node, k) => (k < before.length ? morph(before[k], node) : old.append(node)));
  before.slice(after.length).forEach((node) => node.remove());
}

// --- Sections by server-sent events; a line that breaks is told, and built anew by the browser.
const main = document.querySelector("main");
function take({ title, order, changed }) {
  document.title = document.title.replace(/^.*( · )/, `${title}$1`);
  for (const [id, html] of Object.entries(changed)) {
    const fresh = document.createElement("section");
    fresh.id = id;
    fresh.innerHTML = html;
    const old = document.getElementById(id);
    if (old) children(old, fresh);
    else main.append(fresh);
  }
  [...main.children].filter((section) => !order.includes(section.id)).forEach((section) => section.remove());
  order.forEach((id, k) => {
    const section = document.getElementById(id);
    if (section && main.children[k] !== section) main.insertBefore(section, main.children[k] || null);
  });
  document.querySelectorAll("details.draw").forEach(pen);
}

if ("live" in document.body.dataset) {
  const events = new EventSource("/events");
  let lost = 0;
  events.addEventListener("page", (event) => { take(JSON.parse(event.data)); });
  events.addEventListener("open", () => { clearTimeout(lost); lost = 0; if (told.dataset.lost) { delete told.dataset.lost; tell(""); } });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) { location.reload(); return; }
    if (lost) return;
    lost = setTimeout(() => { told.dataset.lost = "yes"; tell("The station does not answer: what you see is old.", true); }, 4000);
  });
  document.querySelectorAll("details.draw").forEach(pen);
}

// --- Forms, but for those of log-in and log-out, are sent without a new page; what comes of it is told.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("live" in document.body.dataset) || form.action.endsWith("/logout")) return;
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/plain" } });
    tell((await answer.text()).trim().slice(0, 300), !answer.ok);
    if (answer.status === 401) location.assign("/login");
    if (answer.ok && form.closest("details.draw")) { form.reset(); form.points.dispatchEvent(new Event("input")); form.closest("details").open = false; }
    else if (answer.ok && form.closest("details")) form.closest("details").open = false;
  } catch {
    tell("The station does not answer: nothing is done.", true);
  }
  buttons.forEach((button) => { button.disabled = false; });
});

// --- A pen for a camera's picture: points by clicks, or typed; both show on the picture.
function pen(details) {
  if (details.dataset.ready) return;
  details.dataset.ready = "yes";
  const form = details.querySelector("form");
  const { source, width, height } = details.dataset;
  const svg = () => document.querySelector(`figure[data-source="${source}"] svg.drawn`);
  const points = () => form.points.value.trim().split(/\s+/).filter(Boolean)
    .map((text) => text.split(",").map(Number)).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const write = (all) => { form.points.value = all.map(([x, y]) => `${x},${y}`).join(" "); show(); };
  const node = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  function show() {
    const layer = svg();
    if (!layer) return;
    layer.classList.toggle("on", details.open);
    layer.replaceChildren();
    const all = details.open ? points() : [];
    const end = form.shape.value === "area" && all.length > 2 ? "Z" : "";
    if (all.length) layer.append(node("path", { d: `M${all.map(([x, y]) => `${x} ${y}`).join("L")}${end}` }));
    all.forEach(([cx, cy]) => layer.append(node("circle", { cx, cy, r: Math.max(width, height) / 120 })));
    if (!layer.dataset.hears) {
      layer.dataset.hears = "yes";
      layer.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        const box = layer.getBoundingClientRect();
        const at = (share, size) => Math.max(0, Math.min(size, Math.round(share * size)));
        const x = at((event.clientX - box.left) / box.width, Number(width));
        const y = at((event.clientY - box.top) / box.height, Number(height));
        write([...points(), [x, y]]);
      });
    }
  }
  form.querySelectorAll("[data-do]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => write(button.dataset.do === "undo" ? points().slice(0, -1) : []));
  });
  form.points.addEventListener("input", show);
  form.shape.addEventListener("input", show);
  details.addEventListener("toggle", () => {
    show();
    if (details.open) document.querySelector(`figure[data-source="${source}"]`)?.scrollIntoView({ block: "nearest" });
  });
}
