// Loads what tells how hard a passphrase is to guess (features.md 5.1), only where one is chosen: with its lists of
// words it weighs more than the desk. It is held to the hashes in the document, as the desk's own module is: the browser
// does that for scripts, and nobody does it for what is fetched. It protects against nothing that the server changes
// in the document as well.
const [, glue, core] = document.getElementById("strength").content.children;
const bytes = await (await fetch(core.getAttribute("href"))).arrayBuffer();
const [kind, expected] = core.integrity.split("-");
const hash = new Uint8Array(await crypto.subtle.digest(kind.replace("sha", "SHA-"), bytes));
if (btoa(String.fromCharCode(...hash)) !== expected) throw new Error("not the module");
const code = await import(glue.getAttribute("href"));
await code.default({ module_or_path: bytes });
export const { judge } = code;
