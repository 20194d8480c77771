// Loads the desk's WebAssembly, and turns its loss into a sentence. A trap leaves nothing that could be
// trusted: what was drawn is emptied at once, and the one thing left to do is to load the page again.
// It protects against nothing that the server changes in these files.

const byId = (id) => document.getElementById(id);

let stopped = false;

function stop(reason) {
  if (stopped) return;
  stopped = true;
  const desk = byId("desk");
  for (const field of desk.querySelectorAll("input, textarea")) field.value = "";
  desk.replaceChildren();
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
    const { href, integrity } = byId("core");
    await init({ module_or_path: fetch(href, { integrity }) });
    byId("loading").hidden = true;
  } catch {
    stop("failed");
  }
}

if (supported()) start();
else stop("unsupported");
