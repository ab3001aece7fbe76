// Lets passkeys of this device or of a security key answer. Without it, or
// without passkeys in the browser, the forms stay hidden and a password does.
//
// form[data-passkey=get|make]: data-ask is where the question comes from, or
// data-question holds it; the answer goes into the fields question and reply.
const WORDS = {
  NotAllowedError: "stopped",       // the person closed it, or waited too long
  AbortError: "stopped",
  InvalidStateError: "known",       // this device has one already
  SecurityError: "elsewhere",       // not the installation's own address
};

if (window.isSecureContext && window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) start(form);
} else {
  for (const note of document.querySelectorAll("[data-passkey-missing]")) note.hidden = false;
}

function start(form) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") run(form);
  });
}

async function run(form) {
  const said = form.querySelector("[data-passkey-said]");
  const say = (word) => { said.textContent = word ? said.dataset[word] : ""; };
  form.setAttribute("aria-busy", "true");
  say("waiting");
  try {
    const question = form.dataset.question ? { token: form.elements.question.value, options: JSON.parse(form.dataset.question) } : await ask(form.dataset.ask);
    const credential = form.dataset.passkey === "make"
      ? await navigator.credentials.create({ publicKey: making(question.options) })
      : await navigator.credentials.get({ publicKey: getting(question.options) });
    form.elements.question.value = question.token;
    form.elements.reply.value = JSON.stringify(written(credential));
    form.submit();
  } catch (error) {
    form.removeAttribute("aria-busy");
    say(WORDS[error.name] ?? "failed");
  }
}

async function ask(url) {
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// Bytes travel as base64url (Web Authentication, 5.1.8 to 5.1.10).
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));

function making(o) {
  return { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: named(o.excludeCredentials) };
}

function getting(o) {
  return { ...o, challenge: bytes(o.challenge), allowCredentials: named(o.allowCredentials) };
}

function written(c) {
  const response = { clientDataJSON: text(c.response.clientDataJSON) };
  if (c.response.attestationObject) {
    response.attestationObject = text(c.response.attestationObject);
    response.transports = c.response.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(c.response.authenticatorData);
    response.signature = text(c.response.signature);
    if (c.response.userHandle) response.userHandle = text(c.response.userHandle);
  }
  return {
    id: c.id, rawId: text(c.rawId), type: c.type, response, clientExtensionResults: c.getClientExtensionResults(),
    ...(c.authenticatorAttachment ? { authenticatorAttachment: c.authenticatorAttachment } : {}),
  };
}
