// Shows the screens and loads the WebAssembly behind them (features.md 1.2, 1.7, 2.4). Whatever does not
// load, or breaks, becomes a sentence. It handles no key and keeps nothing; what is written goes straight
// to the core. It cannot help where scripts do not run: page.html says what to do there.
const root = document.documentElement
const at = id => document.getElementById(id)
let page, over, wanted

// One screen at a time. Focus goes to its heading, unless somebody is writing.
function show(screen, part) {
  const section = at({ waiting: 'talk', chat: 'talk' }[screen] || screen)
  root.dataset.screen = screen
  if (section.id != 'talk') at('message').value = ''
  for (const each of [...at('main').children]) {
    each.hidden = each != section
    if (each.hidden && section.id != 'talk') each.remove()
  }
  if (part) at(part).hidden = false
  if (document.activeElement == at('message')) return
  for (const heading of section.querySelectorAll('h1')) {
    if (heading.getClientRects().length) heading.focus()
  }
  if (screen != 'chat') scrollTo(0, 0)
}

function stop(part) {
  if (over) return
  over = true
  try { page?.close() } catch { /* the socket closes with the page then */ }
  show('stopped', part)
}

// Every event for the core passes here, so that a trap in it ends in words.
function on(event) {
  if (over || !page) return
  try { page.handle(event) } catch { stop('stop-page-failed') }
}

async function start() {
  show('waiting')
  try {
    const loaded = await ready
    if (over) return
    page = loaded
  } catch { return stop('unsupported-load') }
  try { page.begin({ show, on }) } catch { return stop('stop-page-failed') }
  if (wanted) at('composer').requestSubmit()
}

function send() {
  if (page) return
  wanted = true
  at('left').textContent = at('texts').content.querySelector('[data-text=waiting-kept]').textContent
}

function ask(ending) {
  at('ending').hidden = !ending
  at('composer').hidden = ending
  at(ending ? 'ending-heading' : 'message').focus()
}

function giveUp() {
  if (page) return
  over = true
  show('ended', 'ended-by-survivor')
}

const presses = { start, end: () => ask(true), keep: () => ask(false), again: () => location.reload(), 'stop-waiting': giveUp }

document.addEventListener('click', event => {
  const id = event.target.closest('button')?.id
  if (Object.hasOwn(presses, id)) presses[id]()
  on(event)
})
document.addEventListener('submit', event => {
  event.preventDefault()
  send()
  on(event)
})
document.addEventListener('input', on)
document.addEventListener('keydown', event => {
  if (event.key == 'Escape' && at('ending') && !at('ending').hidden) ask(false)
  // An Enter that picks a word in an input method sends nothing.
  if (event.key == 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode != 229 && event.target.id == 'message') {
    event.preventDefault()
    at('composer').requestSubmit()
  }
})
document.addEventListener('visibilitychange', () => on())
for (const way of ['leave', 'pagehide']) addEventListener(way, event => { on(event); over = true })

// The module, if it is the one that the document names. Browsers check no preload of this kind, and some would
// load it twice if they were asked to check what is fetched.
async function module({ href, integrity }) {
  const bytes = await (await fetch(href)).arrayBuffer()
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-384', bytes))
  if (integrity != 'sha384-' + btoa(String.fromCharCode(...hash))) throw new Error('not the module')
  return bytes
}

async function load() {
  const code = await import(at('glue').href)
  await code.default({ module_or_path: await module(at('core')) })
  return code
}

let ready
if (self !== top) stop('unsupported-framed')
else if (navigator.serviceWorker?.controller) stop('unsupported-worker')
else if (!self.WebAssembly || !Object.hasOwn) stop('unsupported-browser')
else {
  ready = load()
  ready.catch(() => {}) // said when Start is pressed; until then the page is of use as it is
  at('start').disabled = false
}

// Closed when the page was opened: offer the chat as soon as somebody is there.
async function look() {
  let open
  try { open = (await (await fetch(root.dataset.relay + '/status', { cache: 'no-store' })).json()).open } catch { /* look again */ }
  if (open !== undefined) {
    at('unknown')?.remove()
    at('closed').hidden = open
  }
  if (!open) return setTimeout(look, 10000)
  root.dataset.open = 'yes'
  at('opened').hidden = false
}
if (!over && root.dataset.open == 'no') setTimeout(look, root.dataset.relay ? 0 : 3000)
