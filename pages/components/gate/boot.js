// Loads the WebAssembly of a page of staff's, and turns its loss into a sentence. A trap leaves nothing that could be
// trusted: what was drawn is emptied at once, and the one thing left to do is to load the page again.
// It protects against nothing that the server changes in these files.

const byId = (id) => document.getElementById(id);

let stopped = false;

function stop(reason) {
  if (stopped) return;
  stopped = true;
  const drawn = document.querySelector(".drawn");
  for (const field of drawn.querySelectorAll("input, textarea")) field.value = "";
  drawn.replaceChildren();
  byId("loading").hidden = true;
  byId(reason).hidden = false;
  byId("stopped").hidden = false;
  byId("again").addEventListener("click", () => location.reload());
  byId(reason).querySelector("h1").focus();
}

function supported() {
  return (
    self === top && typeof WebAssembly === "object" && typeof WebSocket === "function" &&
    typeof crypto === "object" && typeof HTMLDialogElement === "function"
  );
}

// The module, if it is the one that the document names. Browsers check no preload of this kind, and some would
// load it twice if they were asked to check what is fetched.
async function module({ href, integrity }) {
  const bytes = await (await fetch(href)).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  if (integrity !== "sha384-" + btoa(String.fromCharCode(...hash))) throw new Error("not the module");
  return bytes;
}

async function start() {
  // A line of the WebAssembly that gives up is a RuntimeError in whichever call reached it.
  const lost = (what) => {
    if (what instanceof WebAssembly.RuntimeError) stop("failed");
  };
  addEventListener("error", (event) => lost(event.error));
  addEventListener("unhandledrejection", (event) => lost(event.reason));
  // What a stopped page would warn of is gone already.
  addEventListener("beforeunload", (event) => {
    if (stopped) event.stopImmediatePropagation();
  });
  // A page kept by the browser for "Back" would show what was on it.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  try {
    const { default: init } = await import(byId("glue").href);
    await init({ module_or_path: await module(byId("core")) });
    byId("loading").hidden = true;
  } catch {
    stop("failed");
  }
}

if (supported()) start();
else stop("unsupported");
