// Loads the stories' WebAssembly and passes it every event, and turns its loss into a sentence (features.md 5.5).
// Nothing leaves this page and nothing of it is kept: there is no connection, and the browser is told to allow none.
// It protects against nothing that the server changes in these files.

const byId = (id) => document.getElementById(id);

let page;
let stopped = false;

// A trap leaves nothing that could be trusted: what was drawn and written is taken off the page.
function stop(reason) {
  if (stopped) return;
  stopped = true;
  byId("message").value = "";
  for (const section of document.querySelectorAll("#loading, #list, #story, #debrief")) section.remove();
  byId(reason).hidden = false;
  byId("stopped").hidden = false;
  byId("again").addEventListener("click", () => location.reload());
  byId(reason).querySelector("h1").focus();
}

function supported() {
  return self === top && typeof WebAssembly === "object" && typeof crypto === "object" && typeof crypto.subtle === "object";
}

function on(event) {
  if (stopped || !page) return;
  try {
    page.handle(event);
  } catch {
    stop("failed");
  }
}

// The module, if it is the one that the document names. Browsers check no preload of this kind, and some would
// load it twice if they were asked to check what is fetched.
async function module({ href, integrity }) {
  const bytes = await (await fetch(href)).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  if (integrity !== "sha384-" + btoa(String.fromCharCode(...hash))) throw new Error("not the module");
  return bytes;
}

function listen() {
  document.addEventListener("click", on);
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    on(event);
  });
  document.addEventListener("input", on);
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    // An Enter that picks a word in an input method goes nowhere.
    if (key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229 && target.id === "message") {
      event.preventDefault();
      if (!event.repeat) target.form.requestSubmit();
    }
    // Saving and printing, by their keys.
    if ((event.ctrlKey || event.metaKey) && /^[sp]$/i.test(key)) event.preventDefault();
  });
  // What is practised stays here, as at the desk: into the box one may paste, and out of it comes nothing.
  for (const way of ["copy", "cut", "dragstart", "contextmenu"]) {
    document.addEventListener(way, (event) => {
      if (way !== "contextmenu" || event.target.id !== "message") event.preventDefault();
    });
  }
  // A page kept by the browser for "Back" would show what was on it.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

async function start() {
  // A name that no browser has seen before, so that none fills or restores what is typed.
  byId("message").name = "n" + crypto.getRandomValues(new Uint32Array(1))[0];
  listen();
  try {
    const code = await import(byId("glue").href);
    await code.default({ module_or_path: await module(byId("core")) });
    code.begin();
    page = code;
    byId("loading").remove();
  } catch {
    stop("failed");
  }
}

// From the desk it opens in a tab of its own, and the desk stays open in the other.
const beside = location.hash === "#beside";
byId("beside").hidden = !beside;
byId("back").hidden = beside;
if (supported()) start();
else stop("unsupported");
