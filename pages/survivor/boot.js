// Shows the screens and loads the WebAssembly behind them (features.md 1.2, 1.7, 2.1, 2.2, 2.3, 2.4, 3.9, 4.2, 4.3).
// Whatever does not load, or breaks, becomes a sentence. It handles no key and keeps nothing; what is
// written goes straight to the core. It cannot help where scripts do not run: page.html says what to do there.
const root = document.documentElement
const at = id => document.getElementById(id)
const said = name => at('texts').content.querySelector(`[data-text=${name}]`).textContent
const touch = matchMedia('(pointer: coarse)').matches
let page, over, begun, wanted, thanked, pressed, moved, entered = -500, asking, looked = -6e4, missed = 0, missing = '', puzzle, solver
let told = root.dataset.state + root.dataset.version

// One screen at a time. Focus goes to its heading, unless somebody is writing. From the end nothing leads back.
function show(screen, part) {
  const section = at({ waiting: 'talk', chat: 'talk' }[screen] || screen)
  const last = /ended|stopped/.test(screen)
  const offer = at('offer')
  const later = screen == 'ended' && offer?.hidden == false && at('survey')
  root.dataset.screen = screen
  moved = true
  if (screen == 'safety') at('safer').after(at('advice'))
  if (last && at('message')) {
    uncover()
    at('message').value = ''
    if (screen == 'ended') {
      section.append(at('advice'))
      at('advice').open = true
    }
    // Why chat is closed may have been made known after this page was opened.
    if (/closed|nobody/.test(part)) {
      at('again').before(at('why'))
      look()
    }
  }
  for (const each of [...at('main').children]) {
    each.hidden = each != section
    if (each.hidden && last && each != later) each.remove()
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

async function begin(words = '', choices = []) {
  if (begun) return
  begun = true
  at('questions')?.remove()
  const seen = document.querySelector('#safety :checked')?.value || ''
  at('coming-back').hidden = !words
  show('waiting')
  try {
    const loaded = await ready
    if (over) return
    page = loaded
  } catch (error) { return stop(refused(error) ? 'stop-core' : 'unsupported-load') }
  const language = at('language')?.selectedOptions[0]
  try { page.begin({ show, on, keep, post, solve, second }, seen, words, language?.value ?? root.lang, !!language?.dataset.interpreter, !!at('has-word')?.checked, choices) } catch { return stop('stop-page-failed') }
  if (wanted) at('composer').requestSubmit()
}

// What the way out sends as it goes (leave.js), and to whom.
function keep(leaving) { root.leaving = leaving && [(root.dataset.relay || '') + '/b', leaving] }

// What a relay under pressure asks is solved beside the page, by files that are loaded for it alone. No salt: it is
// not asked any more.
async function solve(salt, bits, tries = 0) {
  puzzle = salt
  if (!salt) return solver?.end()
  // On a poor line a file may need a second try, under another name where a browser remembers that it did not come.
  const fail = () => {
    if (puzzle != salt) return
    if (tries == 3) return on(new Event('unsolved'))
    setTimeout(() => { if (puzzle == salt && !over) solve(salt, bits, tries + 1) }, 2000)
  }
  const [code, ...parts] = [...at('puzzle').content.children].map(part => part.getAttribute('href'))
  try {
    solver ??= await import(tries ? `${code}?${tries}` : code)
    if (puzzle == salt && !over) solver.solve([...parts, salt, bits], on, fail)
  } catch { fail() }
}

// A line where WebSocket is broken, by a file that is loaded for it alone. It is there at once, and moves when the file
// has come, under another name where a browser remembers that it did not.
function second() {
  const line = new EventTarget()
  line.send = line.close = () => { line.over = true }
  line.addEventListener('close', on)
  import(at('second').href + missing).then(({ carry }) => line.over || carry(line, root.dataset.relay), () => {
    missing += '?'
    line.dispatchEvent(new Event('close'))
  })
  return line
}

// Sealed answers go by themselves and are not waited for: what is lost on the way is lost. Where the first were sent,
// in a chat, the survey can be.
function post(body) {
  at('offer')?.removeAttribute('hidden')
  const alone = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', keepalive: true }
  fetch((root.dataset.relay || '') + '/a', { method: 'POST', body, ...alone }).catch(() => {})
}

// What was answered on a screen of questions, which is then taken off the page. The last choice is none.
function answered(screen) {
  const asked = [...at(screen).querySelectorAll('.asked')]
  const chosen = each => {
    const choices = [...each.querySelectorAll('[type=radio]')]
    return (choices.findIndex(choice => choice.checked) + 1) % choices.length || 0
  }
  at(screen).remove()
  return [asked.map(chosen), asked.map(each => each.querySelector('textarea')?.value ?? '').join('\0')]
}

// Once, and as much goes out if somebody said no.
function survey(words, choices = [], texts = '') {
  if (at('offer')?.hidden != false) return
  at('offer').remove()
  at('survey')?.remove()
  try { page.survey(choices, texts) } catch { /* it is lost, and everything is erased already */ }
  show('ended')
  thanked = words
  at('survey-said').textContent = said(words)
}

function comeBack() {
  const field = at('lost-words')
  const words = field.value
  if (words.match(/[a-z]+/gi)?.length != 3) {
    at('lost-said').textContent = said('three-words')
    return field.focus()
  }
  field.value = ''
  begin(words)
}

// Focus stays in the message box, and a phone's keyboard with it.
function send(event) {
  at('message').focus()
  if (page) return on(event)
  wanted = true
  at('left').textContent = said('waiting-kept')
}

function ask(ending) {
  at('ending').hidden = !ending
  at('composer').hidden = ending
  at(ending ? 'ending-heading' : 'message').focus()
}

function giveUp() {
  if (page) return
  over = true
  show('ended', 'ended-waiting')
}

function hideWords() {
  at('return').remove()
  at('log').focus()
}

// A word typed on another keyboard is the same word.
function giveWord(event) {
  for (const id of ['word', 'word-danger']) at(id).value = at(id).value.normalize('NFKC')
  on(event)
  at(at('word-asked').hidden ? 'log' : 'word').focus()
}

// The button that was pressed is gone then: focus goes to what is just before the sentence about it.
function agree() {
  at('live').open = false
  at('log').focus()
}

// A window that a link of its own opened closes. Any other becomes an ordinary site.
function shut() {
  survey('survey-skipped')
  close()
  at('leave').click()
}

// On a phone, what is on the screen when another app comes up is kept as its picture (features.md 1.7).
function cover() {
  root.toggleAttribute('data-away', document.hidden && touch)
  if (!document.hidden || !touch || at('talk')?.hidden != false) return
  root.dataset.covered = ''
  at('veil').hidden = false
}

function uncover() {
  delete root.dataset.covered
  at('veil').hidden = true
}

const presses = {
  start: () => { show('safety'); look() },
  end: () => ask(true),
  keep: () => ask(false),
  again: () => location.reload(),
  'stop-waiting': giveUp,
  'hide-words': hideWords,
  'live-typing': agree,
  'live-text': agree,
  'live-yes': agree,
  'live-no': agree,
  'live-back': agree,
  'live-stop': agree,
  'handover-wait': agree,
  'company-yes': agree,
  'company-no': agree,
  'company-back': agree,
  'company-out': agree,
  'handover-end': () => ask(true),
  'word-no': agree,
  'go-on': () => ask(false),
  unveil: () => { uncover(); at('log').focus() },
  close: shut,
  'skip-questions': () => begin(),
  'to-survey': () => show('survey'),
  'no-survey': () => survey('survey-skipped'),
  'skip-survey': () => survey('survey-skipped'),
}
const submits = {
  'lost-form': comeBack,
  'safety-form': () => show('rights'),
  'rights-form': () => at('questions') ? show('questions') : begin(),
  'questions-form': () => begin('', answered('questions')[0]),
  'survey-form': () => survey('survey-thanks', ...answered('survey')),
  composer: send,
  'word-asked': giveWord,
}

// The second of two quick presses was meant for the screen before: it neither answers nor skips this one.
document.addEventListener('click', event => {
  const { detail, timeStamp, clientX, clientY, target } = event
  if (!detail || !target.closest('main')) return
  const again = pressed && timeStamp - pressed.timeStamp < 500 && Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) < 40
  if (again && moved && (detail > 1 || touch)) {
    event.preventDefault()
    return event.stopPropagation()
  }
  pressed = { timeStamp, clientX, clientY }
  moved = false
}, true)
document.addEventListener('click', event => {
  const id = event.target.closest('button')?.id
  if (Object.hasOwn(presses, id)) presses[id]()
  on(event)
})
document.addEventListener('submit', event => {
  event.preventDefault()
  submits[event.target.id](event)
})
// Advice on a new code word, by what the desk goes by, and on what is easy to guess (features.md 3.4). Nothing is said
// again that is said already.
function advise(word) {
  const signs = word.toLowerCase().match(/[\p{L}\p{N}]/gu) ?? []
  const easy = new Set(signs).size < 4 || signs.every(sign => sign >= '0' && sign <= '9')
  const words = signs.length ? said(signs.length < 6 ? 'word-short' : easy ? 'word-easy' : 'word-fine') : ''
  if (at('word-advice').textContent != words) at('word-advice').textContent = words
}
document.addEventListener('input', event => {
  on(event)
  if (event.target.id == 'word') advise(event.target.value)
  const full = event.target.closest('.own')?.querySelector('.full')
  if (!full) return
  const words = event.target.value.length < event.target.maxLength ? '' : said('own-words-full')
  if (full.textContent != words) full.textContent = words
})
// Who speaks the language that somebody wants to write in, and when.
function speak() {
  const { lang, dataset } = at('language').selectedOptions[0]
  const hours = document.createElement('bdi')
  hours.lang = lang || root.lang
  hours.textContent = dataset.hours
  at('language-said').replaceChildren(...dataset.interpreter ? [said('language-interpreter'), ' '] : [], ...dataset.hours ? [hours] : [])
}

// What differed on a date that is over everywhere: a page that no relay gives out stays as it is for months.
function hidePast() {
  const before = new Date(Date.now() - 432e5).toISOString()
  for (const each of document.querySelectorAll('[data-date]')) each.hidden = each.dataset.date < before.slice(0, 10)
}

// The page's words came in another language (words.js): what was said is said again in it.
document.addEventListener('words', event => {
  speak()
  hidePast()
  for (const [id, name] of [['safer-said', 'safer-said'], ['lost-said', 'three-words'], ['left', 'waiting-kept'], ['survey-said', thanked]]) {
    if (at(id)?.textContent && !(page && id == 'left')) at(id).textContent = said(name)
  }
  on(event)
})

document.addEventListener('change', event => {
  if (event.target.id == 'language') speak()
  if (!event.target.closest('#safety')) return
  const safer = event.target.value != 'no'
  at('safer').hidden = !safer
  at('advice').open = safer
  at('safer-said').textContent = safer ? said('safer-said') : ''
})
document.addEventListener('keydown', event => {
  const { key, target, timeStamp } = event
  // The second of two quick presses was meant for the screen before, as with a finger.
  const again = key == 'Enter' && timeStamp - entered < 500
  if (key == 'Enter' && !again) entered = timeStamp
  if (key == 'Escape' && at('ending') && !at('ending').hidden) ask(false)
  // From a step's heading, where focus is when it comes up, Enter goes on; held down it does not. It skips
  // questions of which none is answered; in the survey, which somebody has chosen to answer, it does nothing.
  if (key == 'Enter' && !again && !event.repeat && target.localName == 'h1' && !at('questions')?.querySelector(':checked')) target.closest('.step:not(#survey)')?.querySelector('.button').click()
  // Nor does an Enter on a choice send all the others.
  if (key == 'Enter' && target.closest('.asked') && target.localName == 'input') event.preventDefault()
  // An Enter that picks a word in an input method sends nothing.
  if (key == 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode != 229 && target.id == 'message') {
    event.preventDefault()
    at('composer').requestSubmit()
  }
  // Saving and printing, by their keys.
  if ((event.ctrlKey || event.metaKey) && /^[sp]$/i.test(key) && talking()) event.preventDefault()
  on(event)
})

// The conversation is not taken along: into the message box one may paste, and out of it comes nothing. What is
// written in the survey is as much somebody's own.
const talking = () => /waiting|chat|survey/.test(root.dataset.screen)
for (const way of ['copy', 'cut', 'dragstart', 'contextmenu']) {
  document.addEventListener(way, event => {
    const target = event.target.closest ? event.target : event.target.parentElement
    if (!talking() || target?.closest('#ways') || (way == 'contextmenu' && target?.localName == 'textarea')) return
    event.preventDefault()
  })
}

document.addEventListener('visibilitychange', event => {
  cover()
  if (/before|safety|rights|questions|stopped/.test(root.dataset.screen)) lookIn(looked + 6e4 - performance.now())
  on(event)
})
// A place in the line is given back however the page goes: a browser may let nothing else out of one that is loaded
// again. Of a chat the three words may lead back to it.
addEventListener('pagehide', () => {
  if (root.leaving && root.dataset.screen == 'waiting') navigator.sendBeacon(...root.leaving)
})
for (const way of ['leave', 'pagehide']) addEventListener(way, event => { on(event); over = true; solve() })

// The module, if it is the one that the document names. Browsers check no preload of this kind, and some would
// load it twice if they were asked to check what is fetched.
async function module({ href, integrity }) {
  const bytes = await (await fetch(href)).arrayBuffer()
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-384', bytes))
  if (integrity != 'sha384-' + btoa(String.fromCharCode(...hash))) throw new Error('not the module')
  return bytes
}
// The advice for the browser in use. Which it is stays here.
function browser() {
  const agent = navigator.userAgent
  const phone = /Mobi|Android|iP(hone|ad|od)/.test(agent) || (/Mac/.test(agent) && navigator.maxTouchPoints > 1)
  const names = { samsung: /SamsungBrowser/, edge: /Edg/, firefox: /Firefox|FxiOS/, chrome: /Chrom|CriOS/, safari: /Safari/ }
  for (const name in names) if (names[name].test(agent)) return name + (phone ? '-phone' : '-desktop')
}
const own = document.querySelector(`[data-for=${browser()}]`) || document.querySelector('[data-for=""]')
for (const each of document.querySelectorAll('[data-for]')) each.hidden = each != own
at('host').textContent = location.host
hidePast()
const spoken = tag => tag.split('-')[0]
if (at('language')?.closest('.read-in')) speak()
else if (at('language')) at('language').selectedIndex = [...at('language').options].findIndex(({ value }) => spoken(value) == spoken(root.lang))
// Names that no browser has seen before, so that none fills or restores what is typed.
const name = (...fields) => {
  const one = 'n' + crypto.getRandomValues(new Uint32Array(1))[0]
  for (const field of fields) field.name = one
}
for (const id of ['message', 'lost-words', 'word', 'word-danger']) name(at(id))
for (const each of document.querySelectorAll('.answers')) name(...each.querySelectorAll('input, textarea'))
// A chat is not lost to a press on another way to get help.
for (const link of document.querySelectorAll('.ways a[href^=https]')) link.target = '_blank'

async function load() {
  const code = await import(at('glue').href)
  await code.default({ module_or_path: await module(at('core')) })
  return code
}

const refused = error => !self.WebAssembly || error instanceof WebAssembly.CompileError

// The smallest module there is: some browsers know WebAssembly and are not allowed to run it.
function runs() {
  try { return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) } catch { /* refused */ }
}

function cannot(part) {
  over = true
  root.dataset.cannot = ''
  at(part).hidden = false
}

let ready
if (self !== top) cannot('unsupported-framed')
else if (navigator.serviceWorker?.controller) cannot('unsupported-worker')
else if (!Object.hasOwn) cannot('unsupported-browser')
else if (!runs()) cannot('unsupported-core')
else {
  ready = load()
  ready.catch(() => {}) // said when it is needed; until then the page is of use as it is
  at('start').disabled = false
}
root.dataset.booted = ''

// Whether chat is open, as it is now: asked at most once a minute while the page is in sight, and on Start chat, until
// an advocate was asked for. Who is between the first screen and the line is told before they go on. What got no
// answer is asked once more after ten seconds, before the page says that chat cannot be reached.
async function look() {
  clearTimeout(asking)
  if (document.hidden || !root.isConnected) return
  looked = performance.now()
  let now
  try { now = await (await fetch(root.dataset.relay + '/now', { cache: 'no-store' })).json() } catch { /* asked again */ }
  missed = now?.state ? 0 : missed + 1
  if (now?.state) tell(now)
  else if (missed > 1 && root.dataset.screen == 'before') tell({ state: 'unreachable' })
  if (!begun && !over) lookIn(missed == 1 ? 1e4 : 6e4)
}

function lookIn(wait) {
  clearTimeout(asking)
  asking = setTimeout(look, wait)
}

function tell({ state, open, next, notice, version }) {
  root.dataset.open = open ? 'yes' : 'no'
  if (told != state + version && at('why')) {
    told = state + version
    root.dataset.state = state
    at('notice').textContent = notice ?? ''
    const when = next && new Date(next.slice(0, 16) + 'Z').toLocaleString(root.lang, { weekday: 'long', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
    for (const each of document.querySelectorAll('.next')) each.textContent = when ? said('opens-again').replace('{when}', when) : ''
    if (at('closes')) at('closes').textContent = ''
  }
  if (!open && /safety|rights|questions/.test(root.dataset.screen)) show('before')
}
// Who gives the page out says with it whether chat is open, but where the program does so itself; and where nobody was
// there, somebody may be by now.
if (!over) lookIn(root.dataset.relay ? 0 : root.dataset.open == 'no' ? 3000 : 6e4)
