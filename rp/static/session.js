// Keeps a page of a relying app in step with its session: warns before an end, asks, extends, signs out, renews tokens,
// and keeps what is typed into forms with `data-draft` on the app's server. It never sees a token, and decides nothing:
// the server's status is the truth, this page draws it. Other scripts hear `abide:session` on the document.

const paths = {
  status: new URL("session", import.meta.url),
  events: new URL("session/events", import.meta.url),
  active: new URL("session/active", import.meta.url),
  renew: new URL("session/renew", import.meta.url),
  draft: new URL("session/draft", import.meta.url),
  frame: new URL("renew?frame=1", import.meta.url),
  signIn: new URL("sign-in", import.meta.url),
  signOut: new URL("sign-out", import.meta.url),
};
const KEY = `abide-session:${paths.status.pathname}`;
const ACT_EVERY = 15; // seconds between two words about the person's presence
const POLL_EVERY = 30; // where the browser has no way to share one stream between its tabs
const FRAME_REST = 24 * 3600; // after a frame was refused, which is how blocked cookies look
const TYPING_PAUSE = 700; // milliseconds
const SPOKEN_AT = [120, 90, 60, 45, 30, 20, 10]; // seconds left that a screen reader is told; not every second
const GOOD = ["live", "warn"];

let status = null;
let csrf = null;
let ahead = 0; // how far the server's clock is ahead of ours, in seconds
let lastAct = 0;
let lastTick = Date.now();
let waitUntil = 0;
let over = false;
let leavingSince = 0; // a navigation is under way, maybe the sign-out itself: a reload would break it off

const channel = "BroadcastChannel" in window ? new BroadcastChannel(KEY) : null;
const now = () => Date.now() / 1000 + ahead;

// --- what the server says -----------------------------------------------------------------------------------------

function adopt(fresh, from) {
  if (over) return;
  // Only the stream knows the provider's word; what was read otherwise does not take it back.
  status = { ...fresh, provider: fresh.provider ?? status?.provider ?? null };
  if (typeof fresh.now === "number") ahead = fresh.now - Date.now() / 1000;
  if (fresh.csrf) csrf = fresh.csrf;
  if (from === "server") channel?.postMessage({ status: fresh });
  document.dispatchEvent(new CustomEvent("abide:session", { detail: { ...status, ahead } }));
  draw();
}

async function read() {
  try {
    const answer = await fetch(paths.status, { headers: { accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401) return end();
    if (answer.ok) adopt(await answer.json(), "server");
  } catch {
    // The app does not answer: the next tick asks again, and the countdown goes on.
  }
}

async function post(path, body, options = {}) {
  const headers = { "content-type": "application/json", "x-csrf-token": csrf ?? "", accept: "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body ?? {}), ...options });
  if (answer.status === 401) end();
  return answer;
}

// One tab listens for all: browsers allow few connections to one host.
function listen() {
  if (!navigator.locks || !channel) return void setInterval(read, POLL_EVERY * 1000);
  navigator.locks.request(KEY, () => new Promise((done) => {
    const stream = new EventSource(paths.events);
    stream.addEventListener("standing", (event) => {
      const fresh = JSON.parse(event.data);
      adopt(fresh, "server");
      if (!GOOD.includes(fresh.standing)) {
        stream.close();
        done();
      }
    });
    // The browser tries again by itself, but not where it was refused.
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => { done(); if (!over) { read(); listen(); } }, POLL_EVERY * 1000);
    });
  }));
}

// --- the end ------------------------------------------------------------------------------------------------------

function end() {
  if (over) return;
  over = true;
  channel?.postMessage({ over: true });
  const before = Number(sessionStorage.getItem(KEY) ?? 0);
  // The page is asked for again and shows what it shows to somebody who is not signed in. Never twice in a row.
  if (Date.now() - before > 10_000 && Date.now() - leavingSince > 15_000) {
    sessionStorage.setItem(KEY, String(Date.now()));
    const elsewhere = document.documentElement.dataset.sessionEnd;
    if (elsewhere) location.assign(elsewhere);
    else location.reload();
  }
}

// --- the warning --------------------------------------------------------------------------------------------------

// The end that comes first: of the app's own session, or of the provider's.
function nearest() {
  const ends = [status, status?.provider].filter((each) => each && GOOD.includes(each.standing) && each.until);
  return ends.sort((one, other) => one.until - other.until)[0] ?? null;
}

function draw() {
  if (!status || over) return;
  if (!GOOD.includes(status.standing)) return end();
  const first = nearest();
  const left = first ? Math.ceil(first.until - now()) : Infinity;
  if (left <= 0) return;
  const due = first && now() >= (first.warn_at ?? first.until - 60);
  if (due) warn(first, left);
  else dismiss();
}

const two = (number) => String(number).padStart(2, "0");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

function dialog() {
  const made = document.getElementById("session-warning");
  if (made) return made;
  const box = document.createElement("dialog");
  box.id = "session-warning";
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-modal", "true");
  box.setAttribute("aria-labelledby", "session-warning-title");
  box.setAttribute("aria-describedby", "session-warning-text");
  box.innerHTML = `
    <h2 id="session-warning-title">Are you still there?</h2>
    <p class="session-warning-left">You will be signed out in <strong id="session-warning-left"></strong></p>
    <p id="session-warning-text"></p>
    <p class="session-warning-spoken" role="status" id="session-warning-spoken"></p>
    <div class="session-warning-choices">
      <button type="button" id="stay-signed-in">Stay signed in</button>
      <button type="button" id="sign-out">Sign out</button>
    </div>`;
  document.body.append(box);
  box.querySelector("#stay-signed-in").addEventListener("click", stay);
  box.querySelector("#sign-out").addEventListener("click", leave);
  // Escape is an act of the person, who wants the dialog away and nothing lost.
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  return box;
}

function warn(first, left) {
  const box = dialog();
  const fixed = first.limit === "absolute" || first.limit === "provider";
  box.querySelector("#session-warning-left").textContent = clock(left);
  const text = fixed
    ? "This session has reached its longest time. To stay, sign in again; what you have typed is kept."
    : "Nothing happened here for a while. What you have typed is kept.";
  const spoken = SPOKEN_AT.includes(left) ? `You will be signed out in ${left} seconds.` : null;
  if (box.querySelector("#session-warning-text").textContent !== text) box.querySelector("#session-warning-text").textContent = text;
  if (spoken) box.querySelector("#session-warning-spoken").textContent = spoken;
  box.dataset.limit = first.limit ?? "";
  if (!box.open) {
    flush();
    box.showModal();
    box.querySelector("#stay-signed-in").focus();
  }
}

// Taken away and not only closed: the page may have a sign-out button of the same name.
function dismiss() {
  const box = document.getElementById("session-warning");
  if (!box) return;
  box.close();
  box.remove();
}

async function stay() {
  if (["absolute", "provider"].includes(document.getElementById("session-warning")?.dataset.limit)) return again();
  try {
    const answer = await post(paths.active);
    if (answer.ok) adopt(await answer.json(), "server");
    lastAct = now();
  } catch {
    // Not reached: the dialog stays, and the person may press again.
  }
}

async function again() {
  await flush();
  const url = new URL(paths.signIn);
  url.searchParams.set("again", "1");
  url.searchParams.set("return_to", location.pathname + location.search);
  location.assign(url);
}

function leave() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = paths.signOut.pathname;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "csrf";
  field.value = csrf ?? "";
  form.append(field);
  document.body.append(form);
  form.submit();
}

// --- the person's presence ----------------------------------------------------------------------------------------

function act(event) {
  if (!event.isTrusted || over || !csrf || document.getElementById("session-warning")?.open) return;
  if (now() - lastAct < ACT_EVERY) return;
  lastAct = now();
  post(paths.active).then(async (answer) => answer.ok && adopt(await answer.json(), "server")).catch(() => {});
}

// --- new tokens ---------------------------------------------------------------------------------------------------

async function renewIfDue() {
  if (!status?.renew_at || document.hidden || over || !csrf || now() < status.renew_at || now() < waitUntil) return;
  waitUntil = now() + 20; // one question at a time, and patience when nobody answers
  try {
    const answer = await post(paths.renew);
    if (!answer.ok) return;
    const fresh = await answer.json();
    adopt(fresh, "server");
    if (fresh.renewal === "needs_request") await renewInFrame();
    else if (fresh.renewal === "good") document.dispatchEvent(new CustomEvent("abide:renewed"));
  } catch {
    // Later.
  }
}

// A hidden frame gets as far as the browser lets the provider's cookies into it. The first refusal is the proof that
// it does not, or that nobody is signed in there; which of both the next visit finds out. It is not tried again soon.
async function renewInFrame() {
  const refusedAt = Number(localStorage.getItem(`${KEY}:frame`) ?? 0);
  if (Date.now() / 1000 - refusedAt < FRAME_REST) return void (waitUntil = now() + FRAME_REST);
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "Renewing the session";
  frame.src = paths.frame;
  const word = new Promise((done) => {
    const hear = (event) => {
      if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
      removeEventListener("message", hear);
      done(event.data?.abide);
    };
    addEventListener("message", hear);
    setTimeout(() => done("silence"), 10_000);
  });
  document.body.append(frame);
  const result = await word;
  frame.remove();
  if (result === "renewed") {
    document.dispatchEvent(new CustomEvent("abide:renewed"));
    return read();
  }
  localStorage.setItem(`${KEY}:frame`, String(Date.now() / 1000));
}

// --- drafts -------------------------------------------------------------------------------------------------------

const typing = new Map(); // form -> timer

const secret = (field) =>
  !field.name || field.name === "csrf" || field.disabled || "noDraft" in field.dataset ||
  ["password", "hidden", "file", "submit", "button", "reset", "image"].includes(field.type) ||
  /^(cc-|one-time-code|current-password|new-password)/.test(field.autocomplete ?? "");

function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    if (secret(field)) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.checked) fields[field.name] = field.value;
    } else fields[field.name] = field.value;
  }
  return fields;
}

async function save(form) {
  clearTimeout(typing.get(form));
  typing.delete(form);
  if (over || !csrf) return;
  try {
    await post(paths.draft, { form: form.dataset.draft, fields: fieldsOf(form) }, { keepalive: true });
    lastAct = now();
  } catch {
    // Not reached: the next key tries again.
  }
}

// Whatever was typed and not yet sent is sent now.
const flush = () => Promise.all([...typing.keys()].map(save));

function typed(event) {
  const form = event.target.form;
  if (!event.isTrusted || !form?.dataset.draft) return;
  clearTimeout(typing.get(form));
  typing.set(form, setTimeout(() => save(form), TYPING_PAUSE));
}

async function restore(form) {
  const url = new URL(paths.draft);
  url.searchParams.set("form", form.dataset.draft);
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) return;
  const { fields, restored_at: restoredAt } = await answer.json();
  if (!fields) return;
  for (const field of form.elements) {
    const value = fields[field.name];
    if (secret(field) || value === undefined) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = field.value === value;
    else if (field.value === (field.defaultValue ?? "") || field.tagName === "SELECT") field.value = value;
  }
  form.dataset.restored = restoredAt ? "after-timeout" : "yes";
  if (!restoredAt || form.querySelector(".session-restored")) return;
  const note = document.createElement("p");
  note.className = "session-restored";
  note.setAttribute("role", "status");
  form.prepend(note);
  // Said after it is there, so that screen readers say it too.
  requestAnimationFrame(() => { note.textContent = "You were signed out; what you had typed is back."; });
}

// --- going on -----------------------------------------------------------------------------------------------------

function tick() {
  const slept = Date.now() - lastTick > 5000;
  lastTick = Date.now();
  const first = nearest();
  // After sleep, and at an end, the server is asked before anything is drawn.
  if (slept || (first && now() >= first.until)) read();
  else draw();
  renewIfDue();
}

channel?.addEventListener("message", ({ data }) => {
  if (data.over) read();
  else if (data.status) adopt(data.status, "tab");
});
addEventListener("pageshow", (event) => { if (event.persisted) read(); });
addEventListener("pagehide", flush);
addEventListener("beforeunload", () => { leavingSince = Date.now(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { read(); tick(); } else flush(); });
document.addEventListener("pointerdown", act, { passive: true });
document.addEventListener("keydown", act);
document.addEventListener("input", typed);
document.addEventListener("submit", (event) => {
  clearTimeout(typing.get(event.target));
  typing.delete(event.target);
}, true);

await read();
if (status) {
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form).catch(() => {});
  setInterval(tick, 1000);
  listen();
}
