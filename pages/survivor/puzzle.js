// Solves the puzzle of a relay that many people ask at once (features.md 6.6). Loaded only then. It runs twice: as a
// worker it searches beside the page, which goes on as ever; on the page it starts that worker, or searches in steps
// of a few milliseconds where the browser has none for us. What it finds says nothing of anybody.
const STEP = 8
const LATE = 1500
let worker, turn, late

async function search(glue, core, salt, bits) {
  const code = await import(glue)
  await code.default({ module_or_path: core })
  return code.Search.of(salt, bits)
}

if (!self.document) {
  onmessage = async ({ data }) => {
    let answer
    try {
      const steps = await search(...data)
      while (!answer) answer = steps.step()
    } catch { /* the page tries for itself then */ }
    postMessage(answer)
  }
}

// Browsers that ask whose word an address is get this script's own, whatever is asked. There is one policy in a page.
let policy
function own() {
  policy ??= self.trustedTypes?.createPolicy('puzzle', { createScriptURL: () => import.meta.url })
  return policy?.createScriptURL('') ?? import.meta.url
}

// Ends a search; what it would have found is not told.
export function end() {
  worker?.terminate()
  worker = turn = undefined
  clearTimeout(late)
  document.getElementById('busy')?.setAttribute('hidden', '')
}

// Searches until there is an answer, which `on` gets as a message, or until the end; `fail` is called where neither
// can be.
export function solve(work, on, fail) {
  end()
  const mine = turn = {}
  late = setTimeout(() => document.getElementById('busy')?.removeAttribute('hidden'), LATE)
  const found = data => {
    if (turn != mine) return
    end()
    on(new MessageEvent('message', { data }))
  }
  const alone = () => { if (turn == mine) onPage(work, mine, found).catch(fail) }
  try {
    worker = new Worker(own(), { type: 'module' })
    worker.onmessage = ({ data }) => data ? found(data) : alone()
    worker.onerror = alone
    worker.postMessage(work)
  } catch { alone() }
}

async function onPage(work, mine, found) {
  worker?.terminate()
  const steps = await search(...work)
  const some = () => {
    const until = performance.now() + STEP
    let answer
    while (turn == mine && !answer && performance.now() < until) answer = steps.step()
    if (answer) found(answer)
    else if (turn == mine) setTimeout(some, STEP)
  }
  some()
}
