// Relying apps frame this page and ask it whether the session is the one they know (OpenID Connect Session Management 1.0,
// section 3.2). Answers `unchanged`, `changed`, or `error` where the question is none or cannot be answered.
const NAME = location.protocol === "https:" ? "__Host-abide_state" : "abide_state";
const LONGEST = 1000;
const QUESTION = /^([!-~]+) ([0-9a-f]{64})\.([\w-]+)$/;

// Two cookies of one name are none: one of them was planted.
function state() {
  const found = document.cookie.split("; ").filter((pair) => pair.startsWith(`${NAME}=`));
  return found.length === 1 ? found[0].slice(NAME.length + 1) : "";
}

async function hashed(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A browser that keeps our cookies from frames of other sites shows none, whoever is signed in: that is no answer.
async function blind() {
  return "hasStorageAccess" in document && !(await document.hasStorageAccess());
}

async function answer(question, origin) {
  const [, client, hash, salt] = (question.length <= LONGEST && QUESTION.exec(question)) || [];
  if (!client || (await blind())) return "error";
  const now = state();
  return now && (await hashed(`${client} ${origin} ${now} ${salt}`)) === hash ? "unchanged" : "changed";
}

addEventListener("message", async ({ data, origin, source }) => {
  // What is no text is not meant for us, and an origin that cannot be named cannot be answered alone.
  if (typeof data !== "string" || !/^https?:/.test(origin) || !source || source === self) return;
  source.postMessage(await answer(data, origin).catch(() => "error"), origin);
});
