// Puts the challenge of a page to a passkey, and sends the answer as an ordinary form. Without scripts or passkeys the
// form stays hidden, and everything else on the page works.
const form = document.querySelector("form[data-passkey]");
const message = form.querySelector(".passkey-message");
const kind = form.dataset.passkey;

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const text = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

// What browsers want as bytes, and older ones cannot read from JSON themselves.
const options = () => {
  const read = JSON.parse(form.dataset.options);
  read.challenge = bytes(read.challenge);
  if (read.user) read.user.id = bytes(read.user.id);
  for (const known of [...(read.excludeCredentials ?? []), ...(read.allowCredentials ?? [])]) known.id = bytes(known.id);
  return read;
};

const printed = (credential) => {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    answer.userHandle = response.userHandle?.byteLength ? text(response.userHandle) : null;
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer });
};

const send = (credential) => {
  form.elements.answer.value = printed(credential);
  // "Keep me signed in" stands in the form for the password.
  if (document.getElementById("remember")?.checked) {
    const box = document.createElement("input");
    Object.assign(box, { type: "hidden", name: "remember", value: "on" });
    form.append(box);
  }
  form.submit();
};

const words = (error) => {
  switch (error.name) {
    case "NotAllowedError":
    case "AbortError":
      return form.dataset.cancelled;
    case "InvalidStateError":
      return form.dataset.known;
    case "NotSupportedError":
    case "SecurityError":
      return form.dataset.unsupported;
    default:
      return form.dataset.failed;
  }
};

// The browser allows one question at a time: the one that waits behind the name field gives way to the button.
let waiting = new AbortController();
let offered = Promise.resolve();

// Offers passkeys where the name is typed. Says nothing when nobody wants one.
const offer = async () => {
  if (kind !== "first" || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  try {
    const { signal } = waiting;
    send(await navigator.credentials.get({ publicKey: options(), mediation: "conditional", signal }));
  } catch {
    // Given up for the button, or refused by the browser: the page says so when the button is pressed.
  }
};

const ask = async () => {
  waiting.abort();
  await offered;
  message.textContent = form.dataset.waiting;
  try {
    const publicKey = options();
    const credential =
      kind === "create" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    send(credential);
  } catch (error) {
    message.textContent = words(error);
    offered = offer();
  }
};

if (window.PublicKeyCredential && navigator.credentials) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  if (kind === "second") form.querySelector("button").focus();
  offered = offer();
} else {
  const note = document.querySelector("[data-passkey-unsupported]");
  if (note) note.hidden = false;
}
